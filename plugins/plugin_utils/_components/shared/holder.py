# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Which run holds a machine: a registry value in the journal, named by a random token, which the run rewrites with each step.

A run that finds the value of another one while its own exists holds nothing. So of two runs that begin at the same time, at most one
continues, without a lock that Windows would have to provide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ..._exceptions import UnquotableArgument
from ..._windows import registry, timestamps
from ..._windows.command import Command, command
from ..._windows.registry import Tree, Value
from . import journal

_VALUE = re.compile("Holder-([0-9a-f]{16})")
_NAME = re.compile(r"[\w.-]{1,100}")
# What cmd.exe interprets, in quotation marks or not; an argument with a blank is passed in quotation marks.
_INTERPRETED = re.compile(r'["%!^\r\n]')
_OPERATORS = re.compile("[&|<>()]")


@dataclass(frozen=True)
class Holder:
    """A run: its token, its controller, the controller's time of its last step, and its record unchanged."""

    token: str
    controller: str
    time: datetime | None
    text: str

    def __str__(self) -> str:
        when = timestamps.plain(self.time) if self.time else "an unknown time"
        return f"a run on the controller {self.controller or 'unknown'}, whose last step was at {when}"


def read(tree: Tree) -> tuple[Holder, ...]:
    """The runs that hold the machine, or held it and were interrupted."""
    key = tree.key(journal.KEY)
    named = ((_VALUE.fullmatch(each.name), str(each.data)) for each in (key.values.values() if key else ()))
    return tuple(_holder(name[1], text) for name, text in named if name)


def step(token: str, controller: str, process: int, time: datetime, number: int) -> Command:
    """Write the record of a run."""
    text = f"controller={controller}; process={process}; time={timestamps.stamp(time)}; step={number}"
    return registry.add(journal.KEY, Value(_name(token), "REG_SZ", text))


def release(token: str) -> Command:
    """Delete the record of a run."""
    return registry.delete_value(journal.KEY, _name(token))


def if_held(token: str, change: Command) -> Command:
    """The command, which runs only if the record of a run exists: both in one command line, so that nothing comes between.

    Raises UnquotableArgument for an argument that cmd.exe would change.
    """
    words = change.arguments[2:] if change.program == "cmd.exe" else (change.program, *change.arguments)
    for word in words:
        if _INTERPRETED.search(word) or (" " not in word and _OPERATORS.search(word)):
            raise UnquotableArgument(f"{change.program}: cmd.exe would change the argument {word!r}")
    return command(
        "cmd.exe", "/d", "/c", "reg.exe", "query", journal.KEY, "/v", _name(token), ">nul", "2>nul", "&&", *words
    )


def _name(token: str) -> str:
    return f"Holder-{token}"


def _holder(token: str, text: str) -> Holder:
    fields = dict(part.partition("=")[::2] for part in text[:500].split("; "))
    name = fields.get("controller", "")
    return Holder(token, name if _NAME.fullmatch(name) else "", timestamps.from_stamp(fields.get("time", "")), text)
