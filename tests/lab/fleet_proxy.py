"""The proxies that a fleet file sets on a machine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .fleet_reading import FleetError, mapping, text


@dataclass(frozen=True)
class ProxySpec:
    """Proxies that are set: the ``machine``'s (WinHTTP) with its ``bypass`` list, and the administrator's own."""

    machine: str = ""
    bypass: str = ""
    user: str = ""


def read_proxy(data: Any, where: str) -> ProxySpec:
    """The ``proxy`` of a machine; without it nothing is set.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: proxy"
    data = mapping(data or {}, where, {item.name for item in fields(ProxySpec)})
    proxy = ProxySpec(**{key: text(value, f"{where}: {key}") for key, value in data.items()})
    if proxy.bypass and not proxy.machine:
        raise FleetError(f"{where}: bypass: goes with machine")
    return proxy
