"""A JSON file is written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import NotWritable, write_json


def test_a_file_in_a_folder_that_is_missing_is_written_for_all_to_read(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "today" / "audit.json"
    write_json(str(path), {"name": "Zürich", "machines": [1]})
    text = path.read_text(encoding="utf-8")
    assert (json.loads(text), "Zürich" in text, text[-2:]) == ({"name": "Zürich", "machines": [1]}, True, "}\n")
    assert (path.stat().st_mode & 0o777, list(path.parent.iterdir())) == (0o644, [path])


def test_what_cannot_be_written_as_json_leaves_the_earlier_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    write_json(str(path), {"machines": 1})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_json(str(path), {"machines": 2, "wrong": object()})
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "audit.json", tmp_path / "folder"):
        with pytest.raises(NotWritable, match="cannot be written") as raised:
            write_json(str(path), {})
        assert str(path) in raised.value.message
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_heeds_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_json(str(tmp_path / "audit.json"), {})
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "audit.json").stat().st_mode & 0o777 == mode
