"""How declared services are run by the programs that Wine has."""

from __future__ import annotations

import pytest
from lab.simulated.registry import Registry, key_path
from lab.simulated.values import EXPAND_SZ, Value, number, string, strings
from lab.wine import hosting

SERVICES = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"


def declare(registry: Registry, name: str, start: int, type_: int = 0x20) -> None:
    path = key_path(f"{SERVICES}\\{name}")
    registry.set(path, string("ImagePath", r"%SystemRoot%\System32\svchost.exe -k netsvcs -p", EXPAND_SZ))
    registry.set(path, number("Start", start))
    registry.set(path, number("Type", type_))
    registry.set(path, string("DisplayName", f"The {name}"))


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    declare(registry, "BITS", 3)
    declare(registry, "SENS", 2)
    declare(registry, "wuauserv", 4)
    declare(registry, "HTTP", 3, type_=1)
    registry.create(key_path(f"{SERVICES}\\Nothing"))
    registry.set(key_path(SVCHOST), strings("netsvcs", ["SENS", "bits", "wuauserv"]))
    return registry


def value(values: list[Value], name: str) -> Value:
    return next(each for each in values if each.name == name)


def test_drivers_and_keys_that_define_nothing_are_no_services(registry: Registry) -> None:
    assert [name for name, _unused in hosting.services(registry)] == ["BITS", "SENS", "wuauserv"]


def test_what_runs_starts_with_the_prefix_and_disabled_stays_disabled(registry: Registry) -> None:
    keys = hosting.boot_keys(registry, ["sens"])
    starts = {name: value(keys[f"{SERVICES}\\{name}"], "Start").number() for name in ("BITS", "SENS", "wuauserv")}
    assert starts == {"BITS": 3, "SENS": 2, "wuauserv": 4}


def test_wines_own_programs_run_its_services_and_the_spooler_all_others(registry: Registry) -> None:
    assert hosting.program(registry, "BITS").endswith("svchost.exe -k wine-bits")
    assert hosting.program(registry, "wuauserv").endswith("wuauserv.exe")
    assert hosting.program(registry, "SENS").endswith("spoolsv.exe SENS")


def test_bits_outside_of_its_group_is_left_to_fail(registry: Registry) -> None:
    registry.set(key_path(SVCHOST), strings("netsvcs", ["SENS"]))
    assert hosting.program(registry, "BITS").endswith("svchost.exe -k netsvcs")


def test_services_that_a_prefix_brings_and_the_machine_lacks_are_removed(registry: Registry) -> None:
    assert hosting.absent_keys(registry) == []
    registry.delete_key(key_path(f"{SERVICES}\\BITS"))
    assert hosting.absent_keys(registry) == [f"{SERVICES}\\BITS"]


def test_the_declared_registry_is_named_as_wine_names_it(registry: Registry) -> None:
    keys = hosting.declared_keys(registry)
    assert value(keys[f"{SERVICES}\\BITS"], "DisplayName").string() == "The BITS"
    assert keys[f"{SERVICES}\\Nothing"] == []
    assert not [name for name in keys if "ControlSet001" in name or name == "HKEY_LOCAL_MACHINE"]
