"""gpupdate.exe: refresh group policy, of the computer, the user or both.

What the refresh does is told by the registry and the System log; the text is for people, in their language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab, WouldWaitForInput
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_WINDOWS_ONLY = frozenset({"/logoff", "/boot", "/sync", "/?"})
_WAIT = 600


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User, standard_input: bytes | None) -> Execution:
    """``gpupdate [/target:computer|user] [/force] [/wait:SECONDS]``

    The exit code is 1 where the refresh failed or did not end in time, as far as gpupdate waited for it: with ``/wait:0`` it
    knows nothing of the end. A refresh that it waits for ends at once here, and one that lasts longer than ``/wait`` later.
    """
    output = Output()
    words = machine.text.gpupdate
    targets, force, wait = {"computer", "user"}, False, _WAIT
    for argument in arguments:
        option = argument.lower()
        if option in _WINDOWS_ONLY:
            raise NotImplementedInLab(argument)
        if option == "/force":
            force = True
        elif option in ("/target:computer", "/target:user"):
            targets = {option.partition(":")[2]}
        elif re.fullmatch(r"/wait:(-1|\d+)", option):
            wait = int(option.partition(":")[2])
        else:
            output.error(words["invalid"])
            return output.result(1)
    output.line(words["updating"])
    output.line()
    code = _computer(machine, output, force=force, wait=wait) if "computer" in targets else 0
    if "user" in targets and wait:
        output.line(words["user_done"])
        output.line()
    if force and "computer" in targets and machine.policy.asks:
        _ask(machine, output, standard_input)
    return output.result(code)


def _computer(machine: SimulatedMachine, output: Output, *, force: bool, wait: int) -> int:
    words = machine.text.gpupdate
    if 0 <= wait < machine.policy.takes or not wait:
        machine.policy.refresh(force=force)
        if wait:
            output.line(words["timed_out"])
        return 1 if wait else 0
    done = machine.policy.process(force=force)
    if done:
        output.line(words["computer_done"])
    else:
        for part in ("computer_failed", "no_network", "diagnose"):
            output.line(words[part])
            output.line()
    output.line()
    return 0 if done else 1


def _ask(machine: SimulatedMachine, output: Output, standard_input: bytes | None) -> None:
    """The question of a policy that can only be applied while Windows starts."""
    answer = (standard_input or b"").strip().lower()[:1]
    if not answer:
        raise WouldWaitForInput("gpupdate asks whether to restart Windows")
    if answer != b"n":
        raise NotImplementedInLab("a restart of Windows")
    output.line(machine.text.gpupdate["startup_only"])
    output.line()
    output.line(machine.text.gpupdate["restart"])
