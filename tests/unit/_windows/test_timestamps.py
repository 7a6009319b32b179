"""Times as text."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import timestamps
from hypothesis import given
from hypothesis import strategies as st

MOMENT = datetime(2026, 7, 28, 9, 30, 5, 123456, tzinfo=timezone.utc)
ELSEWHERE = MOMENT.astimezone(timezone(timedelta(hours=2)))
WHOLE = MOMENT.replace(microsecond=0)


@pytest.mark.parametrize("moment", [MOMENT, ELSEWHERE], ids=["utc", "with an offset"])
def test_a_time_is_written_in_utc(moment: datetime) -> None:
    assert timestamps.iso(moment) == "2026-07-28T09:30:05Z"
    assert timestamps.event_time(moment, "milliseconds") == "2026-07-28T09:30:05.123Z"
    assert timestamps.event_time(moment, "microseconds") == "2026-07-28T09:30:05.123456Z"
    assert timestamps.plain(moment) == "2026-07-28 09:30:05 UTC"
    assert timestamps.stamp(moment) == "20260728T093005Z"


@pytest.mark.parametrize("text", ["2026-07-28T09:30:05Z", "2026-07-28T09:30:05.1234567Z"])
def test_what_events_and_facts_name_is_read_back(text: str) -> None:
    assert timestamps.from_iso(text) == WHOLE


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_any_time_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert timestamps.from_stamp(timestamps.stamp(moment)) == whole
    assert timestamps.from_iso(timestamps.iso(moment)) == whole
    assert timestamps.from_plain(timestamps.plain(moment).removesuffix(" UTC")) == whole
    assert timestamps.from_iso(timestamps.event_time(moment, "microseconds")) == whole


def test_a_local_time_of_windows_is_read_with_its_offset() -> None:
    assert timestamps.from_plain("2026-07-28 09:30:05") == WHOLE
    assert timestamps.from_plain("2026-07-28 11:30:05", "+0200") == WHOLE


@pytest.mark.parametrize("text", ["", "2026-02-30 09:30:05", "2026-07-28T09:30:05", "2026-07-28 09:30:05 "])
def test_what_is_no_time_is_none(text: str) -> None:
    assert timestamps.from_plain(text) is None
    assert timestamps.from_stamp(text) is None


def test_a_time_before_the_first_year_is_none() -> None:
    assert timestamps.from_plain("0001-01-01 00:00:00", "+0100") is None
