"""Waiting for what a machine does by itself: how often it is looked at, and when the waiting ends."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session

NOW = datetime(2026, 11, 23, 4, 15, 0, 999, tzinfo=timezone.utc)


class Watch:
    """What counts up to ``done_at`` while time passes, with the times at which it was looked at."""

    def __init__(self, done_at: float) -> None:
        self.time = 0.0
        self.done_at = done_at
        self.looks: list[float] = []
        self.said: list[str] = []

    def look(self) -> bool:
        self.looks.append(self.time)
        return self.time >= self.done_at

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def session(self) -> Session:
        host: Any = None
        return Session(host, NOW, progress=self.said.append, clock=lambda: self.time, sleep=self.sleep)

    def wait(self, timeout: float, **given: Any) -> bool:
        return self.session().poll(self.look, bool, lambda seen: f"it ({seen})", timeout=timeout, **given)


def test_what_is_done_already_is_looked_at_once_and_nothing_is_said() -> None:
    watch = Watch(0)
    assert watch.wait(60) is True
    assert (watch.looks, watch.said) == ([0], [])


def test_the_pauses_double_up_to_the_longest() -> None:
    watch = Watch(36)
    assert watch.wait(60) is True
    assert watch.looks == [0, 1, 3, 7, 15, 25, 35, 45]
    assert watch.said == ["waiting for it (False)"] * 7


def test_the_first_and_the_longest_pause_can_be_chosen() -> None:
    watch = Watch(15)
    assert watch.wait(60, first_pause=2, longest_pause=5) is True
    assert watch.looks == [0, 2, 6, 11, 16]


@pytest.mark.parametrize(("timeout", "looks"), [(0, [0]), (1, [0, 1]), (10, [0, 1, 3, 7, 15])])
def test_it_is_looked_at_once_more_when_the_time_is_over(timeout: float, looks: list[float]) -> None:
    watch = Watch(1000)
    assert watch.wait(timeout) is False
    assert watch.looks == looks


def test_what_was_done_only_when_the_time_was_over_counts_as_done() -> None:
    watch = Watch(12)
    assert watch.wait(10) is True


def test_an_observation_that_was_made_already_is_not_made_again() -> None:
    watch = Watch(0)
    assert watch.wait(60, first=True) is True
    assert watch.looks == []
    assert watch.wait(60, first=False) is True
    assert watch.looks == [1]


def test_the_time_goes_on_in_whole_seconds() -> None:
    watch = Watch(0)
    session = watch.session()
    watch.sleep(2.5)
    assert session.current_time() == NOW.replace(microsecond=0) + timedelta(seconds=2)
