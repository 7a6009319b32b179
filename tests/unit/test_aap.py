"""The content for AWX and Automation Controller: the data is what awx.awx takes, the surveys are what the roles take, the groups are made of facts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import surveys
import yaml

TOP = Path(__file__).parents[2]
AAP = TOP / "extensions" / "aap"
BIN = Path(sys.executable).parent
AWX = json.loads((Path(__file__).parent / "support" / "awx_options.json").read_text(encoding="utf-8"))["modules"]
MODULES = {
    "controller_credentials": "credential",
    "controller_execution_environments": "execution_environment",
    "controller_inventories": "inventory",
    "controller_inventory_sources": "inventory_source",
    "controller_projects": "project",
    "controller_schedules": "schedule",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
}
TYPES: Mapping[str, type | tuple[type, ...]] = {"bool": bool, "int": int, "dict": dict, "list": list, "str": str}
# The variables of the report, while no argument spec and no playbook of this checkout has them.
REPORTED = ("wsus_report_fail_on",)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DATA: dict[str, Any] = {
    name: value for path in sorted((AAP / "data").glob("*.yml")) for name, value in load(path).items()
}
SURVEYS: dict[str, Any] = DATA.pop("wsus_surveys")
ITEMS = [(name, item) for name, items in DATA.items() for item in items]
TEMPLATES = {each["name"]: each for each in DATA["controller_templates"]}
WORKFLOWS = {each["name"]: each for each in DATA["controller_workflows"]}
NODES = [(flow, node) for flow in WORKFLOWS.values() for node in flow["workflow_nodes"]]
QUESTIONS = [(name, each) for name, survey in SURVEYS.items() for each in survey["spec"]]
SPECS = {
    name: option
    for path in sorted(TOP.glob("roles/*/meta/argument_specs.yml"))
    for name, option in surveys.options(path.parts[-3]).items()
}


def names(kind: str) -> set[str]:
    return {each["name"] for each in DATA[kind]}


def faults(options: Mapping[str, Any], given: Mapping[str, Any], place: str) -> Iterator[str]:
    """What a module would not take."""
    for missing in {name for name, option in options.items() if option.get("required")} - set(given):
        yield f"{place}: {missing} is required"
    for name, value in given.items():
        option = options.get(name)
        if option is None:
            yield f"{place}: no option {name}"
            continue
        templated = isinstance(value, str) and value.startswith("{{")
        if not templated and not isinstance(value, TYPES[option.get("type", "str")]):
            yield f"{place}.{name}: {value!r} is no {option['type']}"
        if option.get("choices") and value not in option["choices"]:
            yield f"{place}.{name}: {value!r} is no choice"
        if option.get("suboptions"):
            for each in value if isinstance(value, list) else [value]:
                yield from faults(option["suboptions"], each, f"{place}.{name}")


def test_the_data_has_every_kind() -> None:
    assert set(DATA) == set(MODULES)


@pytest.mark.parametrize(("kind", "item"), ITEMS, ids=[item["name"] for _kind, item in ITEMS])
def test_the_module_takes_the_data(kind: str, item: dict[str, Any]) -> None:
    assert list(faults(AWX[MODULES[kind]], item, item["name"])) == []


def test_what_a_module_does_not_take_is_found() -> None:
    node = {"job_type": "scan", "related": {"success_nodes": [{"name": "b"}]}, "limits": "x"}
    found = set(faults(AWX["workflow_job_template"], {"name": 1, "workflow_nodes": [node]}, "w"))
    assert found == {
        "w.name: 1 is no str",
        "w.workflow_nodes.job_type: 'scan' is no choice",
        "w.workflow_nodes.related.success_nodes: no option name",
        "w.workflow_nodes: no option limits",
        "w.workflow_nodes: identifier is required",
    }


def test_configure_applies_every_key() -> None:
    (play,) = load(AAP / "configure.yml")
    assert sorted(play["vars_files"]) == [f"data/{path.name}" for path in sorted((AAP / "data").glob("*.yml"))]
    applied = {}
    for task in play["tasks"]:
        (module,) = (name for name in task if name.startswith("awx.awx."))
        kind = re.search(r"\w+", task["loop"])[0]  # type: ignore[index]
        assert module == f"awx.awx.{MODULES[kind]}"
        applied[kind] = task[module]
    assert set(applied) == set(MODULES)
    for kind, item in ITEMS:
        for key in item:
            assert applied[kind][key].startswith(f"{{{{ item.{key} "), (kind, key)
    for kind, arguments in applied.items():
        for key, value in arguments.items():
            assert value.endswith("| default(omit) }}") or all(key in item for item in DATA[kind]), (kind, key)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_names_what_exists(template: dict[str, Any]) -> None:
    assert template["project"] in names("controller_projects")
    assert template["execution_environment"] in names("controller_execution_environments")
    assert template["inventory"] in names("controller_inventories")
    assert set(template.get("credentials", ())) <= names("controller_credentials")
    name = Path(template["playbook"]).stem
    assert template["survey_spec"] == f"{{{{ wsus_surveys.{name} }}}}"
    assert (AAP / "project" / template["playbook"]).exists()
    assert set(SURVEYS) == {Path(each["playbook"]).stem for each in TEMPLATES.values()}


@pytest.mark.parametrize("path", sorted((AAP / "project").glob("*.yml")), ids=lambda path: path.stem)
def test_a_playbook_of_the_project_is_one_of_the_collection(path: Path) -> None:
    (play,) = load(path)
    assert play["ansible.builtin.import_playbook"] == f"wsus.client.{path.stem}"
    assert path.name in {each["playbook"] for each in TEMPLATES.values()}
    if path.stem == "report" and not (TOP / "playbooks" / "report.yml").exists():
        pytest.skip("the collection has no playbook report yet")
    assert (TOP / "playbooks" / path.name).exists()


def test_the_project_asks_for_the_collection() -> None:
    (wanted,) = load(AAP / "project" / "collections" / "requirements.yml")["collections"]
    (built,) = load(AAP / "execution-environment.yml")["dependencies"]["galaxy"]["collections"]
    galaxy = load(TOP / "galaxy.yml")
    assert wanted["name"] == built["name"] == f"{galaxy['namespace']}.{galaxy['name']}"
    assert wanted["version"] == built["version"]


def test_only_the_audit_is_sliced() -> None:
    """Slices share no facts: what compares machines needs them all."""
    sliced = {each["playbook"] for each in TEMPLATES.values() if each.get("job_slice_count", 1) > 1}
    assert sliced == {"audit.yml"}
    cached = {each["playbook"] for each in TEMPLATES.values() if each.get("use_fact_cache")}
    assert cached >= {"audit.yml", "report.yml", "repair.yml"}


def test_what_changes_machines_is_a_preview_by_default() -> None:
    for name in ("repair", "rebuild_store", "regenerate_client_ids"):
        (template,) = (each for each in TEMPLATES.values() if each["playbook"] == f"{name}.yml")
        assert (template["job_type"], template["ask_job_type_on_launch"]) == ("check", True)


@pytest.mark.parametrize(("flow", "node"), NODES, ids=[f"{flow['name']}: {node['identifier']}" for flow, node in NODES])
def test_a_node_names_what_exists_and_what_its_template_asks_for(flow: dict[str, Any], node: dict[str, Any]) -> None:
    identifiers = [each["identifier"] for each in flow["workflow_nodes"]]
    assert identifiers.count(node["identifier"]) == 1
    following = {each["identifier"] for nodes in node.get("related", {}).values() for each in nodes}
    assert following <= set(identifiers)
    assert node is flow["workflow_nodes"][0] or any(
        {"identifier": node["identifier"]} in nodes
        for each in flow["workflow_nodes"]
        for nodes in each.get("related", {}).values()
    )
    if node["unified_job_template"]["type"] == "workflow_approval":
        return
    template = TEMPLATES[node["unified_job_template"]["name"]]
    assert node.get("inventory", {"name": template["inventory"]})["name"] in names("controller_inventories")
    for prompt in {"inventory", "job_type", "limit"} & set(node):
        assert template[f"ask_{prompt}_on_launch"], prompt
    asked = {each["variable"]: each for each in SURVEYS[Path(template["playbook"]).stem]["spec"]}
    for name, value in node.get("extra_data", {}).items():
        assert name in asked or template.get("ask_variables_on_launch"), name
        assert value in asked.get(name, {}).get("choices", [value]), name
        assert name in {*SPECS, *surveys.PLAYBOOK, *REPORTED}, name


def test_the_repair_of_a_workflow_is_approved_and_confirmed() -> None:
    for flow, node in NODES:
        if node["unified_job_template"]["name"] == "WSUS clients - repair":
            (before,) = (
                each
                for each in flow["workflow_nodes"]
                if {"identifier": node["identifier"]} in each.get("related", {}).get("success_nodes", ())
            )
            assert before["unified_job_template"]["type"] == "workflow_approval"
            assert (node["job_type"], node["extra_data"]["wsus_confirm"]) == ("run", "true")
            (source,) = DATA["controller_inventory_sources"]
            assert node["limit"] in source["source_vars"]["groups"]


def test_a_schedule_runs_what_exists() -> None:
    for schedule in DATA["controller_schedules"]:
        assert schedule["unified_job_template"] in {*TEMPLATES, *WORKFLOWS}
        assert re.fullmatch(r"DTSTART;TZID=\S+:\d{8}T\d{6} RRULE:FREQ=\S+", schedule["rrule"])


def test_the_surveys_are_written() -> None:
    assert surveys.written() == (TOP / surveys.FILE).read_text(encoding="utf-8"), "run tools/surveys"


@pytest.mark.parametrize(
    ("survey", "question"), QUESTIONS, ids=[f"{name}: {each['variable']}" for name, each in QUESTIONS]
)
def test_a_question_is_about_a_variable(survey: str, question: dict[str, Any]) -> None:
    name = question["variable"]
    assert question["required"] is (name == "wsus_confirm")
    assert not re.search(r"\b[A-Z]\(|#module", question["question_description"])
    if question["type"] in ("multiplechoice", "multiselect"):
        assert set(question.get("default", "").splitlines()) <= set(question["choices"])
    if name in surveys.PLAYBOOK:
        playbook = TOP / "playbooks" / f"{survey}.yml"
        assert not playbook.exists() or name in playbook.read_text(encoding="utf-8")
        return
    option = SPECS[name]
    if option.get("choices"):
        assert question["choices"] == [each for each in option["choices"] if each]
    given = option.get("default", "")
    expected = (
        "\n".join(given) if isinstance(given, list) else str(given).lower() if option["type"] == "bool" else given
    )
    assert question.get("default", "") == expected


def test_the_execution_environment_is_accepted(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            BIN / "ansible-builder",
            "create",
            "--file",
            AAP / "execution-environment.yml",
            "--context",
            tmp_path,
            "--output-filename",
            "Containerfile",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "Containerfile").read_text(encoding="utf-8")
    assert 'ARG EE_BASE_IMAGE="quay.io/' in text
    assert (
        load(tmp_path / "_build" / "requirements.yml")
        == load(AAP / "execution-environment.yml")["dependencies"]["galaxy"]
    )


FACTS = {
    "healthy": {"wsus_health": "healthy", "wsus_findings": [("agent.disabled", "info", "none")]},
    "stopped": {
        "wsus_health": "broken",
        "wsus_findings": [
            ("bits.disabled", "error", "bits"),
            ("bits.drift", "info", "bits"),
            ("policy.target_group", "warning", "administrator"),
        ],
    },
    "unreached": {"wsus_health": "broken", "wsus_findings": [("reachability.name_resolution", "error", "network")]},
}
# How a file of the cache is named and written depends on ansible-core.
CACHE = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        wsus_health: "{{ facts[inventory_hostname].wsus_health }}"
        wsus_findings: "{{ facts[inventory_hostname].wsus_findings }}"
        cacheable: true
"""


