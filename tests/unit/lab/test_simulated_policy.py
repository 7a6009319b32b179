"""Group policy of simulated machines: what it keeps in the registry, and what gpupdate makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lab.fleet_policy import LOCAL, ObjectSpec, PolicySpec
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import NOON, SERVICES, Clock, Shell, lines, make

ROOT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy"
STATE = rf"{ROOT}\State\Machine"
REGISTRY_EXTENSION = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
ENGINE = "{00000000-0000-0000-0000-000000000000}"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
DOMAIN = ObjectSpec("Default Domain Policy", "{31B2F340-016D-11D2-945F-00C04FB984F9}")
SETTINGS = {POLICIES: {"WUServer": "http://wsus.example.test:8530"}, rf"{POLICIES}\AU": {"UseWUServer": 1}}
GPUPDATE = ("gpupdate.exe", "/target:computer", "/force")


def wsus(state: str) -> ObjectSpec:
    return ObjectSpec("WSUS clients", "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}", SETTINGS, state)


def machine(state: str = "applied", clock: Clock | None = None, **policy: Any) -> Shell:
    return Shell(make(clock=clock, group_policy=PolicySpec(objects=(DOMAIN, wsus(state)), **policy)))


def value(it: Shell, key: str, name: str) -> str | None:
    done = it.run("reg.exe", "query", key, "/v", name)
    found = re.search(r"REG_\w+ {4}(.*)\r\n", done.stdout.decode())
    return found[1] if found else None


def ended(it: Shell, extension: str = ENGINE) -> float:
    """When an extension ended, in seconds since 1970, as a FILETIME in two halves tells."""
    key = rf"{STATE}\Extension-List\{extension}"
    high, low = (int(value(it, key, f"EndTime{half}") or "0", 16) for half in ("Hi", "Lo"))
    return (high << 32 | low) / 10_000_000 - 11_644_473_600


def policy_events(machine: SimulatedMachine) -> list[dict[str, Any]]:
    log = machine.state()["events"]["System"]
    return [event for event in log if event["provider"] == "Microsoft-Windows-GroupPolicy"]


def test_a_member_of_a_domain_by_default() -> None:
    it = Shell(make())
    assert value(it, rf"{SERVICES}\Netlogon", "Start") == "0x2"
    assert value(it, rf"{SERVICES}\Tcpip\Parameters", "Domain") == "example.test"
    assert value(it, STATE, "Distinguished-Name") == "CN=PC,OU=Clients,DC=example,DC=test"
    assert value(it, rf"{ROOT}\History", "MachineDomain") == "example.test"
    assert value(it, POLICIES, "WUServer") == "http://wsus.example.test:8530"
    assert [value(it, rf"{STATE}\GPO-List\{n}", "GPOID") for n in range(4)] == [
        LOCAL,
        "{31B2F340-016D-11D2-945F-00C04FB984F9}",
        "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}",
        None,
    ]
    assert ended(it) == ended(it, REGISTRY_EXTENSION) == NOON - 2400
    assert value(it, rf"{ROOT}\History\{REGISTRY_EXTENSION}\0", "DisplayName") == "WSUS clients"
    assert it.machine.state()["services"]["Netlogon"]["state"] == "RUNNING"


def test_a_member_of_a_workgroup_has_what_its_registry_gives_it() -> None:
    it = Shell(make(domain=None))
    assert value(it, rf"{SERVICES}\Netlogon", "Start") == "0x3"
    assert value(it, rf"{SERVICES}\Tcpip\Parameters", "Domain") == ""
    assert it.run("reg.exe", "query", POLICIES).exit_code == 1
    assert value(it, STATE, "Distinguished-Name") is None
    assert value(it, rf"{STATE}\GPO-List\0", "GPOID") == LOCAL
    assert value(it, rf"{STATE}\GPO-List\1", "GPOID") is None
    given = Shell(make(domain=None, registry=SETTINGS))
    assert value(given, rf"{POLICIES}\AU", "UseWUServer") == "0x1"


def test_the_local_object_may_hold_settings() -> None:
    local = ObjectSpec("Local Group Policy", LOCAL, SETTINGS)
    it = Shell(make(domain=None, group_policy=PolicySpec(objects=(local,))))
    assert value(it, POLICIES, "WUServer") == "http://wsus.example.test:8530"
    assert value(it, rf"{ROOT}\History\{REGISTRY_EXTENSION}\0", "DSPath") == LOCAL


@pytest.mark.parametrize(
    ("state", "name", "said"),
    [("denied", "AccessDenied", "0x1"), ("wmi_filtered", "WQLFilterPass", "0x0"), ("disabled", "GPO-Disabled", "0x1")],
)
def test_an_object_that_does_not_apply_says_why(state: str, name: str, said: str) -> None:
    it = machine(state)
    key = rf"{STATE}\GPO-List\2"
    expected = {"AccessDenied": "0x0", "WQLFilterPass": "0x1", "GPO-Disabled": "0x0", name: said}
    assert {each: value(it, key, each) for each in expected} == expected
    it.out(*GPUPDATE)
    assert value(it, POLICIES, "WUServer") is None
    assert it.run("reg.exe", "query", rf"{ROOT}\History\{REGISTRY_EXTENSION}").exit_code == 1
    assert value(it, rf"{STATE}\Extension-List\{REGISTRY_EXTENSION}", "Status") is None


def test_what_was_linked_since_comes_with_the_next_refresh() -> None:
    clock = Clock()
    it = machine("waiting", clock, takes=3.0)
    assert value(it, rf"{STATE}\GPO-List\2", "GPOID") is None
    before = it.machine.state()
    assert it.out(*GPUPDATE, "/wait:0") == lines("Updating policy...", "")
    clock.time += 2.9
    assert it.machine.state() == before
    clock.time += 0.2
    assert value(it, rf"{POLICIES}\AU", "UseWUServer") == "0x1"
    assert value(it, rf"{STATE}\GPO-List\2", "DisplayName") == "WSUS clients"
    assert ended(it) == NOON + 3
    (event,) = policy_events(it.machine)
    assert (event["id"], event["level"]) == (1502, 4)
    assert dict(event["data"])["DCName"] == r"\\dc1.example.test"
    assert dict(event["data"])["NumberOfGroupPolicyObjects"] == "1"


def test_two_refreshes_at_once_are_one() -> None:
    clock = Clock()
    it = machine("waiting", clock)
    it.out(*GPUPDATE, "/wait:0")
    it.out(*GPUPDATE, "/wait:0")
    clock.time += 5
    assert [event["id"] for event in policy_events(it.machine)] == [1502]


def test_without_force_only_a_change_is_processed() -> None:
    it = machine()
    it.out("reg.exe", "delete", rf"{POLICIES}\AU", "/v", "UseWUServer", "/f")
    it.out("gpupdate.exe", "/target:computer")
    assert value(it, rf"{POLICIES}\AU", "UseWUServer") is None
    assert ended(it) == NOON
    assert ended(it, REGISTRY_EXTENSION) == NOON - 2400
    it.out(*GPUPDATE)
    assert value(it, rf"{POLICIES}\AU", "UseWUServer") == "0x1"
    assert ended(it, REGISTRY_EXTENSION) == NOON
    assert [event["id"] for event in policy_events(it.machine)] == [1500, 1502]


def test_no_domain_controller() -> None:
    it = machine("waiting", reachable=False, processed=None)
    before = it.machine.state()["registry"]
    assert it.run("reg.exe", "query", rf"{STATE}\GPO-List").exit_code == 1
    done = it.run(*GPUPDATE)
    assert done.exit_code == 1
    assert b"lack of network connectivity to a domain controller" in done.stdout
    assert it.machine.state()["registry"] == before
    (event,) = policy_events(it.machine)
    assert (event["id"], event["level"]) == (1129, 2)
    # The fields of the provider's manifest, in its order.
    assert [name for name, _unused in event["data"]] == [
        "SupportInfo1",
        "SupportInfo2",
        "ProcessingMode",
        "ProcessingTimeInMilliseconds",
        "ErrorCode",
        "ErrorDescription",
    ]
    assert dict(event["data"])["ErrorCode"] == "1222"


def test_no_domain_controller_and_nobody_waits() -> None:
    clock = Clock()
    it = machine(clock=clock, reachable=False)
    it.out(*GPUPDATE, "/wait:0")
    assert policy_events(it.machine) == []
    clock.time += 2
    assert [event["id"] for event in policy_events(it.machine)] == [1129]
    assert ended(it) == NOON - 2400


def test_in_a_workgroup_a_refresh_changes_no_setting() -> None:
    it = Shell(make(domain=None, registry=SETTINGS))
    before = it.machine.state()["registry"]
    it.out(*GPUPDATE)
    assert it.machine.state()["registry"] == before
    assert [event["id"] for event in policy_events(it.machine)] == [1502]


def test_a_refresh_that_lasts_longer_than_gpupdate_waits() -> None:
    clock = Clock()
    it = machine("waiting", clock, takes=60.0)
    assert "expected time" in it.out(*GPUPDATE, "/wait:5", code=1)
    assert value(it, POLICIES, "WUServer") is None
    clock.time += 60
    assert value(it, POLICIES, "WUServer") == "http://wsus.example.test:8530"


def test_the_question_is_answered_through_a_pipe() -> None:
    it = machine("waiting", asks=True)
    done = it.run(*GPUPDATE)
    assert done.exit_code == 120
    assert b"asks whether to restart" in done.stderr
    piped = ("cmd.exe", "/d", "/c", "echo", "n", "|", *GPUPDATE)
    assert "(Y/N)" in it.out(*piped)
    assert value(it, POLICIES, "WUServer") == "http://wsus.example.test:8530"
    assert it.run("cmd.exe", "/d", "/c", "echo y | gpupdate.exe /force").exit_code == 120
    # Without /force there is no question.
    it.out("gpupdate.exe", "/target:computer")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Computer Policy update has completed successfully."),
        ("ja", "コンピューター ポリシーの更新が正常に完了しました。"),
        ("de", "Die Aktualisierung der Computerrichtlinie wurde erfolgreich abgeschlossen."),
        ("es", "La actualización de la directiva de equipo se completó correctamente."),
    ],
)
def test_gpupdate_speaks_the_language_of_windows(language: str, text: str) -> None:
    it = Shell(make(language=language))
    assert text in it.out(*GPUPDATE)
    both = it.out("gpupdate").split("\r\n")
    assert text in both
    assert len(both) > len(it.out(*GPUPDATE).split("\r\n"))


def test_a_parameter_that_gpupdate_does_not_know() -> None:
    it = machine("waiting")
    before = it.machine.state()
    it.error("gpupdate.exe", "/nonsense")
    assert it.run("gpupdate.exe", "/boot").exit_code == 120
    assert it.machine.state() == before
