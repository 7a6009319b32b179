# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed BITS jobs: every row of the second table in the article, and the owners of the jobs."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._error_codes import Explanation
from ..._finding import ANY_REMEDY, Disproof, Evidence, Finding, FindingType, Remedy, Severity
from .facts import Bits
from .log_events import JobFailure


def _severity(explanation: Explanation) -> Severity:
    return "info" if explanation.cause == "transient" else "warning"


def _job(
    name: str,
    meaning: str,
    action: str,
    *codes: str,
    remedies: tuple[Remedy, ...] = (),
    ends_with: Disproof = "request",
) -> FindingType:
    explained = [_error_codes.explain(int(code, 16), "bits_job") for code in codes]
    return FindingType(
        f"bits.{name}",
        tuple(dict.fromkeys(map(_severity, explained))) or ("warning", "info"),
        meaning,
        action,
        tuple(dict.fromkeys((*remedies, *(each.remedy for each in explained)))) or ANY_REMEDY,
        codes,
        explained_by=("reachability",),
        context="bits_job",
        ends_with=ends_with,
    )


PROXY_SETTINGS = _job(
    "job_proxy_settings",
    "The proxy settings of a WSUS job are invalid.",
    "Correct the machine's proxy with the role wsus.client.reachability.",
    "0x80070057",
)
NAME_RESOLUTION = _job(
    "job_name_resolution",
    "A WSUS job could not resolve the name of the server or of the proxy.",
    "Correct the DNS record or the DNS servers of the machine, or the name in its policy or proxy settings.",
    "0x80072ee7",
)
SERVER_RESPONSE = _job(
    "job_server_response",
    "A WSUS job received a response that is not valid HTTP.",
    "Wait for the next attempt; if it recurs, check which device responds instead of the server.",
    "0x80072f78",
)
RANGE_SUPPORT = _job(
    "job_range_support",
    "The server or a proxy ignored the range requests of a WSUS job.",
    "Configure the proxy to forward the Range header, or bypass it for the WSUS server.",
    "0x80200013",
)
FILE_SIZE = _job(
    "job_file_size",
    "A WSUS job received a response to HEAD without Content-Length.",
    "Configure the proxy to forward Content-Length, or bypass it for the WSUS server.",
    "0x80200011",
)
FORBIDDEN = _job(
    "job_forbidden",
    "The server or a proxy answered a WSUS job with HTTP 403.",
    "Allow anonymous access to the Content directory of WSUS in IIS, and access for the machine on the proxy.",
    "0x80190193",
)
SENS = _job(
    "sens",
    "System Event Notification (SENS) is not running, or did not notify BITS of a logon.",
    "Run the role wsus.client.bits, which enables and starts SENS; if SENS is running, restart it.",
    "0x800704dd",
    remedies=("bits", "administrator"),  # if it is not running
    ends_with="state",
)
JOB_FAILED = _job(
    "job_failed",
    "A WSUS job failed with a code that no other finding covers.",
    "Resolve the cause that the error code indicates.",
)
OTHER_JOBS = FindingType(
    "bits.other_jobs",
    ("info",),
    "Jobs of other programs failed.",
    "No action is required for WSUS; see the program that owns the job.",
    ("none",),
)
JOB_FINDINGS = (
    PROXY_SETTINGS,
    NAME_RESOLUTION,
    SERVER_RESPONSE,
    RANGE_SUPPORT,
    FILE_SIZE,
    FORBIDDEN,
    SENS,
    JOB_FAILED,
    OTHER_JOBS,
)


def job_findings(bits: Bits) -> Iterator[Finding]:
    """Findings about the failed jobs in the logs, those of the agent separate from those of other programs."""
    of_wsus: dict[tuple[int, bool], list[JobFailure]] = {}
    for job in bits.job_failures:
        if job.wsus:
            of_wsus.setdefault((job.code, job.ended), []).append(job)
    for (code, ended), jobs in of_wsus.items():
        explanation = _error_codes.explain(code, "bits_job")
        kind = next((each for each in JOB_FINDINGS if explanation.hex in each.codes), JOB_FAILED)
        if kind is SENS and not bits.sens.state.running:
            continue  # reported with SENS itself
        yield kind.found(
            f"{_times(jobs)} of WSUS failed with {explanation.hex} {explanation.name}".rstrip() + _since(ended=ended),
            cause=explanation.meaning,
            action=explanation.action if kind is JOB_FAILED else None,
            severity=_severity(explanation),
            remedy=explanation.remedy,
            evidence=map(job_evidence, jobs[:3]),
            codes=(explanation.hex,),
            resolved=ended,
        )
    others = [job for job in bits.job_failures if not job.wsus]
    if others:
        names = ", ".join(sorted({job.as_fact()["job"] or "unnamed" for job in others})[:5])
        yield OTHER_JOBS.found(
            f"{_times(others)} of other programs failed ({names})",
            cause="Browsers, OneDrive and other programs also use BITS; their failures do not concern the WSUS client.",
            evidence=map(job_evidence, others[:3]),
            codes=sorted({_error_codes.hexadecimal(job.code) for job in others}),
        )


def job_evidence(job: JobFailure) -> Evidence:
    """A failed job as the evidence of a finding."""
    fact = job.as_fact()
    keys = ("channel", "event_id", "time", "job", "owner", "url", "proxy", "code")
    return Evidence.event({key: fact[key] for key in keys})


def _since(*, ended: bool) -> str:
    return " in the past; the same file was transferred later" if ended else ""


def _times(jobs: list[JobFailure]) -> str:
    return "1 transfer" if len(jobs) == 1 else f"{len(jobs)} transfers"
