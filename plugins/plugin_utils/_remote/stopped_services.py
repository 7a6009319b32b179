# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that are down for a time: stopped in an order, started again in reverse as they were, whatever happens between."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from .._exceptions import WsusClientError
from .._windows import sc, service_key
from .._windows.query import Answers, Query
from .service_control import ServiceControl, ServiceHangs, StopFailed

_DISABLED = 4


class ServiceDisabled(WsusClientError):
    """A service that must run afterwards is disabled or missing."""

    reason = "service_disabled"


@dataclass(frozen=True)
class Service:
    """A service before the interruption. ``disabled``: it does not start again once it is stopped."""

    name: str
    installed: bool
    running: bool
    disabled: bool


def probe(names: Iterable[str]) -> tuple[Query[Any], ...]:
    """The queries that tell whether services run and would start again."""
    return tuple(query for name in names for query in (sc.state(name), service_key.start(name)))


def read(names: Iterable[str], answers: Answers) -> tuple[Service, ...]:
    """The services from the answers to it; one that is between two states counts as running."""
    return tuple(_read(name, answers) for name in names)


def check(services: Iterable[Service], needed: str = "wuauserv") -> None:
    """Raises ServiceDisabled where one would not run again afterwards, or the one that is ``needed`` could not at all."""
    for each in services:
        if each.name == needed and not each.installed:
            raise ServiceDisabled(
                f"there is no service {each.name}: repair it first (role agent). Nothing was changed", service=each.name
            )
        if each.disabled and (each.running or each.name == needed):
            role = "bits" if each.name == "BITS" else "agent"
            raise ServiceDisabled(
                f"{each.name} is disabled and would not start again: repair it first (role {role}). Nothing was changed",
                service=each.name,
            )


class Interruption:
    """One interruption. ``begun`` are services that an earlier, cut one has stopped: they are started with the others."""

    def __init__(self, control: ServiceControl, begun: Iterable[str] = ()) -> None:
        self._control = control
        self._begun = list(begun)

    def stop(self, names: Iterable[str], protected: Collection[str] = ()) -> None:
        """Stop services in their order; a refusal by one that Windows protects is taken. Raises StopFailed and ServiceHangs."""
        for name in names:
            if name not in self._begun:
                self._begun.append(name)
            try:
                self._control.stop(name)
            except StopFailed:
                if name not in protected:
                    raise
                self._begun.remove(name)

    def end(self, failure: WsusClientError | None = None) -> WsusClientError | None:
        """Start in reverse order what was stopped, and return what failed: ``failure``, that of a stop, or the first start.

        Its message names the services that do not run as they did before.
        """
        begun = list(self._begun)
        hanging = str(failure.details.get("service")) if isinstance(failure, ServiceHangs) else ""
        down = [name for name in begun if name == hanging]  # it would only be waited for once more
        for name in reversed([name for name in begun if name != hanging]):
            try:
                if failure:  # one that is still stopping would be taken for running
                    self._control.settled(name, "stop", {1, 4})
                self._control.start(name)
            except WsusClientError as error:
                failure = failure or error
                down.append(name)
        if failure and down:
            failure = failure.extended(*(f"{name} does not run as it did before." for name in down))
        return failure


def _read(name: str, answers: Answers) -> Service:
    state = answers[sc.state(name)]
    disabled = answers[service_key.start(name)] == _DISABLED
    return Service(name, state.installed, state.code not in (None, 1), disabled)
