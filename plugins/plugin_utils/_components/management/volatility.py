# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Machines that a restart or a logoff brings back to an earlier state.

- Unified write filter: ``Services\uwfvol\Parameters\Static`` contains Copy0 and Copy1; CurrentSettings selects one, and its value
  UwfEnabled is the state of this session (analysis of uwfservicing in the stored file 55971106077; a tool in 69834719635). Without a
  recorded state, a driver that starts at boot is regarded as active: Microsoft documents no other way through the registry.
- Instant clones of VMware and Omnissa Horizon: ``ViewComposer\nga`` contains VmForked 1 (chrisdhalstead/detect-instant-clone).
- Citrix Provisioning: ``Services\bnistack\PvsAgent`` contains WriteCacheType; 0 and 10 are a private image, which keeps changes
  (EUCweb/BIS-F, BISF.psm1; Citrix CTX122224).
- Citrix Machine Creation Services: ``MachineIdentityServiceAgent`` contains CleanOnBoot 1 (a script in the stored file 22176156075; the
  parameter of the same name of New-ProvScheme is documented to reset machines at each start).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..._windows import registry, values
from ..._windows.query import Answers, Query
from ..._windows.registry import BrokenOff, Key
from ..._windows.service_key import StartType

Reason: TypeAlias = Literal["unified_write_filter", "instant_clone", "citrix_provisioning", "citrix_machine_creation"]

_FILTER_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\uwfvol"
_FILTER = registry.tree(_FILTER_KEY)
_CLONES = tuple(
    registry.value(rf"HKLM\SOFTWARE\{vendor}\ViewComposer\nga", "VmForked")
    for vendor in ("VMware, Inc.", r"Omnissa\Horizon")
)
_PROVISIONING = registry.value(r"HKLM\SYSTEM\CurrentControlSet\Services\bnistack\PvsAgent", "WriteCacheType")
_PRIVATE_IMAGE = (0, 10)
_CREATION = registry.value(r"HKLM\SOFTWARE\Citrix\MachineIdentityServiceAgent", "CleanOnBoot")

IN_WORDS: dict[Reason, str] = {
    "unified_write_filter": "the unified write filter is on",
    "instant_clone": "the machine is an instant clone of a Horizon desktop pool",
    "citrix_provisioning": "its disk is a shared image of Citrix Provisioning",
    "citrix_machine_creation": "Citrix Machine Creation Services resets it at each start",
}


@dataclass(frozen=True)
class Volatility:
    """Why the machine loses changes; empty if nothing shows that it does. ``unreadable``: a key could not be read in full."""

    reasons: tuple[Reason, ...]
    unreadable: bool = False

    @property
    def volatile(self) -> bool | None:
        """Whether it loses changes; None if that is not known."""
        return True if self.reasons else None if self.unreadable else False


def probe() -> tuple[Query[Any], ...]:
    """The queries."""
    return (_FILTER, *_CLONES, _PROVISIONING, _CREATION)


def read(answers: Answers) -> Volatility | None:
    """The facts from the answers; None if they were not queried."""
    if _FILTER not in answers:
        return None
    reasons: list[Reason] = []
    unreadable = False
    try:
        if _filter_is_on(answers):
            reasons.append("unified_write_filter")
    except BrokenOff:
        unreadable = True
    if any(_number(answers.get(each, None), "VmForked") == 1 for each in _CLONES):
        reasons.append("instant_clone")
    cache = _number(answers.get(_PROVISIONING, None), "WriteCacheType")
    if cache is not None and cache not in _PRIVATE_IMAGE:
        reasons.append("citrix_provisioning")
    if _number(answers.get(_CREATION, None), "CleanOnBoot") == 1:
        reasons.append("citrix_machine_creation")
    return Volatility(tuple(reasons), unreadable)


def _filter_is_on(answers: Answers) -> bool:
    tree = answers[_FILTER]
    service = tree.key(_FILTER_KEY)
    start = service.number("Start") if service else None
    if service is None or start == StartType.DISABLED:
        return False
    static = rf"{_FILTER_KEY}\Parameters\Static"
    current = _number(tree.key(static), "CurrentSettings")
    enabled = _number(tree.key(rf"{static}\Copy{1 if current else 0}"), "UwfEnabled")
    return start == StartType.BOOT if enabled is None else enabled == 1


def _number(key: Key | None, name: str) -> int | None:
    """A number, which some products store as text; None if it is neither."""
    if key is None:
        return None
    number, text = key.number(name), key.text(name)
    return number if number is not None else values.integer_or_none(text or "", values.MOST_32)
