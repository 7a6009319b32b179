"""The table of codes, in its contexts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _errors, _finding

TABLE = Path(_errors.__file__).with_name("error_codes.csv")
START_CODES = [
    0x80070424,
    0x8007043B,
    0x80070422,
    0x80070433,
    0x8007042C,
    0x80070003,
    0x80070002,
    0x80040154,
    0x80040206,
]
JOB_CODES = [0x80070057, 0x80072EE7, 0x80072F78, 0x80200013, 0x80200011, 0x80190193, 0x800704DD]


def test_the_table_is_well_formed() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["code"], row["context"]) for row in rows}) == len(rows) > 800
    assert {row["context"] for row in rows} == set(get_args(_errors.Context))
    assert {row["remedy"] for row in rows} <= set(get_args(_finding.Remedy))
    assert all(
        row["code"] == _errors.hexadecimal(int(row["code"], 16)) and row["name"] and row["meaning"] for row in rows
    )


@pytest.mark.parametrize("code", START_CODES)
def test_every_row_of_the_first_table_has_its_own_explanation(code: int) -> None:
    assert _errors.explain(code, "bits_start").context == "bits_start"


@pytest.mark.parametrize("code", JOB_CODES)
def test_every_row_of_the_second_table_has_its_own_explanation(code: int) -> None:
    assert _errors.explain(code, "bits_job").context == "bits_job"


def test_context_changes_the_meaning() -> None:
    assert _errors.explain(0x80200013, "bits_job").meaning != _errors.explain(0x80200013).meaning
    assert _errors.explain(0x80240022, "bits_job") == _errors.explain(0x80240022)


def test_signed_codes_and_win32_errors() -> None:
    assert _errors.explain(-2147023838, "bits_start").hex == "0x80070422"
    assert _errors.of_win32(1058) == 0x80070422
    assert _errors.of_win32(0x80040154) == 0x80040154


@pytest.mark.parametrize(
    ("code", "words"),
    [(0x8007ABCD, "net helpmsg 43981"), (0x80190299, "HTTP status 665"), (0x81234567, "not in the table")],
)
def test_unknown_codes_say_what_can_be_said(code: int, words: str) -> None:
    assert words in _errors.explain(code).meaning
