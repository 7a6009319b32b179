"""What a fleet file says about a machine's update agent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .fleet_reading import FleetError, flag, item_list, mapping, seconds, text, wait

_TITLE = "2026-10 Cumulative Update (KB5066791)"


@dataclass(frozen=True)
class DetectionSpec:
    """A detection that ended ``age`` seconds ago; ``code`` is its HRESULT, 0 for success."""

    age: float
    code: int = 0
    updates: int = 0


@dataclass(frozen=True)
class FailureSpec:
    """A download or an installation that failed ``age`` seconds ago."""

    age: float
    code: int
    title: str = _TITLE


@dataclass(frozen=True)
class NextSpec:
    """How each detection from now on ends: after ``takes`` seconds, with a code and a number of updates."""

    takes: float = 2.0
    code: int = 0
    updates: int = 2


@dataclass(frozen=True)
class AgentSpec:
    """The update agent of a machine.

    ``ignores``: a trigger leads to nothing. ``refuses``: so does it, and its program ends with that HRESULT.
    ``version``: of the agent's own, before Windows 10; by default the release's.
    """

    detections: tuple[DetectionSpec, ...] = (DetectionSpec(18000.0),)
    downloads: tuple[FailureSpec, ...] = ()
    installs: tuple[FailureSpec, ...] = ()
    next: NextSpec = NextSpec()
    ignores: bool = False
    refuses: int = 0
    version: str | None = None


def read_agent(data: Any, where: str) -> AgentSpec:
    """The key ``agent`` of a machine.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: agent"
    data = mapping({} if data is None else data, where, {item.name for item in fields(AgentSpec)})
    options: dict[str, Any] = {}
    for key, read in (("detections", _detection), ("downloads", _failure), ("installs", _failure)):
        if key in data:
            items = enumerate(item_list(data, key, where), 1)
            options[key] = tuple(read(each, f"{where}: {key}: {n}") for n, each in items)
    if "next" in data:
        options["next"] = _next(data["next"], f"{where}: next")
    if "ignores" in data:
        options["ignores"] = flag(data["ignores"], f"{where}: ignores")
    if "refuses" in data:
        options["refuses"] = _count(data, "refuses", where)
    if "version" in data:
        options["version"] = text(data["version"], f"{where}: version")
    return AgentSpec(**options)


def _detection(data: Any, where: str) -> DetectionSpec:
    data = mapping(data, where, {"age", "code", "updates"})
    return DetectionSpec(
        seconds(data.get("age"), f"{where}: age"), _count(data, "code", where), _count(data, "updates", where)
    )


def _failure(data: Any, where: str) -> FailureSpec:
    data = mapping(data, where, {"age", "code", "title"})
    code = _count(data, "code", where)
    if not code:
        raise FleetError(f"{where}: code: expected an HRESULT such as 0x80070422")
    return FailureSpec(
        seconds(data.get("age"), f"{where}: age"), code, text(data.get("title", _TITLE), f"{where}: title")
    )


def _next(data: Any, where: str) -> NextSpec:
    data = mapping(data, where, {"takes", "code", "updates"})
    return NextSpec(
        wait(data.get("takes", 2), f"{where}: takes"),
        _count(data, "code", where),
        _count({"updates": 2, **data}, "updates", where),
    )


def _count(data: Any, key: str, where: str) -> int:
    value = data.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 32:
        raise FleetError(f"{where}: {key}: expected a number, not {value!r}")
    return value
