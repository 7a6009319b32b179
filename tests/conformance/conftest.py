"""What the lab is compared with here: a real PowerShell, and Wine's own programs.

Where this computer has neither, the tests are skipped with the reason; with WSUS_LAB_STRICT=1 they fail instead.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from lab.fleet import MachineSpec
from lab.machine import User
from lab.powershell import VARIABLE, RealPowerShell, find_powershell
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine
from lab.wine.locales import environment
from lab.wine.machine import WineMachine
from lab.wine.prefix import wine_version
from lab.wine.unavailable import WineUnavailable

LANGUAGES = ("en", "ja", "de", "es")


def unavailable(reason: str) -> NoReturn:
    if os.environ.get("WSUS_LAB_STRICT") == "1":
        pytest.fail(f"WSUS_LAB_STRICT is set, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real() -> RealPowerShell:
    found = find_powershell()
    if found is None:
        unavailable(f"no real PowerShell: {VARIABLE} is not set")
    return found


@pytest.fixture(scope="session")
def linux_powershell(real: RealPowerShell) -> Path:
    if real.linux is None:
        unavailable(f"{VARIABLE} names no PowerShell for this computer")
    return real.linux


@pytest.fixture(scope="session")
def wine() -> str:
    """The version of a Wine that speaks every language of the lab."""
    try:
        for language in LANGUAGES:
            environment(language)
        return wine_version()
    except WineUnavailable as missing:
        unavailable(f"no Wine machines: {missing}")


@pytest.fixture(scope="session")
def user() -> User:
    return User("Administrator", "secret")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def argument_lists() -> list[dict[str, Any]]:
    """Argument lists as programs really received them from PowerShell, in both ways it passes arguments."""
    table = Path(__file__).parents[3] / "shared" / "powershell" / "arguments.jsonl"
    if not table.is_file():
        unavailable("there is no table of argument lists beside this checkout")
    return [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def simulated(user: User) -> Callable[..., SimulatedMachine]:
    """Makes fresh machines of one Windows release that speak a given language."""

    def make(language: str, clock: Callable[[], float] = time.time) -> SimulatedMachine:
        spec = MachineSpec(
            name=f"pc-{language}", where="conformance", windows="windows-10-22h2", language=language, users=(user,)
        )
        return simulated_machine(spec, clock)

    return make


@pytest.fixture(scope="session")
def wine_machine(wine: str, simulated: Callable[..., SimulatedMachine]) -> Iterator[Callable[[str], WineMachine]]:
    """The Wine machine of a language, started when it is first asked for."""
    machines: dict[str, WineMachine] = {}

    def get(language: str) -> WineMachine:
        if language not in machines:
            machines[language] = WineMachine(simulated(language))
        return machines[language]

    yield get
    for machine in machines.values():
        machine.close()
