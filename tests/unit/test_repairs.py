"""A role that repairs is everywhere where one is looked for: in the findings, in the playbook, in the scenarios."""

from __future__ import annotations

import re
from typing import get_args

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Remedy
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS
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
