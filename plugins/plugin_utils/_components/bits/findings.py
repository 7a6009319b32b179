# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with BITS: every row of the article's tables, and what its repair section would mend."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._finding import Finding
from ..service import findings as service_findings
from ..service.start_failures import past_and_present
from ..shared import event_queries
from .facts import Bits
from .jobs import job_evidence, job_findings


def findings(bits: Bits) -> tuple[Finding, ...]:
    """All that is wrong with BITS on a machine, or worth knowing."""
    live = service_findings.faults(bits.service)
    if bits.service.state.installed and bits.service.definition:
        live = (*live, *_sens(bits))
    last_job = max((job.time for job in bits.job_failures), default="")  # a job that moved shows that BITS had started
    return (
        *past_and_present(bits.service, live, last_job),
        *job_findings(bits),
        *service_findings.drift(bits.service, live),
        *event_queries.unreadable("bits", "BITS", bits.unreadable_logs, bits.damaged_events),
    )


def _sens(bits: Bits) -> Iterator[Finding]:
    if not bits.sens.state.running:
        yield Finding(
            "bits.sens",
            "warning",
            f"System Event Notification (SENS) is {bits.sens.state.name}: BITS gets no notice of logons",
            _error_codes.explain(0x800704DD, "bits_job").meaning,
            "bits",
            (
                bits.sens.as_fact(),
                *(job_evidence(job) for job in bits.job_failures if job.code == 0x800704DD and job.wsus),
            ),
            (_error_codes.hexadecimal(0x800704DD),),
        )
