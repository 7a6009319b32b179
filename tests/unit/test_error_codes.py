"""The table of codes, in its contexts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes, _finding

TABLE = Path(_error_codes.__file__).with_name("error_codes.csv")
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
# What sc.exe and the service control manager say beside the article's codes, as Win32 errors.
START_NEIGHBORS = [5, 14, 126, 1053, 1055, 1056, 1057, 1059, 1061, 1066, 1067, 1069, 1072, 1079, 1290, 1297, 1313]
JOB_NEIGHBORS = [
    0x80070005,
    0x8007000E,
    0x80070070,
    0x80200010,
    *map(_error_codes.of_win32, (12002, 12029, 12030, 12157, 12175)),
    *(0x80190000 + status for status in (400, 401, 404, 407, 416, 500, 502, 503, 504)),
]


def test_the_table_is_well_formed() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows if None in row or None in row.values()] == []  # a comma without quotes
    assert {row["basis"] for row in rows} == {"documented", "name-only", "inferred", "several-sources", "own-knowledge"}
    assert len({(row["code"], row["context"]) for row in rows}) == len(rows) > 800
    assert {row["context"] for row in rows} == set(get_args(_error_codes.CodeContext))
    assert {row["remedy"] for row in rows} <= {*get_args(_finding.Remedy), "service"}
    assert all(
        row["code"] == _error_codes.hexadecimal(int(row["code"], 16)) and row["name"] and row["meaning"] for row in rows
    )


@pytest.mark.parametrize("code", START_CODES)
def test_every_row_of_the_first_table_has_its_own_explanation(code: int) -> None:
    assert _error_codes.explain(code, "bits_start").context == "bits_start"


@pytest.mark.parametrize("code", JOB_CODES)
def test_every_row_of_the_second_table_has_its_own_explanation(code: int) -> None:
    assert _error_codes.explain(code, "bits_job").context == "bits_job"


@pytest.mark.parametrize("error", START_NEIGHBORS)
def test_every_neighbor_of_the_first_table_has_its_own_explanation(error: int) -> None:
    explanation = _error_codes.explain(_error_codes.of_win32(error), "bits_start")
    assert explanation.context == "bits_start"
    assert explanation.meaning != _error_codes.explain(_error_codes.of_win32(error)).meaning


@pytest.mark.parametrize("code", JOB_NEIGHBORS, ids=_error_codes.hexadecimal)
def test_every_neighbor_of_the_second_table_has_its_own_explanation(code: int) -> None:
    explanation = _error_codes.explain(code, "bits_job")
    assert explanation.context == "bits_job"
    assert explanation.remedy != "none"


def test_a_code_has_one_name_in_all_contexts_and_a_general_meaning() -> None:
    names: dict[str, set[str]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(row["code"], set()).add(row["name"])
            assert _error_codes.explain(int(row["code"], 16)).name == ("" if row["name"] == "-" else row["name"])
    assert all(len(each) == 1 for each in names.values())


@pytest.mark.parametrize(
    ("code", "remedy_of_a_scan", "elsewhere"),
    [
        (0x80200013, "update_store", ("bits_job", "network")),
        (0x80070424, "agent", ("bits_start", "bits")),
        (0x80070422, "agent", ("bits_start", "bits")),
    ],
)
def test_in_a_scan_a_code_has_another_remedy(
    code: int, remedy_of_a_scan: str, elsewhere: tuple[_error_codes.CodeContext, str]
) -> None:
    context, remedy = elsewhere
    assert _error_codes.explain(code, "scan").remedy == remedy_of_a_scan
    assert _error_codes.explain(code, context).remedy == remedy


def test_a_code_of_a_service_is_for_the_service_that_reported_it() -> None:
    assert _error_codes.explain(0x80070424).remedy == "bits"
    assert _error_codes.explain(0x80070424, service="agent").remedy == "agent"
    assert _error_codes.explain(0x80200013, service="agent").remedy == "network"


def test_every_class_of_causes_has_an_action() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        actions = {_error_codes.explain(int(row["code"], 16), row["context"]).action for row in csv.DictReader(file)}  # type: ignore[arg-type]
    assert all(action.endswith(".") for action in actions)
    assert _error_codes.explain(0x80070070).action == "Free space on the system drive and check the disk for errors."
    assert {_error_codes.explain(code).action for code in (0x8007ABCD, 0x80190299, 0x81234567)} <= actions


def test_context_changes_the_meaning() -> None:
    assert _error_codes.explain(0x80200013, "bits_job").meaning != _error_codes.explain(0x80200013).meaning
    assert _error_codes.explain(0x80240022, "bits_job") == _error_codes.explain(0x80240022)


def test_signed_codes_and_win32_errors() -> None:
    assert _error_codes.explain(-2147023838, "bits_start").hex == "0x80070422"
    assert _error_codes.of_win32(1058) == 0x80070422
    assert _error_codes.of_win32(0x80040154) == 0x80040154


@pytest.mark.parametrize(
    ("code", "words"),
    [(0x8007ABCD, "net helpmsg 43981"), (0x80190299, "HTTP status 665"), (0x81234567, "not in the table")],
)
def test_unknown_codes_say_what_can_be_said(code: int, words: str) -> None:
    assert words in _error_codes.explain(code).meaning


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0x80200013", 0x80200013),
        (" 0X8007043b\n", 0x8007043B),
        (0x80200013, 0x80200013),
        ("2149580819", 0x80200013),
        (-2145386477, 0x80200013),
        ("-2145386477", 0x80200013),
        (1058, 0x80070422),
        ("1058", 0x80070422),
        ("0x422", 0x80070422),
        (1, 0x80070001),
        (65535, 0x8007FFFF),
        (65536, 0x00010000),
        (0x00240005, 0x00240005),
        (0, 0),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (-1, 0xFFFFFFFF),
        (-0x80000000, 0x80000000),
        ("BG_E_INSUFFICIENT_RANGE_SUPPORT", 0x80200013),
        ("error_service_disabled", 0x80070422),
        ("jet_errDatabaseCorrupted", 0xC80004B6),
        ("E_ACCESSDENIED", 0x80070005),
        ("ERROR_SUCCESS", 0),
        ("ERROR_HTTP_INVALID_SERVER_RESPONSE", 0x80072F78),
        ("ERROR_INTERNET_NAME_NOT_RESOLVED", 0x80072EE7),
    ],
)
def test_a_code_is_read_in_every_way_that_windows_writes_it(value: object, code: int) -> None:
    assert _error_codes.parse(value) == code


@pytest.mark.parametrize("code", [*START_CODES, *JOB_CODES])
def test_all_ways_to_write_a_code_are_the_same(code: int) -> None:
    signed = code - (1 << 32)
    name = _error_codes.explain(code).name
    assert {_error_codes.parse(way) for way in (code, signed, str(code), str(signed), f"0x{code:X}", name)} == {code}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "the name is unknown"),
        ("-", "the name is unknown"),
        ("0x", "the name is unknown"),
        ("8007043B", "the name is unknown"),
        ("0x1234567890", "the name is unknown"),
        ("ERROR_NO_SUCH_THING", "the name is unknown"),
        ("1058 0x422", "the name is unknown"),
        ("\u0661\u0662", "the name is unknown"),
        (1 << 32, "more than 32 bits"),
        ("4294967296", "more than 32 bits"),
        (-0x80000001, "more than 32 bits"),
        (True, "neither text nor a whole number"),
        (1058.0, "neither text nor a whole number"),
        (None, "neither text nor a whole number"),
        (["0x80200013"], "neither text nor a whole number"),
    ],
)
def test_what_is_no_code_is_refused(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _error_codes.parse(value)
