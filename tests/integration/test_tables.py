"""Every machine of the tables of policy and agent shows what its name tells, in every language, and no healthy one anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from playing import FLEETS, Controller

TABLES = ("policy_tables", "agent_tables")
# Machines that look alike on the wire but for their language: one for each source of facts.
TELLING = (
    "policy-unreachable",
    "policy-not_targeted-denied",
    "policy-server_unused",
    "policy-updates_disabled-automatic",
    "policy-processing_failed-file",
    "policy-local_file_unreadable",
    "policy-updates_blocked",
    "agent-disabled",
    "agent-dependency_missing",
    "agent-start_failed",
    "agent-no_scan",
    "agent-scan_failed-8024402c",
    "agent-scan_failed-80248007",
    "agent-install_failed",
    "agent-reboot_pending-servicing",
    "agent-disk_space",
)
GRAVE = ("error", "warning")
# The second one asks the server, and what else is needed to know more. Where Windows has no curl.exe, the function that stands
# for it fills most of a command line, and what sick machines are asked further may need a third.
MOST_EXECUTIONS = 3
MOST_COMMANDS = 40
STORE_CODE = "80248007"
"""A detection that failed with it is evidence of a damaged store, which is what is told then."""


def machines_of(fleet: str) -> dict[str, dict[str, Any]]:
    """The machines of a fleet file by name, as it describes them."""
    data = yaml.safe_load((FLEETS / f"{fleet}.yml").read_text(encoding="utf-8"))
    return {machine["name"]: machine for machine in data["machines"]}


def told_by_name(name: str) -> str:
    """The finding that a machine's name begins with, or the one that it is joined with."""
    component, finding, *rest = name.split("-")
    if (finding, *rest[:1]) == ("scan_failed", STORE_CODE):
        return "update_store.damaged"
    return f"{'reachability' if component == 'server' else component}.{finding}"


def gravest(machine: Mapping[str, Any]) -> str:
    """The id of the first finding of a machine in the report."""
    findings = machine["findings"]
    return str(findings[0]["id"]) if findings and findings[0]["severity"] in GRAVE else ""


def audited(served: Controller, *arguments: str) -> Mapping[str, Any]:
    """The machines in the report of an audit, which changes none of them."""
    before = served.state()
    play = served.play("wsus.client.audit", *arguments, "--forks", "20")
    assert play.exit_code == 0, play.output
    assert play.audit is not None
    assert play.changed == {}
    results = [each.result for each in play.of_module("wsus_facts")]
    assert max(result["remote_executions"] for result in results) <= MOST_EXECUTIONS
    assert max(result["native_commands"] for result in results) <= MOST_COMMANDS
    assert served.state() == before
    machines: Mapping[str, Any] = play.audit["machines"]
    return machines


@pytest.mark.parametrize("fleet", TABLES)
def test_every_machine_shows_the_finding_of_its_name(controller: Callable[..., Controller], fleet: str) -> None:
    served = controller(fleet)
    machines = audited(served, "--check")
    assert {name: gravest(machine) for name, machine in machines.items()} == {
        name: told_by_name(name) for name in machines_of(fleet)
    }
    statuses = {"error": "broken", "warning": "degraded", "info": "healthy"}
    for name, machine in machines.items():
        (finding,) = [each for each in machine["findings"] if each["id"] == told_by_name(name)]
        assert finding["evidence"], name
        assert finding["cause"], name
        assert finding["resolved"] is False, name
        assert machine["status"] == statuses[machine["findings"][0]["severity"]], name


def test_the_telling_ones_show_it_in_every_language(controller: Callable[..., Controller]) -> None:
    described = {name: machine for fleet in TABLES for name, machine in machines_of(fleet).items()}
    fleet = [
        {**described[name], "name": f"{name}-{language}", "language": language}
        for name in TELLING
        for language in ("en", "ja", "de", "es")
    ]
    machines = audited(controller(fleet), "--check")
    assert {name: gravest(machine) for name, machine in machines.items()} == {
        each["name"]: told_by_name(each["name"]) for each in fleet
    }
    for name in TELLING:
        told = [_without_language(machines[f"{name}-{language}"]) for language in ("en", "ja", "de", "es")]
        assert told == told[:1] * 4, name


def test_no_healthy_machine_has_more_than_information(controller: Callable[..., Controller]) -> None:
    """Those of the fleet that is all healthy, and those that other fleets call so; in check mode as without."""
    data = yaml.safe_load((FLEETS / "demo.yml").read_text(encoding="utf-8"))
    others = [machine for machine in data["machines"] if "healthy" in machine.get("groups", ())]
    assert len(others) >= 8
    for fleet, least in (("healthy", 10), (others, 8)):
        served = controller(fleet)
        machines, checked = audited(served), audited(served, "--check")
        first, second = (
            {name: _without_times(machine["findings"]) for name, machine in report.items()}
            for report in (machines, checked)
        )
        assert second == first
        graver = {name: machine["findings"] for name, machine in machines.items() if gravest(machine)}
        assert graver == {}
        assert [machine["status"] for machine in machines.values()] == ["healthy"] * len(machines)
        assert len(machines) >= least
        assert all(machine["bits"]["drift"] == machine["agent"]["drift"] == [] for machine in machines.values())


def _without_times(data: Any) -> Any:
    """Findings without how long requests took."""
    if isinstance(data, Mapping):
        return {key: _without_times(value) for key, value in data.items() if key != "time_s"}
    return [_without_times(each) for each in data] if isinstance(data, list) else data


def _without_language(machine: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (finding["id"], finding["severity"], finding["summary"], finding["remedy"], finding["codes"])
        for finding in machine["findings"]
    ]
