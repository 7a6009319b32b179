"""A JSON file is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import (
    NotWritable,
    require_writable,
    write_json,
    write_texts,
)


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


def test_files_are_written_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / name for name in ("audit.json", "audit.html", "audit.csv")]
    write_texts({str(path): "earlier" for path in paths})
    synced = []

    def sync(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 3:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(NotWritable, match=r"audit\.csv cannot be written") as raised:
        write_texts({str(path): "new" for path in paths})
    assert os.strerror(errno.EDQUOT) in raised.value.message
    assert [path.read_text("utf-8") for path in paths] == ["earlier"] * 3
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    write_texts({str(path): "new" for path in paths})
    assert [path.read_text("utf-8") for path in paths] == ["new"] * 3


@pytest.mark.parametrize("write", [require_writable, lambda path: write_json(path, {})], ids=["require", "write"])
def test_what_a_file_would_replace_stays(tmp_path: Path, write: Any) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(NotWritable, match="not a regular file"):
            write(str(tmp_path / name))
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()
    with pytest.raises(NotWritable, match=r"\\u0000"):
        write(f"{tmp_path}/a\0b")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Else a link that somebody laid in a folder for all would name the file that root overwrites."""
    (tmp_path / "precious").write_text("precious", "utf-8")
    (tmp_path / "audit.json").symlink_to("precious")
    write_json(str(tmp_path / "audit.json"), {})
    assert (tmp_path / "precious").read_text("utf-8") == "precious"
    assert not (tmp_path / "audit.json").is_symlink()


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    for name in ("a" * 250 + ".json", "監" * 83 + ".json"):
        write_json(str(tmp_path / name), {"name": name})
        assert json.loads((tmp_path / name).read_text("utf-8")) == {"name": name}


def test_writers_at_the_same_time_leave_the_whole_file_of_one(tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    write_json(str(path), {"writer": 0, "text": ""})

    def write(writer: int) -> None:
        for _time in range(20):
            write_json(str(path), {"writer": writer, "text": f"{writer}" * 200_000})

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(write, number) for number in (1, 2, 3)]
        while not all(each.done() for each in running):
            content = json.loads(path.read_text("utf-8"))
            assert set(content["text"]) <= {str(content["writer"])}
        for each in running:
            each.result()
    assert list(tmp_path.iterdir()) == [path]
