# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that the update agent uses in addition to its dependencies, and the failures of updates that each of them causes.

An audit queries such a service only if an event names it, or if an update failed with one of its codes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..._finding import CodeContext
from ..._windows import sc, service_key
from ..._windows.query import Answers, Query
from ..service import probe as service_probe
from ..service.facts import RelatedService
from .definition import SERVICE

_DOWNLOAD: tuple[CodeContext, ...] = ("download",)
_INSTALL: tuple[CodeContext, ...] = ("install",)
_BOTH: tuple[CodeContext, ...] = ("download", "install")
_NOT_SERVED = frozenset(
    {0x80010108, 0x80070422, 0x80070426, 0x8007042C, 0x800706B5, 0x800706BA, 0x800706BE, 0x800706BF, 0x80080005}
)
"""What a caller gets from a COM or RPC server that is disabled, does not run, cannot start, or ended during the call (winerror.h)."""


@dataclass(frozen=True)
class Helper:
    """A service that the agent uses in addition to its dependencies; ``work`` is what it does, ``since`` the first build.

    ``required``: whether nothing is updated while it is disabled. ``permanent``: whether it always runs on a healthy machine.
    ``configurable``: whether administrators can configure it; DoSvc is protected (LaunchProtected): the service control
    manager refuses changes. ``codes`` are those with which an update fails, in the ``contexts``, if the service does not work.
    ``names`` are its displayed names in lower case: events before Windows 10 contain only these.
    """

    work: str
    since: int = 0
    required: bool = False
    permanent: bool = False
    configurable: bool = True
    codes: frozenset[int] = frozenset()
    contexts: tuple[CodeContext, ...] = ()
    names: frozenset[str] = frozenset()

    def explains(self, context: CodeContext, codes: Collection[int]) -> bool:
        """Whether an update that failed with one of these codes shows that the service does not work."""
        return context in self.contexts and not self.codes.isdisjoint(codes)


HELPERS: Mapping[str, Helper] = {
    "UsoSvc": Helper("starts every scan", since=10240, required=True),
    "CryptSvc": Helper(
        "verifies the signatures of updates",
        required=True,
        permanent=True,
        codes=_NOT_SERVED,
        contexts=_BOTH,
        names=frozenset(
            {
                "cryptographic services",
                "kryptografiedienste",
                "services de chiffrement",
                "servicios de cifrado",
                "servizi di crittografia",
                "serviços de criptografia",
            }
        ),
    ),
    # 0x80240022: the download of every update of the call failed; 0x8024601E: WU_E_DM_DOSVC_REQUIRED; 0x80D01001: DO_E_NO_SERVICE
    # (Microsoft, "Windows Update error codes by component"). 0x80004002: every download while DoSvc was disabled (issue 462 of
    # undergroundwires/privacy.sexy).
    "DoSvc": Helper(
        "downloads the updates",
        since=10240,
        required=True,
        configurable=False,
        codes=_NOT_SERVED | {0x80004002, 0x80240022, 0x8024601E, 0x80D01001},
        contexts=_DOWNLOAD,
    ),
    "TrustedInstaller": Helper(
        "installs updates of Windows",
        codes=_NOT_SERVED,
        contexts=_INSTALL,
        names=frozenset(
            {
                "windows modules installer",
                "programme d\u2019installation pour les modules windows",
                "instalador de módulos de windows",
                "instalador de módulos do windows",
            }
        ),
    ),
    "msiserver": Helper(
        "installs updates of programs that Windows Installer installed",
        codes=frozenset({0x80070641}),  # ERROR_INSTALL_SERVICE_FAILURE
        contexts=_INSTALL,
        names=frozenset({"windows installer"}),
    ),
    # Microsoft, "Windows Update common errors and mitigation": 0x800706D9, "Ensure that Windows Firewall is enabled". Microsoft
    # does not support stopping the service (Windows Firewall overview), only turning its profiles off.
    "MpsSvc": Helper(
        "is the service of the Windows firewall, without which downloads and installations fail with 0x800706D9",
        permanent=True,
        codes=frozenset({0x800706D9}),
        contexts=_BOTH,
        names=frozenset(
            {
                "windows firewall",
                "windows-firewall",
                "windows defender firewall",
                "pare-feu windows",
                "firewall de windows",
                "firewall do windows",
            }
        ),
    ),
    "BFE": Helper(
        "is the base of the Windows firewall service, which cannot start without it",
        permanent=True,
        names=frozenset({"base filtering engine", "basisfiltermodul", "moteur de filtrage de base"}),
    ),
    "EventLog": Helper(
        "records the events; services that depend on it cannot start without it",
        permanent=True,
        names=frozenset(
            {
                "windows event log",
                "windows-ereignisprotokoll",
                "journal d\u2019événements windows",
                "journal d'événements windows",
                "registro de eventos de windows",
                "registro eventi di windows",
                "log de eventos do windows",
            }
        ),
    ),
    # UsoSvc registers its tasks below \Microsoft\Windows\UpdateOrchestrator; "Schedule Scan" starts the daily scan.
    "Schedule": Helper("runs the tasks that start scans", since=10240, permanent=True),
    "AppIDSvc": Helper(
        "identifies programs for AppLocker",
        names=frozenset({"application identity", "anwendungsidentität"}),
    ),
}
ENABLED = tuple(name for name, helper in HELPERS.items() if helper.required and helper.configurable)
"""The helpers that a repair enables if they are disabled."""
RUNNING = ("CryptSvc",)
"""The helpers that a repair starts if they are stopped."""


def probe() -> tuple[Query[int | None], ...]:
    """The query for the start type of the orchestrator only, without which the agent does nothing from Windows 10 on."""
    return (service_key.start("UsoSvc"),)


def follow_up(asked: Collection[str], build: int) -> tuple[Query[int | None], ...]:
    """Queries for the start types of the other required helpers of the build; ``asked`` are those that were queried already."""
    required = (name for name in of_build(build) if HELPERS[name].required)
    return tuple(service_key.start(name) for name in required if name not in asked)


def follow_up_of(suspects: Collection[str]) -> tuple[Query[Any], ...]:
    """Queries for state and start type of the helpers that may not work."""
    return tuple(query for name in suspects for query in (sc.state(name), service_key.start(name)))


def read_helpers(answers: Answers, build: int) -> tuple[RelatedService, ...]:
    """The helpers of the build, as far as they were queried."""
    asked = (name for name in of_build(build) if service_key.start(name) in answers)
    return tuple(service_probe.read_related_service(SERVICE, name, answers) for name in asked)


def of_build(build: int) -> Iterator[str]:
    """The names of the helpers that a Windows build has."""
    return (name for name, helper in HELPERS.items() if build >= helper.since)
