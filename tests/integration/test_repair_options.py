"""What wsus_bits can be asked for: states, definitions, single attributes; its diff, and the backup that undoes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from broken import IMAGE_PATH, PRIVILEGES, WAYS, Changes
from playing import Controller, module
from repairing import changes, definition, starts

PC: dict[str, Any] = {"name": "pc", "windows": "windows-10-22h2"}
RUNNING = {**PC, "services": {"BITS": {"state": "running"}}}
STARTED = ("state", "stopped", "running")
STOPPED = ("state", "running", "stopped")
RESTARTED = ("state", "running", "restarted")


# Machine and state asked for, the changes that this takes, those of a second run, and whether BITS runs then.
STATES: dict[str, tuple[Changes, Changes, bool]] = {
    "idle-startable": ((), (), False),
    "running-startable": ((), (), True),
    "idle-started": ((STARTED,), (), True),
    "running-started": ((), (), True),
    "idle-stopped": ((), (), False),
    "running-stopped": ((STOPPED,), (), False),
    "idle-restarted": ((STARTED,), (RESTARTED,), True),
    "running-restarted": ((RESTARTED,), (RESTARTED,), True),
}


def pid(served: Controller, name: str = "pc") -> int:
    """The process that BITS runs in, 0 for none."""
    return int(served.lab.machines[name].state()["services"]["BITS"]["pid"])


def test_states(controller: Callable[..., Controller]) -> None:
    served = controller([{**(RUNNING if name.startswith("running") else PC), "name": name} for name in STATES])
    before, processes = served.state(), {name: pid(served, name) for name in STATES}
    asked = module("wsus_bits", {"state": "{{ inventory_hostname.split('-')[1] }}"})
    first = {name: made for name, (made, _second, _runs) in STATES.items() if made}
    second = {name: made for name, (_first, made, _runs) in STATES.items() if made}
    assert changes(served.play(asked, "--check")) == first
    assert served.state() == before
    assert changes(served.play(asked)) == first
    play = served.play(asked)
    assert changes(play) == second
    assert set(play.changed) == set(second)
    assert {each.host: each.result["state"] for each in play.of_module("wsus_bits")} == {
        name: "running" if runs else "stopped" for name, (_first, _second, runs) in STATES.items()
    }
    assert {name: bool(pid(served, name)) for name in STATES} == {name: runs for name, (_f, _s, runs) in STATES.items()}
    assert {each.result["backup"] for each in play.of_module("wsus_bits")} == {None}
    # A BITS that is right is never restarted.
    assert {name for name in STATES if served.state()[name] == before[name]} == STATES.keys() - first.keys()
    assert pid(served, "running-startable") == processes["running-startable"] != 0


def test_a_stopped_bits_is_repaired_and_stays_stopped_when_that_is_asked_for(
    controller: Callable[..., Controller],
) -> None:
    served = controller([{**PC, "services": {"BITS": {"values": {"Start": 4}, "listed": False}}}])
    play = served.play(module("wsus_bits", {"state": "stopped"}))
    assert changes(play) == {"pc": (("start_type", "disabled", "demand"), ("svchost_group", False, True))}
    assert pid(served) == 0
    assert starts(served.lab.machines["pc"])


def test_the_definition_of_the_article(controller: Callable[..., Controller]) -> None:
    served = controller([PC])
    asked = module("wsus_bits", {"definition": "kb10132"})
    predicted = changes(served.play(asked, "--check"))
    assert changes(served.play(asked)) == predicted
    assert changes(served.play(asked)) == {}
    made = {attribute: after for attribute, _before, after in predicted["pc"]}
    assert made == {
        "image_path": r"%SystemRoot%\System32\svchost.exe -k netsvcs",
        "service_type": "own_process (interactive)",
        "dependencies": ["RpcSs", "EventSystem"],
        "privileges": PRIVILEGES[:5],
        "failure_actions": {
            "reset_period_s": 86400,
            "actions": [{"action": "restart", "delay_ms": 60000}, {"action": "restart", "delay_ms": 120000}],
        },
        "state": "running",
    }
    held = definition(served.lab.machines["pc"])
    assert (held["Type"], held["DependOnService"]) == (["REG_DWORD", "0x110"], ["REG_MULTI_SZ", "RpcSs\\0EventSystem"])
    # And back to what Windows has.
    play = served.play(module("wsus_bits"))
    assert {attribute for attribute, _before, _after in changes(play)["pc"]} == {*made}
    assert definition(served.lab.machines["pc"]) == definition(controller([PC]).lab.machines["pc"])


ATTRIBUTES: list[tuple[str, Any, str, Any, Any]] = [
    ("start_type", "auto", "start_type", "demand", "auto"),
    ("start_type", "delayed_auto", "start_type", "demand", "delayed_auto"),
    ("service_type", "own_process", "service_type", "share_process", "own_process"),
    ("error_control", "ignore", "error_control", "normal", "ignore"),
    ("account", "NT AUTHORITY\\LocalSystem", "", None, None),
    ("dependencies", ["RpcSs", "EventSystem"], "dependencies", ["RpcSs"], ["RpcSs", "EventSystem"]),
    ("privileges", PRIVILEGES[:5], "privileges", PRIVILEGES, PRIVILEGES[:5]),
    ("sid_type", "none", "sid_type", "unrestricted", "none"),
    ("path", IMAGE_PATH.replace("%SystemRoot%", "C:\\Windows"), "", None, None),
]


def test_single_attributes(controller: Callable[..., Controller]) -> None:
    """Of an unmanaged definition only what is asked for is changed, whatever else is wrong."""
    machine = {"windows": "windows-10-22h2", "services": {"BITS": {"values": {"FailureActions": None}}}}
    served = controller([{"name": f"pc-{number}", **machine} for number, _unused in enumerate(ATTRIBUTES)])
    tasks = [
        {
            "name": option,
            "wsus.client.wsus_bits": {"definition": "unmanaged", option: value},
            "when": f"inventory_hostname == 'pc-{number}'",
        }
        for number, (option, value, *_unused) in enumerate(ATTRIBUTES)
    ]
    playbook = [{"name": "Play", "hosts": "windows", "gather_facts": False, "tasks": tasks}]
    play = served.play(playbook)
    assert play.exit_code == 0, play.output
    assert changes(play) == {
        f"pc-{number}": ((attribute, before, after), STARTED)
        for number, (_option, _value, attribute, before, after) in enumerate(ATTRIBUTES)
        if attribute
    }
    assert changes(served.play(playbook)) == {}


def test_the_diff_shows_attribute_by_attribute(controller: Callable[..., Controller]) -> None:
    way = WAYS["path-with-a-dash"]
    served = controller([{**PC, **way.machine}])
    for arguments in (("--check", "--diff"), ("--diff",)):
        play = served.play(module("wsus_bits"), *arguments)
        (result,) = play.of_module("wsus_bits")
        assert result.result["diff"] == {
            "before_header": "BITS on pc",
            "after_header": "BITS on pc",
            "before": {attribute: before for attribute, before, _after in way.changes},
            "after": {attribute: after for attribute, _before, after in way.changes},
        }
        shown = [line for line in play.output.splitlines() if '"image_path"' in line]
        assert [line[0] for line in shown] == ["-", "+"]
        assert [json.loads(f"{{{line[1:].strip().rstrip(',')}}}")["image_path"] for line in shown] == [
            *way.changes[0][1:]
        ]


@pytest.mark.smoke
def test_the_backup_on_the_machine_restores_the_definition_as_it_was(controller: Callable[..., Controller]) -> None:
    values = {"ObjectName": "CONTOSO\\Jürgen", "Start": 4, "FailureActions": None, "RequiredPrivileges": None}
    served = controller(
        [{**PC, "language": "de", "services": {"BITS": {"values": values}}, "files": {"C:\\Sicher": {}}}]
    )
    machine = served.lab.machines["pc"]
    before = definition(machine)
    (result,) = served.play(module("wsus_bits", {"backup_dir": "C:\\Sicher\\"})).of_module("wsus_bits")
    assert result.status == "ok", result.result
    file = result.result["backup"]
    assert file.startswith("C:\\Sicher\\wsus.client-BITS-")
    assert file in machine.state()["files"]
    assert definition(machine) != before

    user = next(iter(machine.users.values()))
    assert machine.run_program(("reg.exe", "import", file), user).exit_code == 0  # type: ignore[attr-defined]
    restored = definition(machine)
    # An import adds and replaces; what the repair added to the key stays.
    added = {name for name in before if before[name] is None}
    assert added == {"FailureActions", "RequiredPrivileges"}
    assert {name: value for name, value in restored.items() if name not in added} == {
        name: value for name, value in before.items() if name not in added
    }
