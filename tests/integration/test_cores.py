"""The same fleets, audited, planned and repaired by every supported release of ansible-core: the same results.

WSUS_CORES names the environments of the other releases, divided by colons; tools/cores makes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from broken import WAYS
from comparing import OF_A_REPORT, differences
from playing import ANSIBLE, Controller, Play
from repairing import CONFIRM, REPORT

CORES = [ANSIBLE.parent.parent, *(Path(each) for each in os.environ.get("WSUS_CORES", "").split(":") if each)]
RUNS = {
    "audit": ("wsus.client.audit", *REPORT),
    "repair": ("wsus.client.repair", "--check", "--diff", *REPORT),
}
DAMAGED = [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]
SICK: list[dict[str, Any]] = [
    {"name": "well"},
    {"name": "bits", "language": "ja", **WAYS["disabled"].machine},
    {"name": "agent", "language": "de", "services": {"wuauserv": {"values": {"Start": 4}}}},
    {"name": "store", "agent": {"detections": DAMAGED}, "store": {"damage": 0x80248007}},
    {"name": "id", "client_id": {"value": "image-template"}},
    {"name": "refused", "services": {"BITS": {"values": {"Start": 4}, "start_fails_with": 5}}},
]
# What our actions return; the rest of a result is Ansible's own.
OURS = (
    "changed",
    "failed",
    "skipped",
    "msg",
    "reason",
    "diff",
    "changes",
    "before",
    "after",
)
# What depends on the time at which the lab was started, and on how long services take to stop.
TIMED = ("ansible_facts", "totals", "remote_executions", "native_commands")
OUTCOMES = {
    "well": "none",
    **dict.fromkeys(("bits", "agent", "store", "id"), "repaired"),
    "refused": "failed",
}

pytestmark = pytest.mark.cores


@pytest.mark.parametrize("run", RUNS)
def test_every_release_has_the_same_results(controller: Callable[..., Controller], run: str) -> None:
    served = controller("demo")
    before = served.state()
    plays = {core.name: served.play(*RUNS[run], ansible=core / "bin" / "ansible-playbook") for core in CORES}
    assert served.state() == before
    expected = plays.pop(CORES[0].name)
    assert plays, "WSUS_CORES names no other release"
    assert expected.audit is not None, expected.output
    assert set(expected.audit["machines"]) == set(before)
    for name, play in plays.items():
        assert play.audit is not None, (name, play.output)
        assert play.exit_code == expected.exit_code, (name, play.output)
        assert differences(expected.audit | OF_A_REPORT, play.audit | OF_A_REPORT)[:20] == [], name
        assert differences(_results(expected, *TIMED), _results(play, *TIMED))[:20] == [], name


def test_every_release_repairs_the_same(controller: Callable[..., Controller], tmp_path: Path) -> None:
    """Each a fleet of its own, all at the same time: a repair waits for services most of its time."""
    labs = {core: controller(SICK).lab for core in CORES}

    def repair(core: Path) -> Play:
        folder = tmp_path / core.name
        folder.mkdir()
        return Controller(labs[core], folder).play(
            "wsus.client.repair", *CONFIRM, *REPORT, ansible=core / "bin" / "ansible-playbook"
        )

    with ThreadPoolExecutor() as pool:
        expected, *plays = pool.map(repair, CORES)
    assert plays, "WSUS_CORES names no other release"
    for core, play in zip(CORES, (expected, *plays), strict=True):
        assert play.audit is not None, (core.name, play.output)
        outcomes = {name: each["repair"]["outcome"] for name, each in play.audit["machines"].items()}
        assert (play.exit_code, outcomes) == (2, OUTCOMES), (core.name, play.output)
        assert differences(_results(expected), _results(play))[:20] == [], core.name


def _results(play: Play, *more: str) -> dict[str, list[list[Any]]]:
    """What each task of ours did, in order, by machine."""
    found: dict[str, list[list[Any]]] = {}
    for each in play.results:
        result = {
            name: each.result[name] for name in (*OURS, *more) if name in each.result and each.status != "skipped"
        }
        if each.action.startswith("wsus.client."):
            found.setdefault(each.host, []).append([each.task, each.status, result])
    return found
