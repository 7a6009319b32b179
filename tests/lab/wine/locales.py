"""The language that Wine's programs speak, and the code page they write in.

They take the language from LC_MESSAGES and the code page from LC_CTYPE. Hindi has no code page of its own on Windows, so
with a Hindi LC_CTYPE Wine writes UTF-8: what WinRM's code page 65001 makes the tools of a Windows machine write.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..cache import kept_folder
from .unavailable import WineUnavailable

_CODE_PAGE = "hi_IN"
MESSAGES: Mapping[str, str] = {"en": "", "ja": "ja_JP", "de": "de_DE", "es": "es_ES"}
"""The locale of each language that a machine can speak; English is Wine's own and needs none."""


def environment(language: str) -> dict[str, str]:
    """The variables that make Wine speak ``language`` in UTF-8; makes the locales that this takes when they are missing.

    They are made in the lab's cache and found through LOCPATH, so neither root nor a change of the system is needed.
    Raises WineUnavailable when they cannot be made, ValueError for a language that is not served.
    """
    if language not in MESSAGES:
        raise ValueError(f"the lab's machines speak {', '.join(MESSAGES)}, not {language!r}")
    folder = kept_folder("locales", _make)
    messages = f"{MESSAGES[language]}.UTF-8" if MESSAGES[language] else "C"
    return {"LOCPATH": str(folder), "LC_CTYPE": f"{_CODE_PAGE}.UTF-8", "LC_MESSAGES": messages}


def _make(folder: Path) -> None:
    localedef = shutil.which("localedef")
    sources = Path("/usr/share/i18n/locales")
    missing = [name for name in (_CODE_PAGE, *filter(None, MESSAGES.values())) if not (sources / name).is_file()]
    if not localedef or missing:
        raise WineUnavailable("locale sources are missing (Debian: apt-get install locales)")
    for name in (_CODE_PAGE, *filter(None, MESSAGES.values())):
        target = folder / f"{name}.UTF-8"
        made = subprocess.run(
            [localedef, "--no-archive", "-i", name, "-f", "UTF-8", str(target)],
            capture_output=True,
            text=True,
            check=False,
        )
        if not target.is_dir():
            raise WineUnavailable(f"localedef could not make {name}.UTF-8: {made.stderr.strip()}")
