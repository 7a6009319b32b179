"""Settings written on machines that no domain manages: predicted exactly, done once, refused where they are group policy's."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lab.machine import Execution, Faults, Machine, User
from playing import Controller, Play, module, modules
from repairing import CONFIRM, REPORT, changes, course, first_findings, statuses

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
BACKUP = "C:\\Windows\\Temp\\wsus.client-policy-"
URL = "http://wsus.example.test:8530"
OLD = "http://wsus-old.example.test:8530"
WANTED: Mapping[str, Any] = {
    "server_url": URL,
    "status_server_url": URL,
    "use_server": True,
    "automatic_updates": 4,
    "target_group": "Büro 東京",
    "target_group_enabled": True,
    "no_reboot_with_users": None,
}
ABSENT = tuple((name, None, data) for name, data in WANTED.items() if data is not None)
ASKED = ("-e", json.dumps({"wsus_policy_settings": WANTED}))

Changes = tuple[tuple[str, Any, Any], ...]


def in_workgroup(values: Mapping[str, Any] | None = None, automatic: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A machine in no domain, whose policy key holds these values."""
    return {"domain": None, "registry": {KEY: values or {}, rf"{KEY}\AU": automatic or {}} if values else {}}


HALF = in_workgroup({"WUServer": OLD, "WUStatusServer": OLD}, {"UseWUServer": 0, "NoAutoRebootWithLoggedOnUsers": 1})
HALF_MENDED: Changes = (
    ("server_url", OLD, URL),
    ("status_server_url", OLD, URL),
    ("use_server", False, True),
    *ABSENT[3:],
    ("no_reboot_with_users", True, None),
)
# Machine, what is found first, what is written. The name of the old server is gone, which stands before its not being used.
MACHINES: Mapping[str, tuple[dict[str, Any], str, Changes]] = {
    "empty": (in_workgroup(), "policy.not_configured", ABSENT),
    "empty-7": ({**in_workgroup(), "windows": "windows-7-sp1", "language": "ja"}, "policy.not_configured", ABSENT),
    "half": (HALF, "policy.server_unused", HALF_MENDED),
    "half-2025": ({**HALF, "windows": "server-2025", "language": "de"}, "policy.server_unused", HALF_MENDED),
    "mistyped": (
        {
            **in_workgroup({"WUServer": URL, "WUStatusServer": URL}, {"UseWUServer": "1", "AUOptions": 4}),
            "language": "es",
        },
        "policy.server_unused",
        (("use_server", "of type REG_SZ", True), ABSENT[4], ABSENT[5]),
    ),
}


def test_settings_are_written_once_with_a_backup(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, **machine} for name, (machine, _finding, _made) in MACHINES.items()])
    done = course(served, *ASKED, "--diff")
    before, predicted, repaired, last = done.states
    expected = {name: made for name, (_machine, _finding, made) in MACHINES.items()}
    assert [play.exit_code for play in (done.predicted, done.repaired, done.again)] == [0, 0, 0], done.repaired.output
    assert first_findings(done.predicted) == {name: finding for name, (_m, finding, _made) in MACHINES.items()}
    assert changes(done.predicted, "wsus_policy") == changes(done.repaired, "wsus_policy") == expected
    assert predicted == before
    assert (done.again.changed, last) == ({}, repaired)
    assert set(statuses(done.repaired).values()) == {"healthy"}

    for play in (done.predicted, done.repaired):
        for each in play.of_module("wsus_policy"):
            made = expected[each.host]
            assert each.result["diff"] == {
                "before_header": f"Windows Update policy on {each.host}",
                "after_header": f"Windows Update policy on {each.host}",
                "before": {name: old for name, old, _new in made},
                "after": {name: new for name, _old, new in made},
            }
    shown = [line.strip().rstrip(",") for line in done.predicted.output.splitlines() if '"server_url"' in line]
    assert f'-    "server_url": "{OLD}"' in shown
    assert f'+    "server_url": "{URL}"' in shown

    for each in done.repaired.of_module("wsus_policy"):
        files = json.loads(repaired[each.host])["files"]
        saved = [name for name in files if name.startswith(BACKUP)]
        assert saved == ([] if each.host.startswith("empty") else [each.result["backup"]])


