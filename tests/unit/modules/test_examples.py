"""Every use of our modules and roles in playbooks, roles, pages and examples is one that their documentation allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.documentation import (
    COLLECTION,
    FILTERS,
    NAMES,
    ROLES,
    blocks_of,
    documentation,
    load,
    options_of_role,
    uses_of_modules,
    uses_of_roles,
)

PAGES = [
    COLLECTION / "README.md",
    COLLECTION / "README.ja.md",
    *sorted(COLLECTION.glob("roles/*/README.md")),
    *sorted(COLLECTION.glob("docs/**/*.rst")),
]
TASKS = [*sorted(COLLECTION.glob("playbooks/*.yml")), *sorted(COLLECTION.glob("roles/*/tasks/*.yml"))]
USE = re.compile(r"^ *(?:- )?wsus\.client\.wsus_\w+:", re.MULTILINE)
USE_OF_ROLE = re.compile(r"^ *(?:- )?(?:role|name): wsus\.client\.\w+$", re.MULTILINE)


def texts() -> dict[str, tuple[str, list[Any]]]:
    """By its place, the text of everything that uses our modules or roles, and the YAML in it."""
    found = {str(path.relative_to(COLLECTION)): path.read_text(encoding="utf-8") for path in (*PAGES, *TASKS)}
    read = {place: (text, blocks_of(text) if place.endswith((".md", ".rst")) else []) for place, text in found.items()}
    for path in TASKS:
        place = str(path.relative_to(COLLECTION))
        read[place] = (found[place], [yaml.safe_load(found[place])])
    for kind, name in [*(("modules", name) for name in NAMES), *(("filter", name) for name in FILTERS)]:
        examples = load(kind, name).EXAMPLES
        read[f"plugins/{kind}/{name}.py"] = (examples, [yaml.safe_load(examples)])
    return read


TEXTS = texts()


def is_template(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


def wrong(given: Any, documented: Mapping[str, Any], path: str) -> Iterator[str]:
    """Options that are not documented, or have a value that is none of the choices."""
    for option, value in given.items():
        if option not in documented:
            yield f"{path}{option}"
            continue
        spec = documented[option]
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and "suboptions" in spec:
                yield from wrong(each, spec["suboptions"], f"{path}{option}.")
            elif "choices" in spec and not is_template(each) and each not in spec["choices"]:
                yield f"{path}{option}={each}"


def faults(blocks: list[Any]) -> list[str]:
    """What the documentation does not allow in the uses of our modules and roles."""
    found = []
    for use in uses_of_modules(blocks):
        if use.name in NAMES:
            found += wrong(use.arguments, documentation(use.name)["options"], f"{use.name}: ")
        else:
            found.append(use.name)
    for use in uses_of_roles(blocks):
        if use.name in [role.name for role in ROLES]:
            found += wrong(use.arguments, options_of_role(use.name), f"{use.name}: ")
        else:
            found.append(use.name)
    return found


@pytest.mark.parametrize("place", TEXTS)
def test_every_use_of_a_module_or_role_is_as_documented(place: str) -> None:
    assert faults(TEXTS[place][1]) == []


@pytest.mark.parametrize("place", TEXTS)
def test_every_use_that_is_written_is_looked_at(place: str) -> None:
    text, blocks = TEXTS[place]
    assert len(list(uses_of_modules(blocks))) == len(USE.findall(text))
    assert len(list(uses_of_roles(blocks))) == len(USE_OF_ROLE.findall(text))


def test_every_kind_of_text_uses_modules_or_roles() -> None:
    using = [
        Path(place)
        for place, (_kind, blocks) in TEXTS.items()
        if any((*uses_of_modules(blocks), *uses_of_roles(blocks)))
    ]
    kinds = {(path.parts[0], path.suffix) for path in using}
    assert kinds >= {("roles", ".md"), ("roles", ".yml"), ("docs", ".rst"), ("playbooks", ".yml")}
    assert {path.stem for path in using if path.parts[:2] == ("plugins", "modules")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_stands_in_its_own_examples(name: str) -> None:
    assert name in [use.name for use in uses_of_modules(TEXTS[f"plugins/modules/{name}.py"][1])]


def test_every_variable_on_a_page_is_one_of_a_role_or_playbook() -> None:
    playbooks = "\n".join(path.read_text(encoding="utf-8") for path in COLLECTION.glob("playbooks/**/*.yml"))
    known = {"wsus_repair_roles"} | {option for role in ROLES for option in options_of_role(role.name)}
    known |= set(re.findall(r"\b(wsus_\w+) \| default\(", playbooks))
    named: dict[str, set[str]] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        given = set(re.findall(r"-e '?(wsus_\w+)=", text)) | set(re.findall(r"^ *(wsus_\w+):", text, re.MULTILINE))
        named[str(page.relative_to(COLLECTION))] = given
    assert set().union(*named.values()) >= {"wsus_hosts", "wsus_server_url", "wsus_proxy_bypass", "wsus_confirm"}
    assert {page: given - known for page, given in named.items() if given - known} == {}


PAGE = """
```yaml
- hosts: all
  tasks:
    - block:
        - wsus.client.wsus_facts:
            gather_subset: [all, everything]
            server: http://wsus
  roles:
    - role: wsus.client.bits
      vars:
        wsus_bits_sate: started
```

.. code-block:: yaml+jinja

    - wsus.client.wsus_bits:
        state: "{{ state }}"
        failure_actions:
          reset: 1
          actions:
            - action: explode

    - wsus.client.wsus_fact:

text
"""


def test_what_is_not_documented_is_seen() -> None:
    assert faults(blocks_of(PAGE)) == [
        "wsus_facts: gather_subset=everything",
        "wsus_facts: server",
        "wsus_bits: failure_actions.reset",
        "wsus_bits: failure_actions.actions.action=explode",
        "wsus_fact",
        "bits: wsus_bits_sate",
    ]
