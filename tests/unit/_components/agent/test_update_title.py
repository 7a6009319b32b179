"""What the title of an update shows, in every language and in any state."""

from __future__ import annotations

import time

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import update_title

MONTHLY = "2026-11 Cumulative Update for Windows 10 Version 22H2 (KB5066791)"


@pytest.mark.parametrize(
    ("title", "article"),
    [
        (MONTHLY, "KB5066791"),
        ("2026-11 累積更新プログラム (KB5066791)", "KB5066791"),
        ("KB12", ""),
        ("XKB5066791", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_article(title: str | None, article: str) -> None:
    assert update_title.article(title) == article


@pytest.mark.parametrize(
    ("title", "earlier", "expected"),
    [
        (MONTHLY, MONTHLY, True),
        (MONTHLY.replace("2026-11", "2026-12").replace("5066791", "5071234"), MONTHLY, True),
        (MONTHLY, MONTHLY.replace("2026-11", "2026-12").replace("5066791", "5071234"), False),
        (MONTHLY.replace("2026-11", "2026-12").replace("22H2", "21H2"), MONTHLY, False),
        ("7-Zip 24.09 (x64)", "7-Zip 24.08 (x64)", True),
        ("7-Zip 24.09 (x64)", "7-Zip 24.10 (x64)", False),
        ("7-Zip 24.09 (x64)", "7-Zip 24.08 (x86)", False),
        ("Example 8", "Example 7", False),
    ],
)
def test_same_or_later(title: str, earlier: str, expected: bool) -> None:
    assert update_title.is_same_or_later(title, earlier) is expected


@pytest.mark.parametrize("text", ["9" * 30_000, "9." * 15_000, "9.9" * 10_000 + "x", "KB" * 15_000])
def test_hostile_titles_take_no_time(text: str) -> None:
    begin = time.process_time()
    update_title.product(text)
    update_title.is_same_or_later(f"{text}1.1", f"{text}1.2")
    assert time.process_time() - begin < 1
