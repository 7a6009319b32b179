# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with the helpers of the agent: one that is disabled, fails to start, does not run, or ended while it ran.

Failed updates with a code of such a service are evidence of it (``LIVE_TEST``).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType, LiveTest, Severity
from ..._windows.sc import NEVER_STARTED
from ..._windows.service_key import StartType
from ..service.crash_findings import crashed
from ..service.facts import RelatedService
from ..service.finding_types import crash_type
from . import helper_events
from .facts import Agent
from .helper_events import HelperEvents
from .helpers import HELPERS


def _fits(fault: Finding, failed: Finding) -> bool:
    """Whether an update failed with a code of the service that the fault is about."""
    codes = [int(code, 16) for code in failed.codes]
    names = {each.facts.get("name") for each in fault.evidence}
    return any(HELPERS[name].explains(failed.type.context, codes) for name in HELPERS if name in names)


def _never(_facts: object, _finding: Finding) -> bool:
    """Whether the test disproves anything: a service that works now does not show that an update can be installed."""
    return False


LIVE_TEST = LiveTest(
    component="agent",
    explains=lambda _finding: True,
    disproves=_never,
    resolved="",
    context="",
    readdressed=lambda finding: finding.remedy,
    tested=_never,
    fits=_fits,
)
DISABLED = FindingType(
    "agent.helper_disabled",
    ("error", "warning"),
    "A service that the update agent uses is disabled: UsoSvc, CryptSvc, DoSvc, or one whose code an update failed with.",
    "Run the role wsus.client.agent: it enables the service.",
    ("agent", "administrator"),
    ("0x80070422",),
    live_test=LIVE_TEST,
)
FAILED = FindingType(
    "agent.helper_failed",
    ("error", "warning", "info"),
    "A service that the update agent uses fails to start, or is not running.",
    "Resolve the cause that the error code indicates, then start the service.",
    ("administrator",),
    live_test=LIVE_TEST,
    ends_with="start",
)
CRASHED = crash_type(
    "agent.helper_crashed",
    "A service that the update agent uses terminated unexpectedly.",
    "the service",
    LIVE_TEST,
)
HELPER_FINDINGS = (DISABLED, FAILED, CRASHED)


def helper_findings(agent: Agent) -> Iterator[Finding]:
    """The findings about the helpers of a machine, one for each that is disabled or fails, and one for each that ended."""
    events = {each.name: each for each in agent.helper_events}
    for helper in agent.helpers:
        seen = events.get(helper.name)
        if helper.disabled and (HELPERS[helper.name].required or helper.name in agent.suspects):
            yield _disabled(helper)
            continue
        if seen and seen.failures:
            yield _failed(agent, helper, seen)
        elif helper.known and helper.name in agent.suspects and _is_down(helper):
            yield _not_running(helper)
        if seen:
            named = Evidence("value", helper.as_fact())
            for finding in crashed(
                CRASHED, f"{helper.name}, which {HELPERS[helper.name].work},", helper.state, seen.crashes
            ):
                yield finding if finding.resolved else finding.joined([named])


def _disabled(helper: RelatedService) -> Finding:
    known = HELPERS[helper.name]
    if known.required:
        action = None
        if not known.configurable:
            action = f"Set the value Start of {helper.name} in the registry to 2, then restart Windows."
    else:
        start = "auto" if known.permanent else "demand"
        action = f"Enable the service (sc.exe config {helper.name} start= {start}) and start it (sc.exe start {helper.name})."
    return DISABLED.found(
        f"{helper.name} is disabled: it {known.work}",
        cause="The service was disabled by a person or a tool, often to prevent Windows from updating automatically."
        + ("" if known.configurable else " Windows protects it: only the registry can change its start type."),
        action=action,
        severity="error" if known.required else "warning",
        remedy="agent" if known.required and known.configurable else "administrator",
        evidence=(Evidence("value", helper.as_fact()),),
    )


def _failed(agent: Agent, helper: RelatedService, seen: HelperEvents) -> Finding:
    newest, times = seen.failures[0], len(seen.failures)
    explanation = helper_events.explain(newest.code)
    state = helper.state
    works = state.running or (state.stopped and state.win32_exit_code == 0)
    since = (
        f"{times} times since {seen.failures[-1].time[:10]}"
        if times > 1
        else f"at {newest.time[:16].replace('T', ' ')} UTC"
    )
    because = f", because {newest.dependency} failed" if newest.dependency else ""
    events = tuple(Evidence.event(fact) for fact in seen.as_facts() if fact["kind"] == "start")[:3]
    return FAILED.found(
        f"{helper.name}, which {HELPERS[helper.name].work}, failed to start {since}{because}: {explanation.hex} {explanation.name}".rstrip()
        + (" (resolved: it has started since)" if works else ""),
        cause=explanation.meaning,
        action=f"{explanation.action[:-1]}, then start {helper.name}.",
        severity=_severity(agent, helper),
        evidence=events if works else (Evidence("value", helper.as_fact()), *events),
        codes=dict.fromkeys(helper_events.explain(each.code).hex for each in seen.failures),
        resolved=works,
    )


def _severity(agent: Agent, helper: RelatedService) -> Severity:
    """An error if scans fail as well; information if nothing shows that a service that starts on demand fails now."""
    known = HELPERS[helper.name]
    if not (known.required or known.permanent or known.codes):
        return "info"
    never_started = helper.state.win32_exit_code == NEVER_STARTED and helper.start == StartType.DEMAND
    if never_started:
        return "info"
    return "error" if known.required and not agent.scans_regularly else "warning"


def _is_down(helper: RelatedService) -> bool:
    """Whether a service that must run is stopped, or any service ended with an error."""
    state = helper.state
    return state.failed_with is not None or (HELPERS[helper.name].permanent and (state.stopped or not state.installed))


def _not_running(helper: RelatedService) -> Finding:
    code = helper.state.failed_with
    explanation = helper_events.explain(0x80070000 | code if code and code <= 0xFFFF else code or 0)
    said = f": {explanation.hex} {explanation.name}".rstrip() if code else ""
    exists = helper.state.installed
    return FAILED.found(
        f"{helper.name} {'is not running' if exists else 'does not exist'}{said}: it {HELPERS[helper.name].work}",
        cause=explanation.meaning if code else "The service was stopped or deleted by a person or a tool.",
        action=f"Start {helper.name} (sc.exe start {helper.name}) and resolve the cause if that fails."
        if exists
        else f"Restore {helper.name} with an in-place upgrade of Windows.",
        severity="warning",
        evidence=(Evidence("value", helper.as_fact()),),
        codes=(explanation.hex,) if code else (),
    )
