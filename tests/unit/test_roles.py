"""Roles: what argument_specs documents is what the defaults and the modules have."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.wsus.client.plugins.action import wsus_facts, wsus_report

COLLECTION = Path(__file__).parents[2]
ROLES = sorted(path for path in (COLLECTION / "roles").iterdir() if path.is_dir())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_and_argument_specs_agree(role: Path) -> None:
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"][
        "main"
    ]["options"]
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: spec.get("default") for name, spec in specs.items()} == defaults
    assert all(name.startswith("wsus_") for name in specs)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_option_stands_in_the_readme(role: Path) -> None:
    readme = (role / "README.md").read_text(encoding="utf-8")
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert all(f"`{name}`" in readme for name in defaults)


def test_the_audit_role_offers_what_its_modules_take() -> None:
    specs = yaml.safe_load(
        (COLLECTION / "roles" / "audit" / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    )["argument_specs"]["main"]["options"]
    facts, report = wsus_facts.ActionModule.ARGUMENT_SPEC, wsus_report.ActionModule.ARGUMENT_SPEC
    assert specs["wsus_gather_subset"]["choices"] == facts["gather_subset"]["choices"]
    assert specs["wsus_event_days"]["default"] == facts["event_days"]["default"]
    assert specs["wsus_report_show"]["choices"] == report["show"]["choices"]
