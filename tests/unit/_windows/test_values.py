"""What is a value, and what only looks like one to Python."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import values
from hypothesis import given
from hypothesis import strategies as st

NO_NUMBERS = (
    "",
    " 1",
    "1 ",
    "+1",
    "-1",
    "1_000",
    "²",
    "\u0663",
    "\uff11",
    "1.0",
    "0x1",
    "1e3",
    "inf",
    "nan",
    "9" * 21,
    "9" * 5000,
    "1\n",
)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number from 0 to"):
        values.integer(text)
    assert values.integer_or_none(text) is None


@given(st.integers(0, values.MOST_64))
def test_numbers(number: int) -> None:
    assert values.integer(str(number)) == number
    assert values.hexadecimal(f"{number:#x}") == values.hexadecimal(f"{number:016X}") == number
    assert values.integer_or_none(str(number), values.MOST_32) == (number if number <= values.MOST_32 else None)


@pytest.mark.parametrize("text", ["", "0x", "g", "-1", "0x" + "f" * 17, "0x" + "f" * 5000, "1_0", "\uff11", "0x1 "])
def test_what_is_no_hexadecimal_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a hexadecimal number"):
        values.hexadecimal(text)


@pytest.mark.parametrize(
    "text", ["", "-1", "inf", "nan", "1e999", "1e99", "1e", "e3", "1_0", "1,5", ".5", "1.", "9" * 16, "\u0663"]
)
def test_what_is_no_decimal_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a decimal number"):
        values.decimal(text)


@given(st.floats(0, 1e9))
def test_decimal_numbers(number: float) -> None:
    assert values.decimal(f"{number:.6f}") == float(f"{number:.6f}")


@pytest.mark.parametrize("text", ["2026-11-23T04:15:00.1234567Z", "2026-11-23T04:15:00Z", "2026-11-23T04:15:00"])
def test_times(text: str) -> None:
    assert values.time_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-11-23",
        "2026-13-23T04:15:00Z",
        "2026-11-23T24:15:00Z",
        "2026-11-23T04:15:00+09:00",
        "2026-11-23T04:15:00Z\n",
        "\uff12026-11-23T04:15:00Z",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that of datetime has a text of its own
        values.time_text(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("4.47E-05", 4.47e-5), ("1E+3", 1000.0), ("0", 0.0), ("0.12345678901234567", 0.12345678901234567)],
)
def test_decimal_numbers_as_net_writes_them(text: str, number: float) -> None:
    assert values.decimal(text) == number
