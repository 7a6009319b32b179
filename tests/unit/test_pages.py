"""Pages that tools/tables writes from lists: the findings and the case book."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest
import yaml
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
