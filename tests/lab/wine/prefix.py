"""A Wine prefix: the disk, the registry and the running services of one machine."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..cache import cache_folder, kept_folder
from ..machine import Execution
from .locales import environment
from .unavailable import WineUnavailable

# Without mshtml= the first start asks for Gecko. mscoree must stay: PowerShell.exe is a .NET program.
_OVERRIDES = "mshtml=;winemenubuilder.exe=d"
# .NET ends with a fatal error in the finalizer of a dynamic method on Wine 8 on some computers ("Internal CLR error", 0x80131506).
# Finalizers run after a garbage collection; a batch of ours ends before the first one where 256 MB (hexadecimal) may be used before.
_DOTNET = {"DOTNET_GCgen0size": "10000000"}
# What Wine puts in the way of a real PowerShell, and of none: a program that does nothing and reports success.
_STUB = Path("drive_c/windows/system32/WindowsPowerShell/v1.0/powershell.exe")
LAB_FOLDER, POWERSHELL_FOLDER = "lab", "powershell"
"""Folders on drive C that are not part of the machine: the lab's own programs, and PowerShell."""
TIMEOUT = 180.0
"""Seconds after which a program in a prefix is given up."""

# A Windows program and the Wine server take turns thousands of times a second: on one processor that is six times as
# quick as on two. So each prefix stays on one, the next prefix on the next.
_processors = itertools.cycle(sorted(os.sched_getaffinity(0)))


