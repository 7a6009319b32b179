# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the page in each language, and the texts of findings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ja")
"""The languages of the page."""

_FOLDER = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{(\w+)\}", re.ASCII)


class Texts:
    """The words of one language. A placeholder without a value is left for the script."""

    def __init__(self, language: str) -> None:
        """Raises ValueError for an unknown language."""
        if language not in LANGUAGES:
            raise ValueError(f"the language is {language!r}; it must be one of {', '.join(LANGUAGES)}")
        self.language = language
        self._words = words(language)
        self._findings = findings(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text with this key, with the values in place of the placeholders."""
        shown = {name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in values.items()}
        return _PLACEHOLDER.sub(lambda match: shown.get(match[1], match[0]), self._words[key])

    def count(self, key: str, n: int) -> str:
        """The text for a number of things: ``KEY.one`` or ``KEY.other``."""
        return self(f"{key}.one" if n == 1 else f"{key}.other", n=n)

    def word(self, group: str, name: str) -> str:
        """The word for a name that a machine's report contains; a name without a word is shown as it is."""
        return self._words.get(f"{group}.{name}", name)

    def of_finding(self, identifier: str, part: str) -> str:
        """The meaning or the action of a finding in this language; empty if there is none."""
        found = self._findings.get(identifier, {}).get(part)
        return found if isinstance(found, str) else ""


@cache
def words(language: str) -> Mapping[str, str]:
    """All words of a language, by key."""
    return _read(f"texts_{language}.json")


@cache
def findings(language: str) -> Mapping[str, Mapping[str, str]]:
    """The meaning and the action of findings by id."""
    return _read(f"findings_{language}.json")


def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return found
