"""The update store and the identity of simulated machines: who holds them, what the agent makes, what a fleet file may say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab.fleet import FleetError, read_fleet
from lab.fleet_identity import IdentitySpec
from lab.fleet_store import FOREVER, CopySpec, StoreSpec
from lab.simulated.client_identity import UPDATE
from lab.simulated.update_store import CATALOGS, DATABASE, FOLDER
from unit.lab.simulated_machines import Clock, Shell, make

REN = ("cmd.exe", "/d", "/c", "ren", FOLDER, "SoftwareDistribution.x")


def machine(windows: str = "windows-10-22h2", language: str = "en", **spec: Any) -> tuple[Shell, Clock]:
    clock = Clock()
    return Shell(make(windows, language, clock, **spec)), clock


def let_pass(it: Shell, clock: Clock, seconds: float) -> None:
    clock.time += seconds
    it.machine.advance()


def identifier(it: Shell) -> str | None:
    value = it.machine.registry.value(UPDATE, "SusClientId")
    return value.text() if value else None


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "used by another process"), ("de", "anderen Prozess"), ("ja", "使用中"), ("es", "otro proceso")],
)
def test_a_running_agent_holds_its_store(language: str, text: str) -> None:
    it, clock = machine(language=language, services={"wuauserv": {"state": "running"}})
    assert text in it.error(*REN)
    assert it.machine.files.get(DATABASE) is not None
    it.run("sc.exe", "stop", "wuauserv")
    assert text in it.error(*REN)  # it has not stopped yet
    let_pass(it, clock, 5)
    assert it.run(*REN).exit_code == 0
    assert it.machine.files.get(DATABASE) is None


def test_a_program_holds_it_for_a_time_and_a_folder_may_be_denied() -> None:
    it, clock = machine(store=StoreSpec(held=10))
    assert it.run(*REN).exit_code == 1
    let_pass(it, clock, 11)
    assert it.run(*REN).exit_code == 0
    denied, _clock = machine(store=StoreSpec(denied=True, held=FOREVER))
    assert "Access is denied" in denied.error(*REN)


def test_the_agent_makes_a_new_store_when_it_works() -> None:
    it, clock = machine(store=StoreSpec(missing=True, takes=3))
    it.run("UsoClient.exe", "StartScan")
    let_pass(it, clock, 1)
    assert it.machine.files.get(DATABASE) is None
    let_pass(it, clock, 5)
    assert it.machine.files.get(DATABASE) is not None
    assert [event.id for event in it.machine.events.events("Application") or ()] == [325]


def test_time_passes_where_it_is_told_to() -> None:
    it, _clock = machine()
    query = (
        "wevtutil.exe",
        "qe",
        "Microsoft-Windows-WindowsUpdateClient/Operational",
        "/q:*[System[TimeCreated[timediff(@SystemTime)<=86400000]]]",
    )
    assert it.run(*query).stdout.count(b"<Event ") == 1
    it.run("UsoClient.exe", "StartScan")
    it.machine.later(86400)
    assert it.run(*query).stdout.count(b"<Event ") == 1
    assert len(it.machine.events.events("Microsoft-Windows-WindowsUpdateClient/Operational") or ()) == 2


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"store": StoreSpec(damage=0x80248007)}, "0x80248007"),
        ({"store": StoreSpec(missing=True, takes=None)}, "0x80248011"),
        ({"store": StoreSpec(missing=True), "free_space": 1 << 20}, "0x80070070"),
        ({}, None),
    ],
)
def test_how_a_detection_ends(spec: dict[str, Any], code: str | None) -> None:
    it, clock = machine(**spec)
    it.run("UsoClient.exe", "StartScan")
    let_pass(it, clock, 30)
    newest = (it.machine.events.events("Microsoft-Windows-WindowsUpdateClient/Operational") or ())[-1]
    assert (newest.id, dict(newest.data).get("errorCode")) == ((26, None) if code is None else (25, code))


def test_damage_moves_with_the_database() -> None:
    it, _clock = machine(store=StoreSpec(damage=0x80248007, copies=(CopySpec("SoftwareDistribution.old"),)))
    it.run(*REN)
    it.run("cmd.exe", "/d", "/c", "ren", rf"{FOLDER}.old", "SoftwareDistribution")
    assert it.machine.store.damage() == 0
    it.run("cmd.exe", "/d", "/c", "rd", "/s", "/q", FOLDER)
    it.run("cmd.exe", "/d", "/c", "ren", rf"{FOLDER}.x", "SoftwareDistribution")
    assert it.machine.store.damage() == 0x80248007


def test_cryptsvc_holds_the_catalogs_and_makes_them_anew() -> None:
    it, clock = machine()
    rename = ("cmd.exe", "/d", "/c", "ren", CATALOGS, "catroot2.x")
    assert it.run(*rename).exit_code == 1
    it.run("sc.exe", "stop", "CryptSvc")
    let_pass(it, clock, 5)
    assert it.run(*rename).exit_code == 0
    it.run("sc.exe", "start", "CryptSvc")
    let_pass(it, clock, 5)
    assert it.machine.files.is_folder(CATALOGS)


def test_every_machine_has_an_id_of_its_own_and_keeps_it() -> None:
    it, clock = machine()
    own = identifier(it)
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", own or "")
    it.run("UsoClient.exe", "StartScan")
    let_pass(it, clock, 30)
    assert identifier(it) == own


def test_a_running_agent_writes_back_what_was_deleted() -> None:
    it, clock = machine(services={"wuauserv": {"state": "running"}})
    it.run("UsoClient.exe", "StartScan")
    let_pass(it, clock, 1)
    own = identifier(it)
    it.run("reg.exe", "delete", "\\".join(UPDATE), "/v", "SusClientId", "/f")
    let_pass(it, clock, 30)
    assert identifier(it) == own


@pytest.mark.parametrize(
    ("spec", "made"),
    [(IdentitySpec(takes=5), "new"), (IdentitySpec(same=True, value="x"), "x"), (IdentitySpec(takes=None), None)],
)
def test_what_a_restarted_agent_makes(spec: IdentitySpec, made: str | None) -> None:
    it, clock = machine("windows-7-sp1", client_id=spec)
    own = identifier(it)
    it.run("sc.exe", "stop", "wuauserv")
    let_pass(it, clock, 5)
    it.run("reg.exe", "delete", "\\".join(UPDATE), "/v", "SusClientId", "/f")
    it.run("sc.exe", "start", "wuauserv")
    let_pass(it, clock, 3)
    let_pass(it, clock, 10)
    found = identifier(it)
    if made == "new":
        assert found not in (own, None)
    else:
        assert found == made


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"store": {"pth": "x"}}, "store: unknown key 'pth'"),
        ({"store": {"path": "Store"}}, r"store: path: expected a folder such as D:\WU\Store"),
        ({"store": {"damage": "x"}}, "store: damage: expected a number"),
        ({"store": {"copies": [1]}}, "store: copies"),
        ({"store": {"made": {"take": 1}}}, "store: made: unknown key 'take'"),
        ({"store": {"held": {"for": "long"}}}, "store: held: for"),
        ({"client_id": {"id": "x"}}, "client_id: unknown key 'id'"),
        ({"client_id": {"validation": {"hex": "0"}}}, "client_id: validation: hex: expected an even number"),
        ({"client_id": {"same": "yes"}}, "client_id: same"),
    ],
)
def test_what_is_wrong_in_a_fleet_file(tmp_path: Path, keys: dict[str, Any], message: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(yaml.safe_dump({"machines": [{"name": "pc", **keys}]}), encoding="utf-8")
    with pytest.raises(FleetError, match=re.escape(f"machine pc: {message}")):
        read_fleet(file)
