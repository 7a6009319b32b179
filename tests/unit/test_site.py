"""The site of the documentation: every page is in its table of contents, and every address of a file in the repository is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits.definition import baseline
from lab.fleet import read_fleet
from support.documentation import COLLECTION, NAMES, ROLES

DOCSITE = COLLECTION / "docs" / "docsite"
PAGES = sorted((DOCSITE / "rst").glob("*.rst"))
REPOSITORY = yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
_LINK = re.compile(rf"{re.escape(REPOSITORY)}/(?:blob|tree)/main/([^>#\s]+)")
_LABEL = re.compile(r"^\.\. _(ansible_collections\.wsus\.client\.docsite\.[\w.]+):$", re.MULTILINE)


_OURS = re.compile(r"``wsus\.client\.(\w+)``|:ansplugin:`(?:[^`<]+<)?wsus\.client\.(\w+)#(\w+)")
KINDS = {
    "playbook": {path.stem for path in (COLLECTION / "playbooks").glob("*.yml")},
    "role": {role.name for role in ROLES},
    "module": set(NAMES),
    "filter": {path.stem for path in (COLLECTION / "plugins" / "filter").glob("*.py")},
}


def contents() -> list[str]:
    """The pages in the table of contents, in its order."""
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    return [page for section in sections for page in section["toctree"]]


def test_every_page_is_in_the_table_of_contents_once() -> None:
    assert sorted(contents()) == [page.stem for page in PAGES]


def test_every_playbook_has_a_page() -> None:
    playbooks = {f"playbook_{path.stem}" for path in (COLLECTION / "playbooks").glob("*.yml")}
    assert playbooks == {page for page in contents() if page.startswith("playbook_")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_label_of_its_name(page: Path) -> None:
    labels = _LABEL.findall(page.read_text(encoding="utf-8"))
    assert labels[0].rpartition(".docsite.")[2] == page.stem
    assert all(label.rpartition(".docsite.")[2].startswith(page.stem) for label in labels)


def test_every_address_of_a_file_leads_to_one() -> None:
    linked = {place for page in PAGES for place in _LINK.findall(page.read_text(encoding="utf-8"))}
    assert {"CONTRIBUTING.md", "docs/schema/audit-1.schema.json", "tests/lab/README.md"} <= linked
    assert sorted(place for place in linked if not (COLLECTION / place).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_of_this_collection_exists(page: Path) -> None:
    """Without a kind, a name is that of a playbook, a role, a module or a filter."""
    everything = set().union(*KINDS.values())
    for bare, named, kind in _OURS.findall(page.read_text(encoding="utf-8")):
        assert bare in everything if bare else named in KINDS[kind], bare or f"{named}#{kind}"


def test_the_size_of_the_demo_is_true() -> None:
    machines = read_fleet(COLLECTION / "tests" / "lab" / "fleets" / "demo.yml")
    text = (DOCSITE / "rst" / "guide_lab.rst").read_text(encoding="utf-8")
    assert re.findall(r"a fleet of (\d+) machines", text) == [str(len(machines))]


def test_the_guide_to_bits_has_the_definitions_that_are_compared() -> None:
    text = (DOCSITE / "rst" / "guide_bits.rst").read_text(encoding="utf-8")
    table = [row.split("\n     - ") for row in re.findall(r"^   \* - (.*(?:\n     - .*)*)", text, re.MULTILINE)]
    rows = {name: cells for name, *cells in table}
    definitions = [
        baseline(build) for build in (9600, 15063, 16299)
    ]  # the last of each column, and the first of the newest
    assert [baseline(build) for build in (7601, 10240, 26100)] == definitions
    paths = [each.image_path.removeprefix("%SystemRoot%\\System32\\") for each in definitions]
    assert rows["image path"] == [f"``{path}``" for path in paths]
    assert rows["dependencies"] == [", ".join(each.dependencies) for each in definitions]
    assert rows["privileges"] == [
        "five" + ", and SeDebugPrivilege" * ("SeDebugPrivilege" in each.privileges) for each in definitions
    ]
    assert {len(set(each.privileges) - {"SeDebugPrivilege"}) for each in definitions} == {5}
