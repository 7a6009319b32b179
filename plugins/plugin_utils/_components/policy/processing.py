# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of Group Policy processing: the events, and which part of the processing each one reports.

Sources: Microsoft, "Group Policy Preprocessing (Active Directory, Networking, Security)", "Application of Group Policy" and "Group
Policy Registry Processing" (TechNet, one page per event ID, with the error codes); the fields from the provider manifest
(GPOCNName and FilePath in 1058 and 1096).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ... import _error_codes
from ..._windows import event_log
from ..._windows.event_log import Event
from ..shared.event_queries import GROUP_POLICY

Stage: TypeAlias = Literal["controller", "clock", "account", "other", "sysvol", "local_file"]
"""What failed: the connection to a domain controller, the clock, the computer account, the GPOs in the domain, or the file of the
local policy."""

LOCAL = "LocalGPO"
"""What events and the registry name the local policy of the machine."""

_ORDER: Mapping[Stage, int] = {"controller": 0, "clock": 0, "account": 1, "other": 2, "sysvol": 3, "local_file": 4}
"""The order in which processing goes through them: an event of a later stage shows that the earlier ones succeeded."""

_SYSTEM = "S-1-5-18"
_REGISTRY_FILE = 1096
_STAGES: Mapping[int, Stage] = {
    1006: "account",  # LDAP bind
    1007: "controller",  # site
    1030: "sysvol",  # query for new GPOs
    1053: "account",  # user name
    1054: "controller",  # name of a domain controller
    1055: "account",  # computer name
    1058: "sysvol",  # gpt.ini
    1097: "account",  # token of the computer
    1101: "account",  # the computer's object in the directory
    1110: "account",  # forest of the accounts
    1126: "clock",
    1129: "controller",  # no network connection to a domain controller
}
_NOT_SETTINGS = frozenset({1068, 1085, 1089, 1090, 1091, 1095, 1104, 1109, 1112, 1128, 1130, *range(1500, 1504)})
"""Events that do not say that settings of administrative templates were not applied: processing was interrupted (1068), another
extension failed or is delayed (1085, 1112, 1128), RSoP data were not recorded (1089 to 1095), a WMI filter or another forest
(1104, 1109), a script failed (1130), processing succeeded (1500 to 1503)."""

_LDAP = 1006
_LDAP_UNREACHABLE = frozenset({81, 85, 91, 258})
"""Codes of an LDAP bind (event 1006): server down, timeout, connect error; 258 is the timeout of Microsoft's page."""
_UNREACHABLE = frozenset(
    {51, 53, 54, 59, 64, 121, 1203, 1222, 1231, 1232, 1311, 1355, 1460, 1722, 1723, 1726, 1727, 1753, 1908, 10060}
)
"""Win32 codes of the network: network path, no logon server, no such domain, RPC server, timeout."""
_REFUSED = frozenset({1317, 1326, 1327, 1330, 1331, 1396, 1397, 1787, 1788, 1789, 1793, 1909})
"""Win32 codes of the account: unknown, wrong password, expired, disabled, target name, trust relationship, locked."""
_CLOCK = 1398
"""ERROR_TIME_SKEW"""


@dataclass(frozen=True)
class ProcessingFailure:
    """An event that reports a failure of Group Policy processing. ``code`` is an HRESULT, None if the event has none.

    ``object`` is the GPO as the event names it, ``file`` the file that could not be read, ``controller`` the domain controller,
    ``description`` the text of the error in the language of Windows; each empty if the event does not contain it.
    """

    time: str
    event_id: int
    code: int | None
    stage: Stage = "other"
    object: str = ""
    file: str = ""
    controller: str = ""
    description: str = ""

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, with its code explained."""
        explained = {} if self.code is None else _error_codes.explain(self.code).as_fact()
        details = {"object": self.object, "file": self.file, "controller": self.controller}
        return {
            "kind": "policy",
            "time": self.time,
            "channel": "System",
            "event_id": self.event_id,
            **{name: text for name, text in details.items() if text},
            **explained,
        }


def processing_failures(events: Iterable[Event]) -> Iterator[ProcessingFailure]:
    """The failures of computer policy processing among events of the System log, in their order."""
    for event in events:
        # User policy is logged there too, under the SID of the user.
        if event.provider == GROUP_POLICY and event.user in (_SYSTEM, "") and event.id not in _NOT_SETTINGS:
            yield _failure(event)


def open_failures(failures: Iterable[ProcessingFailure], since: str) -> tuple[ProcessingFailure, ...]:
    """The failures (newest first) that nothing later disproves: neither a success at ``since``, nor an event of a later stage."""
    found: list[ProcessingFailure] = []
    for each in failures:
        passed = any(later.time > each.time and _ORDER[later.stage] > _ORDER[each.stage] for later in found)
        if each.time > since and not passed:
            found.append(each)
    return tuple(found)


def _failure(event: Event) -> ProcessingFailure:
    number = event_log.code_of(event.data.get("ErrorCode"))
    gpo = event.data.get("GPOCNName", "").strip()
    return ProcessingFailure(
        time=event.time,
        event_id=event.id,
        # The codes of LDAP are not those of Windows.
        code=_error_codes.of_win32(number) if number and event.id != _LDAP else None,
        stage=_stage(event.id, number or 0, gpo),
        object=gpo,
        file=event.data.get("FilePath", "").strip(),
        controller=event.data.get("DCName", "").strip(),
        description=event.data.get("ErrorDescription", "").strip(),
    )


def _stage(event_id: int, number: int, gpo: str) -> Stage:
    if event_id == _REGISTRY_FILE:
        base: Stage = "local_file" if gpo == LOCAL else "sysvol"
    else:
        base = _STAGES.get(event_id, "other")
    if base == "local_file":
        return base
    if number in (_LDAP_UNREACHABLE if event_id == _LDAP else _UNREACHABLE):
        return "controller"
    if event_id != _LDAP and number == _CLOCK:
        return "clock"
    return "account" if event_id != _LDAP and number in _REFUSED else base
