# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default definition of the update agent (wuauserv) in each Windows version, and its desired state.

Sources: SYSTEM hives of Windows 7 SP1, 8.1, 10 1709 and 10 1903. No definition of 2004 or later is available, only ``sc qc`` of a
Windows 10 with ``-k netsvcs -p``: from build 19041 on, the attributes that it does not list are unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._windows.service_key import FailureAction, FailureActions, ServiceType
from ..service import desired as service_desired
from ..service.baseline import ANY_BUT_DISABLED, Baseline
from ..service.desired import Desired
from ..service.spec import ServiceSpec
from ..system import System
from .options import AgentOptions

SERVICE = ServiceSpec(
    name="wuauserv",
    phrase="the update agent (wuauserv)",
    component="agent",
    remedy="agent",
    display_name=r"@%systemroot%\system32\wuaueng.dll,-105",
    localized_names=frozenset({"windows update"}),  # the same in every language
    dll_name="wuaueng.dll",
    # Default start types: the definitions in builds 7601 to 18362.
    related_services={"RpcSs": "auto", "CryptSvc": "auto", "UsoSvc": "delayed_auto", "DoSvc": "delayed_auto"},
)

_PATH = r"%systemroot%\system32\svchost.exe -k netsvcs"


def _baseline(name: str, image_path: str, *other_image_paths: str, unconfirmed: Iterable[str] = ()) -> Baseline:
    return Baseline(
        name=name,
        image_path=image_path,
        other_image_paths=other_image_paths,
        type=ServiceType.SHARE_PROCESS,
        starts=ANY_BUT_DISABLED,
        error_control="normal",
        account="LocalSystem",
        dependencies=("rpcss",),
        # 8 of them on Windows 7, none listed on 10 1709, 18 on 10 1903: too different to be compared.
        privileges=None,
        sid_type="unrestricted",
        failure_actions=FailureActions(
            86400, (FailureAction("restart", 60_000), FailureAction("none", 0), FailureAction("none", 0))
        ),
        service_dll=r"%systemroot%\system32\wuaueng.dll",
        svchost_group="netsvcs",
        unconfirmed=frozenset(unconfirmed),
    )


_UNCONFIRMED = ("dependencies", "sid_type", "failure_actions")
# Windows 10 has both forms: without -p on 1709, with -p on 1903.
_BASELINES: tuple[tuple[int, Baseline], ...] = (
    (19041, _baseline("windows-10-2004", f"{_PATH} -p", _PATH, unconfirmed=_UNCONFIRMED)),
    (17134, _baseline("windows-10-1803", f"{_PATH} -p", _PATH)),
    (10240, _baseline("windows-10-1507", _PATH, f"{_PATH} -p")),
    (0, _baseline("windows-7", _PATH)),
)
_FIRST_TO_START_BY_TRIGGER = 9200  # Windows 8


def baseline(build: int) -> Baseline:
    """The definition of the update agent (wuauserv) on a Windows build."""
    return next(baseline for since, baseline in _BASELINES if build >= since)


def start_type(build: int) -> str:
    """The start type to set if the agent has a wrong one: from Windows 8 on, triggers start it."""
    return "demand" if build >= _FIRST_TO_START_BY_TRIGGER else "delayed_auto"


def desired(options: AgentOptions, system: System) -> Desired:
    """The desired state of wuauserv on the Windows version of the machine."""
    return service_desired.desired(options, baseline(system.build), start_type(system.build))
