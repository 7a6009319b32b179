"""What a fleet file says about a machine's update store."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .fleet_reading import FleetError, flag, item_list, mapping, seconds, text, wait

FOREVER = float("inf")


@dataclass(frozen=True)
class CopySpec:
    """An earlier store beside the present one; ``damage`` as of the store."""

    name: str
    damage: int = 0


@dataclass(frozen=True)
class StoreSpec:
    """The update store of a machine.

    ``path``: where it lies, the folder in Windows being a junction; empty for a folder of its own. ``size``: of its database,
    in bytes. ``damage``: the HRESULT that detections with this database end with, 0 for none. ``takes``: seconds that the
    agent needs for a new one, None where it never makes one. ``held``: for how many seconds a program holds a file in it.
    ``denied``: whether it may not be renamed.
    """

    path: str = ""
    missing: bool = False
    size: int = 35 << 20
    damage: int = 0
    copies: tuple[CopySpec, ...] = ()
    takes: float | None = 1.0
    held: float = 0.0
    denied: bool = False


_KEYS = {item.name for item in fields(StoreSpec)} - {"takes"} | {"made"}


def read_store(data: Any, where: str) -> StoreSpec:
    """The key ``store`` of a machine.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: store"
    data = mapping({} if data is None else data, where, _KEYS)
    held = mapping(data.get("held") or {}, f"{where}: held", {"for"})
    path = text(data["path"], f"{where}: path") if "path" in data else ""
    if path and (path[1:3] != ":\\" or path.endswith("\\")):
        raise FleetError(f"{where}: path: expected a folder such as D:\\WU\\Store")
    return StoreSpec(
        path=path,
        missing=flag(data.get("missing", False), f"{where}: missing"),
        size=_number(data.get("size", StoreSpec.size), f"{where}: size"),
        damage=_number(data.get("damage", 0), f"{where}: damage"),
        copies=tuple(_copy(each, f"{where}: copies") for each in item_list(data, "copies", where)),
        takes=read_made(data, where, StoreSpec.takes),
        held=(seconds(held["for"], f"{where}: held: for") if "for" in held else FOREVER) if "held" in data else 0.0,
        denied=flag(data.get("denied", False), f"{where}: denied"),
    )


def read_made(data: Any, where: str, default: float | None) -> float | None:
    """The key ``made``: how many seconds something takes that the agent makes by itself; None for never."""
    if "made" not in data:
        return default
    if data["made"] is None:
        return None
    made = mapping(data["made"], f"{where}: made", {"takes"})
    return wait(made.get("takes", default or 0), f"{where}: made: takes")


def _copy(data: Any, where: str) -> CopySpec:
    if isinstance(data, str):
        return CopySpec(data)
    data = mapping(data, where, {"name", "damage"})
    return CopySpec(text(data.get("name"), f"{where}: name"), _number(data.get("damage", 0), f"{where}: damage"))


def _number(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FleetError(f"{where}: expected a number, not {value!r}")
    return value
