"""A page for each playbook: its plays, from the playbook; its variables, from the argument specs; the rest from docs/plays.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import surveys
import yaml
from rst import escaped, headed, list_table, literals, page

TOP = Path(__file__).resolve().parent.parent
PLAYBOOKS = TOP / "playbooks"
NOTES = TOP / "docs" / "plays.yml"
_ROLES = ("audit", "policy", "bits", "reachability", "agent", "update_store", "client_id")
_GUIDE = "ansible_collections.wsus.client.docsite"
_EMPTY = "Unless the table says otherwise, an empty text is the default, because surveys pass it."
_CONNECTION = f"""``wsus_retries`` and ``wsus_owner_timeout`` are variables of machines and groups; see
:ref:`Security and failures <{_GUIDE}.guide_security>`."""
_SAME = re.compile(r"as the option O\(wsus\.client\.\w+#module:(\w+)\)", re.IGNORECASE)


@dataclass
class _Uses:
    """What the tasks of a playbook use, also those that it imports."""

    plays: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    @property
    def asks_machines(self) -> bool:
        """Whether a task has a connection to the machines."""
        return bool(self.roles) or any(re.search(r"wsus\.client\.wsus_(facts|capture):", text) for text in self.texts)

    def read(self, path: Path) -> None:
        """Read the file of a playbook or of tasks."""
        text = path.read_text(encoding="utf-8")
        self.texts.append(re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE))
        self._visit(yaml.safe_load(text), path.parent)

    def _visit(self, data: Any, folder: Path) -> None:
        for each in data if isinstance(data, list) else []:
            if "hosts" in each:
                self.plays.append(each["name"])
            if playbook := each.get("ansible.builtin.import_playbook"):
                self.read(folder / playbook)
            if tasks := each.get("ansible.builtin.import_tasks"):
                self.read((folder / tasks).resolve())
            if role := each.get("ansible.builtin.import_role"):
                self._use(role)
            self.given |= {*each.get("vars", {}), *each.get("ansible.builtin.set_fact", {})}
            for part in ("tasks", "block", "rescue"):
                self._visit(each.get(part), folder)

    def _use(self, role: Mapping[str, Any]) -> None:
        name = role["name"].removeprefix("wsus.client.")
        if role.get("tasks_from") != "variables.yml" and name not in self.roles:
            self.roles.append(name)


@dataclass(frozen=True)
class _Names:
    """How the description of a variable names options: those of the module that it stands for by the variables of their role."""

    variable: str

    def __call__(self, module: str, option: str) -> str:
        if module:
            return f"``{option}`` of ``{module}``"
        same = _SAME.search(str(_option(self.variable)["description"]))
        name = f"{self.variable.removesuffix(same[1])}{option}" if same else option
        return f"``{name if _option(name.partition('=')[0]) else option}``"


@dataclass(frozen=True)
class Playbook:
    """A playbook of the collection, and what docs/plays.yml says of it."""

    name: str
    notes: Mapping[str, Any]
    common: Mapping[str, str]

    @cached_property
    def uses(self) -> _Uses:
        """What its tasks use."""
        uses = _Uses()
        uses.read(PLAYBOOKS / f"{self.name}.yml")
        return uses

    def variables(self) -> dict[str, list[str]]:
        """Its variables: under an empty title those of the playbook itself, then those of each role that it runs."""
        options = {name: role for role in _ROLES for name in surveys.options(role)}
        named = dict.fromkeys(re.findall(r"\bwsus_\w+", "\n".join(self.uses.texts)))
        own = [name for name in self.common if name in named]
        own += [name for name in options if name in named and name not in self.uses.given]
        found = {"": own}
        for role in self.uses.roles:
            rest = {*self.uses.given, *(name for names in found.values() for name in names)}
            found[role] = [name for name in surveys.options(role) if name not in rest]
        return found

    def unknown(self) -> set[str]:
        """Variables with a default that neither a role nor docs/plays.yml describes."""
        options = {name for role in _ROLES for name in surveys.options(role)}
        read = set(re.findall(r"\b(wsus_\w+) \| default\(", "\n".join(self.uses.texts)))
        return read - options - set(self.common)

    def row(self, name: str) -> tuple[str, str, str]:
        """The row of a variable: name, default, meaning."""
        option = _option(name)
        text = self.notes.get("variables", {}).get(name) or self.common.get(name)
        if not text:
            text = _marked(surveys.described(option, _Names(name), "``{}``"))
            if option["type"] != "bool" and (choices := [each for each in option.get("choices", ()) if each != ""]):
                text += f" Choices: {literals(map(str, choices))}."
        return f"``{name}``", _shown(self._default(name, option)), text

    def _default(self, name: str, option: Mapping[str, Any]) -> Any:
        text = "\n".join(self.uses.texts)
        if own := re.search(rf"\bwsus_report_default_{name.removeprefix('wsus_report_')}: (\S+)", text):
            return own[1]
        if name in self.common:
            found = re.search(rf"\b{name} \| default\((?:'([^']*)'|(false|true))", text)
            return (found[1] or found[2]) if found else ""
        return option["default"]

    def lines(self) -> Iterator[str]:
        """The page."""
        notes, title = self.notes, f"The playbook wsus.client.{self.name}"
        yield from page("docs/plays.yml, the playbook and the argument specs", f"playbook_{self.name}", title)
        yield from (notes["purpose"], "", ".. contents::", "   :local:", "   :depth: 1", "")
        yield from headed("Use", "-")
        if "example" in notes:
            yield from _block("yaml", notes["example"])
        if "run" in notes:
            yield from _block("shell", notes["run"])
        yield from headed("Plays", "-")
        plays = zip(self.uses.plays, notes["plays"].values(), strict=True)
        yield from list_table((35, 65), [("play", "what it does"), *plays])
        yield from headed("Variables", "-")
        yield from (_EMPTY, *([_CONNECTION] if self.uses.asks_machines else ()), "")
        for role, names in self.variables().items():
            if role and names:
                yield from headed(f"Role {role}", "^")
            if names:
                yield from list_table((30, 18, 52), [("variable", "default", "meaning"), *map(self.row, names)])
        yield from (*headed("Check mode", "-"), notes["check_mode"], "")
        yield from (*headed("Exit code of ansible-playbook", "-"), notes["exit_code"], "")
        yield from headed("See also", "-")
        yield from (f"- :ref:`{text} <{_GUIDE}.{guide}>`" for guide, text in notes["guides"].items())
        yield from (f"- :ansplugin:`wsus.client.{role}#role`" for role in self.uses.roles)
        yield ""


def playbooks() -> dict[str, Playbook]:
    """The playbooks by name. Raises SystemExit if docs/plays.yml is not about exactly these, their plays and variables."""
    notes = yaml.safe_load(NOTES.read_text(encoding="utf-8"))
    names = {path.stem for path in PLAYBOOKS.glob("*.yml")}
    if other := names ^ set(notes["playbooks"]):
        raise SystemExit(f"docs/plays.yml and playbooks differ in {', '.join(sorted(other))}")
    found = {name: Playbook(name, each, notes["variables"]) for name, each in notes["playbooks"].items()}
    inner = {name for each in found.values() for name in each.uses.given}
    for name, each in found.items():
        if each.uses.plays != list(each.notes["plays"]):
            raise SystemExit(
                f"docs/plays.yml has other plays of {name} than the playbook: {', '.join(each.uses.plays)}"
            )
        if unknown := each.unknown() - inner:
            raise SystemExit(f"docs/plays.yml does not describe {', '.join(sorted(unknown))} of {name}")
    return found


def playbook_page(name: str) -> str:
    """The page of a playbook."""
    return "\n".join(playbooks()[name].lines())


def _option(name: str) -> Mapping[str, Any]:
    """What the argument specs say of a variable; empty if it is not one of a role."""
    return next((surveys.options(role)[name] for role in _ROLES if name in surveys.options(role)), {})


def _block(language: str, text: str) -> Iterator[str]:
    yield from (f".. code-block:: {language}", "")
    yield from (f"    {line}".rstrip() for line in text.splitlines())
    yield ""


def _shown(default: Any) -> str:
    if default in ("", [], {}):
        return "empty"
    if isinstance(default, bool):
        return f"``{str(default).lower()}``"
    return literals(map(str, default)) if isinstance(default, list) else f"``{default}``"


def _marked(text: str) -> str:
    """Text with literals for a page: what is outside them is escaped."""
    parts = re.split(r"(``.*?``)", text)
    return "".join(each if each.startswith("``") else escaped(each) for each in parts)
