"""A client id regenerated: what is deleted and made, what is left alone, and what becomes of a run that fails or is cut."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._components import client_id as identity
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from lab.fleet_identity import IdentitySpec
from lab.machine import Faults
from support.cuts import after_each_program, cut, telling
from support.lab_host import Pc
from support.store_runs import CLONED, client_id, journal, regenerate, running

SHARED = IdentitySpec(value=CLONED)
RUNS: dict[str, Any] = {"wuauserv": {"state": "running"}}


def clone(windows: str = "windows-10-22h2", **spec: Any) -> Pc:
    return Pc(windows, **{"client_id": SHARED} | spec)


@pytest.mark.parametrize(
    "windows",
    [
        "windows-7-sp1",
        "windows-8.1",
        "server-2012-r2",
        "windows-10-1607",
        "windows-10-22h2",
        "windows-11-24h2",
        "server-2025",
    ],
)
@pytest.mark.parametrize("services", [{}, RUNS], ids=["idle", "runs"])
@pytest.mark.parametrize("written", [CLONED, CLONED.upper(), f"{{{CLONED}}}"], ids=["plain", "upper", "braces"])
def test_a_shared_id_is_made_anew_once(windows: str, services: dict[str, Any], written: str) -> None:
    pc = clone(windows, client_id=IdentitySpec(value=written), services=services)
    before, state = running(pc), pc.machine.state()
    predicted = regenerate(pc, check_mode=True)
    assert pc.machine.state() == state
    done = regenerate(pc)
    assert (done["changes"], done["decision"], done["previous_client_id"]) == (
        predicted["changes"],
        "duplicate",
        CLONED,
    )
    assert client_id(pc) == done["client_id"] != CLONED
    assert set(before) <= set(running(pc))
    assert journal(pc) == {"": ["ClientIdLast"]}
    again = regenerate(pc)
    assert (again["changed"], again["decision"], again["client_id"]) == (False, "unique", done["client_id"])


def test_all_four_values_are_deleted_and_saved_before() -> None:
    pc = clone()
    done = regenerate(pc)
    deleted = [line.split()[4] for line in pc.written() if line.startswith("reg.exe delete HKLM\\SOFTWARE\\Microsoft")]
    assert deleted == ["SusClientIdValidation", "PingID", "AccountDomainSid", "SusClientId"]
    exported = pc.machine.files.get(done["backup"])
    assert exported is not None
    assert CLONED in (exported.content or b"").decode("utf-16")


def test_an_id_of_its_own_is_left_alone() -> None:
    pc = Pc()
    before = pc.machine.state()
    done = regenerate(pc)
    assert (done["changed"], done["decision"], pc.machine.state()) == (False, "unique", before)
    assert done["remote_executions"] == 1


def test_one_that_is_asked_for_is_made_anew_every_time() -> None:
    pc = Pc()
    first = regenerate(pc, force=True, duplicates=[])
    second = regenerate(pc, force=True, duplicates=[])
    assert (first["decision"], second["decision"]) == ("forced", "forced")
    assert first["client_id"] == second["previous_client_id"] != second["client_id"]


MALFORMED = [
    "image-template",
    "00000000-0000-0000-0000-000000000000",
    CLONED[:-4],
    "a\\",
    "{~x",
    "a; time=19700101T000000Z",
]


@pytest.mark.parametrize("value", [None, *MALFORMED])
def test_one_that_is_missing_or_malformed_is_made(value: str | None) -> None:
    pc = clone(client_id=IdentitySpec(value=value))
    done = regenerate(pc, duplicates=[])
    assert done["decision"] == ("missing" if value is None else "malformed")
    assert identity.is_id(client_id(pc) or "")
    assert regenerate(pc, duplicates=[])["changed"] is False


def test_a_running_agent_that_would_write_it_back_is_stopped_first() -> None:
    pc = clone(services=RUNS)
    regenerate(pc)
    changed = [line for line in pc.written() if line.startswith(("sc.exe", "reg.exe delete HKLM\\SOFTWARE\\Microsoft"))]
    assert changed.index("sc.exe stop wuauserv") < next(
        n for n, line in enumerate(changed) if line.startswith("reg.exe")
    )
    pc.sleep(120)  # the detection has ended
    assert client_id(pc) != CLONED


@pytest.mark.parametrize("restore", [True, False])
def test_where_none_comes_the_old_one_is_put_back_if_that_is_asked_for(restore: bool) -> None:
    pc = clone(client_id=IdentitySpec(value=CLONED, takes=None))
    before = pc.machine.state()["registry"]
    with pytest.raises(WsusClientError, match="did not create a new client ID within 60 s") as raised:
        regenerate(pc, restore_on_failure=restore)
    assert (raised.value.reason, raised.value.details["rolled_back"]) == ("no_new_id", restore)
    assert client_id(pc) == (CLONED if restore else None)
    assert journal(pc).keys() <= {""}
    if restore:
        update = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
        assert pc.machine.state()["registry"][update] == before[update]


def test_the_same_one_again_is_an_error() -> None:
    pc = clone(client_id=IdentitySpec(value=CLONED, same=True))
    with pytest.raises(
        WsusClientError, match="created the client ID 3b4e28ba-2fa1-41d2-883f-0016d3cca427 again"
    ) as raised:
        regenerate(pc)
    assert (raised.value.reason, client_id(pc)) == ("same_id", CLONED)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"services": {"wuauserv": {"values": {"Start": 4}}}}, "service_disabled"),
        ({"services": {"wuauserv": {"deleted": True}}}, "service_disabled"),
        ({"services": {"wuauserv": {"state": "running", "hangs": "stopping"}}}, "service_hangs"),
        ({"services": {"wuauserv": {"state": "running", "stoppable": False}}}, "stop_failed"),
    ],
)
def test_a_run_that_fails_leaves_the_id(spec: dict[str, Any], reason: str) -> None:
    pc = clone(**spec)
    before = running(pc)
    with pytest.raises(WsusClientError) as raised:
        regenerate(pc)
    assert (raised.value.reason, client_id(pc)) == (reason, CLONED)
    assert set(before) - ({"wuauserv"} if reason == "service_hangs" else set()) <= set(running(pc))


@pytest.mark.parametrize("fault", ["reg.exe export", "reg.exe add"])
def test_without_a_backup_or_a_journal_nothing_is_changed(fault: str) -> None:
    pc = clone()
    pc.faults[fault] = 1
    with pytest.raises(WsusClientError, match="nothing was changed"):
        regenerate(pc)
    assert client_id(pc) == CLONED
    assert not any(line.startswith("sc.exe st") for line in pc.written())


CUT = {
    "idle": clone,
    "runs": lambda: clone(services=RUNS),
    "old": lambda: clone("windows-7-sp1"),
    "missing": lambda: clone(client_id=IdentitySpec(value=None)),
    "slow": lambda: clone(client_id=IdentitySpec(value=CLONED, takes=20)),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", CUT)
def test_a_run_cut_after_any_command_is_finished_or_undone_by_the_next(way: str) -> None:
    states = after_each_program(CUT[way](), regenerate)
    assert len(states) > 25
    telling_points = telling(states)
    for point in range(1, len(states) + 1):
        pc = CUT[way]()
        before = running(pc)
        cut(pc, regenerate, point)
        if point not in telling_points:
            continue
        predicted = regenerate(pc, check_mode=True)
        done = regenerate(pc)
        assert done["changes"] == predicted["changes"], point
        made = client_id(pc)
        assert identity.is_id(made or ""), point
        assert made != CLONED, point
        assert set(before) <= set(running(pc)), point
        assert journal(pc).keys() <= {""}, point
        pc.sleep(120)
        assert regenerate(pc)["changed"] is False, point
        assert client_id(pc) == made, point


def test_a_cut_run_is_undone_where_the_id_is_not_shared_any_more() -> None:
    pc = clone(services=RUNS)
    values = pc.machine.state()["registry"]
    whole = clone(services=RUNS)
    regenerate(whole)
    point = next(
        n for n, line in enumerate(whole.ran, 1) if line.startswith("reg.exe delete") and line.endswith("/v PingID /f")
    )
    cut(pc, regenerate, point)
    done = regenerate(pc, duplicates=[])
    update = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
    assert pc.machine.state()["registry"][update] == values[update]
    assert ([change["attribute"] for change in done["changes"]], pc.machine.services.running("wuauserv")) == (
        ["unfinished"],
        True,
    )


def registry_of_the_agent(pc: Pc) -> dict[str, Any]:
    key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
    values: dict[str, Any] = pc.machine.state()["registry"][key]
    return values


def without(pc: Pc, name: str) -> None:
    """Somebody deletes a value of the identity."""
    key = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
    pc.machine.run_program(("reg.exe", "delete", key, "/v", name, "/f"), next(iter(pc.machine.users.values())))


def cut_before_its_record(takes: float | None = 0.5) -> Pc:
    """A machine whose journal holds the values that a run saved which was cut before it wrote its record."""
    whole = clone()
    regenerate(whole)
    first = next(n for n, line in enumerate(whole.ran, 1) if "/v Unfinished" in line)
    pc = clone(client_id=IdentitySpec(value=CLONED, takes=takes))
    pc.machine.faults = Faults(drop_after_total=first - 1)
    with pytest.raises(AnsibleConnectionFailure):
        regenerate(pc)
    pc.machine.faults = Faults()
    assert journal(pc)[r"\ClientId\Values"] == ["AccountDomainSid", "PingID", "SusClientId", "SusClientIdValidation"]
    return pc


@pytest.mark.parametrize("gone", ["PingID", "AccountDomainSid", "SusClientIdValidation"])
def test_values_that_a_cut_run_saved_are_not_taken_for_those_of_the_next(gone: str) -> None:
    pc = cut_before_its_record()
    without(pc, gone)
    done = regenerate(pc)
    assert (done["decision"], client_id(pc) == done["client_id"] != CLONED) == ("duplicate", True)
    assert journal(pc) == {"": ["ClientIdLast"]}


def test_values_that_a_cut_run_saved_are_not_put_back_by_the_next() -> None:
    pc = cut_before_its_record(takes=None)
    without(pc, "PingID")
    before = registry_of_the_agent(pc)
    with pytest.raises(WsusClientError) as raised:
        regenerate(pc)
    assert (raised.value.reason, registry_of_the_agent(pc)) == ("no_new_id", before)


def test_a_journal_that_somebody_changed_is_refused() -> None:
    pc = clone()
    words = ("reg.exe", "add", r"HKLM\SOFTWARE\wsus.client\ClientId", "/v", "Unfinished", "/d", "junk", "/f")
    pc.machine.run_program(words, next(iter(pc.machine.users.values())))
    before = pc.machine.state()
    with pytest.raises(WsusClientError, match=r"is not as wsus\.client wrote it") as raised:
        regenerate(pc)
    assert (raised.value.reason, pc.machine.state()) == ("journal_damaged", before)


@pytest.mark.parametrize(
    ("value", "transport", "console"),
    [
        ("vorlage-größe", "lab", "oem"),
        ("vorlage-größe", "psrp", "psrp"),
        ("東京", "lab", "oem"),
        ('a"b', "lab", "utf-8"),
        ("~a --% \u2018", "lab", "utf-8"),
    ],
)
def test_text_that_cannot_be_passed_on_is_copied_by_the_machine(value: str, transport: str, console: str) -> None:
    machine = {"transport": transport, "console": console, "language": "de"}
    made = clone(client_id=IdentitySpec(value=value), **machine)
    assert regenerate(made, duplicates=[])["decision"] == "malformed"
    assert identity.is_id(client_id(made) or "")
    none = clone(client_id=IdentitySpec(value=value, takes=None), **machine)
    before = registry_of_the_agent(none)
    with pytest.raises(WsusClientError) as raised:
        regenerate(none, duplicates=[])
    assert (raised.value.reason, raised.value.details["rolled_back"]) == ("no_new_id", True)
    assert registry_of_the_agent(none) == before


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_machine_that_needs_a_restart_keeps_its_id(*, check_mode: bool) -> None:
    required = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
    pc = clone(registry={required: {"12a3b4c5-0000-4d7e-8f90-a1b2c3d4e5f6": 1}})
    with pytest.raises(WsusClientError, match="a restart of Windows is pending") as caught:
        regenerate(pc, duplicates=[CLONED], check_mode=check_mode)
    assert (caught.value.reason, pc.written()) == ("reboot_pending", [])
