# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with BITS: every row of the tables in the article, and the faults that its repair section repairs."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._finding import Evidence, Finding, FindingType
from ..service import dependency_failures
from ..service import findings as service_findings
from ..service.start_findings import past_and_present
from ..shared import event_findings
from .definition import COM_CATALOG, PATH_NOT_FOUND, SERVICE
from .facts import Bits
from .jobs import JOB_FINDINGS, SENS, job_evidence, job_findings

_DEPENDENCY_FAILED = 1068

FINDINGS: tuple[FindingType, ...] = (*SERVICE.findings, PATH_NOT_FOUND, COM_CATALOG, *JOB_FINDINGS)


def findings(bits: Bits) -> tuple[Finding, ...]:
    """All findings about BITS on a machine."""
    live = service_findings.faults(bits.service)
    if bits.service.state.installed and bits.service.definition:
        live = (*live, *_sens(bits))
    last_job = max((job.time for job in bits.job_failures), default="")  # a job event proves that BITS was running
    return (
        *past_and_present(bits.service, live, last_job),
        *job_findings(bits),
        *service_findings.drift(bits.service, live),
        *event_findings.unreadable(
            SERVICE.findings.events_unreadable, "BITS", bits.unreadable_logs, bits.damaged_events
        ),
    )


def _sens(bits: Bits) -> Iterator[Finding]:
    if not bits.sens.state.running:
        stopped = (each for each in bits.service.related_services if not each.state.running)
        # SENS depends on EventSystem: if that is the cause, the code of SENS says only that a dependency failed.
        broken = [each for each in stopped if each.state.failed_with not in (None, _DEPENDENCY_FAILED)]
        by_hand = dependency_failures.needs_administrator(broken)
        yield SENS.found(
            f"System Event Notification (SENS) is {bits.sens.state.name}: BITS is not notified of logons",
            cause=_error_codes.explain(0x800704DD, "bits_job").meaning,
            severity="warning",
            remedy="administrator" if by_hand else "bits",
            action=dependency_failures.action(broken) if by_hand else None,
            evidence=(
                Evidence("value", bits.sens.as_fact()),
                *(job_evidence(job) for job in bits.job_failures if job.code == 0x800704DD and job.wsus),
            ),
        )
