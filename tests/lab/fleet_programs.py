"""What a fleet file says about a machine's programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fleet_reading import FleetError, mapping

SUBSYSTEMS = ("console", "gui")
"""What a program is for: PowerShell waits for one of the console only."""


def read_subsystems(data: Any, where: str) -> Mapping[str, str]:
    """The key ``subsystems`` of a machine: programs whose subsystem is another than its release says.

    :raises FleetError: something in it is wrong
    """
    where = f"{where}: subsystems"
    subsystems = mapping({} if data is None else data, where)
    for name, subsystem in subsystems.items():
        if not name.lower().endswith(".exe"):
            raise FleetError(f"{where}: {name}: expected the name of a program, such as UsoClient.exe")
        if subsystem not in SUBSYSTEMS:
            raise FleetError(f"{where}: {name}: expected one of {', '.join(SUBSYSTEMS)}")
    return subsystems
