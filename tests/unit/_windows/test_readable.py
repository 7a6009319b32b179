"""Which texts may be compared, which may be written back, and which may be a known one that was damaged."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import readable

# TargetGroup "Büro" as OEM bytes that were read as UTF-8 (ssh), and as ANSI (psrp).
OVER_SSH = "Büro".encode("cp850").decode("utf-8", "replace")
OVER_PSRP = "B\x81ro"


@pytest.mark.parametrize("text", ["", "Pilot", "Büro", "東京", "?", "a\tb", "\u00a0"])
def test_what_is_readable(text: str) -> None:
    assert readable.is_readable(text)


@pytest.mark.parametrize("text", [OVER_SSH, OVER_PSRP, "\ufffd", "\x80", "\x9f"])
def test_what_is_not(text: str) -> None:
    assert not readable.is_readable(text)
    assert not readable.can_be_written_back(text)


def test_a_question_mark_is_not_written_back() -> None:
    assert not readable.can_be_written_back("??")
    assert readable.can_be_written_back(r"C:\Büro\x.dll")


def test_only_ascii_is_trusted_where_the_code_page_is_not_known() -> None:
    assert readable.distrusted("Bóro \u201ex\u201c \r\n\t~") == "B\ufffdro \ufffdx\ufffd \r\n\t~"


@pytest.mark.parametrize(
    ("seen", "known", "expected"),
    [
        ("Büro", "Büro", True),
        (OVER_SSH, "Büro", True),
        (OVER_PSRP, "Büro", True),
        ("\ufffd\ufffd", "東京", True),
        ("?\ufffd", "東京", True),
        ("B?ro", "Büro", False),  # nothing in it is damaged: it is another name
        ("Böro", "Büro", False),
        ("B\ufffdro", "Buro", False),
        ("\ufffd", "", False),
        ("B\ufffdro x", "Büro", False),
        ("B\ufffdx", "Büx\ufffd", False),
        (".\ufffd", "aü", False),
    ],
)
def test_a_known_text_may_have_arrived_damaged(seen: str, known: str, expected: bool) -> None:
    assert readable.may_be(seen, known) is expected
