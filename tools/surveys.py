"""The surveys of the job templates in extensions/aap, from the argument specs of the roles and the variables of the playbooks.

`tools/surveys.py` writes the file, `tools/surveys.py --check` says whether it differs and fails.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parent.parent
FILE = "extensions/aap/data/surveys.yml"
_HEAD = "---\n# Written by tools/surveys from roles/*/meta/argument_specs.yml and the playbooks. Do not edit it.\n"
_LONGEST = 86400
_YES_NO = ["false", "true"]
_ROLES = ("policy", "bits", "agent", "reachability", "update_store", "client_id")


@dataclass(frozen=True)
class Survey:
    """What a template asks: variables of its playbook, then options of roles, only those that are listed or named alike, if any."""

    description: str
    playbook: tuple[str, ...]
    roles: tuple[str, ...]
    only: tuple[str, ...] = ()


# What is decided at a launch. Timeouts, backups and what forces a change are extra variables of the template.
_REPAIR = (
    "wsus_server_url",
    "wsus_repair_volatile",
    "wsus_policy_mode",
    "wsus_bits_mode",
    "wsus_bits_definition",
    "wsus_bits_state",
    "wsus_agent_mode",
    "wsus_agent_definition",
    "wsus_agent_state",
    "wsus_agent_scan",
    "wsus_agent_scan_timeout",
    "wsus_agent_reset_components",
    "wsus_proxy_state",
    "wsus_proxy_server",
    "wsus_update_store_mode",
    "wsus_update_store_catroot2",
    "wsus_report_show",
    "wsus_report_language",
    "wsus_report_fail_on",
)
_CHANGE = ("wsus_confirm", "wsus_hosts", "wsus_serial")
SURVEYS: Mapping[str, Survey] = {
    "audit": Survey("What to audit", ("wsus_hosts",), ("audit",)),
    "report": Survey("What to report", ("wsus_hosts",), ("audit",), ("wsus_report_",)),
    "repair": Survey("What to repair", (*_CHANGE, "wsus_repair_roles"), (*_ROLES, "audit"), _REPAIR),
    "rebuild_store": Survey("Which update stores to rebuild", _CHANGE, ("update_store",)),
    "regenerate_client_ids": Survey(
        "Which client IDs to regenerate", (*_CHANGE, "wsus_client_id_keep"), ("client_id",)
    ),
}
PLAYBOOK: Mapping[str, str] = {
    "wsus_confirm": "Must be true unless the job type is Check.",
    "wsus_hosts": "The machines, as a pattern of the inventory. The limit of the job restricts it further.",
    "wsus_repair_roles": "The roles that may run, separated by commas: policy, bits, reachability, agent, update_store, client_id. Empty: all.",
    "wsus_serial": "How many machines at a time, as a number or a percentage.",
    "wsus_client_id_keep": "Which machine of a group keeps the ID: none, or first (by name).",
}


@cache
def options(role: str) -> Mapping[str, Mapping[str, Any]]:
    """The options of a role."""
    path = TOP / "roles" / role / "meta" / "argument_specs.yml"
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"][
        "options"
    ]
    return found


def default(playbook: str, name: str) -> str:
    """What the playbook takes where a variable is not set."""
    path = TOP / "playbooks" / f"{playbook}.yml"
    found = re.search(rf"\b{name} \| default\('([^']*)'", path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found else ""


def questions(playbook: str) -> Iterator[dict[str, Any]]:
    """The questions of the template for this playbook."""
    survey = SURVEYS[playbook]
    for name in survey.playbook:
        asked: dict[str, Any] = {"type": "text", "min": 0, "max": 1024, "default": default(playbook, name)}
        if name == "wsus_confirm":
            asked = {"type": "multiplechoice", "choices": _YES_NO, "default": "false"}
        yield _question(name, PLAYBOOK[name], asked, required=name == "wsus_confirm")
    seen = set(survey.playbook)
    for role in survey.roles:
        for name, option in options(role).items():
            answer = _answer(option)
            if name not in seen and answer and (not survey.only or name.startswith(survey.only)):
                seen.add(name)
                yield _question(name, described(option), answer)


def written() -> str:
    """The file of the surveys."""
    surveys = {
        name: {"name": "", "description": survey.description, "spec": list(questions(name))}
        for name, survey in SURVEYS.items()
    }
    return _HEAD + yaml.dump({"wsus_surveys": surveys}, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def _answer(option: Mapping[str, Any]) -> dict[str, Any] | None:
    """The type of the answer. None: a survey cannot ask for dictionaries and free lists."""
    # A survey has no empty choice: no answer is the empty one.
    choices = [str(choice) for choice in option.get("choices", ()) if choice != ""]
    given = option.get("default", "")
    match option["type"]:
        case "bool":
            return {"type": "multiplechoice", "choices": _YES_NO, "default": str(given).lower()}
        case "int" | "float" as kind:
            limits = re.search(r"from (\d+) to (\d+)", " ".join(_paragraphs(option)))
            least, most = map(int, limits.groups()) if limits else (0, _LONGEST)
            return {"type": "integer" if kind == "int" else "float", "min": least, "max": most, "default": given}
        case "list" if choices:
            return {"type": "multiselect", "choices": choices, "default": "\n".join(map(str, given))}
        case "list" | "dict":
            return None
    if choices:
        return {"type": "multiplechoice", "choices": choices, "default": str(given)}
    return {"type": "text", "min": 0, "max": 1024, "default": str(given)}


def _question(name: str, description: str, answer: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    title = name.removeprefix("wsus_").replace("_", " ")
    for word in ("bits", "url", "id", "html", "csv"):
        title = re.sub(rf"\b{word}\b", word.upper(), title)
    question = {"question_name": title[0].upper() + title[1:], "question_description": description, "variable": name}
    # An empty default would be passed, too, and hide a variable of the inventory.
    return {**question, "required": required, **{key: value for key, value in answer.items() if value != ""}}


@cache
def _module(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The options of a module, with those of its documentation fragments."""
    documentation = _assigned(TOP / "plugins" / "modules" / f"{name}.py", "DOCUMENTATION")
    found: dict[str, Mapping[str, Any]] = {}
    for fragment in documentation.get("extends_documentation_fragment", ()):
        file, _dot, part = fragment.removeprefix("wsus.client.").partition(".")
        path = TOP / "plugins" / "doc_fragments" / f"{file}.py"
        found |= _assigned(path, part.upper() or "DOCUMENTATION").get("options") or {}
    return found | (documentation.get("options") or {})


