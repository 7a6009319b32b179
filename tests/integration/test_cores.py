"""The same fleet, audited and repaired in check mode by every supported release of ansible-core: the same results.

WSUS_CORES names the environments of the other releases, divided by colons; tools/cores makes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from comparing import OF_A_REPORT, differences
from playing import ANSIBLE, Controller, Play
from repairing import REPORT

CORES = [ANSIBLE.parent.parent, *(Path(each) for each in os.environ.get("WSUS_CORES", "").split(":") if each)]
RUNS = {
    "audit": ("wsus.client.audit", *REPORT),
    "repair": ("wsus.client.repair", "--check", "--diff", *REPORT),
}
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
    "ansible_facts",
    "totals",
)

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
        assert differences(_results(expected), _results(play))[:20] == [], name


def _results(play: Play) -> dict[str, list[list[Any]]]:
    """What each task of ours did, in order, by machine."""
    found: dict[str, list[list[Any]]] = {}
    for each in play.results:
        result = {name: each.result[name] for name in OURS if name in each.result and each.status != "skipped"}
        if each.action.startswith("wsus.client."):
            found.setdefault(each.host, []).append([each.task, each.status, result])
    return found
