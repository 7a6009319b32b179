"""Roles: what argument_specs documents is what the defaults and the modules have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.wsus.client.plugins.action import wsus_bits, wsus_facts, wsus_report
from jinja2 import Environment, nodes

COLLECTION = Path(__file__).parents[2]
ROLES = sorted(path for path in (COLLECTION / "roles").iterdir() if path.is_dir())


def options_of(role: str) -> dict[str, Any]:
    """What a role's argument_specs documents."""
    text = (COLLECTION / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    options: dict[str, Any] = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    return options


def test_the_roles_are_found() -> None:
    assert {"audit", "bits"} <= {role.name for role in ROLES}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_and_argument_specs_agree(role: Path) -> None:
    specs = options_of(role.name)
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: spec.get("default") for name, spec in specs.items()} == defaults
    assert all(name.startswith("wsus_") for name in specs)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_option_stands_in_the_readme(role: Path) -> None:
    readme = (role / "README.md").read_text(encoding="utf-8")
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert all(f"`{name}`" in readme for name in defaults)


def test_the_audit_role_offers_what_its_modules_take() -> None:
    specs = options_of("audit")
    facts, report = wsus_facts.ActionModule.ARGUMENT_SPEC, wsus_report.ActionModule.ARGUMENT_SPEC
    assert specs["wsus_gather_subset"]["choices"] == facts["gather_subset"]["choices"]
    assert specs["wsus_event_days"]["default"] == facts["event_days"]["default"]
    assert specs["wsus_report_show"]["choices"] == report["show"]["choices"]


def test_the_bits_role_offers_what_its_module_takes() -> None:
    specs, module = options_of("bits"), wsus_bits.ActionModule.ARGUMENT_SPEC
    for variable, option in (("wsus_bits_definition", "definition"), ("wsus_bits_state", "state")):
        assert (specs[variable]["choices"], specs[variable]["default"]) == (
            module[option]["choices"],
            module[option]["default"],
        )
    assert specs["wsus_bits_timeout"]["default"] == module["timeout"]["default"]


def test_the_bits_role_hands_on_every_option_of_its_module() -> None:
    role = COLLECTION / "roles" / "bits"
    tasks = yaml.safe_load((role / "tasks" / "act.yml").read_text(encoding="utf-8"))
    arguments = tasks[0]["wsus.client.wsus_bits"]
    assert set(arguments) == set(wsus_bits.ActionModule.ARGUMENT_SPEC)
    readme = (role / "README.md").read_text(encoding="utf-8")
    for option, template in arguments.items():
        parsed = Environment(autoescape=True).parse(template)
        names = {node.name for node in parsed.find_all(nodes.Name)} - {"omit"}
        attributes = [node.attr for node in parsed.find_all(nodes.Getattr)]
        if names == {"wsus_bits_attributes"}:
            assert attributes == [option]
            assert f"`{option}`" in readme
        else:
            assert names == {f"wsus_bits_{option}"}


def test_the_bits_role_registers_what_its_readme_says() -> None:
    role = COLLECTION / "roles" / "bits"
    readme = (role / "README.md").read_text(encoding="utf-8")
    files = [role / "tasks" / f"{phase}.yml" for phase in ("preflight", "act", "verify")]
    tasks = [task for file in files for task in yaml.safe_load(file.read_text(encoding="utf-8"))]
    registered = [task["register"] for task in tasks if "register" in task]
    assert registered == ["wsus_bits_before", "wsus_bits_repair", "wsus_bits_after"]
    assert all(f"- `{name}`:" in readme for name in registered)