def wine_version() -> str:
    """Wine's version, e.g. ``wine-8.0 (Debian 8.0~repack-4)``. Raises WineUnavailable where there is no 64-bit Wine."""
    wine = shutil.which("wine")
    if not wine or not shutil.which("wineserver"):
        raise WineUnavailable("Wine is not installed (Debian: apt-get install wine)")
    asked = subprocess.run([wine, "--version"], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise WineUnavailable(f"wine --version failed: {asked.stderr.strip()}")
    return asked.stdout.strip()


class Prefix:
    """A prefix in ``folder``, made from the template in the cache; ``language`` is what its programs speak.

    ``search_path`` are Windows folders that come before system32, ``variables`` more of its environment.
    """

    def __init__(
        self, folder: Path, language: str, search_path: Sequence[str] = (), variables: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.template = _template()
        self._launcher = _launcher()
        self._environment = _environment(folder, language) | {"WINEPATH": ";".join(search_path)} | dict(variables or {})
        _copy(self.template, folder)
        self.disk = folder / "drive_c"

    @property
    def home(self) -> Path:
        """The profile folder of the user that everything runs as."""
        return next(each for each in (self.disk / "users").iterdir() if each.name != "Public")

    def start(self) -> None:
        """Start the Wine server, which then stays, and with it the service control manager."""
        self._server("-p")
        # What the first program starts (services.exe and its services) keeps that program's output open for good.
        _quietly([*self._launcher, "wine", "cmd.exe", "/d", "/c", "rem"], self._environment, check=True)

    def stop(self) -> None:
        """End everything that runs in the prefix and write its registry to disk."""
        self._server("-k")
        self._server("-w")

    def _server(self, option: str) -> None:
        # wineserver -k answers 1 when there is none to end, which is what was asked for.
        _quietly([*self._launcher, "wineserver", option], self._environment)

    def run(self, arguments: Sequence[str], variables: Mapping[str, str] | None = None) -> Execution:
        """Run a Windows program to its end. Raises subprocess.TimeoutExpired after TIMEOUT seconds."""
        done = subprocess.run(
            [*self._launcher, "wine", *arguments],
            env=self._environment | dict(variables or {}),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Execution(done.stdout, done.stderr, done.returncode)

    def has_program(self, name: str) -> bool:
        """Whether Windows' own folders hold a program, by its name with or without ``.exe``."""
        wanted = {name.lower(), f"{name.lower()}.exe"}
        return any(
            each.name.lower() in wanted
            for folder in ("system32", "")
            for each in (self.disk / "windows" / folder).iterdir()
            if each.is_file()
        )

    def path(self, name: str) -> Path:
        """Where a file of drive C lies; names that exist are found whatever their case. Raises ValueError for another drive."""
        drive, *parts = name.replace("/", "\\").split("\\")
        if drive.lower() != "c:" or ".." in parts:
            raise ValueError(f"{name!r} is not on the machine's drive C")
        place = self.disk
        for part in filter(None, parts):
            known = place.iterdir() if place.is_dir() else ()
            place = next((each for each in known if each.name.lower() == part.lower()), place / part)
        return place

    def write(self, name: str, content: str | bytes | Mapping[str, object] | None) -> None:
        """Make a file of a text or a folder of a mapping; None removes what is there."""
        place = self.path(name)
        if place.is_dir() and not isinstance(content, Mapping):
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)  # never write into it: it may be the template's
        if isinstance(content, str | bytes):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        elif content is not None:
            place.mkdir(parents=True)

    def own_files(self) -> Iterator[Path]:
        """The files on the disk that did not come from the template."""
        for file in sorted(self.disk.rglob("*")):
            if file.is_file() and not file.is_symlink():
                original = self.template / file.relative_to(self.folder)
                if not (original.exists() and original.samefile(file)):
                    yield file


def _environment(folder: Path, language: str) -> dict[str, str]:
    """A small environment of its own: the programs of a machine shall not see this computer's variables."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "WINEPREFIX": str(folder),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": _OVERRIDES,
        **_DOTNET,
        **environment(language),
    }


def _launcher() -> list[str]:
    """What Wine is started with, as far as this computer has it: one processor, and no random addresses.

    With random ones a Windows process dies now and then before it begins (one in 2,000 here), because something lies where
    Wine 8 maps what all processes share: "failed to map the shared user data: c0000018".
    """
    taskset, setarch = shutil.which("taskset"), shutil.which("setarch")
    launcher = [taskset, "--cpu-list", str(next(_processors))] if taskset else []
    fixed = [setarch, "--addr-no-randomize"] if setarch else []
    return [*launcher, *fixed] if fixed and _quietly([*fixed, "true"], os.environ) == 0 else launcher


def _quietly(command: Sequence[str], variables: Mapping[str, str], *, check: bool = False) -> int:
    nothing = subprocess.DEVNULL
    return subprocess.run(
        command, env=variables, stdin=nothing, stdout=nothing, stderr=nothing, timeout=TIMEOUT, check=check
    ).returncode


def _template() -> Path:
    return kept_folder(
        "prefix-" + "".join(letter if letter.isalnum() else "-" for letter in wine_version()), _make_template
    )


def _make_template(folder: Path) -> None:
    variables = _environment(folder, "en")
    exit_code = _quietly([*_launcher(), "wine", "wineboot.exe", "--init"], variables)
    _quietly(["wineserver", "-w"], variables)
    if exit_code or not (folder / "system.reg").is_file():
        raise WineUnavailable(f"wineboot could not make a prefix (exit code {exit_code})")
    (folder / _STUB).unlink(missing_ok=True)
    # A machine has a disk of its own and does not see this computer's.
    for drive in (folder / "dosdevices").iterdir():
        if drive.name != "c:":
            drive.unlink()
    # The profile's Documents, Music and so on are links into the home folder of whoever made the template.
    for link in (folder / "drive_c" / "users").rglob("*"):
        if link.is_symlink():
            link.unlink()
            link.mkdir()


def _copy(template: Path, folder: Path) -> None:
    """Copy the template: hard links for the programs (700 MB that no one writes to), copies for the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in template.iterdir():
        if part.name != "drive_c":
            subprocess.run(["cp", "-a", "--", str(part), str(folder)], check=True)
    linked = subprocess.run(
        ["cp", "-al", "--", str(template / "drive_c"), str(folder)], capture_output=True, check=False
    )
    if linked.returncode:  # another file system
        shutil.rmtree(folder / "drive_c", ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", "--", str(template / "drive_c"), str(folder)], check=True)


def new_folder(name: str) -> Path:
    """A fresh folder for the machine of that name, on the template's file system."""
    parent = cache_folder() / "machines"
    parent.mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
