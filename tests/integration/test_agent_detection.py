"""wsus_agent has the agent detect and report as its Windows understands it, waits for the evidence, and resets components."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lab.machine import Faults
from playing import Controller, Play, module
from repairing import changes

WORK = {"scan": True, "report": True, "wait_for_scan": True, "scan_timeout": 60}
QUICK = {"takes": 0.5}
OLD = ("windows-7-sp1", "windows-8.1", "server-2012-r2")
# Machine, then what is told of its detection.
DETECTING: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "seven": (
        {"windows": "windows-7-sp1", "language": "ja", "agent": {"next": {**QUICK, "updates": 7}}},
        {"outcome": "succeeded", "updates": 7, "service": None},
    ),
    "eight": (
        {"windows": "windows-8.1", "language": "de", "agent": {"next": {**QUICK, "updates": 0}}},
        {"outcome": "succeeded", "updates": 0, "service": None},
    ),
    "ten": (
        {"windows": "windows-10-22h2", "language": "es", "agent": {"next": {**QUICK, "updates": 3}}},
        {"outcome": "succeeded", "updates": 3, "service": "wsus"},
    ),
    "eleven": (
        {"windows": "windows-11-24h2", "agent": {"next": {**QUICK, "updates": 12}}},
        {"outcome": "succeeded", "updates": 12, "service": "wsus"},
    ),
    "server": (
        {"windows": "server-2025", "language": "ja", "agent": {"next": {**QUICK, "updates": 1}}},
        {"outcome": "succeeded", "updates": 1, "service": "wsus"},
    ),
    "seven-proxy": (
        {"windows": "windows-7-sp1", "agent": {"next": {**QUICK, "code": 0x8024402C}}},
        {"outcome": "failed", "code": "0x8024402c", "name": "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED", "remedy": "network"},
    ),
    "ten-busy": (
        {"windows": "windows-10-22h2", "language": "de", "agent": {"next": {**QUICK, "code": 0x80244022}}},
        {"outcome": "failed", "code": "0x80244022", "name": "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL", "service": "wsus"},
    ),
    "eleven-switched-off": (
        {
            "windows": "windows-11-23h2",
            "agent": {"next": QUICK},
            "registry": {r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate": {"DisableWindowsUpdateAccess": 1}},
        },
        {"outcome": "failed", "code": "0x8024002e"},
    ),
}
# Machines whose agent is asked in vain, and the reason that is told.
SILENT: Mapping[str, tuple[dict[str, Any], str]] = {
    "deaf": ({"agent": {"ignores": True}}, "no_scan"),
    "deaf-7": ({"agent": {"ignores": True}, "windows": "windows-7-sp1", "language": "es"}, "no_scan"),
    "slow": ({"agent": {"next": {"takes": 60}}, "language": "ja"}, "no_scan"),
}


def fleet(machines: Mapping[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [{"name": name, **machine} for name, (machine, *_rest) in machines.items()]


def argvs(served: Controller, name: str) -> list[tuple[str, ...]]:
    """The programs that a machine ran, in order; its log begins anew."""
    log = served.lab.machines[name].log
    ran = [command.argv for record in log for command in record.commands]
    log.clear()
    return ran


def triggers(served: Controller, name: str) -> list[tuple[str, ...]]:
    """Those that have the agent do something."""
    return [argv for argv in argvs(served, name) if argv[0].lower() in ("usoclient.exe", "wuauclt.exe")]


def detections(play: Play) -> dict[str, Any]:
    return {each.host: each.result["scan"] for each in play.of_module("wsus_agent")}


def test_a_detection_is_triggered_and_its_outcome_told(controller: Callable[..., Controller]) -> None:
    served = controller(fleet(DETECTING))
    before = served.state()
    predicted = served.play(module("wsus_agent", WORK), "--check")
    assert (predicted.exit_code, predicted.changed) == (0, {}), predicted.output
    assert [triggers(served, name) for name in DETECTING] == [[]] * len(DETECTING)
    assert served.state() == before

    play = served.play(module("wsus_agent", WORK), "--forks", "8")
    # A detection leaves the machine as it would soon have been by itself; that it failed is an outcome, no error.
    assert (play.exit_code, play.changed) == (0, {}), play.output
    told = detections(play)
    for name, (machine, expected) in DETECTING.items():
        assert expected.items() <= told[name].items(), told[name]
        assert (told[name]["triggered"], told[name]["reported"]) == (True, True)
        assert 0 < told[name]["waited"] < 30
        if told[name]["outcome"] == "failed":
            assert told[name]["meaning"], name
            assert told[name]["cause"], name
        old = [("wuauclt.exe", "/detectnow"), ("wuauclt.exe", "/reportnow")]
        new = [("UsoClient.exe", "StartScan")]
        assert triggers(served, name) == (old if machine["windows"] in OLD else new), name
    # The audit sees the same.
    facts = {each.host: each.result["ansible_facts"]["wsus_agent"] for each in served.play().of_module("wsus_facts")}
    assert {name: (fact["last_scan"]["outcome"], fact["last_scan"]["time"]) for name, fact in facts.items()} == {
        name: (each["outcome"], each["time"]) for name, each in told.items()
    }


def test_an_agent_that_does_not_detect_is_an_error_after_the_timeout(controller: Callable[..., Controller]) -> None:
    served = controller(fleet(SILENT))
    play = served.play(module("wsus_agent", {**WORK, "scan_timeout": 3}))
    assert play.exit_code == 2
    assert "Traceback" not in play.output
    results = {each.host: each for each in play.of_module("wsus_agent")}
    assert {name: (each.status, each.result["reason"]) for name, each in results.items()} == {
        name: ("failed", reason) for name, (_machine, reason) in SILENT.items()
    }
    for each in results.values():
        assert "no scan was observed within 3 s" in each.result["msg"]
    # Nobody has to wait.
    unwaited = served.play(module("wsus_agent", {"scan": True}))
    told = {"triggered": True, "reported": False, "waited": 0, "outcome": None}
    assert list(detections(unwaited).values()) == [told] * len(SILENT)


RESET = module("wsus_agent", {"reset_components": True})
RUNNING = {"services": {"wuauserv": {"state": "running"}, "BITS": {"state": "running"}}}
# UsoSvc is a service of Windows 10 and later; there it runs.
RESETTING: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ten": ({**RUNNING, "language": "de"}, ("UsoSvc", "wuauserv", "BITS")),
    "idle": ({"windows": "windows-11-24h2", "services": {"wuauserv": {"state": "stopped"}}}, ("UsoSvc",)),
    "seven": ({**RUNNING, "windows": "windows-7-sp1", "language": "ja"}, ("wuauserv", "BITS")),
}


def test_components_are_reset_by_restarting_what_runs(controller: Callable[..., Controller]) -> None:
    pending = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    served = controller([*fleet(RESETTING), {"name": "pending", **RUNNING, "registry": {pending: {}}}])
    before = served.state()
    expected = {
        name: tuple((f"{each}.state", "running", "restarted") for each in names)
        for name, (_machine, names) in RESETTING.items()
    }
    predicted = served.play(RESET, "--check")
    assert changes(predicted, "wsus_agent") == expected
    assert served.state() == before
    play = served.play(RESET)
    assert changes(play, "wsus_agent") == expected, play.output
    (refused,) = [each for each in play.results if each.status == "failed"]
    assert (refused.host, refused.result["reason"]) == ("pending", "reboot_pending")
    assert served.state()["pending"] == before["pending"]

    for name, (_machine, names) in RESETTING.items():
        stops, starts = ([argv[2] for argv in _of(served, name) if argv[1] == verb] for verb in ("stop", "start"))
        assert (tuple(stops), tuple(reversed(starts))) == (names, names), name
        then, now = (json.loads(state[name])["services"] for state in (before, served.state()))
        assert {each for each in then if now[each]["state"] != then[each]["state"]} == set()


def test_an_old_agent_renews_its_authorization_with_a_reset(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "windows": "windows-7-sp1", "agent": {"next": QUICK}}])
    play = served.play(module("wsus_agent", {**WORK, "reset_components": True}))
    assert detections(play)["pc"]["outcome"] == "succeeded", play.output
    assert ("wuauclt.exe", "/resetauthorization", "/detectnow") in triggers(served, "pc")


def test_what_a_reset_that_was_cut_off_had_stopped_runs_after_the_next_detection(
    controller: Callable[..., Controller],
) -> None:
    """BITS has a demand for it as soon as there is a job; the others are started by what triggers a detection."""
    whole = controller([{"name": "pc", **RUNNING}])
    assert changes(whole.play(RESET), "wsus_agent")
    number = len(argvs(whole, "pc"))
    cut = [
        {"name": f"pc-{point}", **RUNNING, "agent": {"next": QUICK}, "faults": {"drop_after_total": point}}
        for point in range(number // 2, number - 1, 4)
    ]
    served = controller(cut)
    play = served.play(RESET, "--forks", "8")
    assert [each.status for each in play.results] == ["unreachable"] * len(cut)
    for machine in served.lab.machines.values():
        machine.faults = Faults()
    assert {name for name in served.lab.machines if not _runs(served, name, "UsoSvc")} != set()
    play = served.play(module("wsus_agent", {**WORK, "reset_components": True}), "--forks", "8")
    assert {each["outcome"] for each in detections(play).values()} == {"succeeded"}, play.output
    for name in served.lab.machines:
        assert _runs(served, name, "UsoSvc"), name
        assert _runs(served, name, "wuauserv"), name


def _runs(served: Controller, name: str, service: str) -> bool:
    return served.lab.machines[name].state()["services"][service]["state"] == "RUNNING"


def _of(served: Controller, name: str) -> list[tuple[str, ...]]:
    log = served.lab.machines[name].log
    return [command.argv for record in log for command in record.commands if command.argv[0] == "sc.exe"]
