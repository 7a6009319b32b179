# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation is the body of a module: it takes typed options and returns an outcome, which becomes the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .._options import Options
from .._plan import Change, diff_of
from .._remote.host import Host
from .._remote.session import Session
from .bounds import bounded

OptionsT = TypeVar("OptionsT", bound=Options)
GivenT_contra = TypeVar("GivenT_contra", bound=Options, contravariant=True)


@dataclass(frozen=True)
class Outcome:
    """What a run did, or would do in check mode.

    ``values`` are the result fields that are specific to the module. ``changes`` is None for a module that only reads.
    ``subject`` names the changed object in a diff.
    """

    values: Mapping[str, Any]
    changes: tuple[Change, ...] | None = None
    subject: str = ""

    def as_result(self, host: Host, *, check_mode: bool, machine: str = "") -> dict[str, Any]:
        """The result of the module; ``machine`` is named in the heading of its diff."""
        result: dict[str, Any] = {"changed": bool(self.changes)}
        if self.changes is not None:
            result |= {
                "changes": [change.as_result() for change in self.changes],
                "diff": diff_of(self.changes, f"{self.subject} on {machine}" if machine else self.subject),
            }
        kept, left_out = bounded({**result, **self.values})
        if self.changes is not None:
            kept["check_mode"] = check_mode
        if left_out:
            kept["left_out"] = left_out
            if "ansible_facts" in kept:
                kept["ansible_facts"]["wsus_left_out"] = left_out
        return kept | {"remote_executions": host.executions, "native_commands": host.commands}


class Run(Protocol[GivenT_contra]):
    """The function of an operation. It changes the machine except in check mode."""

    def __call__(self, session: Session, options: GivenT_contra, *, check_mode: bool) -> Outcome:
        """Run once on one machine."""


@dataclass(frozen=True)
class Operation(Generic[OptionsT]):
    """The options of a module, and the function that it runs with them."""

    options: type[OptionsT]
    run: Run[OptionsT]
