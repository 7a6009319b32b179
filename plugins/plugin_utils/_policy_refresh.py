# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group policy processed anew, and watched until the settings are there or it is clear that they will not come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ._command import command
from ._exceptions import WsusClientError
from ._finding import Finding
from ._host import Host
from .components import Context, policy
from .components.policy import Policy
from .components.system import System

# /force has every setting written again, also one that was changed by hand since. It may ask whether to log off or restart:
# no. /wait:0 has it return at once; what it does is watched.
GPUPDATE = command("cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/target:computer", "/force", "/wait:0")
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 10.0


class RefreshFailed(WsusClientError):
    """Group policy could not be processed."""

    reason = "refresh_failed"


class SettingsMissing(WsusClientError):
    """Group policy was processed, and the settings are still not there or not in order."""

    reason = "settings_missing"


@dataclass(frozen=True)
class PolicyRefresh:
    """Refreshes the computer's group policy. ``timeout`` is in seconds; ``say`` tells what is being waited for."""

    host: Host
    system: System
    context: Context
    timeout: float
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def run(self, before: Policy) -> Policy:
        """Process group policy, and return policy as soon as nothing is wrong with it that a refresh mends.

        Raises RefreshFailed and SettingsMissing; both name the finding that is left.
        """
        first, *answers = self.host.run([GPUPDATE, *policy.probe(self.context)])
        if not first.ok:
            raise RefreshFailed(
                f"gpupdate.exe ended with {first.exit_code}: group policy could not be processed; look for events of "
                "Microsoft-Windows-GroupPolicy in the System log of the machine",
                code=first.exit_code,
            )
        end, wait = self.clock() + self.timeout, _FIRST_WAIT_S
        now = policy.read({answer.command: answer for answer in answers}, self.system, self.context)
        while left := wrong(now):
            if _failed_since(before, now):
                raise self._unreachable(now, left)
            if _processed_since(before, now):
                raise SettingsMissing(
                    f"group policy was processed, and still: {left[0].summary}. Mend it where the domain sets it: an object with "
                    "the settings must apply to this computer",
                    finding=left[0].id,
                )
            if self.clock() >= end:
                raise SettingsMissing(
                    f"group policy was not processed within {self.timeout:g} s, and still: {left[0].summary}. "
                    "Give it more time with the option timeout, or look at the machine's way to a domain controller",
                    finding=left[0].id,
                )
            self.say(f"waiting for group policy: {left[0].summary}")
            self.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)
            now = self._look()
        return now

    def _look(self) -> Policy:
        return policy.read(self.host.probe(policy.probe(self.context)), self.system, self.context)

    def _unreachable(self, now: Policy, left: list[Finding]) -> RefreshFailed:
        newest = now.group_policy.failures[0].as_fact() if now.group_policy.failures else {}
        words = (f"event {newest['event_id']}", newest.get("code"), newest.get("name")) if newest else ()
        said = " ".join(word for word in words if word)
        return RefreshFailed(
            f"group policy could not be processed{f' ({said})' if said else ''}: the machine does not reach a domain controller, or its "
            f"account in the domain is broken. Still: {left[0].summary}",
            finding=left[0].id,
        )


def wrong(facts: Policy) -> list[Finding]:
    """What is wrong with policy that a refresh may mend, the gravest first."""
    return [each for each in policy.findings(facts) if each.remedy == "policy" and each.severity != "info"]


def _processed_since(before: Policy, now: Policy) -> bool:
    old, new = before.group_policy.processed, now.group_policy.processed
    return new is not None and (old is None or new > old)


def _failed_since(before: Policy, now: Policy) -> bool:
    old = {failure.time for failure in before.group_policy.failures}
    return any(failure.time not in old for failure in now.group_policy.failures)
