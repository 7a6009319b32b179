# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What group policy did to the computer: domain, objects, last processing. From the registry, which is not localized.

Source: the keys ``Group Policy\\State\\Machine`` that the group policy client keeps (FILETIME halves in Extension-List,
one key per object in GPO-List). Which object set a single value is not there; only gpresult.exe could tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ... import _error_codes
from ..._windows import event_log, registry, service_key
from ..._windows.event_log import Event
from ..._windows.query import Answers, Query
from ..._windows.registry import Key, Tree
from ..._windows.service_key import StartType
from ..._windows.timestamps import event_time
from ..shared.event_queries import GROUP_POLICY

MACHINE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
_WHOLE = "{00000000-0000-0000-0000-000000000000}"
# The extension that writes administrative templates, and with them the settings of the update client.
_REGISTRY_EXTENSION = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
_LOCAL = "LocalGPO"
_SYSTEM = "S-1-5-18"

# Joining a domain sets the service Netlogon to start with Windows, leaving one sets it back to demand.
_NETLOGON = service_key.start("Netlogon")
_JOINED: Mapping[int, bool] = {StartType.AUTO: True, StartType.DEMAND: False}


@dataclass(frozen=True)
class PolicyObject:
    """A group policy object that is meant for the computer. ``reason`` says why it was not applied where it was not."""

    name: str
    id: str
    applied: bool
    reason: str = ""

    @property
    def local(self) -> bool:
        """Whether it is the machine's own policy and not the domain's."""
        return self.id == _LOCAL


@dataclass(frozen=True)
class ProcessingFailure:
    """An event in which group policy says that its processing failed. ``code`` is an HRESULT, None where there is none."""

    time: str
    event_id: int
    code: int | None

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, explained."""
        explained = {} if self.code is None else _error_codes.explain(self.code).as_fact()
        return {"kind": "policy", "time": self.time, "channel": "System", "event_id": self.event_id, **explained}


@dataclass(frozen=True)
class GroupPolicy:
    """Group policy on one machine.

    ``joined``: whether the machine is a member of a domain, None where that cannot be told. ``processed``: when the last
    processing ended, ``status`` the Win32 error it ended with. ``registry_settings``: whether it included objects with
    administrative templates. ``failures`` are newest first.
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
        """The domain's objects that were applied."""
        return tuple(each for each in self.objects if each.applied and not each.local)

    @property
    def reaches(self) -> bool:
        """Whether the domain's policy reached the machine when it was processed last."""
        return self.processed is not None and not self.failing and bool(self.applied)

    @property
    def failing(self) -> bool:
        """Whether processing has failed since it last ended well."""
        if self.status not in (None, 0):
            return True
        newest = next((failure.time for failure in self.failures), "")
        return bool(newest) and (self.processed is None or newest > event_time(self.processed, "microseconds"))

    @property
    def manages(self) -> bool:
        """Whether the domain's policy owns the machine's settings: they must not be written beside it."""
        return bool(self.joined) or bool(self.applied)

    def as_fact(self, now: datetime) -> dict[str, Any]:
        """Group policy as published; ages in hours."""
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
    """The queries that tell it, beside the System log."""
    return (registry.tree(MACHINE), _NETLOGON)


def read_group_policy(answers: Answers, events: Iterable[Event]) -> GroupPolicy:
    """Group policy from the answers to the probe and the events of the System log."""
    tree = answers[registry.tree(MACHINE)]
    machine = tree.key(MACHINE)
    name = machine.text("Distinguished-Name") if machine else None
    start = answers[_NETLOGON]
    whole = tree.key(rf"{MACHINE}\Extension-List\{_WHOLE}")
    return GroupPolicy(
        joined=_JOINED.get(start or 0, True if name else None),
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
    """The end of a processing: a FILETIME (100 ns since 1601, UTC) in two halves."""
    high, low = key.number("EndTimeHi"), key.number("EndTimeLo")
    if not high or low is None:
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=(high << 32 | low) // 10)
    except OverflowError:
        return None


def processing_failures(events: Iterable[Event]) -> Iterator[ProcessingFailure]:
    """The failures of the computer's group policy among events of the System log."""
    for event in events:
        # A user's own policy is logged there too, under the user's SID.
        if event.provider == GROUP_POLICY and event.user in (_SYSTEM, ""):
            code = event_log.code_of(event.data.get("ErrorCode"))
            yield ProcessingFailure(event.time, event.id, _error_codes.of_win32(code) if code else None)


def _domain(distinguished_name: str | None) -> str | None:
    """The domain's DNS name from the computer's distinguished name: ``CN=PC1,OU=PCs,DC=example,DC=test``."""
    parts = [part.strip() for part in (distinguished_name or "").split(",")]
    labels = [part[3:] for part in parts if part[:3].upper() == "DC="]
    return ".".join(labels) or None
