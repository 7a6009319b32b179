# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed BITS jobs: every row of the article's second table, and whose jobs they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ... import _error_codes
from ..._finding import Finding, Severity
from .facts import Bits
from .log_events import JobFailure

_JOB_FINDINGS: Mapping[int, str] = {
    0x80070057: "bits.job_proxy_settings",
    0x80072EE7: "bits.job_name_resolution",
    0x80072F78: "bits.job_server_response",
    0x80200013: "bits.job_range_support",
    0x80200011: "bits.job_file_size",
    0x80190193: "bits.job_forbidden",
    0x800704DD: "bits.sens",
}


def job_findings(bits: Bits) -> Iterator[Finding]:
    """What the failed jobs of the last days say, the agent's apart from other programs'."""
    of_wsus: dict[int, list[JobFailure]] = {}
    for job in bits.job_failures:
        if job.wsus:
            of_wsus.setdefault(job.code, []).append(job)
    for code, jobs in of_wsus.items():
        if code == 0x800704DD and not bits.sens.state.running:
            continue  # told with SENS itself
        explanation = _error_codes.explain(code, "bits_job")
        severity: Severity = "info" if explanation.cause == "transient" else "warning"
        yield Finding(
            _JOB_FINDINGS.get(code, "bits.job_failed"),
            severity,
            f"{_times(jobs)} of WSUS failed with {explanation.hex} {explanation.name}".rstrip(),
            explanation.meaning,
            explanation.remedy,
            tuple(map(job_evidence, jobs[:3])),
            (explanation.hex,),
        )
    others = [job for job in bits.job_failures if not job.wsus]
    if others:
        names = ", ".join(sorted({job.job or "unnamed" for job in others})[:5])
        yield Finding(
            "bits.other_jobs",
            "info",
            f"{_times(others)} of other programs failed ({names})",
            "Browsers, OneDrive and others use BITS too; their failures say nothing of the WSUS client.",
            "none",
            tuple(map(job_evidence, others[:3])),
            tuple(sorted({_error_codes.hexadecimal(job.code) for job in others})),
        )


def job_evidence(job: JobFailure) -> dict[str, Any]:
    """A failed job as the evidence of a finding."""
    fact = job.as_fact()
    return {key: fact[key] for key in ("channel", "event_id", "time", "job", "owner", "url", "proxy", "code")}


def _times(jobs: list[JobFailure]) -> str:
    return "1 transfer" if len(jobs) == 1 else f"{len(jobs)} transfers"
