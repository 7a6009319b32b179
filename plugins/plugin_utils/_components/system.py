# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows version of a machine, which the other components depend on."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .._exceptions import UnexpectedOutput
from .._windows import registry, values
from .._windows.folders import is_plain

if TYPE_CHECKING:
    from .._windows.query import Answers, Query

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_QUERY = registry.key(CURRENT_VERSION)
_FIRST_WINDOWS_11 = 22000


@dataclass(frozen=True)
class System:
    """The Windows version of a machine. ``build`` and ``revision`` are its last two parts (19045 and 3930)."""

    product: str
    edition: str
    release: str
    version: str
    build: int
    revision: int
    service_pack: str
    server: bool
    installation_type: str
    architecture: str
    system_root: str

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return asdict(self)


def probe() -> tuple[Query[Any], ...]:
    """The query for the Windows version."""
    return (_QUERY,)


def read(answers: Answers) -> System:
    """The Windows version from the registry key CurrentVersion.

    Raises UnexpectedOutput if the key contains no build: no component can evaluate the machine without it.
    """
    key = answers[_QUERY]
    build = key.text("CurrentBuildNumber") or key.text("CurrentBuild") if key else None
    number = values.integer_or_none(build or "", values.MOST_32)
    if key is None or number is None:
        raise UnexpectedOutput(
            rf"{CURRENT_VERSION} does not contain the Windows build (CurrentBuildNumber): the machine's registry cannot be read as expected"
        )
    product = key.text("ProductName") or ""
    if number >= _FIRST_WINDOWS_11 and product.startswith("Windows 10"):
        # On Windows 11 this value still says Windows 10.
        product = product.replace("Windows 10", "Windows 11", 1)
    major, minor = key.number("CurrentMajorVersionNumber"), key.number("CurrentMinorVersionNumber")
    installation_type = key.text("InstallationType") or ""
    revision = key.number("UBR") or 0
    return System(
        product=product,
        edition=key.text("EditionID") or "",
        release=key.text("DisplayVersion") or key.text("ReleaseId") or "",
        version=f"{key.text('CurrentVersion') or ''}.{number}.{revision}"
        if major is None
        else f"{major}.{minor or 0}.{number}.{revision}",
        build=number,
        revision=revision,
        service_pack=key.text("CSDVersion") or "",
        server=installation_type.lower().startswith("server"),
        installation_type=installation_type,
        architecture=_architecture(key.text("BuildLabEx") or key.text("BuildLab") or ""),
        system_root=_root(key.text("SystemRoot")),
    )


def _root(text: str | None) -> str:
    r"""The folder of Windows; ``C:\Windows`` if the value is not a plain path, because it becomes a part of commands."""
    return text if text and is_plain(text) else r"C:\Windows"


def _architecture(build_lab: str) -> str:
    """The processor architecture from a build label such as ``19041.1.amd64fre.vb_release.191206-1406``."""
    match = re.search(r"\.(x86|amd64|arm64|ia64)(?:fre|chk)\b", build_lab, re.IGNORECASE)
    return match[1].lower() if match else ""
