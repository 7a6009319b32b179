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
    "agent": {"detections": [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]},
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


def test_one_that_fails_alone_in_its_batch_stops_nothing(controller: Callable[..., Controller]) -> None:
    stuck = {**SICK, "services": {"wuauserv": {"values": {"Start": 4}}}}
    served = controller([{"name": "pc-1", **stuck}, {"name": "pc-2", **SICK}])
    play = served.play(PLAYBOOK, *CONFIRM, *QUICK, "-e", "wsus_serial=1")
    assert play.exit_code == 2
    assert reasons(play) == {"pc-1": "service_disabled"}
    assert repairs(play)["pc-2"]["changed"]
    (last,) = [each for each in play.of_module("wsus_result") if each.status == "failed"]
    assert (last.host, last.result["reason"]) == ("pc-1", "service_disabled")


def damage(play: Play) -> dict[str, str]:
    """The worst that the audit says of each store: damaged, suspected, or nothing."""
    assert play.audit is not None
    found = {name: {each["id"] for each in machine["findings"]} for name, machine in play.audit["machines"].items()}
    words = ("damaged", "suspected")
    return {name: next((word for word in words if f"update_store.{word}" in ids), "") for name, ids in found.items()}


def test_what_the_field_reports_is_judged_as_an_expert_would(controller: Callable[..., Controller]) -> None:
    """No false alarm is called damaged, and none is rebuilt; what is damaged is found, and rebuilt."""
    served = controller("field_store")
    state = served.state()
    audit = served.play("wsus.client.audit", "--forks", "20")
    assert served.state() == state
    told = {"false": "", "suspected": "suspected", "true": "damaged"}
    assert damage(audit) == {name: told[name.partition("-")[0]] for name in served.lab.machines}
    done = served.play(PLAYBOOK, *CONFIRM, *QUICK)
    assert done.exit_code == 0, done.output
    rebuilt = {name for name, each in repairs(done).items() if each.get("changed")}
    assert rebuilt == {name for name in served.lab.machines if name.startswith("true")}


def test_scans_of_the_store_hide_neither_a_good_scan_nor_a_failed_one(controller: Callable[..., Controller]) -> None:
    """Of a day on which the Store failed every few minutes no event of WSUS is among the newest that are asked for."""
    flood = [
        {
            "channel": "Microsoft-Windows-WindowsUpdateClient/Operational",
            "provider": "Microsoft-Windows-WindowsUpdateClient",
            "id": 25,
            "age": f"{minutes}m",
            "data": {"errorCode": "0x80240438", "serviceGuid": "{855e8a7c-ecb4-4ca3-b045-1dfa50104289}"},
        }
        for minutes in range(1, 80)
    ]
    failed = [{"age": "20h", "code": 0x80248007}, {"age": "8h", "code": 0x80248007}]
    served = controller(
        [
            {"name": "good", "events": flood, "agent": {"detections": [{"age": "3h"}]}},
            {"name": "damaged", "events": flood, "agent": {"detections": failed}},
            {"name": "none", "events": flood, "agent": {"detections": []}},
        ]
    )
    play = served.play("wsus.client.audit")
    assert play.audit is not None
    found = {name: [each["id"] for each in data["findings"]] for name, data in play.audit["machines"].items()}
    assert found == {"good": [], "damaged": ["update_store.damaged"], "none": ["agent.no_scan"]}
    (finding,) = play.audit["machines"]["none"]["findings"]
    assert {"type": "value", "what": "limit of events reached", "value": 60} in finding["evidence"]


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
