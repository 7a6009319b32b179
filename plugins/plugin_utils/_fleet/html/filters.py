# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the table of machines. The page refers to their values by number, so no text of a machine is code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .model import OUTCOMES, STATUSES, Machine, rank
from .sections import REMEDIES, Server
from .texts import Texts


@dataclass(frozen=True)
class Filter:
    """A filter; ``options`` are the numbers of its values, with what they are called and how many machines have them."""

    key: str
    options: tuple[tuple[int, str, int], ...]
    values: dict[str, int] = field(repr=False)
    of: Callable[[Machine], list[str]] = field(repr=False)

    def number(self, value: str) -> int | None:
        """The number of a value; None if no machine has it."""
        return self.values.get(value)

    def tokens(self, machine: Machine) -> str:
        """The numbers of the values of a machine."""
        return " ".join(str(self.values[each]) for each in self.of(machine))


def place(server: str, group: str) -> str:
    """A server and target group as one value."""
    return f"{server}\n{group}"


def filters(fleet: Sequence[Machine], servers: Iterable[Server], texts_: Texts) -> dict[str, Filter]:
    """The filters that have at least one value, by key."""
    places = {place(each.url, each.group): server_name(each.url, each.group, texts_) for each in servers}
    made = (
        _filter("status", fleet, lambda each: [each.status], lambda name: texts_.word("status", name), STATUSES),
        _filter("finding", fleet, lambda each: sorted({found.id for found in each.open}), lambda name: name),
        _filter("who", fleet, lambda each: each.remedies, lambda name: texts_.word("remedy", name), REMEDIES),
        _filter(
            "server", fleet, lambda each: [place(each.server, each.target_group)], places.__getitem__, tuple(places)
        ),
        _filter("group", fleet, lambda each: sorted(set(each.groups)), lambda name: name),
        _filter(
            "repair",
            fleet,
            lambda each: [each.repair.outcome] if each.repair else [],
            lambda name: texts_.word("outcome", name),
            OUTCOMES,
        ),
    )
    return {each.key: each for each in made if each.options}


def server_name(url: str, group: str, texts_: Texts) -> str:
    """What a server and target group are called."""
    return " \u00b7 ".join(each for each in (url or texts_("server.none"), group) if each)


def _filter(
    key: str,
    fleet: Iterable[Machine],
    of: Callable[[Machine], list[str]],
    name: Callable[[str], str],
    order: tuple[str, ...] = (),
) -> Filter:
    counted = Counter(value for machine in fleet for value in of(machine))
    ordered = sorted(counted, key=lambda value: (rank(order, value), value))
    values = {value: number for number, value in enumerate(ordered)}
    return Filter(key, tuple((values[value], name(value), counted[value]) for value in ordered), values, of)
