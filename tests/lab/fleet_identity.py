"""What a fleet file says about the id by which the server knows a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .fleet_reading import FleetError, flag, mapping, text
from .fleet_store import read_made


@dataclass(frozen=True)
class IdentitySpec:
    """The client id of a machine.

    ``value`` as it is written in the registry, None where there is none; empty for one of the machine's own. ``validation``:
    the bytes of SusClientIdValidation, None where there is none, empty for the machine's own. ``takes``: seconds until the
    agent has made a new one, None for never. ``same``: it makes the old one again.
    """

    value: str | None = ""
    validation: bytes | None = b""
    takes: float | None = 0.5
    same: bool = False


def read_identity(data: Any, where: str) -> IdentitySpec:
    """The key ``client_id`` of a machine.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: client_id"
    data = mapping({} if data is None else data, where, {"value", "validation", "made", "same"})
    value = data.get("value", "")
    return IdentitySpec(
        value=None if value is None else text(value, f"{where}: value") if "value" in data else "",
        validation=_bytes(data.get("validation", ""), f"{where}: validation"),
        takes=read_made(data, where, IdentitySpec.takes),
        same=flag(data.get("same", False), f"{where}: same"),
    )


def _bytes(data: Any, where: str) -> bytes | None:
    if data is None or data == "":
        return b"" if data == "" else None
    try:
        return bytes.fromhex(text(mapping(data, where, {"hex"}).get("hex"), f"{where}: hex"))
    except ValueError:
        raise FleetError(f"{where}: hex: expected an even number of hexadecimal digits") from None
