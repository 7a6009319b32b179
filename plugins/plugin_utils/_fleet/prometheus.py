# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as metrics in the text format of Prometheus, for the textfile collector of the node exporter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._text import visible
from .machine import STATUSES, moment
from .report import Report


def metrics(report: Report) -> str:
    """The metrics of every machine, and the time of the report."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    machines = sorted(report.machines, key=lambda each: each.name)
    yield from _head("wsus_client_report_timestamp_seconds", "When the report was written.")
    yield f"wsus_client_report_timestamp_seconds {report.time.timestamp():.0f}"
    yield from _head("wsus_client_status", "The status of a machine: 1 for the one that it has.")
    for each in machines:
        for status in STATUSES:
            yield _sample("wsus_client_status", int(each.status == status), machine=each.name, status=status)
    yield from _head("wsus_client_finding", "An error or a warning of a machine.")
    for each in machines:
        found = {
            (str(finding.get("id")), str(finding.get("severity")), str(finding.get("remedy")))
            for finding in each.open_findings
        }
        for identifier, severity, responsible in sorted(found):
            labels = {"machine": each.name, "id": identifier, "severity": severity, "responsible": responsible}
            yield _sample("wsus_client_finding", 1, **labels)
    yield from _head("wsus_client_gathered_timestamp_seconds", "When the facts of a machine were gathered.")
    for each in machines:
        if each.gathered:
            yield _sample("wsus_client_gathered_timestamp_seconds", int(each.gathered.timestamp()), machine=each.name)
    yield from _head("wsus_client_last_scan_timestamp_seconds", "The last successful scan of a machine.")
    for each in machines:
        if scanned := moment(each.fact("agent").get("last_successful_scan")):
            yield _sample("wsus_client_last_scan_timestamp_seconds", int(scanned.timestamp()), machine=each.name)


def _head(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _sample(name: str, value: int, **labels: Any) -> str:
    """A sample; backslash, quote and line feed in a label are escaped as the format defines it."""
    texts = {
        key: visible(str(text)).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for key, text in labels.items()
    }
    inside = ",".join(f'{key}="{text}"' for key, text in texts.items())
    return f"{name}{{{inside}}} {value}"