@pytest.mark.smoke
def test_the_backup_on_the_machine_brings_back_what_was_there(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", **HALF, "files": {"C:\\Sicher": {}}}])
    machine = served.lab.machines["pc"]
    before = _policy(machine)
    wanted = {"server_url": URL, "use_server": None, "no_reboot_with_users": None}
    (result,) = served.play(module("wsus_policy", {"settings": wanted, "backup_dir": "C:\\Sicher"})).results
    assert result.result["backup"].startswith("C:\\Sicher\\wsus.client-policy-"), result.result
    assert _policy(machine) != before
    user = next(iter(machine.users.values()))
    assert machine.run_program(("reg.exe", "import", result.result["backup"]), user).exit_code == 0  # type: ignore[attr-defined]
    assert _policy(machine) == before


def test_a_managed_machine_is_left_to_its_domain_unless_that_is_forced(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "language": "de"}])
    before = served.state()
    for check in ((), ("--check",)):
        result = served.play(module("wsus_policy", {"settings": {"server_url": OLD}}), *check).of("pc")
        assert (result.status, result.result["reason"]) == ("failed", "managed_by_group_policy")
        assert "are managed by Group Policy in example.test (applied: " in result.result["msg"]
        assert "WSUS clients" in result.result["msg"]
    # The role has the domain set them: there is nothing to do.
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, *ASKED, "-e", "wsus_policy_mode=always")
    assert (play.exit_code, play.changed) == (0, {}), play.output
    # What is as wanted belongs to nobody.
    assert served.play(module("wsus_policy", {"settings": {"server_url": URL}})).exit_code == 0
    assert served.state() == before

    forced = module("wsus_policy", {"settings": {"target_group": "Pilot"}, "force": True})
    assert changes(served.play(forced, "--check"), "wsus_policy") == {"pc": (("target_group", None, "Pilot"),)}
    assert served.state() == before
    assert changes(served.play(forced), "wsus_policy") == {"pc": (("target_group", None, "Pilot"),)}
    assert changes(served.play(forced), "wsus_policy") == {}
    assert _policy(served.lab.machines["pc"])["TargetGroup"] == ["REG_SZ", "Pilot"]


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"settings": {"server": URL}}, "wrong_option", "settings: unknown setting server; the settings are: "),
    ({"settings": {"use_server": "often"}}, "wrong_option", "use_server is 'often'; it must be true or false"),
    ({"settings": {"use_server": 1}}, "wrong_option", "use_server is 1; it must be true or false"),
    (
        {"settings": {"automatic_updates": -1}},
        "wrong_option",
        "automatic_updates is -1; it must be an integer of 0 or more",
    ),
    ({"settings": {"target_group": " "}}, "wrong_option", "target_group is ' '; it must be a non-empty string"),
    ({"settings": {"server_url": "wsus:8530"}}, "wrong_option", "server_url is not the URL of a server"),
    (
        {"settings": {"server_url": "http://anna:Never-Shown-1@wsus.example.test:8530"}},
        "wrong_option",
        "server_url is not the URL of a server",
    ),
    ({"server_url": "wsus.example.test"}, "wrong_option", "server_url is not the URL of a WSUS server"),
    ({"settings": {"server_url": URL}, "refresh": True}, "wrong_option", "refresh and settings are mutually exclusive"),
    ({"refresh": True, "timeout": 0}, "wrong_option", "timeout is 0; it must be a number of seconds, 1 or more"),
    ({"refesh": True}, "wrong_option", "unknown option refesh"),
    ({"settings": {"target_group": 'The "first"'}}, "unquotable_argument", "double quote"),
)


