# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the changes that bring a machine to its desired state, with the commands that make and undo them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ._text import shown
from ._windows.command import Command


@dataclass(frozen=True)
class Change:
    """One attribute before and after the change, as published: text, numbers or lists."""

    attribute: str
    before: Any
    after: Any

    def as_result(self) -> dict[str, Any]:
        """The change as published."""
        return {"attribute": self.attribute, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Step:
    """One command that makes one or several changes at once.

    ``undo`` restores the previous value; empty if nothing can. ``restart``: it takes effect at the next service start.
    ``if_refused`` is what to do if Windows refuses it, for the error message.
    """

    changes: tuple[Change, ...]
    do: Command
    undo: tuple[Command, ...] = ()
    restart: bool = False
    if_refused: str = ""

    @property
    def name(self) -> str:
        """The attributes that the step changes, for messages."""
        return ", ".join(change.attribute for change in self.changes)


def changes_of(steps: Iterable[Step]) -> tuple[Change, ...]:
    """All changes of some steps, in order."""
    return tuple(change for step in steps for change in step.changes)


def diff_of(changes: Iterable[Change], subject: str) -> dict[str, Any]:
    """Changes as Ansible's diff, for people: each attribute before and after, with ``subject`` as the header."""
    made = tuple(changes)
    diff: dict[str, Any] = shown(
        {
            "before_header": subject,
            "after_header": subject,
            "before": {change.attribute: change.before for change in made},
            "after": {change.attribute: change.after for change in made},
        }
    )
    return diff
