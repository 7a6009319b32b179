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
    """What a template asks: variables of its playbook, then options of roles."""

    description: str
    playbook: tuple[str, ...]
    roles: tuple[str, ...]
    asks: Callable[[str], bool] = lambda name: True


def _short(name: str) -> bool:
    """The repair asks for what is decided at launch. Timeouts, backups and reports' files are extra variables of the template."""
    return not re.search(
        r"_(timeout|backup_dir|path|html|csv|prometheus|previous|restore_from|days|hours|on_failure)$", name
    ) and (name.startswith("wsus_report_") or name.partition("wsus_")[2].startswith(_ROLES) or name in _SHARED)


_SHARED = ("wsus_server_url", "wsus_repair_volatile", "wsus_proxy_state", "wsus_proxy_server")
SURVEYS: Mapping[str, Survey] = {
    "audit": Survey("What to audit", ("wsus_hosts",), ("audit",)),
    "report": Survey("What to report", ("wsus_hosts",), ("audit",), lambda name: name.startswith("wsus_report_")),
    "repair": Survey("What to repair", ("wsus_confirm", "wsus_hosts", "wsus_serial"), (*_ROLES, "audit"), _short),
    "rebuild_store": Survey(
        "Which update stores to rebuild", ("wsus_confirm", "wsus_hosts", "wsus_serial"), ("update_store",)
    ),
    "regenerate_client_ids": Survey(
        "Which client IDs to regenerate",
        ("wsus_confirm", "wsus_hosts", "wsus_serial", "wsus_client_id_keep"),
        ("client_id",),
    ),
}
PLAYBOOK: Mapping[str, str] = {
    "wsus_confirm": "Must be true unless the job type is Check.",
    "wsus_hosts": "The machines, as a pattern of the inventory. The limit of the job restricts it further.",
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
            if name not in seen and answer and survey.asks(name):
                seen.add(name)
                yield _question(name, _described(option), answer)


def written() -> str:
    """The file of the surveys."""
    surveys = {
        name: {"name": "", "description": survey.description, "spec": list(questions(name))}
        for name, survey in SURVEYS.items()
    }
    return _HEAD + yaml.dump({"wsus_surveys": surveys}, Dumper=_Dumper, sort_keys=False, width=140, allow_unicode=True)


def _answer(option: Mapping[str, Any]) -> dict[str, Any] | None:
    """The type of the answer. None: a survey cannot ask for dictionaries and free lists."""
    # A survey has no empty choice: no answer is the empty one.
    choices = [str(choice) for choice in option.get("choices", ()) if choice != ""]
    given = option.get("default", "")
    match option["type"]:
        case "bool":
            return {"type": "multiplechoice", "choices": _YES_NO, "default": str(given).lower()}
        case "int":
            return {"type": "integer", "min": 0, "max": _LONGEST, "default": given}
        case "float":
            return {"type": "float", "min": 0, "max": _LONGEST, "default": given}
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
    return {
        "question_name": title[0].upper() + title[1:],
        "question_description": description,
        "variable": name,
        "required": required,
        **answer,
    }


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


def _described(option: Mapping[str, Any]) -> str:
    """What the question says: of an option that is a module's, what the module says of it."""
    text = " ".join(_paragraphs(option))
    same = r"(?:, )?[Ss]ame as the option O\(wsus\.client\.(\w+)#module:(\w+)\)"
    if match := re.match(rf"{same}(?:, in (\w+))?\.", text):
        text = f"{' '.join(_paragraphs(_module(match[1])[match[2]]))}{text[match.end() :]}"
    text = re.sub(same, "", text)
    text = re.sub(
        r"O\((?:[\w.]+#\w+:)?(\w+)(?:=(\w+))?\)", lambda found: f"{found[1]}={found[2]}" if found[2] else found[1], text
    )
    return re.sub(r"\b[A-Z]\(([^)]*)\)", r"\1", text)


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
