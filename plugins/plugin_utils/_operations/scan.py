# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Triggers a scan by the agent, and polls until its outcome is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import _error_codes
from .._components import agent
from .._components.agent import NotExpected, Scan, Trigger
from .._components.system import System
from .._exceptions import WsusClientError
from .._remote.session import Session
from .._windows.command import NOT_FOUND
from .._windows.query import Answers

_LONGEST_PAUSE_S = 15.0

NOTHING_DONE: Mapping[str, Any] = {
    "triggered": False,
    "reported": False,
    "waited": 0,
    "outcome": None,
    "not_expected": None,
}
"""The result if neither a scan nor a report was requested."""


class TriggerMissing(WsusClientError):
    """The machine does not have the program that triggers the agent."""

    reason = "trigger_missing"


class TriggerFailed(WsusClientError):
    """The program that triggers the agent reported an error."""

    reason = "trigger_failed"


class NoEvidence(WsusClientError):
    """No readable log or registry value on the machine records scans, so none can be observed."""

    reason = "no_evidence"


class NoScan(WsusClientError):
    """No scan was observed before the timeout."""

    reason = "no_scan"


def run_scan(
    session: Session,
    machine: System,
    *,
    scan: bool,
    report: bool,
    wait: float | None,
    renew_authorization: bool,
    look_first: bool = True,
) -> dict[str, Any]:
    """Trigger the requested scan and report; return what was done, and the outcome of a scan that was waited for.

    ``wait`` is the time to wait for a scan in seconds, or None. If no scan is expected, the run does not wait, and the reason is returned;
    for some reasons (``agent.WITHOUT_TRIGGER``) nothing is started either. Without ``look_first`` it is not asked whether one is expected.
    Raises TriggerMissing, TriggerFailed, NoEvidence and NoScan.
    """
    looks = wait is not None or (scan and look_first)
    not_expected, earlier = _look(session, machine, watch=wait is not None) if looks else (None, frozenset[Scan]())
    if not_expected:
        wait = None
    if not_expected in agent.WITHOUT_TRIGGER:
        scan = report = False
    started = session.clock()
    if scan:
        dropped = agent.drop_authorization(machine.build) if renew_authorization else ()
        triggers = agent.start_scan(machine.build, renew_authorization=renew_authorization)
        _trigger(session, triggers, first=dropped)
    found = None if wait is None else _await_scan(session, machine, earlier, wait)
    if report:
        _trigger(session, agent.send_report(machine.build))
    return {
        "triggered": scan,
        "reported": report,
        "waited": 0 if wait is None else round(session.clock() - started, 1),
        **(_outcome(found) if found else {"outcome": None}),
        "not_expected": not_expected,
    }


def _trigger(session: Session, triggers: tuple[Trigger, ...], first: tuple[Trigger, ...] = ()) -> None:
    """Run ``first``, whose exit codes are ignored, and the triggers. Raises TriggerMissing and TriggerFailed."""
    if not session.begun:
        session.begin("A scan or report of the agent")
    answers = session.host.run([each.command for each in (*first, *triggers)])
    for each, answer in zip(triggers, answers[len(first) :], strict=True):
        if answer.exit_code == NOT_FOUND:
            raise TriggerMissing(
                f"{each.program} was not found on the machine: this Windows version does not support starting a scan or report this way"
            )
        if (code := agent.failure(answer.exit_code)) is not None:
            explanation = _error_codes.explain(code, "scan", "agent")
            raise TriggerFailed(
                f"{each.program} could not start a scan or report: {' '.join(filter(None, (explanation.hex, explanation.name)))}. "
                f"{explanation.meaning}",
                code=explanation.hex,
            )


def _look(session: Session, machine: System, *, watch: bool) -> tuple[NotExpected | None, frozenset[Scan]]:
    """The reason why no scan is expected, or None and the scans of the last day if one is to be watched. Raises NoEvidence."""
    scans = agent.probe_for_scans(machine.build) if watch else ()
    queries = (*agent.probe_for_expectation(machine.build), *scans)
    answers = session.host.probe(queries)
    reason = agent.not_expected(answers)
    return reason, frozenset() if reason or not watch else _scans(answers, machine)


def _await_scan(session: Session, machine: System, earlier: frozenset[Scan], timeout: float) -> Scan:
    new = session.poll(
        lambda: _observe(session, machine) - earlier,
        bool,
        lambda _seen: "a scan of the update agent",
        timeout=timeout,
        longest_pause=_LONGEST_PAUSE_S,
    )
    if not new:
        raise NoScan(
            f"no scan was observed within {timeout:g} s. Windows postpones scans while it installs updates or a "
            "restart is pending; check the findings, or increase the scan_timeout option"
        )
    # On old builds the registry also records the scan, but not failures and not the number of updates.
    return max(new, key=lambda scan: (scan.source != "registry", scan.time))


def _observe(session: Session, machine: System) -> frozenset[Scan]:
    """The scans of the last day. Raises NoEvidence if no record of scans can be read."""
    return _scans(session.host.probe(agent.probe_for_scans(machine.build)), machine)


def _scans(answers: Answers, machine: System) -> frozenset[Scan]:
    found = agent.read_scans(answers, machine.build)
    if found is None:
        raise NoEvidence(
            "the event log Microsoft-Windows-WindowsUpdateClient/Operational cannot be read on the machine, "
            "so a scan could not be observed. Enable the log (wevtutil.exe sl ... /e:true) or set wait_for_scan=false"
        )
    return found


def _outcome(found: Scan) -> dict[str, Any]:
    fact = found.as_fact()
    del fact["kind"]
    return fact
