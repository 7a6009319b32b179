# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service's definition looks like on a healthy machine, per Windows build, and how one differs from it.

Sources: SYSTEM hives of Windows 7 SP1, 8.1, 10 1709 and 10 1903; Microsoft's "BITS startup type" for the start types.
No dump of Windows 11 24H2 or Server 2025 has been seen: from build 16299 on the definition of 1709 and 1903 is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..._windows.service_key import INTERACTIVE, Definition, FailureAction, FailureActions, ServiceType, type_in_words


@dataclass(frozen=True)
class Baseline:
    """The definition that a service has by default, in the words of Definition.

    Every one of ``starts`` is right, and so are ``other_image_paths``; ``privileges`` is None where any are.
    """

    name: str
    image_path: str
    type: int
    starts: frozenset[str]
    error_control: str
    account: str
    dependencies: tuple[str, ...]
    privileges: tuple[str, ...] | None
    sid_type: str
    failure_actions: FailureActions
    service_dll: str
    svchost_group: str
    other_image_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """An attribute of a definition that is not as the baseline has it."""

    attribute: str
    expected: Any
    actual: Any = field(compare=False)


_ANY_BUT_DISABLED = frozenset({"auto", "delayed_auto", "demand"})

_BITS_PRIVILEGES = (
    "SeCreateGlobalPrivilege",
    "SeImpersonatePrivilege",
    "SeTcbPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeIncreaseQuotaPrivilege",
)
_BITS_FAILURE_ACTIONS = FailureActions(
    86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000), FailureAction("none", 0))
)


def _bits(name: str, arguments: str, dependencies: Iterable[str], privileges: Iterable[str]) -> Baseline:
    return Baseline(
        name=name,
        image_path=rf"%SystemRoot%\System32\svchost.exe {arguments}",
        type=ServiceType.SHARE_PROCESS,
        # BITS switches between demand (no jobs) and delayed automatic (jobs) by itself: both are right on every Windows.
        starts=_ANY_BUT_DISABLED,
        error_control="normal",
        account="LocalSystem",
        dependencies=tuple(dependencies),
        privileges=tuple(privileges),
        sid_type="unrestricted",
        failure_actions=_BITS_FAILURE_ACTIONS,
        service_dll=r"%SystemRoot%\System32\qmgr.dll",
        svchost_group="netsvcs",
    )


_BITS: tuple[tuple[int, Baseline], ...] = (
    (16299, _bits("windows-10-1709", "-k netsvcs -p", ["RpcSs"], (*_BITS_PRIVILEGES, "SeDebugPrivilege"))),
    (10240, _bits("windows-10-1507", "-k netsvcs", ["RpcSs"], (*_BITS_PRIVILEGES, "SeDebugPrivilege"))),
    (0, _bits("windows-7", "-k netsvcs", ["RpcSs", "EventSystem"], _BITS_PRIVILEGES)),
)

_KB10132 = replace(
    _BITS[-1][1],
    name="kb10132",
    image_path=r"%SystemRoot%\System32\svchost.exe -k netsvcs",
    type=ServiceType.OWN_PROCESS | INTERACTIVE,
    failure_actions=FailureActions(86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000))),
)
_FIRST_TO_SWITCH_ITS_START_TYPE = 10586  # Windows 10 1511 (Microsoft, "BITS startup type")

_AGENT_PATH = r"%systemroot%\system32\svchost.exe -k netsvcs"


def _agent(name: str, image_path: str, *other_image_paths: str) -> Baseline:
    return Baseline(
        name=name,
        image_path=image_path,
        other_image_paths=other_image_paths,
        type=ServiceType.SHARE_PROCESS,
        starts=_ANY_BUT_DISABLED,
        error_control="normal",
        account="LocalSystem",
        dependencies=("rpcss",),
        # 8 of them on Windows 7, none listed on 10 1709, 18 on 10 1903: too different to judge by.
        privileges=None,
        sid_type="unrestricted",
        failure_actions=FailureActions(
            86400, (FailureAction("restart", 60_000), FailureAction("none", 0), FailureAction("none", 0))
        ),
        service_dll=r"%systemroot%\system32\wuaueng.dll",
        svchost_group="netsvcs",
    )


# Windows 10 runs it with and without -p: without on 1709, with it on 1903.
_AGENT: tuple[tuple[int, Baseline], ...] = (
    (17134, _agent("windows-10-1803", f"{_AGENT_PATH} -p", _AGENT_PATH)),
    (10240, _agent("windows-10-1507", _AGENT_PATH, f"{_AGENT_PATH} -p")),
    (0, _agent("windows-7", _AGENT_PATH)),
)
_FIRST_TO_START_BY_TRIGGER = 9200  # Windows 8

