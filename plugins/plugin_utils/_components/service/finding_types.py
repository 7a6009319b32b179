# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of findings that any service of svchost.exe can have, declared for one service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from ..._finding import ANY_REMEDY, FindingType, LiveTest, Remedy
from ..shared.event_findings import events_unreadable

_REPAIR = "Run the role wsus.client.{role}: it restores the default definition of {phrase}."


@dataclass(frozen=True)
class ServiceFindings:
    """The types of findings about one service."""

    missing: FindingType
    svchost_group: FindingType
    disabled: FindingType
    dependency_missing: FindingType
    dependency_failed: FindingType
    service_dll: FindingType
    account: FindingType
    privileges: FindingType
    path: FindingType
    service_type: FindingType
    definition_unreadable: FindingType
    state: FindingType
    start_failed: FindingType
    crashed: FindingType
    drift: FindingType
    events_unreadable: FindingType

    def __iter__(self) -> Iterator[FindingType]:
        return (getattr(self, field.name) for field in fields(self))

    @property
    def visible(self) -> tuple[FindingType, ...]:
        """Faults that the definition shows: if it is correct now, the cause of an earlier failed start no longer exists."""
        return (
            self.missing,
            self.svchost_group,
            self.disabled,
            self.dependency_missing,
            self.account,
            self.privileges,
        )


def crash_type(identifier: str, meaning: str, phrase: str, live_test: LiveTest | None = None) -> FindingType:
    """The type for a service (``phrase`` in a sentence) whose process ended while it ran: no definition repairs that."""
    return FindingType(
        identifier,
        ("error", "warning"),
        meaning,
        f"Find the faulting module in event 1000 of the Application log for the process of {phrase}: if it is part of Windows, install "
        "the latest cumulative update; otherwise update or remove the software that it belongs to.",
        ("administrator",),
        live_test=live_test,
        ends_with="start",
    )


def declare(component: str, phrase: str, remedy: Remedy, remedy_of_code: Callable[[str], Remedy]) -> ServiceFindings:
    """The types of one service: ``phrase`` is its name in a sentence, ``remedy`` repairs it.

    If only a failed start shows a fault, ``remedy_of_code`` returns the remedy for its code.
    """
    subject = phrase[:1].upper() + phrase[1:]
    repair = _REPAIR.format(role=remedy, phrase=phrase)

    def start_fault(name: str, meaning: str, *codes: str, action: str = repair) -> FindingType:
        remedies = tuple(dict.fromkeys((remedy, *map(remedy_of_code, codes), "administrator")))
        return FindingType(f"{component}.{name}", ("error", "warning"), meaning, action, remedies, codes)

    def fault(name: str, meaning: str) -> FindingType:
        return FindingType(f"{component}.{name}", ("error",), meaning, repair, (remedy,))

    return ServiceFindings(
        missing=start_fault("missing", f"{subject} is not installed.", "0x80070424"),
        svchost_group=start_fault("svchost_group", f"{subject} is not listed in its svchost group.", "0x8007043b"),
        disabled=start_fault("disabled", f"{subject} is disabled.", "0x80070422"),
        dependency_missing=start_fault(
            "dependency_missing",
            f"{subject} depends on a service that does not exist.",
            "0x80070433",
            action=f"Run the role wsus.client.{remedy}, which restores the default dependencies; if one of those does not exist, repair Windows.",
        ),
        dependency_failed=start_fault(
            "dependency_failed",
            f"{subject} depends on a service that cannot start.",
            "0x8007042c",
            action=f"Run the role wsus.client.{remedy}: it enables and starts the services that {phrase} requires.",
        ),
        service_dll=start_fault(
            "service_dll",
            f"The Parameters key of {phrase} or its ServiceDll is missing or wrong.",
            "0x80070002",
            "0x8007007e",
        ),
        account=start_fault("account", f"{subject} does not run under its default account.", "0x8007042d"),
        privileges=start_fault("privileges", f"{subject} lacks a required privilege.", "0x80070521"),
        path=fault("path", f"The image path of {phrase} is not svchost.exe with its group."),
        service_type=fault("service_type", f"The service type of {phrase} is not one that svchost.exe can run."),
        definition_unreadable=FindingType(
            f"{component}.definition_unreadable",
            ("error",),
            f"The registry key of {phrase} is missing or cannot be read.",
            f"Restart Windows, then check that administrators can read the registry key of {phrase}.",
            ("administrator",),
        ),
        state=FindingType(
            f"{component}.state",
            ("warning",),
            f"{subject} is paused, or is stuck while starting or stopping.",
            f"Start or stop {phrase}; restart Windows if the state does not change.",
            (remedy,),
        ),
        start_failed=FindingType(
            f"{component}.start_failed",
            ("error", "warning"),
            f"{subject} fails to start with a code that no other finding covers.",
            "Resolve the cause that the error code indicates.",
            ANY_REMEDY,
        ),
        crashed=crash_type(f"{component}.crashed", f"{subject} terminated unexpectedly.", phrase),
        drift=FindingType(
            f"{component}.drift",
            ("info",),
            f"The definition of {phrase} differs from the default but works.",
            f"No action is required; the role wsus.client.{remedy} restores the default.",
            (remedy,),
        ),
        events_unreadable=events_unreadable(component, phrase),
    )
