"""wuauclt.exe and UsoClient.exe: ask the update agent for a detection. Both return at once and say nothing.

UsoClient.exe ends with the HRESULT of its call to the orchestrator as Windows 11 has it (a stub that returns what
``UsoClientImpl.dll!ProcessUsoClientCommand`` does, idx 55721615729; an unknown verb is 0x80070057, idx 55980087881). That of Windows 10, and
wuauclt.exe, end so here as well where a fleet file has them refuse; what they really end with is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from ..update_agent import ELEVEN

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_INVALID_ARGUMENT = 0x80070057
_USO_VERBS = frozenset(
    "startscan startdownload startinstall refreshsettings startinteractivescan restartdevice scaninstallwait resumeupdate".split()
)


def wuauclt(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``/detectnow`` is heard before Windows 10 only; ``/resetauthorization`` and ``/reportnow`` leave no trace here."""
    if machine.agent.spec.refuses:
        return _ended(machine.agent.spec.refuses)
    if "/detectnow" in (argument.lower() for argument in arguments):
        machine.agent.detect_now()
    return Execution()


def usoclient(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``StartScan``, through the update orchestrator; a verb that it does not know is ignored, before Windows 11 without a word."""
    verb = arguments[0].lower() if arguments else ""
    if machine.agent.spec.refuses:
        return _ended(machine.agent.spec.refuses)
    if verb == "startscan":
        machine.agent.start_scan()
    elif verb in _USO_VERBS:
        raise NotImplementedInLab(arguments[0])
    elif machine.profile.build >= ELEVEN:
        return _ended(_INVALID_ARGUMENT)
    return Execution()


def _ended(code: int) -> Execution:
    """With an HRESULT, which exit codes show as a signed number."""
    return Execution(exit_code=code - (1 << 32) if code >= 1 << 31 else code)
