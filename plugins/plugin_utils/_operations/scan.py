# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A detection of the agent triggered, and watched until there is evidence of how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._components import agent
from .._components.agent import Detection
from .._components.system import System
from .._exceptions import WsusClientError
from .._remote.host import Host
from .._remote.polling import Waiting
from .._windows.command import NOT_FOUND, Command

_LONGEST_PAUSE_S = 15.0


class TriggerMissing(WsusClientError):
    """The machine does not have the program that triggers the agent."""

    reason = "trigger_missing"


class NoEvidence(WsusClientError):
    """No log or registry value of the machine tells of detections, so that none could be seen."""

    reason = "no_evidence"


class NoDetection(WsusClientError):
    """No detection was seen in the time that was given."""

    reason = "no_detection"


@dataclass(frozen=True)
class AgentWatch:
    """Triggers the agent of one machine and waits for what it does.

    ``timeout`` is in seconds; ``say`` tells what is being waited for.
    """

    host: Host
    system: System
    timeout: float
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def run(self, *, detect: bool, report: bool, wait: bool, renew_authorization: bool) -> dict[str, Any]:
        """Do what is asked for, and return how the detection ended where it was waited for.

        Raises TriggerMissing, NoEvidence and NoDetection.
        """
        earlier = self._look() if wait else frozenset()
        begun = self.clock()
        if detect:
            self._trigger(agent.detect(self.system.build, renew_authorization=renew_authorization))
        found = self._wait(earlier) if wait else None
        if report:
            self._trigger(agent.report(self.system.build))
        return {
            "triggered": detect,
            "reported": report,
            "waited": round(self.clock() - begun, 1) if wait else 0,
            **(_outcome(found) if found else {"outcome": None}),
        }

    def _trigger(self, commands: tuple[Command, ...]) -> None:
        if not commands:
            return
        for answer in self.host.run(commands):
            # Any other exit code of these programs says nothing.
            if answer.exit_code == NOT_FOUND:
                raise TriggerMissing(
                    f"{answer.command.program} was not found on the machine: its Windows cannot be told to detect or report this way"
                )

    def _wait(self, earlier: frozenset[Detection]) -> Detection:
        new = Waiting(self.timeout, self.say, self.clock, self.sleep, longest=_LONGEST_PAUSE_S).until(
            bool, lambda: self._look() - earlier, lambda _seen: "a detection of the update agent"
        )
        if not new:
            raise NoDetection(
                f"no detection was seen within {self.timeout:g} s. Windows puts detections off while it installs or waits for a "
                "restart; look at the findings, or give it more time with the option detection_timeout"
            )
        # The registry of an old build tells of the same one, but neither of its failure nor of what was found.
        return max(new, key=lambda detection: (detection.source != "registry", detection.time))

    def _look(self) -> frozenset[Detection]:
        """The detections of the last day. Raises NoEvidence where nothing that tells of them can be read."""
        answers = self.host.probe(agent.probe_for_detections(self.system.build))
        found = agent.read_detections(answers, self.system.build)
        if found is None:
            raise NoEvidence(
                "the event log Microsoft-Windows-WindowsUpdateClient/Operational cannot be read on the machine, so a detection "
                "would not be seen: enable it (wevtutil.exe sl ... /e:true), or do not wait"
            )
        return found


def _outcome(found: Detection) -> dict[str, Any]:
    fact = found.as_fact()
    del fact["kind"]
    return fact
