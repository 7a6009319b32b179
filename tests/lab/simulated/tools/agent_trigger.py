"""wuauclt.exe and UsoClient.exe: ask the update agent for a detection. Both return at once, say nothing and end with 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_USO_VERBS = frozenset(
    "startscan startdownload startinstall refreshsettings startinteractivescan restartdevice scaninstallwait resumeupdate".split()
)


def wuauclt(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``/detectnow`` is heard before Windows 10 only; ``/resetauthorization`` and ``/reportnow`` leave no trace here."""
    if "/detectnow" in (argument.lower() for argument in arguments):
        machine.agent.detect_now()
    return Execution()


def usoclient(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``StartScan``, through the update orchestrator; a verb that it does not know is ignored."""
    verb = arguments[0].lower() if arguments else ""
    if verb == "startscan":
        machine.agent.start_scan()
    elif verb in _USO_VERBS:
        raise NotImplementedInLab(arguments[0])
    return Execution()
