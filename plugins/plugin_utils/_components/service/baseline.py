# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default definition of a service, and the differences of a definition from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..._windows.service_key import Definition, FailureActions, type_in_words


@dataclass(frozen=True)
class Baseline:
    """The default definition of a service; values as in Definition.

    Each of ``starts`` is a correct start type, and each of ``other_image_paths`` a correct path. ``privileges`` is None if any
    list is accepted. ``unconfirmed`` are attributes whose default on this build is not known: a difference is not reported
    as drift, and a repair keeps the current value if the service can start with it.
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
    unconfirmed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Drift:
    """An attribute of a definition that differs from the baseline."""

    attribute: str
    expected: Any
    actual: Any = field(compare=False)


ANY_BUT_DISABLED = frozenset({"auto", "delayed_auto", "demand"})
"""The start types of a service that switches between them itself."""


def drift(
    definition: Definition, baseline: Baseline, group_members: Iterable[str] | None, service: str, system_root: str
) -> tuple[Drift, ...]:
    """Every attribute that differs from the baseline; the spelling of paths, names and accounts is ignored.

    ``group_members`` are the services in the svchost group of the baseline, None if the list could not be read;
    ``system_root`` is the Windows folder of the machine.
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
    """Whether an account is one of the built-in service accounts, which have no password."""
    name = account.lower().replace(" ", "").removeprefix("ntauthority\\").removeprefix(".\\")
    return name in ("localsystem", "system", "localservice", "networkservice")


def same_names(actual: Iterable[str], expected: Iterable[str]) -> bool:
    """Whether two lists contain the same names; order and case are ignored."""
    return {name.lower() for name in actual} == {name.lower() for name in expected}


def _both(expected: Any, actual: Any) -> tuple[Any, Any, bool]:
    return expected, actual, actual == expected


def _path_normalizer(system_root: str) -> Callable[[str | None], str]:
    root = re.compile(rf"^(?:%systemroot%|%windir%|{re.escape(system_root.lower())})(?=\\|$)")
    return lambda text: root.sub("%systemroot%", " ".join((text or "").replace('"', "").lower().split()))
