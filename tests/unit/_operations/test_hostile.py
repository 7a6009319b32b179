"""Values of a machine that is broken or taken over: one component is unreadable at most, and no value becomes a command."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._components.proxy.selection import bypassed
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.probe import MOST_ASKED
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._operations import client_id, update_store
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import gather
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation
from lab.fleet_identity import IdentitySpec
from lab.fleet_store import StoreSpec
from support.cost import FULL
from support.event_xml import detection, job
from support.lab_host import Pc
from support.recording_host import MemoryHost
from support.windows_answers import CONTEXT, Windows
from unit.lab.simulated_machines import ADMINISTRATOR

DIGITS = "9" * 5000
SERVER_OF_NO_ONE = (
    "http://a\\0b:8530",
    "http://a\x07b:8530",
    "http://..",
    "http://h:0",
    "http://" + "a" * 9000,
    "http://h*",
    "\u202e",
)

MACHINES: Mapping[str, Windows] = {
    "revision": Windows(current_version={"UBR": ("REG_SZ", DIGITS)}),
    "root": Windows(current_version={"SystemRoot": ("REG_SZ", '"')}),
    "root-command": Windows(current_version={"SystemRoot": ("REG_SZ", r"C:\x&echo.PWNED>C:\pwned.txt&ver")}),
    "frequency": Windows(au={"UseWUServer": 1, "DetectionFrequency": 0xFFFFFFFF, "DetectionFrequencyEnabled": 1}),
    "time": Windows(update_log=detection(time="x")),
    "far-time": Windows(update_log=detection(time="9999-12-31T23:59:59Z")),
    "count": Windows(update_log=detection(updates=DIGITS)),
    "other-digits": Windows(update_log=detection(updates="\u00b2")),
    "job": Windows(bits_log=job(0x80072EE7).replace("0x80072ee7", DIGITS)),
    "unclosed": Windows(update_log="<Event " * 20000),
    "dependency": Windows(bits={"DependOnService": ("REG_MULTI_SZ", "--%")}),
    "image-path": Windows(bits={"ImagePath": ("REG_EXPAND_SZ", ".exe " * 3000)}),
    "size": Windows(files=f"11/22/2026  08:00 PM  {DIGITS} DataStore.edb\n"),
    **{
        f"server-{number}": Windows(policy={"WUServer": url, "WUStatusServer": url})
        for number, url in enumerate(SERVER_OF_NO_ONE)
    },
}


@pytest.mark.parametrize("name", MACHINES)
def test_no_value_makes_an_audit_fail_as_a_whole(name: str) -> None:
    host = MemoryHost(MACHINES[name])
    started = time.process_time()
    audit = gather(host.session, ["all"], CONTEXT)
    assert time.process_time() - started < 5
    facts = audit.as_facts()
    json.dumps(facts, allow_nan=False)
    unreadable = [finding.id for finding in audit.findings if finding.id.endswith(".unreadable")]
    assert len(unreadable) <= 1, unreadable
    assert "PWNED" not in facts["wsus_system"]["system_root"]


@pytest.mark.parametrize("number", [20, 100, 3000])
def test_what_an_audit_costs_is_not_the_choice_of_the_machine(number: int) -> None:
    names = r"\0".join(f"service{each}" for each in range(number))
    host = MemoryHost(Windows(bits={"DependOnService": ("REG_MULTI_SZ", names)}))
    gather(host.session, ["all"], CONTEXT)
    assert host.executions == 2
    assert host.commands <= FULL + 2 * MOST_ASKED + 10  # and who manages a machine in trouble


@pytest.mark.parametrize("build", ["\u00b2", DIGITS, "", "-1", "19045x", "\u0661\u0669"])
def test_a_build_that_is_no_number_is_one_clear_error(build: str) -> None:
    with pytest.raises(UnexpectedOutput, match="does not contain the Windows build"):
        gather(MemoryHost(Windows(current_version={"CurrentBuildNumber": ("REG_SZ", build)})).session, ["all"], CONTEXT)


@pytest.mark.parametrize(
    ("entry", "host", "matches"),
    [
        ("*.example.com", "wsus.example.com", True),
        ("*.example.com", "example.com", False),
        ("wsus*", "wsus01.corp.example.com", True),
        ("*corp*", "wsus01.corp.example.com", True),
        ("w*01*com", "wsus01.corp.example.com", True),
        ("w*02*com", "wsus01.corp.example.com", False),
        ("ab*ba", "aba", False),
        ("*", "anything", True),
        ("[fe80::1]", "fe80::1", True),
        ("**************x", "wsus01.corp.example.com", False),
        ("*" * 30000 + "x", "wsus01.corp.example.com", False),
        ("*a" * 15000, "a" * 200, False),
    ],
)
def test_a_bypass_list_costs_linear_time(entry: str, host: str, matches: bool) -> None:
    started = time.process_time()
    assert bypassed(host, entry) == matches
    assert time.process_time() - started < 1


KEY = r"HKLM\SOFTWARE\wsus.client"
VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"


def lose(*_arguments: Any) -> None:
    raise ConnectionResetError


def refused(
    pc: Pc, operation: Operation[Any] = update_store.OPERATION, *, check_mode: bool = False, **given: Any
) -> str:
    """The reason why a module refuses a machine; empty if it does not."""
    pc.ran.clear()
    try:
        pc.perform(operation, check_mode=check_mode, **given)
    except WsusClientError as error:
        return error.reason
    return ""


def write(pc: Pc, key: str, name: str, text: str) -> None:
    """Write a value as whoever has taken over the machine does."""
    pc.machine.run_program(("reg.exe", "add", key, "/v", name, "/t", "REG_SZ", "/d", text, "/f"), ADMINISTRATOR)


ROOTS = (
    r"C:\x&echo.PWNED>C:\pwned.txt&ver",
    r"C:\Users&",
    r"C:\victim&calc",
    r"%PATH%",
    r"\\server\share",
    "C:relative",
)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_folder_of_windows_that_a_machine_names_is_no_command(root: str, check_mode: bool) -> None:
    pc = Pc(store=StoreSpec(damage=0x80248007))
    write(pc, VERSION, "SystemRoot", root)
    assert refused(pc, check_mode=check_mode, force=True, catroot2=True, keep_copies=1) == ""
    commands = [line for line in pc.ran if line.startswith("cmd.exe")]
    assert commands
    assert [line for line in commands if root[3:8] in line or "PWNED" in line] == []


@pytest.mark.parametrize(
    "target", [r"C:\Users", r"C:\Windows\System32", r"C:\Program Files", r"D:\Users", r"C:\ProgramData"]
)
def test_a_link_to_a_folder_of_windows_is_no_store(target: str) -> None:
    pc = Pc(store=StoreSpec(path=target, damage=0x80248007))
    assert refused(pc, force=True) == "unsupported_path"
    assert pc.written() == []


MOVES = (
    r"C:\Windows\SoftwareDistribution>Evil",
    r"C:\Users>Users.20261124T000000Z",
    r"C:\Data>Data.20261124T000000Z",
    r"D:\Shares\SoftwareDistribution>SoftwareDistribution.20261124T000000Z",
    r"C:\Windows\System32>System32.20261124T000000Z",
    r"C:\Windows\SoftwareDistribution>SoftwareDistribution.x&calc",
    r"\\server\share\x>x.20261124T000000Z",
)
RAN = ("LanmanServer", "wuauserv,RpcSs", "EventLog,Winmgmt", "~", "BITS&calc")


@pytest.mark.parametrize(("moves", "ran"), [*((move, "wuauserv") for move in MOVES), *((None, each) for each in RAN)])
def test_a_record_that_no_run_of_ours_wrote_changes_nothing(moves: str | None, ran: str) -> None:
    pc = Pc()
    plausible = r"C:\Windows\SoftwareDistribution>SoftwareDistribution.20261124T000000Z"
    record = f"state=rebuilt; begun=20261124T000000Z; moves={moves or plausible}; ran={ran}"
    write(pc, KEY, "UpdateStoreUnfinished", record)
    assert refused(pc) == "journal_damaged"
    assert pc.written() == []


@pytest.mark.parametrize("ran", RAN)
def test_a_record_of_a_regeneration_names_no_other_services(ran: str) -> None:
    pc = Pc(client_id=IdentitySpec(value="image-template"))
    write(pc, rf"{KEY}\ClientId", "Unfinished", f"begun=20261124T000000Z; ran={ran}")
    assert refused(pc, client_id.OPERATION) == "journal_damaged"
    assert pc.written() == []


@pytest.mark.parametrize("written", ["image-template", "not-an-id", "{}", "00000000-0000-0000-0000-000000000000"])
def test_a_regeneration_of_a_malformed_id_that_was_cut_before_it_deleted_anything_is_done_again(written: str) -> None:
    pc = Pc(client_id=IdentitySpec(value=written))
    pc.before = {"reg.exe delete HKLM\\SOFTWARE\\Microsoft": lose}
    with pytest.raises(AnsibleConnectionFailure):
        pc.perform(client_id.OPERATION)
    pc.before = {}
    pc.owner_timeout = 0
    started = pc.clock.time
    result = pc.perform(client_id.OPERATION)
    assert (result["changed"], len(result["client_id"])) == (True, 36)
    assert pc.clock.time - started < 60
    assert refused(pc, client_id.OPERATION) == ""
    assert pc.written() == []
