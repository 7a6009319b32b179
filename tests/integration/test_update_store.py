"""The update store rebuilt by the role and the playbook, on every machine of its table, and restored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playing import Controller, Play, module
from repairing import CONFIRM, REPORT

PLAYBOOK = "wsus.client.rebuild_store"
QUICK = (
    "-e",
    '{"wsus_update_store_timeout": 8, "wsus_update_store_service_timeout": 6}',
    "--forks",
    "20",
    "-e",
    "wsus_serial=100%",
)
REASONS = {
    "blocked-agent": "blocked",
    "blocked-packages": "blocked",
    "blocked-pending_xml": "blocked",
    "blocked-installation": "blocked",
    "blocked-space": "blocked",
    "held-long": "store_held",
    "denied": "store_held",
    "hangs": "service_hangs",
    "disabled": "service_disabled",
    "never-made": "no_new_store",
}
SICK: Mapping[str, Any] = {
    "agent": {"detections": [{"age": "20h"}, {"age": "3h", "code": 0x80248007}]},
    "store": {"damage": 0x80248007},
}


def folders(served: Controller, name: str) -> list[str]:
    """The stores on a machine: the present one and its copies."""
    entries = served.lab.machines[name].files.entries.values()  # type: ignore[attr-defined]
    return sorted(
        {each.name for each in entries if each.name.startswith("SoftwareDistribution") and each.content is None}
    )


def runs(served: Controller) -> dict[str, set[str]]:
    """The services that run, by machine."""
    states = {name: json.loads(state)["services"] for name, state in served.state().items()}
    return {
        name: {service for service, data in services.items() if data["state"].lower() == "running"}
        for name, services in states.items()
    }


def repairs(play: Play) -> dict[str, Mapping[str, Any]]:
    """What wsus_update_store did, by machine."""
    return {each.host: each.result for each in play.of_module("wsus_update_store")}


def reasons(play: Play) -> dict[str, str]:
    """Why wsus_update_store failed, by machine."""
    return {each.host: each.result["reason"] for each in play.of_module("wsus_update_store") if each.status == "failed"}


def test_every_machine_of_the_table(controller: Callable[..., Controller]) -> None:
    served = controller("store_tables")
    state, running = served.state(), runs(served)
    predicted = served.play(PLAYBOOK, "--check", *QUICK)
    assert served.state() == state
    done = served.play(PLAYBOOK, *CONFIRM, *QUICK)
    results = repairs(done)
    assert reasons(done) == REASONS
    rebuilt = {name for name, each in results.items() if each.get("changed")}
    assert rebuilt == {name for name in served.lab.machines if name.startswith(("damaged", "held-short", "failing"))}
    for name in rebuilt:
        assert repairs(predicted)[name]["changes"] == results[name]["changes"], name
    after, now = served.state(), runs(served)
    for name in served.lab.machines:
        # One that hangs stays as it hangs; the others run as they did.
        assert running[name] - now[name] <= ({"wuauserv"} if name == "hangs" else set()), name
        if name.startswith(("none", "healthy", "blocked", "disabled")):
            assert after[name] == state[name], name
        copies = folders(served, name)[1:]
        if name.startswith(("held-long", "denied", "hangs")):
            assert copies == [], name
    assert [each for each in folders(served, "damaged-copies") if not each.endswith(".old")][
        1
    ] == "SoftwareDistribution.20260201T000000Z"
    again = served.play(PLAYBOOK, *CONFIRM, *QUICK)
    assert {name for name, each in repairs(again).items() if each.get("changed")} == set()


@pytest.mark.smoke
def test_repair_rebuilds_what_its_audit_finds(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "sick", **SICK}, {"name": "sound", "windows": "server-2022"}])
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert play.exit_code == 0, play.output
    assert {name: each["decision"] for name, each in repairs(play).items()} == {"sick": "evidence"}
    assert play.audit is not None
    assert {name: each["status"] for name, each in play.audit["machines"].items()} == {
        "sick": "healthy",
        "sound": "healthy",
    }


def test_a_store_is_put_back(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", **SICK}])
    served.play(PLAYBOOK, *CONFIRM, *QUICK)
    assert len(folders(served, "pc")) == 2
    back = module("wsus_update_store", {"state": "restored"})
    state = served.state()
    predicted = served.play(back, "--check")
    assert served.state() == state
    done = served.play(back)
    assert repairs(done)["pc"]["changes"] == repairs(predicted)["pc"]["changes"]
    database = served.lab.machines["pc"].files.get(r"C:\Windows\SoftwareDistribution\DataStore\DataStore.edb")  # type: ignore[attr-defined]
    assert database.content == b"damaged 0x80248007"
    assert repairs(served.play(back))["pc"]["changed"] is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep_copies": 0}, "a number of copies, 1 or more"),
        ({"restore_from": "SoftwareDistribution.old"}, "it requires state=restored"),
        ({"state": "restored", "restore_from": r"C:\x"}, "without its path"),
        ({"min_interval_hours": -1}, "a number of hours, 0 or more"),
    ],
)
def test_wrong_options_send_nothing(
    controller: Callable[..., Controller], options: Mapping[str, Any], message: str
) -> None:
    served = controller([{"name": "pc"}])
    play = served.play(module("wsus_update_store", options))
    assert (play.exit_code, served.lab.machines["pc"].log) == (2, [])
    assert message in " ".join(play.output.split())
