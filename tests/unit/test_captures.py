"""The captures of tests/captures: each says where it comes from, and its replay gives the facts and findings in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from captures.authored import AUTHORED, FOLDER, make
from support.captures import read, replayed

CAPTURES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", CAPTURES, ids=[path.stem for path in CAPTURES])
def test_a_capture_says_its_source_and_consent_and_replays_to_what_it_says(path: Path) -> None:
    data = read(path)
    assert data["source"].strip()
    assert data["consent"].strip()
    assert replayed(path) == data["facts"]


@pytest.mark.parametrize("name", AUTHORED)
def test_what_public_sources_show_is_diagnosed_rightly(name: str) -> None:
    facts = read(FOLDER / f"{name}.json")["facts"]
    assert tuple(each["id"] for each in facts["wsus_findings"]) == AUTHORED[name].findings
    assert facts["wsus_agent"]["free_space_bytes"] == facts["wsus_update_store"]["free_space_bytes"] == 64 << 30


@pytest.mark.parametrize("name", AUTHORED)
def test_a_file_is_what_makes_it_today(name: str, tmp_path: Path) -> None:
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    made = make(name, tmp_path).read_text(encoding="utf-8")
    assert made == committed, "run: PYTHONPATH=tests python -m captures.authored"
