"""Endpoints and machines' DNS as fleet files declare them; the notation is explained in README.md."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..fleet_reading import FleetError, item_list, mapping, text
from .faults import EVERYWHERE, EndpointFaults

KINDS = ("wsus", "proxy", "drop", "closed")
GENERATIONS = ("2012", "3.0")
SCHEMES = ("http", "https", "drop")
TLS = ("trusted", "unknown", "expired", "other_name")
_PORTS: Mapping[tuple[str, str], Mapping[int, str]] = {
    ("wsus", "2012"): {8530: "http", 8531: "https"},
    ("wsus", "3.0"): {80: "http", 443: "https"},
    ("proxy", "2012"): {3128: "http", 8080: "http"},
}


@dataclass(frozen=True)
class EndpointSpec:
    """One endpoint.

    ``names`` are in the fleet's DNS, ``address`` is where they lead in the machines' world, ``ports`` says ``http``, ``https`` or ``drop``
    by port (others are closed), ``tls`` what is wrong with the certificate. Of ``drop`` and ``closed`` all ports are the same.
    """

    kind: str
    names: tuple[str, ...] = ()
    address: str = ""
    generation: str = "2012"
    ports: Mapping[int, str] = field(default_factory=dict)
    tls: str = "trusted"
    faults: EndpointFaults = field(default_factory=EndpointFaults)


DEFAULT_ENDPOINTS: Mapping[str, EndpointSpec] = {
    "wsus": EndpointSpec("wsus", ("wsus.example.test", "wsus"), "10.0.0.5", ports=_PORTS["wsus", "2012"])
}
"""What every fleet has, unless it declares an endpoint of that name itself: the server that the machines' policy names."""


def read_endpoints(data: Any, where: str) -> dict[str, EndpointSpec]:
    """The ``endpoints`` of a fleet file, with those that every fleet has.

    :raises FleetError: something in it is wrong
    """
    read = dict(DEFAULT_ENDPOINTS)
    for number, (name, item) in enumerate(mapping(data or {}, where).items()):
        read[name] = _endpoint(item, f"{where}: {name}", f"10.0.1.{number + 1}", read.get(name))
    taken: dict[str, str] = {}
    for name, spec in read.items():
        for each in (*(each.lower() for each in spec.names), spec.address):
            if taken.setdefault(each, name) != name:
                raise FleetError(f"{where}: {name}: {each} is also {taken[each]}'s")
    return read


def _endpoint(data: Any, where: str, address: str, default: EndpointSpec | None) -> EndpointSpec:
    data = mapping(data, where, {item.name for item in fields(EndpointSpec)})
    kind = _one_of(data.get("kind"), KINDS, f"{where}: kind")
    generation = _one_of(str(data.get("generation", "2012")), GENERATIONS, f"{where}: generation")
    names = tuple(text(name, f"{where}: names") for name in item_list(data, "names", where))
    return EndpointSpec(
        kind,
        names or (default.names if default else ()),
        _address(data.get("address", default.address if default else address), f"{where}: address"),
        generation,
        _ports(data.get("ports"), f"{where}: ports") or _PORTS.get((kind, generation), {}),
        _one_of(data.get("tls", "trusted"), TLS, f"{where}: tls"),
        read_faults(data.get("faults"), f"{where}: faults"),
    )


def read_faults(data: Any, where: str) -> EndpointFaults:
    """The faults of an endpoint; ``status`` may be one number for everything, ``authentication: true`` accepts nobody.

    :raises FleetError: an unknown fault, or one with a value that it cannot have
    """
    data = mapping(data or {}, where, {item.name for item in fields(EndpointFaults)})
    kinds: Mapping[str, tuple[type, ...]] = {"delay": (int, float), "cut_after": (int,), "authentication": (str,)}
    if isinstance(data.get("status"), int):
        data["status"] = {EVERYWHERE: data["status"]}
    if data.get("authentication") is True:
        data["authentication"] = EVERYWHERE
    for key, value in data.items():
        if key == "status":
            good = all(
                isinstance(code, int) and 200 <= code <= 599 for code in mapping(value, f"{where}: {key}").values()
            )
        else:
            good = isinstance(value, kinds.get(key, (bool,))) and (key not in kinds or not isinstance(value, bool))
        if not good:
            raise FleetError(f"{where}: {key}: {value!r} is not possible")
    return EndpointFaults(**data)


def read_names(data: Any, endpoints: Mapping[str, EndpointSpec], where: str) -> tuple[dict[str, str], frozenset[str]]:
    """The ``network`` of a machine: the endpoint's name by host name where it differs from the fleet's, and names unknown to it.

    :raises FleetError: something in it is wrong
    """
    data = mapping(data or {}, where, {"names", "unknown"})
    names = mapping(data.get("names") or {}, f"{where}: names")
    for name, endpoint in names.items():
        if endpoint not in endpoints:
            raise FleetError(f"{where}: names: {name}: there is no endpoint {endpoint!r}")
    unknown = frozenset(text(name, f"{where}: unknown").lower() for name in item_list(data, "unknown", where))
    return {name.lower(): endpoint for name, endpoint in names.items()}, unknown


def _one_of(value: Any, known: tuple[str, ...], where: str) -> str:
    if value not in known:
        raise FleetError(f"{where}: expected one of {', '.join(known)}, not {value!r}")
    return str(value)


def _address(value: Any, where: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text(value, where)))
    except ValueError:
        raise FleetError(f"{where}: expected an IPv4 address, not {value!r}") from None


def _ports(data: Any, where: str) -> dict[int, str]:
    if not isinstance(data or {}, dict):
        raise FleetError(f"{where}: expected {', '.join(SCHEMES)} by port")
    for port, scheme in (data or {}).items():
        if not isinstance(port, int) or not 0 < port < 65536 or scheme not in SCHEMES:
            raise FleetError(f"{where}: expected {', '.join(SCHEMES)} by port, not {port!r}: {scheme!r}")
    return dict(data or {})
