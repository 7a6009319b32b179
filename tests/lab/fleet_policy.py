"""What a fleet file says about a machine's group policy."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .fleet_reading import FleetError, flag, item_list, mapping, seconds, text, wait

DOMAIN = "example.test"
"""The domain of machines that name none."""

LOCAL = "LocalGPO"
"""What stands for the id of the local policy object, which every machine has and no domain gives."""

STATES = ("applied", "waiting", "denied", "wmi_filtered", "disabled")
_ID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")


@dataclass(frozen=True)
class ObjectSpec:
    """A group policy object that is linked to where the computer is.

    ``waiting``: linked since the last processing, so the next one applies it. ``denied``, ``wmi_filtered`` and ``disabled``:
    the computer sees it and does not apply it, for want of the right, by its filter, or because its computer half is off.
    """

    name: str
    id: str
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    state: str = "applied"


@dataclass(frozen=True)
class PolicySpec:
    """Group policy of a machine; times in seconds, and no objects means the release's own two.

    ``reachable``: a domain controller answers. ``processed``: age of the last processing, None where there was none.
    ``takes``: how long a refresh lasts. ``asks``: a forced refresh asks whether it may restart Windows.
    """

    reachable: bool = True
    processed: float | None = 2400.0
    takes: float = 1.0
    asks: bool = False
    objects: tuple[ObjectSpec, ...] | None = None


def read_domain(item: Mapping[str, Any], where: str) -> str | None:
    """The domain of a machine; null makes it a member of a workgroup.

    :raises FleetError: it is no domain's name
    """
    domain = item.get("domain", DOMAIN)
    if domain is not None and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text(domain, f"{where}: domain")):
        raise FleetError(f"{where}: domain: expected a name such as {DOMAIN}, or null for a workgroup")
    return domain if domain is None else str(domain)


def read_policy(data: Any, domain: str | None, where: str) -> PolicySpec:
    """The key ``group_policy`` of a machine.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: group_policy"
    data = mapping({} if data is None else data, where, {item.name for item in fields(PolicySpec)})
    options: dict[str, Any] = {key: flag(data[key], f"{where}: {key}") for key in ("reachable", "asks") if key in data}
    if "processed" in data:
        age = data["processed"]
        options["processed"] = None if age is None else seconds(age, f"{where}: processed")
    if "takes" in data:
        options["takes"] = wait(data["takes"], f"{where}: takes")
    if "objects" in data:
        objects = item_list(data, "objects", where)
        options["objects"] = tuple(_object(each, domain, f"{where}: objects: {n}") for n, each in enumerate(objects, 1))
    return PolicySpec(**options)


def _object(data: Any, domain: str | None, where: str) -> ObjectSpec:
    data = mapping(data, where, {item.name for item in fields(ObjectSpec)})
    name = text(data.get("name"), f"{where}: name")
    identifier = text(data.get("id", f"{{{uuid.uuid5(uuid.NAMESPACE_DNS, name)}}}".upper()), f"{where}: id")
    if identifier != LOCAL and not _ID.fullmatch(identifier):
        raise FleetError(f"{where}: id: expected a GUID in braces, or {LOCAL}")
    if domain is None and identifier != LOCAL:
        raise FleetError(f"{where}: id: a machine of a workgroup has the object {LOCAL} only")
    state = data.get("state", "applied")
    if state not in STATES:
        raise FleetError(f"{where}: state: expected one of {', '.join(STATES)}")
    settings = mapping(data.get("settings") or {}, f"{where}: settings")
    return ObjectSpec(
        name,
        identifier,
        {key: mapping(values, f"{where}: settings: {key}") for key, values in settings.items()},
        state,
    )
