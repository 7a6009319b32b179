"""Command lines on pages: the programs take these arguments, and what they name of this collection exists."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.splitter import parse_kv
from lab.__main__ import FLEETS, build_parser
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from support.documentation import COLLECTION, NAMES, ROLES
from support.variables import variable_faults, variables_of_playbook

OURS = "wsus.client"
REPOSITORY: str = yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
OTHERS = frozenset({"ansible-builder", "apt-get", "cp", "dnf", "export", "jq", "kinit", "podman"})
"""Programs of others, of which a test here can say nothing."""
_PARSERS: Mapping[str, tuple[str, str]] = {
    "ansible": ("adhoc", "AdHocCLI"),
    "ansible-doc": ("doc", "DocCLI"),
    "ansible-galaxy": ("galaxy", "GalaxyCLI"),
    "ansible-inventory": ("inventory", "InventoryCLI"),
    "ansible-playbook": ("playbook", "PlaybookCLI"),
    "ansible-vault": ("vault", "VaultCLI"),
}
_SEPARATORS = frozenset({"&&", "||", "|", ";"})


def commands(text: str) -> Iterator[list[str]]:
    """The commands of a block of shell lines, as words, without comments."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.shlex(line, posix=True, punctuation_chars="&|;")
        words.whitespace_split = True
        command: list[str] = []
        for word in words:
            if word not in _SEPARATORS:
                command.append(word)
            elif command:
                yield command
                command = []
        if command:
            yield command


def console_commands(text: str) -> str:
    """What is entered on a terminal, of a block that also shows the output."""
    return "\n".join(re.findall(r"^\$ (.*(?:\\\n.*)*)", text, re.MULTILINE))


