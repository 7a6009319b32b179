"""A repair that fails: one clear error with its code, and the machine as it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from playing import Controller, module, modules
from repairing import definition

SHORT = 3
WRONG = {"ErrorControl": 0, "RequiredPrivileges": ["SeDebugPrivilege"]}
NO_DLL = {"Parameters": {"ServiceDll": None}}
BACKUP = "C:\\Windows\\Temp\\wsus.client-BITS-"

# What refuses or fails, then the reason, the code, the service or step, and words of the message.
FAILURES: Mapping[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "change-refused": (
        {"services": {"BITS": {"values": {**WRONG, "LaunchProtected": 1}}}},
        {"reason": "step_failed", "code": "0x80070005", "step": "error_control"},
        "BITS: setting error_control failed: 0x80070005 ERROR_ACCESS_DENIED: Access denied; check",
    ),
    "change-of-a-neighbor-refused": (
        {
            "services": {
                "BITS": {"values": WRONG, "listed": False, "keys": NO_DLL},
                "SENS": {"values": {"Start": 4, "LaunchProtected": 1}},
            }
        },
        {"reason": "step_failed", "code": "0x80070005", "step": "SENS.start_type"},
        "BITS: setting SENS.start_type failed: 0x80070005 ERROR_ACCESS_DENIED",
    ),
    "library-refused": (
        {
            "read_only": [r"HKLM\SYSTEM\CurrentControlSet\Services\BITS\Parameters"],
            "services": {"BITS": {"values": WRONG, "keys": {"Parameters": {"ServiceDll": r"C:\Tools\qmgr.dll"}}}},
        },
        {"reason": "step_failed", "step": "service_dll"},
        "exited with 1. The permissions of this key may not allow administrators to write it: allow that in regedit.exe",
    ),
    "does-not-start": (
        {"services": {"BITS": {"values": WRONG, "listed": False, "keys": NO_DLL, "start_fails_with": 0x80040154}}},
        {"reason": "start_failed", "code": "0x80040154", "service": "BITS"},
        "BITS did not start: 0x80040154 REGDB_E_CLASSNOTREG: A COM class that BITS needs is not registered",
    ),
    "is-not-let-start": (
        {"language": "ja", "services": {"BITS": {"values": {"Start": 4}, "start_fails_with": 5}}},
        {"reason": "start_failed", "code": "0x80070005", "service": "BITS"},
        "BITS did not start: 0x80070005 ERROR_ACCESS_DENIED",
    ),
    "new-one-does-not-start": (
        {"files": {"C:\\Windows\\System32\\qmgr.dll": None}, "services": {"BITS": {"deleted": True}}},
        {"reason": "start_failed", "code": "0x8007007e", "service": "BITS"},
        "BITS did not start: 0x8007007e ERROR_MOD_NOT_FOUND",
    ),
    "neighbor-does-not-start": (
        {
            "language": "de",
            "services": {"BITS": {"values": WRONG}, "SENS": {"state": "stopped", "start_fails_with": 126}},
        },
        {"reason": "start_failed", "code": "0x8007007e", "service": "SENS"},
        "SENS did not start: 0x8007007e ERROR_MOD_NOT_FOUND",
    ),
    "hangs-while-it-starts": (
        {"services": {"BITS": {"values": WRONG, "hangs": "starting"}}},
        {"reason": "service_hangs", "state": "start_pending", "service": "BITS"},
        f"BITS was still start_pending {SHORT} s after the start request. It was not killed",
    ),
}


def whole(state: str) -> dict[str, Any]:
    """A machine's registry and files but for the backup that a failed repair leaves behind."""
    data = json.loads(state)
    files = {name: content for name, content in data["files"].items() if not name.startswith(BACKUP)}
    return {"registry": data["registry"], "files": files, "services": data["services"].keys()}


