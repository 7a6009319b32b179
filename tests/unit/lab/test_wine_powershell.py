"""Where WSUS_LAB_POWERSHELL may lead, and what is made once and kept."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from lab.cache import cache_folder, kept_folder
from lab.powershell import VARIABLE, RealPowerShell, find_powershell


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "wsus-lab"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def archive(folder: Path, name: str, content: str) -> None:
    program(folder / content)
    with tarfile.open(folder / name, "w:xz") as packed:
        packed.add(folder / content, content)
    (folder / content).unlink()


def test_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_powershell() is None


def test_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pwsh = program(tmp_path / "pwsh")
    expected = RealPowerShell(linux=pwsh, windows=None, forward=None)
    for named in (pwsh, tmp_path):
        monkeypatch.setenv(VARIABLE, str(named))
        assert find_powershell() == expected


def test_archives_are_unpacked_once_and_anew_when_they_change(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "named"
    named.mkdir()
    archive(named, "linux-x64.tar.xz", "PowerShell")
    archive(named, "win-x64.tar.xz", "PowerShell.exe")
    (named / "forward.exe").write_bytes(b"MZ")
    monkeypatch.setenv(VARIABLE, str(named))

    found = find_powershell()
    assert found is not None
    assert found.linux is not None
    assert found.windows is not None
    assert found.forward == named / "forward.exe"
    assert (found.linux.name, found.windows.name) == ("PowerShell", "PowerShell.exe")
    assert found.linux.is_relative_to(cache)
    found.linux.write_text("kept")
    assert find_powershell() == found
    assert found.linux.read_text() == "kept"

    archive(named, "linux-x64.tar.xz", "PowerShell")
    (named / "linux-x64.tar.xz").write_bytes((named / "linux-x64.tar.xz").read_bytes() + bytes(512))
    changed = find_powershell()
    assert changed is not None
    assert changed.linux != found.linux


def test_anything_else_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match=VARIABLE):
        find_powershell()


def test_an_archive_without_the_program_leaves_nothing_behind(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(tmp_path, "linux-x64.tar.xz", "else")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match="holds no PowerShell"):
        find_powershell()
    assert not [path for path in cache.iterdir() if path.is_dir()]


def test_a_folder_is_made_once_and_never_half(cache: Path) -> None:
    calls: list[Path] = []

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("disk full")

    def makes(folder: Path) -> None:
        calls.append(folder)
        (folder / "whole").touch()

    with pytest.raises(OSError, match="disk full"):
        kept_folder("thing", fails)
    assert not (cache / "thing").exists()
    assert kept_folder("thing", makes) == kept_folder("thing", makes) == cache_folder() / "thing"
    assert len(calls) == 1
    assert [path.name for path in (cache / "thing").iterdir()] == ["whole"]
