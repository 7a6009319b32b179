"""A role that repairs is everywhere where one is looked for: in the findings, in the playbook, in the scenarios."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._finding import ANY_REMEDY, Remedy
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


def test_each_is_in_the_playbook_where_a_finding_asks_for_it() -> None:
    text = (COLLECTION / "playbooks" / "repair.yml").read_text(encoding="utf-8")
    assert sorted(use.name for use in uses_of_roles(yaml.safe_load(text))) == REPAIRS
    assert sorted(set(re.findall(r"'(\w+)' in wsus_remedies", text))) == REPAIRS


@pytest.mark.parametrize("role", REPAIRS)
def test_the_playbook_looks_again_after_it_and_reports_on_it(role: str) -> None:
    play = yaml.safe_load((COLLECTION / "playbooks" / "repair.yml").read_text(encoding="utf-8"))[0]
    again = next(task for task in play["tasks"][0]["block"] if task.get("register") == "wsus_audit_result")
    (pattern,) = re.findall(r"'(\^wsus_\S+_repair\$)'", again["when"])
    assert re.search(pattern, f"wsus_{role}_repair")
    report = next(task["wsus.client.wsus_report"] for task in play["tasks"] if "wsus.client.wsus_report" in task)
    registered = {f"wsus_{role}_{phase}" for phase in ("before", "repair", "after")}
    assert registered - set(report["audits"]) == set()


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
