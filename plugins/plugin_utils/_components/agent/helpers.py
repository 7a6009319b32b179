# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that the update agent uses in addition to its dependencies: disabling them disables updates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ..._windows import service_key
from ..._windows.query import Answers, Query
from ..service import probe as service_probe
from ..service.facts import RelatedService
from .definition import SERVICE


@dataclass(frozen=True)
class Helper:
    """A service that the agent uses in addition to its dependencies; ``work`` is what it does, ``since`` the first build.

    ``configurable``: whether administrators can configure it. DoSvc is protected (LaunchProtected): the service control
    manager refuses changes.
    """

    work: str
    since: int = 0
    configurable: bool = True


HELPERS: Mapping[str, Helper] = {
    "UsoSvc": Helper("starts every scan", since=10240),
    "CryptSvc": Helper("verifies the signatures of updates"),
    "DoSvc": Helper("downloads the updates", since=10240, configurable=False),
}
ENABLED = tuple(name for name, helper in HELPERS.items() if helper.configurable)
"""The helpers that a repair enables if they are disabled."""
RUNNING = ("CryptSvc",)
"""The helpers that always run on a healthy machine."""


def probe() -> tuple[Query[int | None], ...]:
    """The query for the start type of the orchestrator only, without which the agent does nothing from Windows 10 on."""
    return (service_key.start("UsoSvc"),)


def follow_up(asked: Collection[str], build: int) -> tuple[Query[int | None], ...]:
    """Queries for the start types of the other helpers of the build; ``asked`` are those that were queried already."""
    return tuple(service_key.start(name) for name in _of_build(build) if name not in asked)


def read_helpers(answers: Answers, build: int) -> tuple[RelatedService, ...]:
    """The helpers of the build, as far as they were queried."""
    asked = (name for name in _of_build(build) if service_key.start(name) in answers)
    return tuple(service_probe.read_related_service(SERVICE, name, answers) for name in asked)


def _of_build(build: int) -> Iterator[str]:
    return (name for name, helper in HELPERS.items() if build >= helper.since)
