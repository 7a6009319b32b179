# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that the update agent works with beside its dependencies: switching these off switches updates off."""

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
    """A service that the agent works with beside its dependencies: what it does, and from which build on.

    ``configurable``: whether administrators may; DoSvc is protected (LaunchProtected), its manager refuses them.
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
"""The helpers that a repair enables where they are disabled."""
RUNNING = ("CryptSvc",)
"""The helpers that run on every healthy Windows, all the time."""


def probe() -> tuple[Query[int | None], ...]:
    """Only the start type of the orchestrator, without which nothing happens from Windows 10 on."""
    return (service_key.start("UsoSvc"),)


def follow_up(asked: Collection[str], build: int) -> tuple[Query[int | None], ...]:
    """The start types of the helpers that the build has beside those asked: what switches updates off is a disabled one."""
    return tuple(service_key.start(name) for name in _of_build(build) if name not in asked)


def read_helpers(answers: Answers, build: int) -> tuple[RelatedService, ...]:
    """The helpers that the build has, as far as they were asked for."""
    asked = (name for name in _of_build(build) if service_key.start(name) in answers)
    return tuple(service_probe.read_related_service(SERVICE, name, answers) for name in asked)


def _of_build(build: int) -> Iterator[str]:
    return (name for name, helper in HELPERS.items() if build >= helper.since)
