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

from ..._windows import registry
from ..._windows.event_log import Event
from ..._windows.query import Answers, Query
from ..._windows.registry import Key, Tree
from ..._windows.timestamps import event_time
from ..shared import domain, event_queries
from .processing import LOCAL, ProcessingFailure, open_failures, processing_failures

MACHINE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
_WHOLE = "{00000000-0000-0000-0000-000000000000}"
# The extension that applies administrative templates, which include the settings of the update client.
_REGISTRY_EXTENSION = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
HISTORY = rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\History\{_REGISTRY_EXTENSION}"
"""The objects whose administrative templates were applied, one key per object; also for the local policy."""


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
        return self.id == LOCAL


@dataclass(frozen=True)
class GroupPolicy:
    """Group Policy on one machine.

    ``joined``: whether the machine is a domain member, None if unknown. ``processed``: when the last processing ended,
    ``status`` its Win32 error code. ``registry_settings``: whether it included GPOs with administrative templates, and
    ``registry_status`` the error code of the extension that applies them. ``failures`` are newest first. ``succeeded`` is the time
    of the newest event of a successful processing, and ``giving`` are the IDs of the objects whose administrative templates were
    applied; None if that was not queried or is not recorded.
    """

    joined: bool | None
    domain: str | None
    site: str | None
    objects: tuple[PolicyObject, ...]
    processed: datetime | None
    status: int | None
    registry_settings: bool
    failures: tuple[ProcessingFailure, ...]
    registry_status: int | None = None
    succeeded: str | None = None
    giving: frozenset[str] | None = None

    @property
    def applied(self) -> tuple[PolicyObject, ...]:
        """The GPOs of the domain that were applied."""
        return tuple(each for each in self.objects if each.applied and not each.local)

    @property
    def reaches(self) -> bool:
        """Whether the last processing succeeded and applied GPOs of the domain."""
        return self.processed is not None and not self.failing and bool(self.applied)

    @property
    def last_success(self) -> str:
        """When processing last succeeded, as the time of an event; empty if that is not recorded.

        Whether the end time in the registry is written when nothing changed is not confirmed, so events count as well.
        """
        processed = "" if self.processed is None else event_time(self.processed, "microseconds")
        return max(processed, self.succeeded or "")

    @property
    def open_failures(self) -> tuple[ProcessingFailure, ...]:
        """The failures since processing last succeeded."""
        return open_failures(self.failures, self.last_success)

    @property
    def failing(self) -> bool:
        """Whether processing has failed since it last succeeded."""
        return self.status not in (None, 0) or bool(self.open_failures)

    @property
    def local_only(self) -> bool:
        """Whether it is known that no object of the domain gives a setting: all were set on the machine itself."""
        if self.joined is False:
            return True
        # Without a record of the objects, the extension must not have run: people delete the record to have all applied again.
        recorded = self.giving or not self.registry_settings
        return self.giving is not None and not self.failing and bool(recorded) and self.giving <= {LOCAL}

    @property
    def manages(self) -> bool:
        """Whether the domain manages the settings of the machine, so that local changes would be overwritten."""
        return bool(self.joined) or bool(self.applied)

    @property
    def refreshable(self) -> bool:
        """Whether a refresh can bring settings: a domain manages the machine, and it has not left that domain."""
        return self.manages and self.joined is not False

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


def follow_up(days: int) -> tuple[Query[Any], ...]:
    """Further queries: successful processing, and the objects that give settings."""
    return (event_queries.policy_successes(days), registry.tree(HISTORY))


def read_group_policy(answers: Answers, events: Iterable[Event], days: int) -> GroupPolicy:
    """Group Policy from the answers to the probe and the events of the System log."""
    tree = answers[registry.tree(MACHINE)]
    machine = tree.key(MACHINE)
    name = machine.text("Distinguished-Name") if machine else None
    joined = domain.joined(answers)
    whole = tree.key(rf"{MACHINE}\Extension-List\{_WHOLE}")
    extension = tree.key(rf"{MACHINE}\Extension-List\{_REGISTRY_EXTENSION}")
    successes = answers.get(event_queries.policy_successes(days), None)
    return GroupPolicy(
        joined=joined if joined is not None else True if name else None,
        domain=_domain(name),
        site=machine.text("Site-Name") if machine else None,
        objects=tuple(_objects(tree)),
        processed=_end_time(whole) if whole else None,
        status=whole.number("Status") if whole else None,
        registry_settings=extension is not None,
        failures=tuple(processing_failures(events)),
        registry_status=extension.number("Status") if extension else None,
        succeeded=_newest(successes.events) if successes else None,
        giving=_giving(answers),
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


def _newest(events: Iterable[Event]) -> str | None:
    return max((each.time for each in events if each.id in event_queries.POLICY_SUCCESSES), default=None)


def _giving(answers: Answers) -> frozenset[str] | None:
    history = answers.get(registry.tree(HISTORY), None)
    if history is None or not history.complete:
        return None
    keys = (key for key in history.below(HISTORY) if key.values)
    return frozenset(key.text("GPOName") or key.text("DSPath") or "" for key in keys)


def _end_time(key: Key) -> datetime | None:
    """When processing ended: a FILETIME (units of 100 ns since 1601, UTC) in two halves; None if missing or invalid."""
    high, low = key.number("EndTimeHi"), key.number("EndTimeLo")
    if not high or low is None:
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=(high << 32 | low) // 10)
    except OverflowError:
        return None


def _domain(distinguished_name: str | None) -> str | None:
    """The DNS name of the domain, from a distinguished name such as ``CN=PC1,OU=PCs,DC=example,DC=test``."""
    parts = [part.strip() for part in (distinguished_name or "").split(",")]
    labels = [part[3:] for part in parts if part[:3].upper() == "DC="]
    return ".".join(labels) or None
