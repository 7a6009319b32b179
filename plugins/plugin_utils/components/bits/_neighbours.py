# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that BITS needs: its dependencies, and SENS for its notices of logons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ... import _service_change
from ..._exceptions import WsusClientError
from ..._plan import Change, Step
from ._desired import Desired
from ._facts import Bits, Neighbour

# The start type of the services that BITS needs, on every Windows.
_NEIGHBOURS_START: Mapping[str, str] = {"rpcss": "auto", "eventsystem": "auto", "sens": "auto"}


class DependencyMissing(WsusClientError):
    """BITS shall depend on a service that the machine does not have; nothing of ours can make it."""

    reason = "dependency_missing"


def neighbours_to_start(bits: Bits, wanted: Desired) -> tuple[Neighbour, ...]:
    """The services that BITS needs and that do not run."""
    if wanted.state == "stopped":
        return ()
    return tuple(each for each in _needed(bits, wanted) if each.state.installed and not each.state.running)


def neighbour_steps(bits: Bits, wanted: Desired) -> Iterator[Step]:
    """The services that BITS needs, enabled where they are disabled."""
    if wanted.state == "stopped":
        return
    for each in _needed(bits, wanted):
        if each.disabled:
            start = _NEIGHBOURS_START.get(each.name.lower(), "demand")
            yield Step(
                (Change(f"{each.name}.start_type", "disabled", start),),
                _service_change.config(each.name, start=start),
                (_service_change.config(each.name, start="disabled"),),
            )


def require_dependencies(bits: Bits, wanted: Desired) -> None:
    """Raises DependencyMissing where BITS shall depend on a service that was asked for and is not there."""
    installed = {each.name.lower() for each in bits.neighbours if each.state.installed}
    asked = {each.name.lower() for each in bits.neighbours}
    missing = [name for name in _dependencies(bits, wanted) if name.lower() in asked and name.lower() not in installed]
    if missing:
        raise DependencyMissing(
            f"BITS must depend on {', '.join(missing)}, which does not exist on this machine. "
            "It belongs to Windows and cannot be made anew: repair Windows (in-place upgrade), then run this again. Nothing was changed"
        )


def _needed(bits: Bits, wanted: Desired) -> tuple[Neighbour, ...]:
    """The dependencies that BITS will have, as far as the machine was asked for them; SENS where a whole profile is wanted."""
    names = {name.lower() for name in _dependencies(bits, wanted)}
    if "svchost_group" in wanted.managed:
        names.add(bits.sens.name.lower())
    return tuple(each for each in bits.neighbours if each.name.lower() in names)


def _dependencies(bits: Bits, wanted: Desired) -> tuple[str, ...]:
    managed = "dependencies" in wanted.managed or bits.definition is None
    return wanted.definition.dependencies if managed else bits.definition.dependencies if bits.definition else ()
