"""The playbook wsus.client.regenerate_client_ids: who shares an id, who gets a new one, and the proof that nobody shares one then."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from playing import Controller, Play, module
from repairing import CONFIRM

pytestmark = pytest.mark.long

PLAYBOOK = "wsus.client.regenerate_client_ids"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
SHARED = "3b4e28ba-2fa1-41d2-883f-0016d3cca427"
OTHER = "4b4e28ba-2fa1-41d2-883f-0016d3cca427"
QUICK = {"made": {"takes": 0.2}}
GROUPS = [
    {"name": "pc-1", "client_id": {"value": SHARED, **QUICK}},
    {"name": "pc-2", "client_id": {"value": f"{{{SHARED.upper()}}}", **QUICK}, "windows": "windows-7-sp1"},
    {"name": "pc-3", "client_id": {"value": OTHER, **QUICK}, "language": "ja"},
    {"name": "pc-4", "client_id": {"value": OTHER.upper(), **QUICK}},
    {"name": "pc-5"},
]


def ids(served: Controller) -> dict[str, str]:
    """The id of each machine, as it is compared."""
    states = {name: json.loads(state)["registry"] for name, state in served.state().items()}
    return {name: registry[KEY]["SusClientId"][-1].strip("{}").lower() for name, registry in states.items()}


def touched(play: Play) -> set[str]:
    """The machines on which the module was run."""
    return {each.host for each in play.of_module("wsus_client_id")}


def changed(play: Play) -> set[str]:
    """The machines that were changed, or would be."""
    return {each.host for each in play.of_module("wsus_client_id") if each.result.get("changed")}


def test_a_fleet_of_clones(controller: Callable[..., Controller]) -> None:
    """Groups of two, three and eight, and some that share their ID with nobody."""
    served = controller("clones")
    patterns = ("clone-0[256]-*", "unique-0[1-3]*")
    asked = json.dumps({"wsus_hosts": ":".join(patterns)})
    before = {name: each for name, each in ids(served).items() if any(fnmatch(name, each) for each in patterns)}
    sharing = {name for name, count in before.items() if Counter(before.values())[count] > 1}
    alone = before.keys() - sharing
    assert (len(alone), len({before[name] for name in sharing}), len(sharing)) == (3, 3, 13)

    state = served.state()
    predicted = served.play(PLAYBOOK, "--check", "--forks", "20", "-e", asked)
    assert predicted.exit_code == 0, predicted.output
    assert changed(predicted) == sharing
    assert served.state() == state

    done = served.play(PLAYBOOK, *CONFIRM, "--forks", "20", "-e", "wsus_serial=100%", "-e", asked)
    assert done.exit_code == 0, done.output[-3000:]
    assert changed(done) == touched(done) == sharing
    after = ids(served)
    assert len({after[name] for name in before}) == len(before)
    later = served.state()
    assert {name for name in later if name not in sharing and later[name] != state[name]} == set()

    again = served.play(PLAYBOOK, *CONFIRM, "--forks", "20", "-e", asked)
    assert (again.exit_code, touched(again), ids(served)) == (0, set(), after)


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("none", set()),
        pytest.param("first", {"pc-1", "pc-3"}, marks=pytest.mark.smoke),
        (["pc-2", "pc-5"], {"pc-2"}),
    ],
    ids=["none", "first", "list"],
)
def test_who_keeps_the_id(controller: Callable[..., Controller], keep: str | list[str], kept: set[str]) -> None:
    served = controller(GROUPS)
    before = ids(served)
    play = served.play(PLAYBOOK, *CONFIRM, "-e", json.dumps({"wsus_client_id_keep": keep}))
    assert play.exit_code == 0, play.output
    assert changed(play) == {"pc-1", "pc-2", "pc-3", "pc-4"} - kept
    after = ids(served)
    assert {name for name in after if after[name] == before[name]} == kept | {"pc-5"}
    assert len(set(after.values())) == 5


def test_two_that_share_an_id_cannot_both_keep_it(controller: Callable[..., Controller]) -> None:
    served = controller(GROUPS)
    play = served.play(PLAYBOOK, *CONFIRM, "-e", '{"wsus_client_id_keep": ["pc-1", "pc-2"]}')
    assert (play.exit_code, touched(play)) == (2, set())
    assert f"pc-1 and pc-2 cannot all keep the client ID {SHARED}" in play.output


def test_without_confirmation_nothing_is_sent(controller: Callable[..., Controller]) -> None:
    served = controller(GROUPS)
    play = served.play(PLAYBOOK)
    assert play.exit_code == 2
    assert all(machine.log == [] for machine in served.lab.machines.values())


def test_slices_of_one_fleet_meet_in_their_audits(controller: Callable[..., Controller], tmp_path: Path) -> None:
    """Each job sees half of the machines that share an id; the audit of the other half tells it."""
    served = controller(GROUPS)
    halves = {"a": "pc-1:pc-3", "b": "pc-2:pc-4:pc-5"}
    files = {half: tmp_path / f"{half}.json" for half in halves}
    for half, pattern in halves.items():
        audit = served.play("wsus.client.audit", "-e", f"wsus_hosts={pattern}", "-e", f"wsus_report_path={files[half]}")
        assert audit.exit_code == 0, audit.output
    alone = served.play(PLAYBOOK, "--check", "--limit", "pc-1:pc-3")
    assert changed(alone) == set()
    for half, other in (("a", "b"), ("b", "a")):
        options = json.dumps({"wsus_audit_files": [str(files[other])], "wsus_client_id_keep": "first"})
        play = served.play(PLAYBOOK, *CONFIRM, "-e", f"wsus_hosts={halves[half]}", "-e", options)
        assert play.exit_code == 0, play.output
        # The first of each group by name is in the one half, so that all of the other half get new ones.
        assert changed(play) == (set() if half == "a" else {"pc-2", "pc-4"})
    assert len(set(ids(served).values())) == 5


@pytest.mark.parametrize("name", ["pc-0", "pc-6"])
def test_one_that_fails_alone_in_its_batch_stops_nothing(controller: Callable[..., Controller], name: str) -> None:
    stuck: Mapping[str, Any] = {
        "name": name,
        "client_id": {"value": SHARED},
        "services": {"wuauserv": {"values": {"Start": 4}}},
    }
    served = controller([*GROUPS, stuck])
    play = served.play(PLAYBOOK, *CONFIRM, "-e", "wsus_serial=1")
    assert play.exit_code == 2
    (failed,) = [each for each in play.of_module("wsus_client_id") if each.status == "failed"]
    assert (failed.host, failed.result["reason"]) == (name, "service_disabled")
    assert len(set(ids(served).values())) == 6
    # The others are verified, and the machine fails in the end.
    assert "Verify that no two machines share a client ID" in {each.task for each in play.results}
    (last,) = [each for each in play.of_module("wsus_result") if each.status == "failed"]
    assert (last.host, last.result["reason"]) == (name, "service_disabled")


def test_every_state_of_an_id(controller: Callable[..., Controller]) -> None:
    served = controller("identity_tables")
    options = {"duplicates": [SHARED], "timeout": 8, "service_timeout": 4}
    state = served.state()
    predicted = served.play(module("wsus_client_id", options), "--check", "--forks", "20")
    assert served.state() == state
    done = served.play(module("wsus_client_id", options), "--forks", "20")
    results = {each.host: each.result for each in done.of_module("wsus_client_id")}
    reasons = {
        "clone-never": "no_new_id",
        "clone-same": "same_id",
        "clone-disabled": "service_disabled",
        "clone-hangs": "service_hangs",
    }
    failed = [each for each in done.of_module("wsus_client_id") if each.status == "failed"]
    assert {each.host: each.result["reason"] for each in failed} == reasons
    due = {name for name in results if name.startswith(("clone", "missing", "malformed"))}
    assert {name for name, result in results.items() if result.get("changed")} == due - reasons.keys()
    assert changed(predicted) >= due - reasons.keys()
    for each in predicted.of_module("wsus_client_id"):
        if each.host not in reasons:
            assert each.result["changes"] == results[each.host]["changes"], each.host
    again = served.play(module("wsus_client_id", options), "--forks", "20")
    assert changed(again) == set()
