# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with BITS: every row of the article's tables, and what its repair section would mend."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _errors, _service_findings
from ..._finding import Finding
from ..._service_starts import past_and_present
from .. import _logs
from ._facts import Bits
from ._jobs import job_evidence, job_findings


def findings(bits: Bits) -> tuple[Finding, ...]:
    """All that is wrong with BITS on a machine, or worth knowing."""
    live = _service_findings.faults(bits.service)
    if bits.service.state.installed and bits.service.definition:
        live = (*live, *_sens(bits))
    last_job = max((job.time for job in bits.job_failures), default="")  # a job that moved shows that BITS had started
    return (
        *past_and_present(bits.service, live, last_job),
        *job_findings(bits),
        *_service_findings.drift(bits.service, live),
        *_logs.unreadable("bits", "BITS", bits.unreadable_logs, bits.damaged_events),
    )


def _sens(bits: Bits) -> Iterator[Finding]:
    if not bits.sens.state.running:
        yield Finding(
            "bits.sens",
            "warning",
            f"System Event Notification (SENS) is {bits.sens.state.name}: BITS gets no notice of logons",
            _errors.explain(0x800704DD, "bits_job").meaning,
            "bits",
            (
                bits.sens.as_fact(),
                *(job_evidence(job) for job in bits.job_failures if job.code == 0x800704DD and job.wsus),
            ),
            (_errors.hexadecimal(0x800704DD),),
        )
