"""Where a real PowerShell is on this computer, as the variable WSUS_LAB_POWERSHELL tells."""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .cache import kept_folder

VARIABLE = "WSUS_LAB_POWERSHELL"
_PROGRAMS = ("PowerShell", "pwsh", "powershell")


@dataclass(frozen=True)
class RealPowerShell:
    """Programs that run a batch for real; None for a platform that the named place does not serve.

    ``linux`` is the program for this computer. ``windows`` is the program for Wine, named ``PowerShell.exe``.
    ``forward`` is the small Windows program that hands a tool's arguments to the lab over TCP.
    """

    linux: Path | None
    windows: Path | None
    forward: Path | None


def find_powershell() -> RealPowerShell | None:
    """The real PowerShell that WSUS_LAB_POWERSHELL names, or None where the variable is not set.

    The variable names a folder with ``linux-x64.tar.xz`` and ``win-x64.tar.xz`` (unpacked into the cache once), an
    unpacked program for this computer, or a folder that holds one. Raises FileNotFoundError for anything else.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    place = Path(named).expanduser().resolve()
    if place.is_file() and os.access(place, os.X_OK):
        return RealPowerShell(linux=place, windows=None, forward=None)
    linux, windows, forward = place / "linux-x64.tar.xz", place / "win-x64.tar.xz", place / "forward.exe"
    if linux.is_file() or windows.is_file():
        return RealPowerShell(
            linux=_unpacked(linux, "PowerShell") if linux.is_file() else None,
            windows=_unpacked(windows, "PowerShell.exe") if windows.is_file() else None,
            forward=forward if forward.is_file() else None,
        )
    for program in (place / name for name in _PROGRAMS):
        if program.is_file() and os.access(program, os.X_OK):
            return RealPowerShell(linux=program, windows=None, forward=None)
    raise FileNotFoundError(f"{VARIABLE} names {place}, which is neither a PowerShell nor a folder that holds one")


def _unpacked(archive: Path, program: str) -> Path:
    status = archive.stat()
    key = f"powershell-{archive.name.split('.')[0]}-{status.st_size}-{int(status.st_mtime)}"

    def unpack(folder: Path) -> None:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        found = folder / program
        if not found.is_file():
            raise FileNotFoundError(f"{archive} holds no {program}")
        found.chmod(found.stat().st_mode | 0o755)

    return kept_folder(key, unpack) / program
