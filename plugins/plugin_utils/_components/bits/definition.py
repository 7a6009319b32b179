# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default definition of BITS in each Windows version, and its desired state.

Sources: SYSTEM hives of Windows 7 SP1, 8.1, 10 1709 and 10 1903; Microsoft's "BITS startup type" for the start types.
No dump of Windows 11 24H2 or Server 2025 is available: from build 16299 on, the definition of 1709 and 1903 is expected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from ..._finding import FindingType
from ..._options import Spec
from ..._windows.service_key import INTERACTIVE, FailureAction, FailureActions, ServiceType
from ..service import desired as service_desired
from ..service.baseline import ANY_BUT_DISABLED, Baseline
from ..service.desired import Desired
from ..service.options import UNMANAGED, ServiceOptions, service_spec
from ..service.spec import ServiceSpec
from ..system import System

SENS = "SENS"

PATH_NOT_FOUND = FindingType(
    "bits.path_not_found",
    ("error", "warning"),
    "A folder that BITS requires is missing.",
    r"Restore the missing folder: that of the BITS program, or ProgramData\Microsoft\Network\Downloader.",
    ("bits",),
    ("0x80070003",),
)
COM_CATALOG = FindingType(
    "bits.com_catalog",
    ("error", "warning"),
    "The COM+ catalog, which BITS requires, is damaged.",
    "Repair the COM+ catalog (sfc /scannow), then restart the services EventSystem and SENS.",
    ("administrator",),
    ("0x80040154", "0x80040206"),
)

_PRIVILEGES = (
    "SeCreateGlobalPrivilege",
    "SeImpersonatePrivilege",
    "SeTcbPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeIncreaseQuotaPrivilege",
)
_FAILURE_ACTIONS = FailureActions(
    86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000), FailureAction("none", 0))
)


def _baseline(name: str, arguments: str, dependencies: Iterable[str], privileges: Iterable[str]) -> Baseline:
    return Baseline(
        name=name,
        image_path=rf"%SystemRoot%\System32\svchost.exe {arguments}",
        type=ServiceType.SHARE_PROCESS,
        # BITS itself switches between demand (no jobs) and delayed automatic (jobs): both are correct on every Windows version.
        starts=ANY_BUT_DISABLED,
        error_control="normal",
        account="LocalSystem",
        dependencies=tuple(dependencies),
        privileges=tuple(privileges),
        sid_type="unrestricted",
        failure_actions=_FAILURE_ACTIONS,
        service_dll=r"%SystemRoot%\System32\qmgr.dll",
        svchost_group="netsvcs",
    )


_BASELINES: tuple[tuple[int, Baseline], ...] = (
    (16299, _baseline("windows-10-1709", "-k netsvcs -p", ["RpcSs"], (*_PRIVILEGES, "SeDebugPrivilege"))),
    (10240, _baseline("windows-10-1507", "-k netsvcs", ["RpcSs"], (*_PRIVILEGES, "SeDebugPrivilege"))),
    (0, _baseline("windows-7", "-k netsvcs", ["RpcSs", "EventSystem"], _PRIVILEGES)),
)

KB10132 = replace(
    _BASELINES[-1][1],
    name="kb10132",
    image_path=r"%SystemRoot%\System32\svchost.exe -k netsvcs",
    type=ServiceType.OWN_PROCESS | INTERACTIVE,
    failure_actions=FailureActions(86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000))),
)
"""The definition that the article KB 10132 gives for Vista, with its typing errors corrected (dash, space, name of a privilege).

It intentionally makes BITS an interactive process of its own, as the article does.
"""
_FIRST_TO_SWITCH_ITS_START_TYPE = 10586  # Windows 10 1511 (Microsoft, "BITS startup type")

SERVICE = ServiceSpec(
    name="BITS",
    phrase="BITS",
    component="bits",
    remedy="bits",
    error_context="bits_start",
    display_name=r"@%SystemRoot%\system32\qmgr.dll,-1000",
    localized_names=frozenset(
        {
            "background intelligent transfer service",
            "intelligenter hintergrundübertragungsdienst",
            "servicio de transferencia inteligente en segundo plano",
            "service de transfert intelligent en arrière-plan",
            "servizio trasferimento intelligente in background",
            "serviço de transferência inteligente em segundo plano",
        }
    ),
    dll_name="qmgr.dll",
    # Every service that BITS depends on, directly or indirectly, on Windows 7 and later, and SENS, which notifies it of logons.
    related_services={"RpcSs": "auto", "EventSystem": "auto", SENS: "auto"},
    # SENS depends on EventSystem, and Windows does not stop a service that a running service depends on.
    implied={"EventSystem": SENS},
    essential_privileges=frozenset(_PRIVILEGES),  # a missing privilege of newer versions is only drift
    start_faults=(PATH_NOT_FOUND, COM_CATALOG),
)

PROFILES = ("windows_default", "kb10132", UNMANAGED)


@dataclass(frozen=True)
class BitsOptions(ServiceOptions):
    """The options of wsus_bits."""

    SPEC: ClassVar[Spec] = service_spec(PROFILES)


def baseline(build: int) -> Baseline:
    """The definition of BITS on a Windows build (7601 is Windows 7 SP1, 26100 is Windows 11 24H2)."""
    return next(baseline for since, baseline in _BASELINES if build >= since)


def start_type(build: int) -> str:
    """The start type to set if BITS has a wrong one: later Windows versions switch to delayed_auto themselves for pending jobs."""
    return "demand" if build >= _FIRST_TO_SWITCH_ITS_START_TYPE else "delayed_auto"


def desired(options: ServiceOptions, system: System) -> Desired:
    """The desired state of BITS on the Windows version of the machine."""
    definition = KB10132 if options.definition == "kb10132" else baseline(system.build)
    return service_desired.desired(options, definition, start_type(system.build))