class Cached:
    """A fact cache as a controller keeps it between its jobs, and programs that use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        self._environment = kept | {
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
            "ANSIBLE_HOME": str(folder),
        }

    def write(self, **files: Any) -> None:
        for name, content in files.items():
            (self._folder / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [BIN / program, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def inventory(folder: Path) -> dict[str, Any]:
    """The groups of the constructed inventory."""
    (source,) = DATA["controller_inventory_sources"]
    cached = Cached(folder)
    facts = {
        host: each
        | {
            "wsus_findings": [
                dict(zip(("id", "severity", "remedy"), found, strict=True)) for found in each["wsus_findings"]
            ]
        }
        for host, each in FACTS.items()
    }
    cached.write(
        audited={"all": {"hosts": dict.fromkeys(FACTS)}},
        hosts={"all": {"hosts": dict.fromkeys([*FACTS, "new"])}},
        facts={"facts": facts},
        cache=yaml.safe_load(CACHE),
        constructed=source["source_vars"],
    )
    cached.run("ansible-playbook", "-i", "audited.yml", "-e", "@facts.yml", "cache.yml")
    listed: dict[str, Any] = json.loads(
        cached.run("ansible-inventory", "-i", "hosts.yml", "-i", "constructed.yml", "--list")
    )
    return {name: group["hosts"] for name, group in listed.items() if group.get("hosts") and name != "ungrouped"}


def test_the_constructed_inventory_groups_the_machines_of_the_last_audit(tmp_path: Path) -> None:
    assert inventory(tmp_path) == {
        "wsus_healthy": ["healthy"],
        "wsus_broken": ["stopped", "unreached"],
        "wsus_not_audited": ["new"],
        "wsus_needs_repair": ["stopped"],
        "wsus_bits_disabled": ["stopped"],
        "wsus_policy_target_group": ["stopped"],
        "wsus_reachability_name_resolution": ["unreached"],
        "wsus_for_bits": ["stopped"],
        "wsus_for_administrator": ["stopped"],
        "wsus_for_network": ["unreached"],
    }