def test_what_was_changed_before_a_failure_is_put_back(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, **machine} for name, (machine, _fields, _words) in FAILURES.items()])
    before = served.state()
    play = served.play(module("wsus_bits", {"timeout": SHORT}), "--forks", "8")
    assert play.exit_code == 2, play.output
    assert "Traceback" not in play.output
    after = served.state()
    results = {each.host: each for each in play.results}
    assert results.keys() == FAILURES.keys()
    for name, (_machine, fields, words) in FAILURES.items():
        result = results[name].result
        assert results[name].status == "failed", name
        assert {field: result.get(field) for field in fields} == fields, name
        assert words in result["msg"], name
        assert (result["rolled_back"], result["changed"]) == (True, False), name
        assert whole(after[name]) == whole(before[name]), name
        assert result.get("backup", "").startswith(BACKUP) == (name != "new-one-does-not-start"), name
    assert "The definition was not changed." in results["change-refused"].result["msg"]
    assert "All changes were rolled back." in results["does-not-start"].result["msg"]


def test_a_machine_says_before_it_is_touched_that_it_cannot_be_backed_up(
    controller: Callable[..., Controller],
) -> None:
    served = controller([{"name": "pc", "services": {"BITS": {"values": {"Start": 4}}}}])
    before = served.state()
    play = served.play(module("wsus_bits", {"backup_dir": "C:\\No\\such folder"}))
    result = play.of("pc")
    assert (play.exit_code, result.status, result.result["reason"]) == (2, "failed", "backup_failed"), play.output
    assert "C:\\No\\such folder\\wsus.client-BITS-" in result.result["msg"]
    assert served.state() == before


def test_a_service_that_does_not_stop_is_an_error_after_the_timeout_and_nothing_is_killed(
    controller: Callable[..., Controller],
) -> None:
    served = controller([{"name": "pc", "services": {"BITS": {"state": "running", "hangs": "stopping"}}}])
    machine = served.lab.machines["pc"]
    before = machine.state()["services"]["BITS"]
    for _unused in range(2):  # the second run finds it as the first one left it
        began = time.monotonic()
        play = served.play(module("wsus_bits", {"state": "restarted", "timeout": SHORT}))
        took = time.monotonic() - began
        result = play.of("pc")
        assert (result.status, result.result["reason"]) == ("failed", "service_hangs"), play.output
        assert (result.result["service"], result.result["state"]) == ("BITS", "stop_pending")
        assert f"BITS was still stop_pending {SHORT} s after" in result.result["msg"]
        assert SHORT <= took < 30
    after = machine.state()["services"]["BITS"]
    assert (after["state"], after["pid"]) == ("STOP_PENDING", before["pid"])
    programs = {command.argv[0] for record in machine.log for command in record.commands}
    assert programs == {"reg.exe", "sc.exe", "cmd.exe"}


WRONG_OPTIONS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"state": "running"}, "wrong_option", "value of state must be one of: startable, started, stopped, restarted"),
    ({"definition": "vista"}, "wrong_option", "value of definition must be one of"),
    ({"start_typ": "auto"}, "wrong_option", "unknown option start_typ"),
    ({"start_type": "disabled"}, "wrong_option", "start_type is disabled and state is startable"),
    ({"timeout": 0}, "wrong_option", "timeout is 0; it must be a number of seconds, 1 or more"),
    ({"failure_actions": {"actions": []}}, "wrong_option", "reset_period_s"),
    ({"path": 'C:\\a "b" c'}, "unquotable_argument", "double quote"),
)


def test_wrong_options_are_told_before_anything_is_sent(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc"}])
    results = served.play(modules("wsus_bits", [options for options, *_rest in WRONG_OPTIONS])).of_module("wsus_bits")
    for (_options, reason, words), each in zip(WRONG_OPTIONS, results, strict=True):
        assert (each.status, each.result["reason"]) == ("failed", reason)
        assert words in each.result["msg"]
    assert served.lab.machines["pc"].log == []


def test_a_value_that_windows_refuses_leaves_the_definition_as_it_was(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "services": {"BITS": {"values": WRONG}}}])
    before = definition(served.lab.machines["pc"])
    result = served.play(module("wsus_bits", {"account": ".\\nobody"})).of("pc").result
    assert (result["reason"], result["code"]) == ("step_failed", "0x80070421")
    assert definition(served.lab.machines["pc"]) == before
