"""What the bench compares: a task that does nothing, the least that asks a machine, what this collection does, and what the usual modules cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FLOOR = "raw"


@dataclass(frozen=True)
class Job:
    """A run of ansible-playbook on some machines: a playbook of the collection, or plays. ``what`` is for people.

    ``canned``: on machines that only answer, because the lab cannot run it.
    """

    name: str
    what: str
    playbook: str | list[dict[str, Any]]
    machines: str = "healthy"
    variables: Mapping[str, Any] = field(default_factory=dict)
    canned: bool = False


def _task(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "Play", "hosts": "windows", "gather_facts": False, "tasks": [{"name": "Task", **task}]}]


# The lab runs batches of this collection only and refuses the command of raw, which costs the controller what an answer does.
_QUIET = {"wsus_report_show": "totals", "wsus_report_path": ""}
JOBS = (
    Job("nothing", "an action of this collection that asks nothing", _task({"wsus.client.wsus_result": {}})),
    Job(
        FLOOR,
        "ansible.builtin.raw with one command: the floor",
        _task({"ansible.builtin.raw": "hostname", "failed_when": False}),
    ),
    Job("bits_facts", "the module wsus_bits_facts", _task({"wsus.client.wsus_bits_facts": {}})),
    Job("facts", "the module wsus_facts", _task({"wsus.client.wsus_facts": {}})),
    Job(
        "facts_1",
        "the same without the test of the server: one execution",
        _task(
            {
                "wsus.client.wsus_facts": {
                    "gather_subset": ["policy", "bits", "agent", "update_store", "client_id", "events", "proxy"]
                }
            }
        ),
    ),
    Job("audit", "the playbook audit", "wsus.client.audit", variables=_QUIET),
    Job(
        "repair",
        "the playbook repair, nothing to repair",
        "wsus.client.repair",
        variables={**_QUIET, "wsus_confirm": True},
    ),
    Job(
        "repair_sick",
        "the playbook repair, BITS disabled on every tenth machine",
        "wsus.client.repair",
        "all",
        {**_QUIET, "wsus_confirm": True},
    ),
    Job(
        "win_powershell",
        "ansible.windows.win_powershell with a script that does nothing, answered without running it",
        _task({"ansible.windows.win_powershell": {"script": "exit 0"}}),
        canned=True,
    ),
    Job(
        "win_reg_stat",
        "ansible.windows.win_reg_stat of one key, answered without reading it",
        _task({"ansible.windows.win_reg_stat": {"path": r"HKLM:\SOFTWARE"}}),
        canned=True,
    ),
)
