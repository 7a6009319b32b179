"""The words of each language that a simulated Windows speaks, as data in ``text/*.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

LANGUAGES = ("en", "ja", "de", "es")

_FOLDER = Path(__file__).parent / "text"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Language:
    """Texts by the program that prints them; ``errors`` are the system's messages by Win32 code.

    ``utc_offset``: minutes by which the local time of the machines that speak it is ahead of UTC.
    """

    code: str
    ansi: str
    utc_offset: int
    reg: Mapping[str, str]
    sc: Mapping[str, str]
    labels: Mapping[str, str]
    events: Mapping[str, str]
    cmd: Mapping[str, str]
    dir: Mapping[str, str]
    gpupdate: Mapping[str, str]
    findstr: Mapping[str, str]
    wevtutil: Mapping[str, str]
    powershell: Mapping[str, str]
    errors: Mapping[int, str]
    resources: Mapping[str, str]

    def error(self, code: int) -> str:
        """The system's message of a Win32 error code; a code without one is named by its number."""
        return self.errors.get(code, f"Unknown error {code}")

    def label(self, english: str) -> str:
        """sc.exe's word for one of its English labels."""
        return self.labels.get(english, english)

    def resource(self, reference: str) -> str | None:
        """The text of an indirect string such as ``@%SystemRoot%\\system32\\qmgr.dll,-1000``, or None."""
        return self.resources.get(reference.rsplit("\\", 1)[-1].lstrip("@").lower())


@lru_cache
def load_language(code: str) -> Language:
    """The texts of a language.

    :raises ValueError: the lab does not speak it
    """
    if code not in LANGUAGES:
        raise ValueError(f"unknown language {code!r}, expected one of {', '.join(LANGUAGES)}")
    data = yaml.load((_FOLDER / f"{code}.yml").read_text(encoding="utf-8"), Loader=_LOADER)
    return Language(code=code, **data)
