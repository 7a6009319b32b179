"""Roles: what argument_specs documents is what the defaults and the modules have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.wsus.client.plugins.action import (
    wsus_agent,
    wsus_bits,
    wsus_client_id,
    wsus_facts,
    wsus_policy,
    wsus_proxy,
    wsus_reachability,
    wsus_report,
    wsus_update_store,
)
from jinja2 import Environment, nodes
from support.documentation import COLLECTION, ROLES, load, options_of_role

SERVICES = {
    "bits": wsus_bits.ActionModule.OPTIONS.SPEC.arguments,
    "agent": wsus_agent.ActionModule.OPTIONS.SPEC.arguments,
}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_and_argument_specs_agree(role: Path) -> None:
    specs = options_of_role(role.name)
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: spec.get("default") for name, spec in specs.items()} == defaults
    assert all(name.startswith("wsus_") for name in specs)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_option_stands_in_the_readme(role: Path) -> None:
    readme = (role / "README.md").read_text(encoding="utf-8")
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert all(f"`{name}`" in readme for name in defaults)


def test_the_audit_role_offers_what_its_modules_take() -> None:
    specs = options_of_role("audit")
    facts, report = wsus_facts.ActionModule.OPTIONS.SPEC.arguments, wsus_report.ActionModule.OPTIONS.SPEC.arguments
    assert specs["wsus_gather_subset"]["choices"] == facts["gather_subset"]["choices"]
    assert specs["wsus_event_days"]["default"] == facts["event_days"]["default"]
    assert specs["wsus_report_show"]["choices"] == report["show"]["choices"]


def arguments_of(role: str, phase: str = "act", module: str = "") -> dict[str, str]:
    """What a phase of a role hands to a module, by default the one of its name, as templates."""
    tasks = yaml.safe_load((COLLECTION / "roles" / role / "tasks" / f"{phase}.yml").read_text(encoding="utf-8"))
    arguments: dict[str, str] = tasks[0][f"wsus.client.wsus_{module or role}"]
    return arguments


def names_in(template: str) -> set[str]:
    """The variables that a template reads."""
    return {node.name for node in Environment(autoescape=True).parse(template).find_all(nodes.Name)} - {"omit"}


def calls_of(role: Path) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    """The modules that a role calls, with the arguments, and the variables of the task, as templates."""
    for file in sorted((role / "tasks").glob("*.yml")):
        for task in yaml.safe_load(file.read_text(encoding="utf-8")):
            for key in task:
                if key.startswith("wsus.client."):
                    yield key.removeprefix("wsus.client."), task[key] or {}, task.get("vars", {})


def read_by(template: object, variables: Mapping[str, str]) -> set[str]:
    """The variables that a template reads, also by way of the variables of its task."""
    names = names_in(template) if isinstance(template, str) else set()
    return names | {each for name in names & set(variables) for each in read_by(variables[name], variables)}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_option_of_a_role_is_handed_on_to_a_module_or_decides_whether_to_act(role: Path) -> None:
    handed = {
        name
        for _module, arguments, variables in calls_of(role)
        for template in arguments.values()
        for name in read_by(template, variables)
    }
    act = yaml.safe_load((role / "tasks" / ("main.yml" if role.name == "audit" else "act.yml")).read_text("utf-8"))
    decides = set(re.findall(r"wsus_\w+_mode\b", str(act[0].get("when", ""))))
    assert set(options_of_role(role.name)) - handed - decides == set()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_an_option_that_is_one_of_a_module_is_handed_on_as_that_in_every_call(role: Path) -> None:
    calls = list(calls_of(role))
    assert calls
    for name, spec in options_of_role(role.name).items():
        reference = re.search(r"as the option O\(wsus\.client\.(\w+)#module:(\w+)\)", str(spec["description"]), re.I)
        if reference is None:
            continue
        module, option = reference.groups()
        declared = load("action", module).ActionModule.OPTIONS.SPEC.arguments[option]
        templates = [(arguments.get(option), variables) for called, arguments, variables in calls if called == module]
        assert templates, name
        assert all(name in read_by(template, variables) for template, variables in templates), name
        assert spec["type"] in (declared.get("type", "str"), "str"), name
        assert [each for each in spec.get("choices", []) if each] == list(declared.get("choices", [])), name


@pytest.mark.parametrize(
    "role", [role for role in ROLES if (role / "tasks" / "verify.yml").exists()], ids=lambda role: role.name
)
def test_a_role_looks_again_at_what_it_looked_at(role: Path) -> None:
    first, again = (
        yaml.safe_load((role / "tasks" / f"{phase}.yml").read_text("utf-8"))[0] for phase in ("preflight", "verify")
    )
    module = next(key for key in first if key.startswith("wsus.client."))
    looks = [dict(task[module] or {}) for task in (first, again)]
    for look in looks:
        look.pop("required", None)  # before the proxy is set the way need not be there
    assert looks[0] == looks[1]


@pytest.mark.parametrize("role", SERVICES)
def test_a_role_of_a_service_offers_what_its_module_takes(role: str) -> None:
    specs, module = options_of_role(role), SERVICES[role]
    for option in ("definition", "state"):
        offered = specs[f"wsus_{role}_{option}"]
        assert (offered["choices"], offered["default"]) == (module[option]["choices"], module[option]["default"])
    assert specs[f"wsus_{role}_timeout"]["default"] == module["timeout"]["default"]


def test_the_agent_role_waits_as_long_as_its_module() -> None:
    module = SERVICES["agent"]
    for option in ("scan_timeout", "reset_components"):
        assert options_of_role("agent")[f"wsus_agent_{option}"]["default"] == module[option]["default"]


@pytest.mark.parametrize("role", SERVICES)
def test_a_role_of_a_service_hands_on_every_option_of_its_module(role: str) -> None:
    arguments = arguments_of(role)
    assert set(arguments) == set(SERVICES[role])
    readme = (COLLECTION / "roles" / role / "README.md").read_text(encoding="utf-8")
    for option, template in arguments.items():
        attributes = [node.attr for node in Environment(autoescape=True).parse(template).find_all(nodes.Getattr)]
        if names_in(template) == {f"wsus_{role}_attributes"}:
            assert attributes == [option]
            assert f"`{option}`" in readme
        elif option in ("scan", "report", "wait_for_scan"):
            assert names_in(template) == {"wsus_agent_works"}
        else:
            assert names_in(template) == {f"wsus_{role}_{option}"}


def test_the_policy_role_hands_on_every_option_of_its_module() -> None:
    arguments, module = arguments_of("policy"), wsus_policy.ActionModule.OPTIONS.SPEC.arguments
    assert set(arguments) == set(module) - {"event_days"}
    variables = set().union(*(names_in(template) for template in arguments.values())) - {"wsus_policy_writes"}
    assert variables == set(options_of_role("policy")) - {"wsus_policy_mode", "wsus_repair_volatile"}
    for option in ("timeout", "force"):
        assert options_of_role("policy")[f"wsus_policy_{option}"]["default"] == module[option]["default"]


@pytest.mark.parametrize(
    ("role", "module"),
    [
        ("update_store", wsus_update_store.ActionModule.OPTIONS.SPEC.arguments),
        ("client_id", wsus_client_id.ActionModule.OPTIONS.SPEC.arguments),
    ],
)
def test_the_roles_with_a_journal_hand_on_every_option_of_their_modules(role: str, module: dict[str, Any]) -> None:
    arguments = arguments_of(role)
    assert set(arguments) == {name for name, spec in module.items() if len(spec.get("choices", "ab")) > 1}
    for option, template in arguments.items():
        if (role, option) == ("update_store", "force"):
            assert names_in(template) == {"wsus_update_store_mode"}
            continue
        assert names_in(template) == {f"wsus_{role}_{option}"}
        offered = options_of_role(role)[f"wsus_{role}_{option}"]
        if "default" in module[option]:
            assert offered["default"] == module[option]["default"]
        assert [each for each in offered.get("choices", []) if each] == list(module[option].get("choices", []))


@pytest.mark.parametrize("phase", ["preflight", "verify"])
def test_the_reachability_role_hands_on_every_option_of_the_test(phase: str) -> None:
    arguments, module = arguments_of("reachability", phase), wsus_reachability.ActionModule.OPTIONS.SPEC.arguments
    assert set(arguments) == set(module)
    for option, template in arguments.items():
        assert f"wsus_reachability_{option}" in names_in(template)
    offered = options_of_role("reachability")
    assert offered["wsus_reachability_timeout"]["default"] == module["timeout"]["default"]


def test_the_reachability_role_hands_on_every_option_of_the_proxy() -> None:
    arguments, module = arguments_of("reachability", module="proxy"), wsus_proxy.ActionModule.OPTIONS.SPEC.arguments
    assert set(arguments) == set(module)
    for option, template in arguments.items():
        assert names_in(template) == {f"wsus_proxy_{option}"}
    assert options_of_role("reachability")["wsus_proxy_state"]["choices"] == ["", *module["state"]["choices"]]


@pytest.mark.parametrize("role", ["policy", "reachability", "update_store", "client_id", *SERVICES])
def test_a_role_registers_what_its_readme_says(role: str) -> None:
    folder = COLLECTION / "roles" / role
    readme = (folder / "README.md").read_text(encoding="utf-8")
    files = [folder / "tasks" / f"{phase}.yml" for phase in ("preflight", "act", "verify")]
    tasks = [task for file in files for task in yaml.safe_load(file.read_text(encoding="utf-8"))]
    registered = [task["register"] for task in tasks if "register" in task]
    assert registered == [f"wsus_{role}_before", f"wsus_{role}_repair", f"wsus_{role}_after"]
    assert all(f"- `{name}`:" in readme for name in registered)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_flags_of_the_command_line_are_read_as_flags(role: Path) -> None:
    """``-e name=false`` is a text that is true: only a module's option, to which it is passed alone, converts it."""
    flags = [name for name, spec in options_of_role(role.name).items() if spec["type"] == "bool"]
    texts = [path.read_text("utf-8") for path in (role / "tasks").glob("*.yml")]
    wrong = [
        name
        for text in texts
        for name in flags
        for found in re.finditer(rf"\b{name}\b(?! \| bool\b| == '' or )", text)
        if text[found.start() - 3 : found.end() + 3] != "{{ " + name + " }}"
    ]
    assert wrong == []


def test_texts_for_users_name_variables_that_exist() -> None:
    playbooks = "".join(path.read_text("utf-8") for path in (COLLECTION / "playbooks").glob("*.yml"))
    known = set(re.findall(r"\bwsus_\w+", playbooks)) | {name for role in ROLES for name in options_of_role(role.name)}
    known |= {path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py")}
    texts = [
        node.value
        for path in (COLLECTION / "plugins").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    named = {
        name
        for text in texts
        for name in re.findall(r"\bwsus_(?:agent|bits|client_id|policy|proxy|update_store)_\w+", text)
    }
    assert named
    assert named - known == set()