def _assigned(path: Path, name: str) -> Mapping[str, Any]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == name for each in node.targets
        ):
            read: Mapping[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return read
    return {}


def _bare(_module: str, option: str) -> str:
    return option


def described(option: Mapping[str, Any], named: Callable[[str, str], str] = _bare, literal: str = "{}") -> str:
    """What the question says: of an option that is a module's, what the module says of it.

    ``named`` writes the name of an option, with its module if that is named, and ``literal`` is the form of values.
    """
    text = " ".join(_paragraphs(option))
    same = r"(?:, )?[Ss]ame as the option O\(wsus\.client\.(\w+)#module:(\w+)\)"
    if match := re.match(rf"{same}(?:, in (\w+))?\.", text):
        module, rest = " ".join(_paragraphs(_module(match[1])[match[2]])), text[match.end() :]
        # A variable cannot be omitted, only empty.
        text = f"{re.sub(r' If omitted, [^.]*[.]', '', module) if 'If empty' in rest else module}{rest}"
    text = re.sub(same, "", text)
    text = re.sub(r"O\((?:[\w.]+[.](\w+)#\w+:)?(\w+(?:=\w+)?)\)", lambda found: named(found[1] or "", found[2]), text)
    return re.sub(r"\b[A-Z]\(([^)]*)\)", lambda found: literal.format(found[1]), text)


def _paragraphs(option: Mapping[str, Any]) -> list[str]:
    description = option["description"]
    return [description] if isinstance(description, str) else list(description)


class _Dumper(yaml.SafeDumper):
    """Lists are indented, as ansible-lint wants them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def main(arguments: list[str]) -> int:
    """Write the file, or with --check only say whether it differs."""
    path = TOP / FILE
    text = written()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    if arguments == ["--check"]:
        print(f"{FILE} differs: run tools/surveys")
        return 1
    path.write_text(text, encoding="utf-8")
    print(f"{FILE} written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