def test_what_is_wrong_is_told_before_anything_is_sent(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "domain": None}])
    play = served.play(modules("wsus_policy", [options for options, *_rest in WRONG]))
    told = [(each.result.get("reason"), each.result["msg"]) for each in play.of_module("wsus_policy")]
    assert [reason for reason, _message in told] == [reason for _options, reason, _words in WRONG]
    for (_options, _reason, words), (_told, message) in zip(WRONG, told, strict=True):
        assert words in message, message
    assert served.lab.machines["pc"].log == []
    assert sum(served.lab.requests["pc"].values()) == 0
    assert "Never-Shown-1" not in str(told)
    assert "Traceback" not in play.output


# How a machine is disturbed: in which of its executions (the look, the backup, the writing), and what is told then.
DISTURBED: Mapping[str, tuple[int, Faults, str]] = {
    "truncated-look": (1, Faults(truncate_output=700), "output_ended_early"),
    "truncated-backup": (2, Faults(truncate_output=0), "output_ended_early"),
    "truncated-writing": (3, Faults(truncate_output=300), "output_ended_early"),
    "garbage-writing": (3, Faults(garbage_output=True), "output_ended_early"),
    "lost-look": (1, Faults(drop_after_command=2), "unreachable"),
    "lost-backup": (2, Faults(drop_after_command=1), "unreachable"),
    "no-powershell": (1, Faults(no_powershell=True), "no_powershell"),
}


def test_nothing_is_half_written_when_something_goes_wrong(controller: Callable[..., Controller]) -> None:
    users = [{"name": "operator", "password": "Secret-1", "administrator": False}]
    fleet = [{"name": name, **HALF} for name in (*DISTURBED, "no-folder")]
    served = controller([*fleet, {"name": "operator", **HALF, "users": users}])
    for name, (number, faults, _reason) in DISTURBED.items():
        disturb(served.lab.machines[name], number, faults)
    before = {name: _policy(machine) for name, machine in served.lab.machines.items()}
    play = served.play(
        module("wsus_policy", {"settings": WANTED, "backup_dir": "{{ backup_dir | default(omit) }}"}),
        "--forks",
        "8",
        hosts={"no-folder": {"backup_dir": "C:\\No such folder"}},
    )
    expected = {name: reason for name, (_number, _faults, reason) in DISTURBED.items()}
    assert _told(play) == expected | {"operator": "not_administrator", "no-folder": "backup_failed"}
    assert "Traceback" not in play.output
    assert {name: _policy(machine) for name, machine in served.lab.machines.items()} == before
    results = {each.host: each.result for each in play.results}
    for name in ("truncated-writing", "garbage-writing"):
        assert results[name]["rolled_back"] is True
        assert "All changes were rolled back." in results[name]["msg"]
        assert results[name]["backup"] in served.lab.machines[name].state()["files"]
    assert "nothing was changed" in results["no-folder"]["msg"]

    again = served.play(module("wsus_policy", {"settings": WANTED}), "--forks", "8", "-l", "windows:!operator")
    assert changes(again, "wsus_policy") == dict.fromkeys({*DISTURBED, "no-folder"}, HALF_MENDED), again.output


def disturb(machine: Machine, number: int, faults: Faults) -> None:
    """Have an execution of the machine go wrong, the others not."""
    execute, count = machine.execute, itertools.count(1)

    def disturbed(command_line: str, user: User) -> Execution:
        machine.faults = faults if next(count) == number else Faults()
        return execute(command_line, user)

    machine.execute = disturbed  # type: ignore[method-assign]


def _policy(machine: Machine) -> dict[str, Any]:
    """The values of the policy keys; their names are all different."""
    path = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")
    registry = machine.state()["registry"]
    return {**registry.get(path, {}), **registry.get(rf"{path}\AU", {})}


def _told(play: Play) -> dict[str, str]:
    return {each.host: each.result.get("reason", each.status) for each in play.results}
