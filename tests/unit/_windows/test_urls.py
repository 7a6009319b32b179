"""URLs as they may be shown."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows.urls import without_credentials


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://wsus.example.com:8530", "http://wsus.example.com:8530"),
        ("https://wsus.example.com:8531/Content/a.cab", "https://wsus.example.com:8531/Content/a.cab"),
        ("http://user:secret@wsus:8530/x", "http://wsus:8530/x"),
        ("http://user@wsus", "http://wsus"),
        ("http://a@b:secret@wsus", "http://wsus"),
        ("http://wsus/x?sig=secret", "http://wsus/x"),
        ("http://wsus/x#secret", "http://wsus/x"),
        ("http://[fe80::1]:8530", "http://[fe80::1]:8530"),
        ("http://user:sec/ret@wsus:8530", ""),
        ("http://user:sec?ret@wsus:8530", ""),
        ("http://user:sec#ret@wsus:8530", ""),
        ("http://[secret", ""),
        ("wsus.example.com", "wsus.example.com"),
        ("", ""),
    ],
)
def test_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown
