"""Pages that tools/tables writes from lists: the findings, the case book, the error codes and the playbooks."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import code_page
import pages
import playbook_pages
import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._finding import PAGE
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS

# What only reads, by the beginning of the command.
READING = (
    "reg query ",
    "sc qc ",
    "sc query ",
    "sc qprivs ",
    "wevtutil qe ",
    "netsh winhttp show ",
    "nslookup ",
    "curl.exe -",
    "findstr ",
    "dir ",
    "fsutil volume diskfree ",
)


def test_every_finding_has_its_notes() -> None:
    named = {"*.unreadable" if kind.id.endswith(".unreadable") else kind.id for kind in FINDINGS}
    assert set(pages.notes()) == named


@pytest.mark.parametrize("identifier", sorted(pages.notes()))
def test_what_verifies_a_finding_only_reads(identifier: str) -> None:
    note = pages.notes()[identifier]
    assert note["verify"].startswith(READING)
    assert not re.search(r"[>&|]", re.sub(r'"[^"]*"', "", note["verify"]))
    assert note["why"].endswith(".")


def test_a_finding_refers_to_its_place_in_the_page() -> None:
    """GitHub makes an anchor of a heading: lower case, without anything but letters, digits, hyphens and underscores."""
    repository = yaml.safe_load((pages.TOP / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    text = (pages.TOP / PAGE.removeprefix(f"{repository}/blob/main/")).read_text(encoding="utf-8")
    headings = re.findall(r"^([a-z_]+[.][a-z_]+)\n\^+$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9_-]", "", heading) for heading in headings}
    found = [kind.found("s", cause="c", severity=kind.severities[0], remedy=kind.remedies[0]) for kind in FINDINGS]
    assert {each.reference.partition("#")[2] for each in found} == anchors


def test_a_finding_without_notes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "findings.yml"
    monkeypatch.setattr(pages, "NOTES", path)
    entry = {"ids": [FINDINGS[0].id], "why": "w", "verify": "dir x"}
    for entries, words in (
        ([], f"no entry for {FINDINGS[0].id}"),
        ([entry, entry], "twice"),
        ([entry, {**entry, "ids": ["policy.gone"]}], "do not exist: policy.gone"),
    ):
        path.write_text(yaml.safe_dump(entries), encoding="utf-8")
        with pytest.raises(SystemExit, match=words):
            pages.findings([("Policy", FINDINGS[:1])])


def test_the_case_book_lists_every_case_with_its_address() -> None:
    page = pages.case_book()
    for path in pages.CASES.glob("*.yml"):
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert f"`{path.stem} <{case['source']}>`__" in page


def sections(page: str) -> dict[str, str]:
    """The text of each section, by its title."""
    parts = re.split(r"^(.+)\n-{3,}$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The rows of a csv-table without its head."""
    return list(csv.reader(line.strip() for line in text.splitlines() if line.startswith('   "0x')))


def test_every_code_has_a_row_in_the_section_of_its_place() -> None:
    found = sections(code_page.error_codes())
    places = {
        name: place for name, text in found.items() for place in re.findall(r"place for the filter is ``(\w+)``", text)
    }
    listed = {
        (int(row[0], 16), places.get(name, "")): row[1:] for name, text in found.items() for row in rows(text) if row
    }
    with code_page.TABLE.open(encoding="utf-8", newline="") as file:
        known = {(int(row["code"], 16), row["context"]): row for row in csv.DictReader(file)}
    assert listed.keys() == known.keys()
    for (code, context), (name, meaning, cause, responsible) in listed.items():
        row, said = known[code, context], _error_codes.explain(code, context)
        assert (name, cause) == (said.name or "-", said.cause)
        assert meaning.replace("\\\\", "\\").startswith(said.meaning.replace("*", "\\*"))
        assert responsible == ("the service" if row["remedy"] == "service" else f"``{said.remedy}``")
        assert ("*Name only.*" in meaning) == (row["basis"] == "name-only")


def test_every_class_of_cause_on_the_page_of_codes_has_its_action() -> None:
    found = sections(code_page.error_codes())
    classes = set(re.findall(r"^   \* - ``([a-z-]+)``$", found["Classes of causes"], re.MULTILINE))
    assert classes == {row[3] for text in found.values() for row in rows(text)}


@pytest.mark.parametrize("name", sorted(path.stem for path in playbook_pages.PLAYBOOKS.glob("*.yml")))
def test_the_page_of_a_playbook_has_its_plays_and_every_variable_that_it_reads(name: str) -> None:
    page = playbook_pages.playbook_page(name)
    text = (playbook_pages.PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8")
    for play in yaml.safe_load(text):
        if "hosts" in play:
            assert f"   * - {play['name']}\n" in page
    read = set(re.findall(r"\b(wsus_\w+) \| default\(", text)) - set(re.findall(r"^ +(wsus_\w+): ", text, re.MULTILINE))
    assert {variable for variable in read if f"   * - ``{variable}``\n" not in page} == set()


def test_the_page_of_the_repair_has_the_variables_of_all_its_roles_and_its_own_defaults() -> None:
    page = playbook_pages.playbook_page("repair")
    for role in ("policy", "bits", "reachability", "agent", "update_store", "client_id"):
        assert f"\nRole {role}\n^" in page
        for name in playbook_pages.surveys.options(role):
            assert page.count(f"   * - ``{name}``\n") == 1, name
    defaults = dict(re.findall(r"^   \* - ``(\w+)``\n     - (.+)$", page, re.MULTILINE))
    assert defaults["wsus_report_path"] == "``repair.json``"
    assert defaults["wsus_report_show"] == "``problems``"
    assert (defaults["wsus_serial"], defaults["wsus_confirm"]) == ("``100%``", "``false``")
    assert defaults["wsus_policy_settings"] == "empty"
    assert "``O(" not in page
    assert "wsus_gather_subset" not in page


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  audit:\n", "  adit:\n", "docs/plays.yml and playbooks differ in adit, audit"),
        ("      Repair BITS:", "      Repair bits:", "has other plays of repair than the playbook"),
        ("  wsus_serial:", "  wsus_series:", "does not describe wsus_serial of"),
    ],
)
def test_notes_on_playbooks_that_do_not_fit_are_refused(
    old: str, new: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = playbook_pages.NOTES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "plays.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(playbook_pages, "NOTES", path)
    with pytest.raises(SystemExit, match=words):
        playbook_pages.playbooks()