BITS_ESSENTIAL_PRIVILEGES = frozenset(_BITS_PRIVILEGES)
"""Without one of these BITS does not work on any Windows; what newer builds add is drift only."""


def bits(build: int) -> Baseline:
    """The definition of BITS on a Windows build (7601 is Windows 7 SP1, 26100 is Windows 11 24H2)."""
    return next(baseline for since, baseline in _BITS if build >= since)


def kb10132() -> Baseline:
    """The definition that the article prints for Vista, its typing errors mended (dash, space, name of a privilege).

    It makes BITS an interactive process of its own, on purpose: that is what the article asks for.
    """
    return _KB10132


def bits_start_type(build: int) -> str:
    """The start type to give to a BITS that has a wrong one: later Windows switches to delayed_auto by itself when jobs wait."""
    return "demand" if build >= _FIRST_TO_SWITCH_ITS_START_TYPE else "delayed_auto"


def agent(build: int) -> Baseline:
    """The definition of the update agent (wuauserv) on a Windows build."""
    return next(baseline for since, baseline in _AGENT if build >= since)


def agent_start_type(build: int) -> str:
    """The start type to give to an agent that has a wrong one: from Windows 8 on triggers start it."""
    return "demand" if build >= _FIRST_TO_START_BY_TRIGGER else "delayed_auto"


def drift(
    definition: Definition, baseline: Baseline, group_members: Iterable[str] | None, service: str, system_root: str
) -> tuple[Drift, ...]:
    """Every attribute in which a definition differs from the baseline; spelling of paths, names and accounts does not count.

    ``group_members`` is the list of the baseline's svchost group, None where it could not be read; ``system_root`` the
    machine's Windows folder.
    """
    path = _path_normalizer(system_root)
    privileges = definition.privileges
    has_privileges = baseline.privileges is None or (
        privileges is not None and same_names(privileges, baseline.privileges)
    )
    image_paths = {path(each) for each in (baseline.image_path, *baseline.other_image_paths)}
    in_group = group_members is None or service.lower() in {member.lower() for member in group_members}
    compared: tuple[tuple[str, Any, Any, bool], ...] = (
        (
            "image_path",
            baseline.image_path,
            definition.image_path,
            path(definition.image_path) in image_paths,
        ),
        (
            "service_type",
            type_in_words(baseline.type),
            type_in_words(definition.type),
            definition.type == baseline.type,
        ),
        ("start_type", sorted(baseline.starts), definition.start_type, definition.start_type in baseline.starts),
        ("error_control", *_both(baseline.error_control, definition.error_control_word)),
        ("account", baseline.account, definition.account, is_account(definition.account, baseline.account)),
        (
            "dependencies",
            baseline.dependencies,
            definition.dependencies,
            same_names(definition.dependencies, baseline.dependencies),
        ),
        ("privileges", baseline.privileges, privileges, has_privileges),
        ("sid_type", *_both(baseline.sid_type, definition.sid_type_word)),
        ("failure_actions", *_both(baseline.failure_actions, definition.failure_actions)),
        (
            "service_dll",
            baseline.service_dll,
            definition.service_dll,
            path(definition.service_dll) == path(baseline.service_dll),
        ),
        ("svchost_group", baseline.svchost_group, None, in_group),
    )
    return tuple(Drift(attribute, expected, actual) for attribute, expected, actual, same in compared if not same)


def is_account(actual: str | None, expected: str) -> bool:
    """Whether a service account is the expected one; the built-in LocalSystem has several spellings."""
    spellings = {"localsystem", r".\localsystem", r"nt authority\system", r"nt authority\localsystem"}
    names = {(actual or "").lower(), expected.lower()}
    return len(names) == 1 or names <= spellings


def is_built_in(account: str) -> bool:
    """Whether an account is one of Windows' own for services, which have no password."""
    name = account.lower().replace(" ", "").removeprefix("ntauthority\\").removeprefix(".\\")
    return name in ("localsystem", "system", "localservice", "networkservice")


def same_names(actual: Iterable[str], expected: Iterable[str]) -> bool:
    """Whether two lists hold the same names, whatever their order and case."""
    return {name.lower() for name in actual} == {name.lower() for name in expected}


def _both(expected: Any, actual: Any) -> tuple[Any, Any, bool]:
    return expected, actual, actual == expected


def _path_normalizer(system_root: str) -> Callable[[str | None], str]:
    root = re.compile(rf"^(?:%systemroot%|%windir%|{re.escape(system_root.lower())})(?=\\|$)")
    return lambda text: root.sub("%systemroot%", " ".join((text or "").replace('"', "").lower().split()))
