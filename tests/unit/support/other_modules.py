"""Tasks on pages that use modules of other collections: the options are those that these modules document."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from support.documentation import mappings

_MODULE = re.compile(r"(?!wsus\.client\.)[a-z]\w+\.[a-z]\w+\.[a-z]\w+")
_NO_OPTIONS = frozenset({"free_form", "_raw_params"})
_PLAYS = frozenset({"ansible.builtin.import_playbook"})
"""Keys of a list of plays, which take the name of a playbook."""


def uses(data: Any) -> Iterator[tuple[str, Any]]:
    """Each use of a module of another collection in tasks or plays, however deep, with its arguments."""
    for mapping in mappings(data):
        for key, value in mapping.items():
            if isinstance(key, str) and _MODULE.fullmatch(key) and key not in _PLAYS:
                yield key, value


def collections(data: Any) -> set[str]:
    """The collections whose modules are used."""
    return {name.rpartition(".")[0] for name, _arguments in uses(data)}


def documented(names: Iterable[str], folder: Path) -> dict[str, Mapping[str, Any]]:
    """The options of modules, as ansible-doc finds them with the collections in a folder. Of a module that it does not find: none."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-doc", "--json", "-t", "module", *sorted(set(names))],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(done.stdout)
    return {name: each["doc"].get("options", {}) for name, each in found.items() if "doc" in each}


def faults(data: Any, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Modules that do not exist, options that they do not document, and values that are none of the choices."""
    for name, arguments in uses(data):
        if name not in known:
            yield f"{name}: no such module"
        elif isinstance(arguments, dict):
            yield from (f"{name}: {fault}" for fault in _option_faults(arguments, known[name]))
        elif arguments is not None and not _NO_OPTIONS & set(known[name]):
            yield f"{name}: takes options, not a text"


def _option_faults(arguments: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[str]:
    names = {each: spec for name, spec in options.items() for each in (name, *spec.get("aliases", ()))}
    for option, value in arguments.items():
        if option not in names:
            yield f"no option {option}"
        elif (choices := names[option].get("choices")) and value not in choices and "{{" not in str(value):
            yield f"{option}={value}"
    yield from (
        f"{name} is missing"
        for name, spec in options.items()
        if spec.get("required") and not {name, *spec.get("aliases", ())} & set(arguments)
    )
