# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module: the argument spec that Ansible validates, and the typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ._exceptions import WrongOption
from ._windows.command import command

Arguments = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Range:
    """The whole numbers that an option accepts; ``most`` is None if there is no upper limit."""

    unit: str
    least: int = 1
    most: int | None = None

    def require(self, name: str, value: int) -> None:
        """Raises WrongOption if the number is out of range."""
        if value < self.least or (self.most is not None and value > self.most):
            upper = "or more" if self.most is None else f"to {self.most}"
            raise WrongOption(f"{name} is {value}; it must be a number of {self.unit}, {self.least} {upper}")


@dataclass(frozen=True)
class Spec:
    """What a module accepts.

    ``ranges`` are the limits of numbers. ``on_command_lines`` are the options whose text, or each entry, becomes part
    of a command. ``required_if`` is the same as Ansible's.
    """

    arguments: Arguments
    ranges: Mapping[str, Range] = field(default_factory=dict)
    on_command_lines: frozenset[str] = frozenset()
    required_if: tuple[tuple[str, object, tuple[str, ...]], ...] = ()

    def __or__(self, other: Spec) -> Spec:
        return Spec(
            {**self.arguments, **other.arguments},
            {**self.ranges, **other.ranges},
            self.on_command_lines | other.on_command_lines,
            (*self.required_if, *other.required_if),
        )


@dataclass(frozen=True)
class Options:
    """The options of one task, one field per option. A subclass declares its SPEC and the same fields."""

    SPEC: ClassVar[Spec] = Spec({})

    def __post_init__(self) -> None:
        """Raises WrongOption, or UnquotableArgument for text that a command line cannot contain."""
        for name, allowed in self.SPEC.ranges.items():
            if (number := getattr(self, name)) is not None:
                allowed.require(name, number)
        for name in sorted(self.SPEC.on_command_lines):
            given = getattr(self, name)
            for text in [given] if isinstance(given, str) else given or ():
                command(f"option {name}", text)
        self.validate()

    def validate(self) -> None:
        """Raises WrongOption if options contradict each other or a text has the wrong format."""


EVENTS = Spec({"event_days": {"type": "int", "default": 14}}, {"event_days": Range("days", 1, 365)})
"""How far back events are read."""

BACKUP = Spec({"backup_dir": {"type": "str"}}, on_command_lines=frozenset({"backup_dir"}))
"""Where the previous settings are saved."""

JOURNALED = Spec(
    {"timeout": {"type": "int", "default": 600}, "service_timeout": {"type": "int", "default": 120}},
    {"timeout": Range("seconds"), "service_timeout": Range("seconds")},
)
"""How long to wait for the agent, and for each start and stop of a service."""
