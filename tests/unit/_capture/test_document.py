"""The file of a capture."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._capture.document import MOST_CHARACTERS, bounded, file_name
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result, command


@pytest.mark.parametrize("name", ["pc1", "PC-1.example.com", "10.0.0.7"])
def test_a_file_has_the_name_of_its_machine(name: str) -> None:
    assert file_name(name) == f"{name}.json"


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "..", "", "a/b", "a\\b", ".ssh", "a\0b", "\u202epc", "x" * 5000, "ü"]
)
def test_no_name_leaves_the_folder(name: str) -> None:
    path = file_name(name)
    assert not set(path) & set("/\\\0")
    assert path.isascii()
    assert not path.startswith(".")
    assert len(path) < 200


def test_two_machines_never_share_a_file() -> None:
    names = ["a/b", "a\\b", "a_b", "..", ".", "", "machine", "x" * 500, "x" * 501]
    assert len({file_name(name) for name in names}) == len(names)


def test_an_answer_is_cut_where_it_is_too_long() -> None:
    asked = command("findstr.exe", "x")
    many = bounded(Result(asked, 0, ("y" * 1000,) * 3000))
    assert MOST_CHARACTERS // 1002 < len(many.lines) <= MOST_CHARACTERS // 1000
    (one,) = bounded(Result(asked, 0, ("y" * 3 * MOST_CHARACTERS,))).lines
    assert len(one) == MOST_CHARACTERS
    short = Result(asked, 1, ("a", ""))
    assert bounded(short) == short
