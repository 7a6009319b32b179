# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group Policy of the computer: domain, objects, last processing. Read from the registry, which is not localized.

Source: the keys ``Group Policy\\State\\Machine`` of the Group Policy client (FILETIME halves in Extension-List, one
key per object in GPO-List). They do not show which object set a value; only gpresult.exe does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ... import _error_codes
from ..._windows import event_log, registry
from ..._windows.event_log import Event
from ..._windows.query import Answers, Query
from ..._windows.registry import Key, Tree
from ..._windows.timestamps import event_time
from ..shared import domain
from ..shared.event_queries import GROUP_POLICY

MACHINE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
_WHOLE = "{00000000-0000-0000-0000-000000000000}"
# The extension that applies administrative templates, which include the settings of the update client.
_REGISTRY_EXTENSION = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
_LOCAL = "LocalGPO"
_SYSTEM = "S-1-5-18"


@dataclass(frozen=True)
class PolicyObject:
    """A GPO in the scope of the computer. ``reason`` is why it was not applied, empty if it was."""

    name: str
    id: str
    applied: bool
    reason: str = ""

    @property
    def local(self) -> bool:
        """Whether it is the local policy of the machine, not a GPO of the domain."""
        return self.id == _LOCAL


@dataclass(frozen=True)
class ProcessingFailure:
    """An event that reports a failure of Group Policy processing. ``code`` is an HRESULT, None if the event has none."""

    time: str
    event_id: int
    code: int | None

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, with its code explained."""
        explained = {} if self.code is None else _error_codes.explain(self.code).as_fact()
        return {"kind": "policy", "time": self.time, "channel": "System", "event_id": self.event_id, **explained}


@dataclass(frozen=True)
class GroupPolicy:
    """Group Policy on one machine.

    ``joined``: whether the machine is a domain member, None if unknown. ``processed``: when the last processing ended,
    ``status`` its Win32 error code. ``registry_settings``: whether it included GPOs with administrative templates.
    ``failures`` are newest first.
    """

    joined: bool | None
    domain: str | None
    site: str | None
    objects: tuple[PolicyObject, ...]
    processed: datetime | None
    status: int | None
    registry_settings: bool
    failures: tuple[ProcessingFailure, ...]

    @property
    def applied(self) -> tuple[PolicyObject, ...]:
        """The GPOs of the domain that were applied."""
        return tuple(each for each in self.objects if each.applied and not each.local)

    @property
    def reaches(self) -> bool:
        """Whether the last processing succeeded and applied GPOs of the domain."""
        return self.processed is not None and not self.failing and bool(self.applied)

    @property
    def failing(self) -> bool:
        """Whether processing has failed since it last succeeded."""
        if self.status not in (None, 0):
            return True
        newest = next((failure.time for failure in self.failures), "")
        return bool(newest) and (self.processed is None or newest > event_time(self.processed, "microseconds"))

    @property
    def manages(self) -> bool:
        """Whether the domain manages the settings of the machine, so that local changes would be overwritten."""
        return bool(self.joined) or bool(self.applied)

    def as_fact(self, now: datetime) -> dict[str, Any]:
        """Group Policy as published; ages in hours."""
        age = None if self.processed is None else round((now - self.processed).total_seconds() / 3600, 1)
        return {
            "domain_member": self.joined,
            "domain": self.domain,
            "site": self.site,
            "objects": [asdict(each) | {"local": each.local} for each in self.objects],
            "last_processed": None if self.processed is None else event_time(self.processed, "microseconds"),
            "last_processed_age_hours": age,
            "status": self.status,
        }


def probe() -> tuple[Query[Any], ...]:
    """The registry queries; the System log is queried separately."""
    return (registry.tree(MACHINE), domain.MEMBERSHIP)


def read_group_policy(answers: Answers, events: Iterable[Event]) -> GroupPolicy:
    """Group Policy from the answers to the probe and the events of the System log."""
    tree = answers[registry.tree(MACHINE)]
    machine = tree.key(MACHINE)
    name = machine.text("Distinguished-Name") if machine else None
    joined = domain.joined(answers)
    whole = tree.key(rf"{MACHINE}\Extension-List\{_WHOLE}")
    return GroupPolicy(
        joined=joined if joined is not None else True if name else None,
        domain=_domain(name),
        site=machine.text("Site-Name") if machine else None,
        objects=tuple(_objects(tree)),
        processed=_end_time(whole) if whole else None,
        status=whole.number("Status") if whole else None,
        registry_settings=tree.key(rf"{MACHINE}\Extension-List\{_REGISTRY_EXTENSION}") is not None,
        failures=tuple(processing_failures(events)),
    )


def _objects(tree: Tree) -> Iterator[PolicyObject]:
    for key in tree.below(rf"{MACHINE}\GPO-List"):
        if not key.values:
            continue
        reasons = (
            ("access_denied", bool(key.number("AccessDenied"))),
            ("disabled", bool(key.number("GPO-Disabled"))),
            ("wmi_filter", key.number("WQLFilterPass") == 0),
        )
        reason = next((name for name, holds in reasons if holds), "")
        identifier = key.text("GPOID") or ""
        yield PolicyObject(key.text("DisplayName") or identifier, identifier, not reason, reason)


def _end_time(key: Key) -> datetime | None:
    """When processing ended: a FILETIME (units of 100 ns since 1601, UTC) in two halves; None if missing or invalid."""
    high, low = key.number("EndTimeHi"), key.number("EndTimeLo")
    if not high or low is None:
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=(high << 32 | low) // 10)
    except OverflowError:
        return None


def processing_failures(events: Iterable[Event]) -> Iterator[ProcessingFailure]:
    """The failures of computer policy processing among events of the System log."""
    for event in events:
        # User policy is logged there too, under the SID of the user.
        if event.provider == GROUP_POLICY and event.user in (_SYSTEM, ""):
            code = event_log.code_of(event.data.get("ErrorCode"))
            yield ProcessingFailure(event.time, event.id, _error_codes.of_win32(code) if code else None)


def _domain(distinguished_name: str | None) -> str | None:
    """The DNS name of the domain, from a distinguished name such as ``CN=PC1,OU=PCs,DC=example,DC=test``."""
    parts = [part.strip() for part in (distinguished_name or "").split(",")]
    labels = [part[3:] for part in parts if part[:3].upper() == "DC="]
    return ".".join(labels) or None
