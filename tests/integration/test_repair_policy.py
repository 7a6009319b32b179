"""wsus.client.repair has group policy bring the settings, and says early and clearly when they will not come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playing import Controller, Play, module
from repairing import CONFIRM, REPORT, changes, course, first_findings, statuses

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SERVER = {"WUServer": "http://wsus.example.test:8530", "WUStatusServer": "http://wsus.example.test:8530"}
AUTOMATIC = {"UseWUServer": 1, "NoAutoUpdate": 0, "AUOptions": 4}
DEFAULT = {"name": "Default Domain Policy", "id": "{31B2F340-016D-11D2-945F-00C04FB984F9}"}
CLIENTS = {"name": "WSUS clients", "settings": {KEY: SERVER, rf"{KEY}\AU": AUTOMATIC}}
ARRIVED = {
    "server_url": SERVER["WUServer"],
    "status_server_url": SERVER["WUStatusServer"],
    "use_server": True,
    "automatic_updates_disabled": False,
    "automatic_updates": 4,
}
REFRESHED = (("group_policy", "not in order", "refreshed"),)
# On Server 2016 and 2019 a forced refresh may install waiting updates (MicrosoftDocs/SupportArticles-docs).
WITHOUT_FORCE = (("group_policy", "not in order", "refreshed, first without /force"),)
WITHOUT_FORCE_FIRST = ("server-2016", "server-2019")
UNUSED = {rf"{KEY}\AU": {"UseWUServer": 0}}


def refreshed(machines: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """What wsus_policy changes on each machine."""
    return {
        name: WITHOUT_FORCE if machine.get("windows") in WITHOUT_FORCE_FIRST else REFRESHED
        for name, (machine, *_rest) in machines.items()
    }


def policy(state: str = "applied", *, takes: float = 2, **further: Any) -> dict[str, Any]:
    """The group policy of a machine to which an object with the settings is linked."""
    return {"objects": [DEFAULT, {**CLIENTS, "state": state}], "takes": takes, **further}


WAITING = "policy.not_targeted"
# What each machine shows at first, and what a refresh brings there.
MENDED: Mapping[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "arrives": ({"group_policy": policy("waiting")}, WAITING, ARRIVED),
    "arrives-7": ({"windows": "windows-7-sp1", "language": "ja", "group_policy": policy("waiting")}, WAITING, ARRIVED),
    "arrives-81": ({"windows": "windows-8.1", "language": "es", "group_policy": policy("waiting")}, WAITING, ARRIVED),
    "arrives-2025": (
        {"windows": "server-2025", "language": "de", "group_policy": policy("waiting")},
        WAITING,
        ARRIVED,
    ),
    "asks": (
        {"windows": "windows-11-24h2", "language": "ja", "group_policy": policy("waiting", asks=True)},
        WAITING,
        ARRIVED,
    ),
    "never-processed": (
        {"windows": "windows-11-23h2", "language": "de", "group_policy": policy(processed=None)},
        "policy.unreachable",
        ARRIVED,
    ),
    "by-hand": (
        {"language": "es", "group_policy": policy(), "registry": UNUSED},
        "policy.server_unused",
        {"use_server": True},
    ),
    "by-hand-old-server": (
        {"windows": "server-2016", "group_policy": policy(), "registry": {KEY: {"WUServer": "http://old.test:8530"}}},
        # Before policy.status_server: the old server's name is gone.
        "policy.status_server",
        {"server_url": SERVER["WUServer"]},
    ),
    "blocked": (
        {
            "windows": "server-2019",
            "group_policy": policy(),
            "registry": {KEY: {"WUServer": "http://intentionally.disabled"}},
        },
        "policy.updates_blocked",
        {"server_url": SERVER["WUServer"]},
    ),
}

# Machines that a refresh does not help: reason, finding that is left, words of the message.
LOST: Mapping[str, tuple[dict[str, Any], str, str, str]] = {
    "denied": (
        {"group_policy": policy("denied"), "language": "de"},
        "settings_missing",
        WAITING,
        "Group Policy was processed, but the problem remains: No Windows Update policy is set",
    ),
    "filtered": (
        {"group_policy": policy("wmi_filtered"), "windows": "windows-7-sp1"},
        "settings_missing",
        WAITING,
        "Fix it in the domain: a GPO with these settings must apply to this computer",
    ),
    "not-linked": (
        {"group_policy": {"objects": [DEFAULT], "takes": 2}, "language": "ja"},
        "settings_missing",
        WAITING,
        "although Group Policy of the domain example.test applies",
    ),
    "unreachable": (
        {"group_policy": policy("waiting", reachable=False, processed="6d"), "language": "es"},
        "refresh_failed",
        "policy.unreachable",
        "no domain controller can be reached (event 1129 0x800704c6",
    ),
    "by-hand-unreachable": (
        {"group_policy": policy(reachable=False), "registry": UNUSED},
        "refresh_failed",
        "policy.server_unused",
        "no domain controller can be reached (event 1129 0x800704c6",
    ),
    "wrong-object": (
        {
            "group_policy": {
                "objects": [{**CLIENTS, "settings": {KEY: SERVER, rf"{KEY}\AU": {**AUTOMATIC, "UseWUServer": 0}}}],
                "takes": 1,
            }
        },
        "settings_missing",
        "policy.server_unused",
        "is set, but not used: UseWUServer is 0",
    ),
    "elsewhere": (
        {"group_policy": policy()},
        "settings_missing",
        "policy.unexpected_server",
        "and not the expected one, http://wsus-new.example.test:8530",
    ),
    "slow": (
        {"group_policy": policy("waiting", takes=9)},
        "settings_missing",
        WAITING,
        "Group Policy was not processed within 3 s, and the problem remains: No Windows Update policy is set",
    ),
}
OPTIONS = {
    "elsewhere": {"wsus_server_url": "http://wsus-new.example.test:8530"},
    "slow": {"wsus_policy_timeout": 3},
}
# Machines in no domain: whatever is wrong, a refresh is never run.
WORKGROUP: Mapping[str, dict[str, Any]] = {
    "half": {"domain": None, "registry": {KEY: SERVER, rf"{KEY}\AU": {"UseWUServer": 0}}},
    "nothing": {"domain": None},
    "blocked": {"domain": None, "registry": {KEY: {"WUServer": "http://localhost"}, rf"{KEY}\AU": {"UseWUServer": 1}}},
}
# Far less than the role's timeout of 300 s, with all that ansible-playbook needs for itself.
SOON = 90


def test_settings_that_group_policy_brings_arrive(controller: Callable[..., Controller]) -> None:
    fleet = [{"name": name, **machine} for name, (machine, _finding, _arrived) in MENDED.items()]
    served = controller([*fleet, {"name": "healthy"}])
    done = course(served, "--forks", "10")
    before, predicted, repaired, last = done.states
    assert [play.exit_code for play in (done.predicted, done.repaired, done.again)] == [0, 0, 0], done.repaired.output
    assert first_findings(done.predicted) == {name: finding for name, (_m, finding, _a) in MENDED.items()} | {
        "healthy": ""
    }

    assert predicted == before
    assert changes(done.predicted, "wsus_policy") == refreshed(MENDED)
    assert changes(done.repaired, "wsus_policy") == refreshed(MENDED)
    assert done.predicted.changed == done.repaired.changed == dict.fromkeys(MENDED, 1)
    assert {name for name in before if repaired[name] != before[name]} == set(MENDED)
    results = {each.host: each.result for each in done.repaired.of_module("wsus_policy")}
    assert {name: results[name]["arrived"] for name in results} == {
        name: arrived for name, (_machine, _finding, arrived) in MENDED.items()
    }
    assert all(result["gone"] == [] and result["health"] == "healthy" for result in results.values())

    assert (done.again.changed, done.again.of_module("wsus_policy")) == ({}, ())
    assert last == repaired
    assert set(statuses(done.repaired).values()) == set(statuses(done.again).values()) == {"healthy"}
    assert done.repaired.audit is not None
    for machine in done.repaired.audit["machines"].values():
        assert (machine["policy"]["settings"]["server_url"], machine["policy"]["managed"]) == (
            SERVER["WUServer"],
            True,
        )


def test_a_policy_that_does_not_come_fails_soon_and_by_name(controller: Callable[..., Controller]) -> None:
    fleet = [{"name": name, **machine} for name, (machine, *_rest) in LOST.items()]
    served = controller([*fleet, {"name": "healthy"}])
    before = served.state()
    predicted = served.play("wsus.client.repair", "--check", *REPORT, hosts=OPTIONS)
    assert changes(predicted, "wsus_policy") == refreshed(LOST)
    assert served.state() == before

    began = time.monotonic()
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, "--forks", "10", hosts=OPTIONS)
    assert time.monotonic() - began < SOON
    assert play.exit_code == 2, play.output
    assert "Traceback" not in play.output
    results = {each.host: each for each in play.of_module("wsus_policy")}
    assert {
        name: (each.status, each.result["reason"], each.result["finding"], each.result["changed"])
        for name, each in results.items()
    } == {name: ("failed", reason, finding, False) for name, (_machine, reason, finding, _words) in LOST.items()}
    for name, (_machine, _reason, _finding, words) in LOST.items():
        assert words in results[name].result["msg"], results[name].result["msg"]
    assert statuses(play) == {**dict.fromkeys(LOST, "failed"), "healthy": "healthy"}
    assert play.audit is not None
    assert play.audit["machines"]["denied"]["message"] == results["denied"].result["msg"]

    # What did not come in time came later: the next run finds it there.
    _until_it_changes(served, "slow")
    again = served.play("wsus.client.repair", *CONFIRM, *REPORT, "-e", "wsus_hosts=slow")
    assert (again.exit_code, again.changed, statuses(again)) == (0, {}, {"slow": "healthy"}), again.output


def test_outside_a_domain_nothing_is_refreshed(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, **machine} for name, machine in WORKGROUP.items()])
    before = served.state()
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, "--forks", "10")
    assert served.state() == before
    results = {each.host: each for each in play.of_module("wsus_policy")}
    assert {name: each.result["reason"] for name, each in results.items()} == dict.fromkeys(
        ("half", "nothing"), "settings_missing"
    )
    assert all("Group Policy was not refreshed" in each.result["msg"] for each in results.values())
    assert play.audit is not None
    (blocked,) = play.audit["machines"]["blocked"]["findings"]
    assert (blocked["id"], blocked["remedy"]) == ("policy.updates_blocked", "administrator")
    programs = [argv for machine in served.lab.machines.values() for record in machine.log for argv in record.commands]
    assert not any("gpupdate.exe" in " ".join(each.argv) for each in programs)


def test_after_a_failure_the_report_shows_the_state_of_now(controller: Callable[..., Controller]) -> None:
    """A refresh brings the server and no UseWUServer: the report names what is wrong now, not what was."""
    served = controller(
        [
            {
                "name": "half",
                "group_policy": {"objects": [DEFAULT, {**CLIENTS, "state": "waiting", "settings": {KEY: SERVER}}]},
            }
        ]
    )
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert play.exit_code == 2
    assert play.audit is not None
    half = play.audit["machines"]["half"]
    assert (half["status"], half["findings"][0]["id"]) == ("failed", "policy.server_unused")
    assert half["policy"]["server_url"] == SERVER["WUServer"]


def _until_it_changes(served: Controller, name: str) -> None:
    path = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")
    end = time.monotonic() + 20
    while path not in served.lab.machines[name].state()["registry"]:
        assert time.monotonic() < end
        time.sleep(0.2)


# What goes wrong while a refresh is under way, counted in programs of all batches: the look is 6, then gpupdate.exe.
DISTURBED: Mapping[str, tuple[dict[str, Any], str]] = {
    "before-it": ({"drop_after_total": 5}, "unreachable"),
    "at-it": ({"drop_after_total": 7}, "unreachable"),
    "no-powershell": ({"no_powershell": True}, "no_powershell"),
    "truncated": ({"truncate_output": 600}, "output_ended_early"),
    "garbage": ({"garbage_output": True}, "output_ended_early"),
    "no-administrator": ({}, "not_administrator"),
}


@pytest.mark.smoke
def test_a_refresh_that_is_disturbed_is_one_clear_error(controller: Callable[..., Controller]) -> None:
    users = [{"name": "operator", "password": "Secret-1", "administrator": False}]
    served = controller(
        [
            {
                "name": name,
                "group_policy": policy("waiting"),
                "faults": faults,
                **({"users": users} if name == "no-administrator" else {}),
            }
            for name, (faults, _reason) in DISTURBED.items()
        ]
    )
    play = served.play(module("wsus_policy", {"refresh": True}), "--forks", "8")
    assert _told(play) == {name: reason for name, (_faults, reason) in DISTURBED.items()}
    assert "Traceback" not in play.output
    programs = {
        name: [command.argv for record in machine.log for command in record.commands]
        for name, machine in served.lab.machines.items()
    }
    asked = {name for name, argvs in programs.items() if any("gpupdate.exe" in argv for argv in argvs)}
    assert asked == {"at-it"}
    assert "gpupdate.exe" in programs["at-it"][-1]


def _told(play: Play) -> dict[str, str]:
    return {each.host: each.result.get("reason", each.status) for each in play.results}
