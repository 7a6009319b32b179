# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the id must go, and the commands that delete its values and put them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._exceptions import WrongOption
from ..._plan import Change
from ..._windows import registry
from ..._windows.command import Command
from ..._windows.registry import Value
from ..shared.registry_keys import UPDATE
from .facts import Identity
from .formats import is_id, normal
from .records import Unfinished

STATES = ("unique",)


@dataclass(frozen=True)
class Decision:
    """``why`` the id is made anew: missing, malformed, duplicate or asked; unique or resumed where it stays."""

    why: str
    changes: tuple[Change, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether the id is made anew."""
        return self.why in ("missing", "malformed", "duplicate", "asked")


def check(options: Mapping[str, Any]) -> None:
    """Look at the options of wsus_client_id before anything is sent. Raises WrongOption."""
    for name in ("timeout", "service_timeout"):
        if options[name] < 1:
            raise WrongOption(f"{name} is {options[name]}; it must be a number of seconds from 1 on")
    for entry in options["duplicates"]:
        if not is_id(entry):
            raise WrongOption(
                f"duplicates: {entry!r} is no client id; an id is a GUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427"
            )


def decide(options: Mapping[str, Any], identity: Identity) -> Decision:
    """What the options ask for on a machine."""
    shared = {normal(entry) for entry in options["duplicates"]}
    if identity.state != "present":
        why = identity.state
    elif identity.id in shared:
        why = "duplicate"
    elif options["regenerate"]:
        why = "asked"
    else:
        return Decision("unique")
    return Decision(why, (Change("client_id", identity.written or None, "regenerated"),))


def is_new(identity: Identity, unwanted: Iterable[str]) -> bool:
    """Whether there is a well formed id that is none of those."""
    return identity.id is not None and identity.id not in unwanted


def changes_of_resumption(unfinished: Unfinished) -> tuple[Change, ...]:
    """What finishing or undoing an earlier run changes, as published."""
    return (Change("unfinished", f"begun {unfinished.begun:%Y%m%dT%H%M%SZ}", None),)


def delete(values: Iterable[Value]) -> tuple[Command, ...]:
    """Delete values of the identity, the id last."""
    return tuple(registry.delete_value(UPDATE, value.name) for value in values)


def put_back(values: Iterable[Value]) -> tuple[Command, ...]:
    """Write values of the identity as they were."""
    return tuple(registry.add(UPDATE, value) for value in values)


def backup(file: str) -> Command:
    """Export the key that holds the identity to a .reg file on the machine."""
    return registry.export(UPDATE, file)
