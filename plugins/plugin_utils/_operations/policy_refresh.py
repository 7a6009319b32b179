# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group policy processed anew, and watched until the settings are there or it is clear that they will not come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .._components import Context, policy
from .._components.policy import Policy
from .._components.system import System
from .._exceptions import WsusClientError
from .._finding import Finding
from .._remote.host import Host
from .._remote.polling import Waiting
from .._windows.command import command
from .._windows.query import Answers

# /force has every setting written again, also one that was changed by hand since. It may ask whether to log off or restart:
# no. /wait:0 has it return at once; what it does is watched.
GPUPDATE = command("cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/target:computer", "/force", "/wait:0")


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
        first, *answers = self.host.run([GPUPDATE, *(query.command for query in policy.probe(self.context))])
        if not first.ok:
            raise RefreshFailed(
                f"gpupdate.exe ended with {first.exit_code}: group policy could not be processed; look for events of "
                "Microsoft-Windows-GroupPolicy in the System log of the machine",
                code=first.exit_code,
            )
        looks = iter([policy.read(Answers(answers), self.system, self.context)])
        now = Waiting(self.timeout, self.say, self.clock, self.sleep).until(
            lambda seen: not wrong(seen) or _failed_since(before, seen) or _processed_since(before, seen),
            lambda: next(looks, None) or self._look(),
            lambda seen: f"group policy: {wrong(seen)[0].summary}",
        )
        if left := wrong(now):
            raise self._failure(before, now, left)
        return now

    def _look(self) -> Policy:
        return policy.read(self.host.probe(policy.probe(self.context)), self.system, self.context)

    def _failure(self, before: Policy, now: Policy, left: list[Finding]) -> WsusClientError:
        """Why the settings are not in order: processing failed, brought others, or did not end in time."""
        summary, finding = left[0].summary, left[0].id
        if _failed_since(before, now):
            newest = now.group_policy.failures[0].as_fact()
            words = (f"event {newest['event_id']}", newest.get("code"), newest.get("name"))
            return RefreshFailed(
                f"group policy could not be processed ({' '.join(word for word in words if word)}): the machine does not reach "
                f"a domain controller, or its account in the domain is broken. Still: {summary}",
                finding=finding,
            )
        if _processed_since(before, now):
            return SettingsMissing(
                f"group policy was processed, and still: {summary}. Mend it where the domain sets it: an object with "
                "the settings must apply to this computer",
                finding=finding,
            )
        return SettingsMissing(
            f"group policy was not processed within {self.timeout:g} s, and still: {summary}. "
            "Give it more time with the option timeout, or look at the machine's way to a domain controller",
            finding=finding,
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
