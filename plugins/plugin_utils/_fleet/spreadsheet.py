# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as CSV: one row for each machine, safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._text import one_line
from .machine import Machine, moment
from .report import Report

COLUMNS = (
    "name",
    "status",
    "windows",
    "build",
    "server",
    "target_group",
    "last_successful_scan",
    "last_successful_scan_age_days",
    "restart_pending",
    "free_bytes",
    "client_id",
    "finding",
    "severity",
    "summary",
    "action",
    "responsible",
    "findings",
    "outcome",
    "gathered",
    "message",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of a cell that a spreadsheet program evaluates (OWASP, CSV Injection)."""


def csv_text(report: Report) -> str:
    """The report as CSV (RFC 4180), with a mark of byte order, so that spreadsheet programs read it as UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for each in sorted(report.machines, key=lambda machine: machine.name):
        row = _row(each, report.time)
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return "\ufeff" + buffer.getvalue()


def _row(machine: Machine, now: datetime) -> Mapping[str, Any]:
    system, agent = machine.fact("system"), machine.fact("agent")
    settings = _mapping(machine.fact("policy").get("settings"))
    scan = agent.get("last_successful_scan")
    scanned = moment(scan)
    findings = machine.open_findings
    worst: Mapping[str, Any] = findings[0] if findings else {}
    build, revision = system.get("build"), system.get("revision")
    return {
        "name": machine.name,
        "status": machine.status,
        "windows": " ".join(str(system[key]) for key in ("product", "release") if system.get(key)),
        "build": f"{build}.{revision}" if build and revision else build,
        "server": settings.get("server_url"),
        "target_group": settings.get("target_group"),
        "last_successful_scan": scan,
        "last_successful_scan_age_days": round((now - scanned).total_seconds() / 86400, 1) if scanned else None,
        "restart_pending": agent.get("reboot_pending"),
        "free_bytes": machine.fact("update_store").get("free_space_bytes"),
        "client_id": machine.fact("client_id").get("id"),
        "finding": worst.get("id"),
        "severity": worst.get("severity"),
        "summary": worst.get("summary"),
        "action": worst.get("action"),
        "responsible": worst.get("remedy"),
        "findings": " ".join(str(each.get("id")) for each in findings),
        "outcome": machine.repair.outcome if machine.repair else None,
        "gathered": machine.facts.get("wsus_gathered"),
        "message": machine.message,
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _cell(value: Any) -> str:
    """A value as the text of one cell that is never evaluated."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    text = one_line(value, 2000)
    is_number = isinstance(value, (int, float))
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text
