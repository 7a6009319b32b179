"""A role that repairs is everywhere where one is looked for: in the findings, in the playbook, in the scenarios."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._finding import ANY_REMEDY, Remedy
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import selection
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS
from ansible_collections.wsus.client.plugins.plugin_utils._operations.repairs import REPAIRS as CHANGES
from support.documentation import COLLECTION, ROLES, uses_of_roles

REPAIRS = sorted(role.name for role in ROLES if role.name != "audit")
NOT_OURS = {"network", "server_side", "administrator", "retry", "none"}
STEPS = ["prepare", "converge", "checked", "verify", "molecule"]


def test_each_is_a_remedy_and_each_remedy_of_ours_is_one() -> None:
    assert sorted(set(get_args(Remedy)) - NOT_OURS) == REPAIRS


def test_each_is_the_remedy_of_a_finding() -> None:
    assert set(REPAIRS) - {remedy for kind in FINDINGS for remedy in kind.remedies} == set()


def plays(playbook: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = yaml.safe_load((COLLECTION / "playbooks" / playbook).read_text(encoding="utf-8"))
    return content


def test_each_has_a_play_on_the_machines_whose_findings_ask_for_it() -> None:
    found = [(use.name, play["hosts"]) for play in plays("repair.yml") for use in uses_of_roles(play)]
    assert [name for name, _hosts in found] == list(selection.ROLES)
    assert sorted(selection.ROLES) == REPAIRS
    for name, hosts in found:
        assert re.findall(r"machines_to_repair\(.*, '(\w+)'\)", hosts) == [name]


@pytest.mark.parametrize("role", REPAIRS)
def test_what_each_registers_is_in_the_report(role: str) -> None:
    tasks = [
        task
        for phase in ("preflight", "act", "verify")
        for task in yaml.safe_load((COLLECTION / "roles" / role / "tasks" / f"{phase}.yml").read_text(encoding="utf-8"))
    ]
    registered = {task["register"] for task in tasks if "register" in task}
    assert registered == {f"wsus_{role}_{phase}" for phase in selection.PHASES}


def test_no_play_becomes_another_user() -> None:
    for playbook in sorted(path.name for path in (COLLECTION / "playbooks").glob("*.yml")):
        assert {play.get("become") for play in plays(playbook) if "hosts" in play} == {False}, playbook


@pytest.mark.parametrize("role", REPAIRS)
def test_each_has_a_scenario_with_machines(role: str) -> None:
    scenario = COLLECTION / "extensions" / "molecule" / role
    assert [step for step in STEPS if not (scenario / f"{step}.yml").exists()] == []
    fleet = yaml.safe_load((COLLECTION / "tests" / "lab" / "fleets" / "molecule.yml").read_text(encoding="utf-8"))
    assert role in {group for machine in fleet["machines"] for group in machine.get("groups", ())}


@pytest.mark.parametrize("role", REPAIRS)
def test_a_finding_names_a_role_only_if_the_role_can_change_it(role: Remedy) -> None:
    # A finding of any remedy has the one of its code, which the next test holds.
    naming = {kind.id for kind in FINDINGS if role in kind.remedies and kind.remedies != ANY_REMEDY}
    assert naming == CHANGES[role].findings


@pytest.mark.parametrize("role", REPAIRS)
def test_a_code_names_a_role_only_if_the_role_can_change_its_cause(role: Remedy) -> None:
    path = Path(_error_codes.__file__).with_name("error_codes.csv")
    of_service = ["service"] if role in ("bits", "agent") else []
    with path.open(encoding="utf-8", newline="") as file:
        causes = {row["cause"] for row in csv.DictReader(file) if row["remedy"] in (role, *of_service)}
    assert causes - CHANGES[role].causes <= ({"permissions"} if of_service else set())
    assert CHANGES[role].causes - causes == set()


@pytest.mark.parametrize("code", [0x80072EE6, 0x80240025, 0x8024002E, 0x8024500D, 0x8024A000, 0x800F0907])
def test_a_setting_that_somebody_decided_is_not_for_a_refresh(code: int) -> None:
    explanation = _error_codes.explain(code, "scan")
    assert explanation.remedy == "administrator"
    assert re.search(r"WUServer|Windows ?Update|NoAutoUpdate|DoNotConnect|Repair", explanation.meaning)
