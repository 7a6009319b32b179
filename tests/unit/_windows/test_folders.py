"""Only plain paths get into a command of cmd.exe, and no folder of Windows or its users is renamed or deleted."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import folders
from ansible_collections.wsus.client.plugins.plugin_utils._windows.folders import UnsupportedPath
from hypothesis import given
from hypothesis import strategies as st

PLAIN = (
    r"C:\Windows\SoftwareDistribution",
    r"D:\WSUS Store\SoftwareDistribution.20261123T041500Z",
    r"C:\Windows\System32\catroot2",
    r"E:\Données\SoftwareDistribution",
    r"C:\SOFTWA~1",
)
HOSTILE = (
    r"C:\x&echo.PWNED>C:\pwned.txt&ver",
    r"C:\x|y",
    r"C:\%PATH%\x",
    r"C:\x^y",
    'C:\\x"y',
    r"C:\x(y)",
    "C:\\x\ny",
    "C:\\x\x00y",
    r"C:\..\Users",
    r"C:\x\..\..\Users",
    r"C:\x.",
    "C:\\x ",
    r"\\server\share\SoftwareDistribution",
    r"\\?\C:\Windows",
    r"C:relative",
    "C:\\",
    "",
    r"C:\x!y!",
    r"C:\x;y",
    r"C:\x,y",
    r"C:\x=y",
    "C:\\x\u202ey",
    "C:\\" + "a" * 300,
)
PROTECTED = (
    r"C:\Users",
    r"c:\users",
    r"D:\Users",
    r"C:\Users\Administrator",
    r"C:\Windows",
    r"C:\Windows\System32",
    r"C:\Windows\WinSxS",
    r"C:\Windows\System32\drivers",
    r"C:\Windows\System32\config\SoftwareDistribution",
    r"C:\Program Files",
    r"C:\ProgramData",
    r"C:\System Volume Information",
)
FREE = (
    r"C:\Windows\SoftwareDistribution",
    r"C:\Windows\SoftwareDistribution.20261123T041500Z",
    r"C:\Windows\System32\catroot2",
    r"D:\SoftwareDistribution",
    r"C:\ProgramData\SoftwareDistribution",
)


@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_path_is_passed_on(path: str) -> None:
    assert folders.is_plain(path)
    assert folders.list_folders(f"{path}*").arguments[-1] == f"{path}*"
    assert folders.list_folders(r"%windir%\SoftwareDistribution*")


@pytest.mark.parametrize("path", HOSTILE)
def test_anything_else_is_refused_by_every_command(path: str) -> None:
    assert not folders.is_plain(path)
    for make in (folders.list_folders, folders.list_names, folders.make_folder, folders.delete_folder):
        with pytest.raises(UnsupportedPath, match="Nothing was changed"):
            make(path)
    with pytest.raises(UnsupportedPath):
        folders.rename_folder(path, "x")
    with pytest.raises(UnsupportedPath):
        folders.rename_folder(r"C:\Windows\SoftwareDistribution", path)


@pytest.mark.parametrize("path", PROTECTED)
def test_a_folder_of_windows_or_its_users_is_neither_renamed_nor_deleted(path: str) -> None:
    with pytest.raises(UnsupportedPath, match="folder of Windows or its users"):
        folders.rename_folder(path, "x")
    with pytest.raises(UnsupportedPath, match="folder of Windows or its users"):
        folders.delete_folder(path)


@pytest.mark.parametrize("path", FREE)
def test_the_folders_that_a_repair_changes_are_not_protected(path: str) -> None:
    assert folders.rename_folder(path, "x.20261123T041500Z").arguments[-2] == path
    assert len(folders.delete_folder(path)) == 2


@given(st.text(max_size=40))
def test_no_text_reaches_cmd_with_a_character_that_it_interprets(text: str) -> None:
    for path in (text, rf"C:\{text}", rf"%windir%\{text}"):
        try:
            words = folders.list_folders(path).arguments
        except UnsupportedPath:
            continue
        assert not set(words[-1].replace("%windir%\\", "", 1)) & set("&|<>^%!\"'()\r\n\0,;=@`")