def faults(command: Sequence[str], files: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with a command. ``files`` are those that the page shows."""
    program, *arguments = [word for word in command if word != "sudo"]
    if program in _PARSERS:
        try:
            parsed = _parsed(program, arguments)
        except ValueError as error:
            yield str(error)
            return
        yield from _OF_ANSIBLE.get(program, _nothing)(parsed, files)
    elif program in _PROGRAMS:
        yield from _PROGRAMS[program](arguments)
    elif program == "python":
        yield from _python(arguments, files)
    elif program.startswith("tools/"):
        yield from _tool(program, arguments)
    elif program not in OTHERS:
        yield f"{program}: no test knows this program"


def _parsed(program: str, arguments: list[str]) -> Namespace:
    """The arguments as Ansible's own parser reads them. Raises ValueError if it refuses them."""
    module, name = _PARSERS[program]
    cli = getattr(importlib.import_module(f"ansible.cli.{module}"), name)([program, *arguments])
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            cli.init_parser()
            parsed: Namespace = cli.parser.parse_args(arguments)
    except SystemExit as error:
        raise ValueError(f"{program}: {said.getvalue().strip().splitlines()[-1]}") from error
    return parsed


def _nothing(parsed: Namespace, files: Sequence[str]) -> Iterator[str]:
    yield from ()


def _playbook(parsed: Namespace, files: Sequence[str]) -> Iterator[str]:
    given = dict(_extra_variables(parsed.extra_vars or ()))
    for playbook in parsed.args:
        name = playbook.removeprefix(f"{OURS}.")
        if name == playbook:
            if playbook not in files and not any((COLLECTION / "extensions").rglob(playbook)):
                yield f"{playbook}: no such playbook"
        elif not (COLLECTION / "playbooks" / f"{name}.yml").exists():
            yield f"{playbook}: no such playbook"
        else:
            known = variables_of_playbook(name)
            yield from (f"{playbook}: {fault}" for fault in variable_faults(given, known))


def _extra_variables(given: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for each in given:
        if not each.startswith("@"):
            yield from (yaml.safe_load(each) if each.startswith(("{", "[")) else parse_kv(each)).items()


def _galaxy(parsed: Namespace, files: Sequence[str]) -> Iterator[str]:
    for each in getattr(parsed, "args", ()):
        name, _colon, version = each.partition(":")
        if name == OURS and version:
            yield from version_faults(version)
        elif each.startswith("git+") and each.removeprefix("git+") != f"{REPOSITORY}.git":
            yield f"{each} is not the repository"
    if (needed := getattr(parsed, "requirements", None)) and Path(needed).name not in files:
        yield f"{needed}: the page shows no such file"


def version_faults(version: str) -> Iterator[str]:
    """What is wrong with a version, or with a range of versions."""
    try:
        SpecifierSet(version if version[0] in "<>=!" else f"=={version}")
    except InvalidSpecifier as error:
        yield str(error)


def _documented(parsed: Namespace, files: Sequence[str]) -> Iterator[str]:
    known = {"module": NAMES, "role": [role.name for role in ROLES]}.get(parsed.type)
    for each in parsed.args:
        if known is not None and each.removeprefix(f"{OURS}.") not in known:
            yield f"{each}: no such {parsed.type}"


def _adhoc(parsed: Namespace, files: Sequence[str]) -> Iterator[str]:
    if parsed.module_name.startswith(f"{OURS}.") and parsed.module_name.removeprefix(f"{OURS}.") not in NAMES:
        yield f"{parsed.module_name}: no such module"


def _make(arguments: Sequence[str]) -> Iterator[str]:
    makefile = (COLLECTION / "Makefile").read_text(encoding="utf-8")
    for each in arguments:
        variable = each.partition("=")[0]
        if "=" in each and f"$({variable})" not in makefile:
            yield f"make: no variable {variable}"
        elif "=" not in each and not re.search(rf"^{re.escape(each)}:", makefile, re.MULTILINE):
            yield f"make: no target {each}"


def _pip(arguments: Sequence[str]) -> Iterator[str]:
    for each in arguments[1:]:
        try:
            Requirement(each)
        except InvalidRequirement as error:
            yield f"pip: {each}: {error}"


def _git(arguments: Sequence[str]) -> Iterator[str]:
    if arguments != ["clone", REPOSITORY]:
        yield f"git {' '.join(arguments)}: is not to clone {REPOSITORY}"


def _cd(arguments: Sequence[str]) -> Iterator[str]:
    (folder,) = arguments
    if folder != REPOSITORY.rpartition("/")[2] and not (COLLECTION / folder).is_dir():
        yield f"cd {folder}: no such folder"


def _tool(program: str, arguments: Sequence[str]) -> Iterator[str]:
    if not (COLLECTION / program).is_file():
        yield f"{program}: no such tool"


def _source(arguments: Sequence[str]) -> Iterator[str]:
    if arguments != [".venv/bin/activate"]:
        yield f". {' '.join(arguments)}: is not the environment that tools/bootstrap makes"


def _python(arguments: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    """The command line of the lab."""
    if arguments[:2] != ["-m", "lab"]:
        yield f"python {' '.join(arguments)}: is not the lab"
        return
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parsed = build_parser().parse_args(arguments[2:])
    except SystemExit:
        yield f"lab: {said.getvalue().strip().splitlines()[-1]}"
        return
    fleet = getattr(parsed, "fleet", None)
    if fleet and fleet not in files and not (FLEETS / f"{fleet}.yml").exists():
        yield f"{fleet}: no such fleet"


_OF_ANSIBLE: Mapping[str, Callable[[Namespace, Sequence[str]], Iterator[str]]] = {
    "ansible": _adhoc,
    "ansible-doc": _documented,
    "ansible-galaxy": _galaxy,
    "ansible-playbook": _playbook,
}
_PROGRAMS: Mapping[str, Callable[[Sequence[str]], Iterator[str]]] = {
    ".": _source,
    "cd": _cd,
    "git": _git,
    "make": _make,
    "pip": _pip,
}
