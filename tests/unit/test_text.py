# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of machines as people see it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Evidence, FindingType
from ansible_collections.wsus.client.plugins.plugin_utils._text import has_hidden, json_text, one_line, visible
from hypothesis import given
from hypothesis import strategies as st
from support.control_characters import KINDS, RAW

TYPE = FindingType("bits.test", ("error",), "Something is wrong.", "Correct it.", ("bits",))


@pytest.mark.parametrize("kind", KINDS)
def test_every_hidden_character_is_shown_by_its_number(kind: str) -> None:
    for character in KINDS[kind]:
        code = ord(character)
        if character in "\t\n":
            assert visible(character) == character
        else:
            assert visible(f"a{character}b") == (f"a\\u{code:04x}b" if code <= 0xFFFF else f"a\\U{code:08x}b")
            assert has_hidden({"key": [f"a{character}"]})
        assert not RAW & set(one_line(f"a{character}b"))


@given(st.text(st.characters(codec=None), max_size=20))
def test_text_is_visible_and_json_is_the_same_data(text: str) -> None:
    assert not (RAW - set("\t\n")) & set(visible(text))
    assert not RAW & set(one_line(text))
    written = json_text({"a": [text]}, indent=None)
    assert not RAW & set(written)
    pairs = json.loads(json.dumps(text))  # two halves that meet are one character
    assert json.loads(written) == {"a": [pairs]}


def test_what_people_write_stays() -> None:
    text = "B\u00fcro \u6771\u4eac \u0420\u043e\u0441\u0441\u0438\u044f \U0001f600 C:\\Windows\\n"
    assert visible(text) == one_line(text) == text
    assert not has_hidden([text, 1, None, {"a": text}])
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize("kind", KINDS)
def test_the_sentences_of_a_finding_are_visible_and_its_evidence_is_data(kind: str) -> None:
    text = f"a{KINDS[kind]}z"
    finding = TYPE.found(text, cause=text, action=text, evidence=(Evidence.value("x", text),))
    for each in (finding, finding.as_resolved(text), finding.as_deliberate(text), finding.as_open(text, "bits")):
        fact = each.as_fact()
        assert not RAW & set(f"{fact['summary']}{fact['cause']}{fact['action']}")
        assert fact["evidence"] == [{"type": "value", "what": "x", "value": text}]
