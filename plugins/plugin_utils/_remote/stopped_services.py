# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops services in order for a block of code, and always starts them again in reverse order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .._exceptions import WsusClientError
from .._windows import sc, service_key
from .._windows.query import Answers, Query
from .._windows.service_key import StartType
from .service_control import IDLE_OR_RUNNING, ServiceControl, ServiceHangs, StopFailed


class ServiceDisabled(WsusClientError):
    """A service that must run afterward is disabled or missing."""

    reason = "service_disabled"


@dataclass(frozen=True)
class Service:
    """A service before it is stopped. ``disabled``: it could not be started again."""

    name: str
    installed: bool
    running: bool
    disabled: bool


def probe(names: Iterable[str]) -> tuple[Query[Any], ...]:
    """The queries that show whether services run and could start again."""
    return tuple(query for name in names for query in (sc.state(name), service_key.start(name)))


def read(names: Iterable[str], answers: Answers) -> tuple[Service, ...]:
    """The services from the answers to ``probe``; one in a pending state counts as running."""
    return tuple(_read(name, answers) for name in names)


def running(services: Iterable[Service]) -> tuple[str, ...]:
    """The names of the running services."""
    return tuple(each.name for each in services if each.running)


def require_startable(
    services: Iterable[Service], needed: str = "wuauserv", *, cannot_be_enabled: Collection[str] = ()
) -> None:
    """Raises ServiceDisabled if a running service could not be started again, or if the ``needed`` one could not run at all.

    Services in ``cannot_be_enabled`` are ignored, because the service control manager refuses this even to administrators: such a
    service is not stopped if it is running and disabled.
    """
    for each in services:
        if each.name == needed and not each.installed:
            raise ServiceDisabled(
                f"the service {each.name} does not exist. Nothing was changed. Repair it first (role agent)",
                service=each.name,
            )
        if each.disabled and each.name not in cannot_be_enabled and (each.running or each.name == needed):
            role = "bits" if each.name == "BITS" else "agent"
            raise ServiceDisabled(
                f"{each.name} is disabled and would not start again. Nothing was changed. "
                f"Repair it first (role {role})",
                service=each.name,
            )


class StoppedServices:
    """The services that are stopped temporarily.

    A service that is ``protected`` by Windows may refuse to stop, or may not stop before the timeout: both are accepted. If it is
    disabled but running, it is not stopped, because it could not be started again.
    """

    def __init__(self, control: ServiceControl, protected: Collection[str], stopped_before: Iterable[str]) -> None:
        self._control = control
        self._protected = protected
        self._names = list(stopped_before)
        self._stopped: set[str] = set()
        self._not_stopped: set[str] = set()

    def stop(self, names: Iterable[str]) -> None:
        """Stop services in order. Raises StopFailed and ServiceHangs for those that are not protected."""
        to_stop = tuple(names)
        left = self._disabled([name for name in to_stop if name in self._protected])
        for name in to_stop:
            if name not in self._names:
                self._names.append(name)
            if name in left:
                self._not_stopped.add(name)
                continue
            try:
                self._control.stop(name)
                self._stopped.add(name)
            except (StopFailed, ServiceHangs):
                if name not in self._protected:
                    raise
                self._not_stopped.add(name)

    def _disabled(self, names: Collection[str]) -> frozenset[str]:
        answers = self._control.session.host.probe(service_key.start(name) for name in names) if names else Answers()
        return frozenset(name for name in names if answers[service_key.start(name)] == StartType.DISABLED)

    def _needs_no_start(self, name: str) -> bool:
        """Whether a protected service that this run did not stop is running, or is still stopping after a stop that failed.

        For the latter a start would only wait again. A service that an earlier run stopped may still be stopping: it is started.
        """
        if name not in self._protected or name in self._stopped:
            return False
        query = sc.state(name)
        state = self._control.session.host.probe([query])[query]
        return state.active if name in self._not_stopped else state.running

    def start(self, failure: WsusClientError | None) -> WsusClientError | None:
        """Start them in reverse order. Return ``failure`` or else the first start error, naming those not running."""
        hanging = str(failure.details.get("service")) if isinstance(failure, ServiceHangs) else ""
        down = [name for name in self._names if name == hanging]  # waiting again would not help
        for name in reversed([name for name in self._names if name != hanging]):
            if self._needs_no_start(name):
                continue
            try:
                if failure:  # a service that is still stopping would be treated as running
                    self._control.settled(name, "stop", IDLE_OR_RUNNING)
                self._control.start(name)
            except WsusClientError as error:
                failure = failure or error
                down.append(name)
        if failure and down:
            failure = failure.extended(*(f"{name} is not running, although it was before." for name in down))
        return failure


@contextmanager
def stopped_services(
    control: ServiceControl,
    names: Iterable[str] = (),
    *,
    protected: Collection[str] = (),
    stopped_before: Iterable[str] = (),
) -> Iterator[StoppedServices]:
    """Stop services in order, and start them again in reverse order after the block, even if it fails.

    The block may stop more services. ``stopped_before`` are services that an earlier run stopped and did not start:
    they are started with the others. Raises the error of the block or of a stop, otherwise that of a start:
    StopFailed, StartFailed, ServiceHangs.
    """
    stopped = StoppedServices(control, protected, stopped_before)
    failure: WsusClientError | None = None
    try:
        stopped.stop(names)
        yield stopped
    except WsusClientError as error:
        failure = error
    if failure := stopped.start(failure):
        raise failure from None


def _read(name: str, answers: Answers) -> Service:
    state = answers[sc.state(name)]
    disabled = answers[service_key.start(name)] == StartType.DISABLED
    return Service(name, state.installed, state.active, disabled)
