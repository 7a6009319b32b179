"""The first page: the sections that Automation Hub wants, links that lead somewhere, and the same in Japanese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from lab.fleet import read_fleet
from support.code_blocks import code_blocks
from support.command_lines import REPOSITORY
from support.documentation import COLLECTION, NAMES, ROLES

ENGLISH, JAPANESE = COLLECTION / "README.md", COLLECTION / "README.ja.md"
PAGES = pytest.mark.parametrize("page", [ENGLISH, JAPANESE], ids=lambda page: page.name)
TEMPLATE = [
    "Description",
    "Requirements",
    "Installation",
    "Use Cases",
    "Testing",
    "Support",
    "Release Notes and Roadmap",
    "Related Information",
    "License Information",
]
"""The sections of the README template of certified collections."""
LINES, COLUMNS = 150, 160
_LINK = re.compile(r"\]\(([^)]+)\)")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_OF_FILES = re.compile(
    rf"(?:{re.escape(REPOSITORY)}/(?:blob|tree)|{re.escape(REPOSITORY.replace('github.com', 'raw.githubusercontent.com'))})/main/([^#]+)"
)
IN_THE_PLACE_OF_PLAYBOOKS = {"result"}
"""Playbooks that others import."""


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def links(page: Path) -> list[str]:
    return _LINK.findall(prose(page))


def test_the_sections_are_those_of_the_template() -> None:
    assert [title for level, title in _HEADING.findall(prose(ENGLISH)) if level == "##"] == TEMPLATE


def test_the_page_is_short() -> None:
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LINES
    assert [line for line in lines if len(line) > COLUMNS] == []


@PAGES
def test_every_link_is_a_full_address(page: Path) -> None:
    assert [link for link in links(page) if not link.startswith("https://")] == []
    assert not re.search(r"^\[[^\]]+\]:", prose(page), re.MULTILINE), "a link that this test does not see"


@PAGES
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    config = yaml.safe_load((COLLECTION / "changelogs" / "config.yaml").read_text(encoding="utf-8"))
    made = {each["file"] for each in config["output"]}  # by the first release
    files = [found[1] for link in links(page) if (found := _OF_FILES.fullmatch(link))]
    assert len(files) > 5
    assert [file for file in files if file not in made and not (COLLECTION / file).exists()] == []
    assert made & set(files), "no link to the changelog"


@PAGES
def test_ansible_is_not_installed_with_pip(page: Path) -> None:
    assert not re.search(r"pip3? install .*\bansible", page.read_text(encoding="utf-8"))


@PAGES
def test_every_playbook_role_and_module_has_its_name_on_the_page(page: Path) -> None:
    playbooks = {path.stem for path in (COLLECTION / "playbooks").glob("*.yml")} - IN_THE_PLACE_OF_PLAYBOOKS
    table = "\n".join(line for line in prose(page).splitlines() if line.startswith("|"))
    named = set(re.findall(r"`(\w+)`", table))
    assert {*playbooks, *(role.name for role in ROLES), *NAMES} - named == set()


@PAGES
def test_the_releases_of_ansible_core_are_those_that_are_tested(page: Path) -> None:
    cores = re.search(r"set -- ((?:\d+\.\d+ ?)+)", (COLLECTION / "tools" / "cores").read_text(encoding="utf-8"))
    assert cores is not None
    tested = cores[1].split()
    floor = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert floor == f">={tested[0]}.0"
    (row,) = [line for line in prose(page).splitlines() if line.startswith("|") and "ansible-core" in line]
    assert re.findall(r"2\.\d+", row) == [tested[0], tested[-1], *tested]


@PAGES
def test_the_size_of_the_demo_is_true(page: Path) -> None:
    machines = read_fleet(COLLECTION / "tests" / "lab" / "fleets" / "demo.yml")
    assert re.findall(r"(\d+) (?:simulated Windows machines|台の Windows)", prose(page)) == [str(len(machines))]


def test_the_japanese_page_has_the_same_parts() -> None:
    pages = [ENGLISH, JAPANESE]
    levels = [[level for level, _title in _HEADING.findall(prose(page))] for page in pages]
    assert levels[0] == levels[1]
    blocks = [[(each.language, each.text) for each in code_blocks(page.read_text(encoding="utf-8"))] for page in pages]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) > 5
    rows = [[line.count("|") for line in prose(page).splitlines() if line.startswith("|")] for page in pages]
    assert rows[0] == rows[1]
    codes = [sorted(re.findall(r"`[^`]+`", prose(page))) for page in pages]
    assert codes[0] == codes[1]


def in_japanese(link: str) -> str:
    """The link to the Japanese page of a guide, if there is one."""
    file = _OF_FILES.fullmatch(link)
    page = f"{file[1].removesuffix('.rst')}_ja.rst" if file and file[1].endswith(".rst") else ""
    return link.replace(file[1], page) if file and page and (COLLECTION / page).exists() else link


def test_the_pages_have_the_same_links_and_lead_to_each_other() -> None:
    english, japanese = (links(page) for page in (ENGLISH, JAPANESE))
    assert english[0] == f"{REPOSITORY}/blob/main/{JAPANESE.name}"
    assert japanese[0] == f"{REPOSITORY}/blob/main/{ENGLISH.name}"
    assert sorted(map(in_japanese, english[1:])) == sorted(japanese[1:])


def test_the_japanese_page_says_that_the_english_one_prevails() -> None:
    assert "英語版が優先されます" in prose(JAPANESE)
