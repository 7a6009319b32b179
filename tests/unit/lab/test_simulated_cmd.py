"""cmd.exe on simulated machines."""

from __future__ import annotations

import pytest
from unit.lab.simulated_machines import Shell, lines, make


def shell(windows: str = "windows-10-22h2", language: str = "en") -> Shell:
    return Shell(
        make(windows, language, files={r"C:\lab": {}, r"C:\lab\b.txt": "x", r"C:\lab\A dir": {}, r"C:\lab\empty": {}})
    )


@pytest.mark.parametrize(
    ("windows", "language", "text"),
    [
        ("windows-7-sp1", "en", "Microsoft Windows [Version 6.1.7601]"),
        ("windows-8.1", "de", "Microsoft Windows [Version 6.3.9600]"),
        ("windows-10-22h2", "ja", "Microsoft Windows [Version 10.0.19045.4529]"),
        ("server-2025", "es", "Microsoft Windows [Versión 10.0.26100.2314]"),
    ],
)
def test_ver(windows: str, language: str, text: str) -> None:
    assert shell(windows, language).out("cmd.exe", "/d", "/c", "ver") == lines("", text)


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("echo one   two", "one two\r\n", 0),
        ("echo.", "\r\n", 0),
        ("echo %SystemRoot% %none%", "C:\\Windows %none%\r\n", 0),
        (r"if exist C:\lab\B.TXT echo yes", "yes\r\n", 0),
        (r"if exist C:\none echo yes", "", 0),
        (r"if not exist C:\none echo no", "no\r\n", 0),
        (r"if exist C:\none (echo yes & echo more) else echo no", "no\r\n", 0),
        (r"if exist C:\none echo yes & echo more", "", 0),
        (r"if exist C:\lab echo yes & echo more", "yes\r\nmore\r\n", 0),
        (r"(if exist C:\none echo yes) & echo more", "more\r\n", 0),
        (r"if exist C:\none (echo yes) else echo no & echo more", "no\r\nmore\r\n", 0),
        (r'if exist "C:\lab\A dir" (echo yes) else (echo no)', "yes\r\n", 0),
        (r"dir /b C:\lab", "A dir\r\nb.txt\r\nempty\r\n", 0),
        (r"dir /b /ad C:\lab", "A dir\r\nempty\r\n", 0),
        (r"dir /b /a-d C:\lab", "b.txt\r\n", 0),
        ("exit 3", "", 3),
        ("exit /b 4", "", 4),
        ("exit 3 & echo never", "", 3),
        ("hostname && echo ok || echo bad", "PC\r\nok\r\n", 0),
        (r"reg query HKLM\none >nul 2>nul || echo bad", "bad\r\n", 0),
        ("hostname >nul & echo done", "done\r\n", 0),
        ("sc query none >nul", "", 1060),
        (
            r'reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v CurrentBuild',
            lines(
                "",
                r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion",
                "    CurrentBuild    REG_SZ    19045",
                "",
            ),
            0,
        ),
    ],
)
def test_commands(command: str, output: str, code: int) -> None:
    assert shell().out("cmd.exe", "/d", "/c", command, code=code) == output


def test_arguments_may_come_apart() -> None:
    it = shell()
    assert it.out("CMD", "/D", "/C", "if", "exist", r"C:\lab\A dir", "echo", "yes") == "yes\r\n"


def test_folders_are_made_and_renamed() -> None:
    it = shell()
    it.out("cmd", "/c", r"mkdir C:\lab\x\y")
    assert it.out("cmd", "/c", r"dir /b C:\lab\x") == "y\r\n"
    assert it.error("cmd", "/c", r"mkdir C:\lab\x") == "A subdirectory or file C:\\lab\\x already exists.\r\n"
    it.out("cmd", "/c", r"ren C:\Windows\SoftwareDistribution SoftwareDistribution.old")
    assert (
        it.out("cmd", "/c", r"if exist C:\Windows\SoftwareDistribution.old\DataStore\DataStore.edb echo moved")
        == "moved\r\n"
    )
    assert (
        it.error("cmd", "/c", r"ren C:\Windows\SoftwareDistribution x")
        == "The system cannot find the file specified.\r\n"
    )
    assert it.error("cmd", "/c", r"ren C:\none\x y") == "The system cannot find the path specified.\r\n"
    assert it.error("cmd", "/c", r"ren C:\lab\x empty").startswith("A duplicate file name exists")
    assert it.error("cmd", "/c", r"dir /b C:\lab\empty") == "File Not Found\r\n"
    assert it.machine.state()["files"][r"C:\Windows\SoftwareDistribution"] is None
    assert it.machine.state()["files"][r"C:\lab\x\y"] == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "is not recognized"), ("ja", "認識されていません"), ("de", "falsch geschrieben"), ("es", "no se reconoce")],
)
def test_a_program_that_does_not_exist(language: str, text: str) -> None:
    assert text in shell(language=language).error("cmd", "/c", "nonsense x", code=9009)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["/k", "ver"],
        ["/c"],
        ["/c", "hostname | find x"],
        ["/c", "hostname > C:\\x"],
        ["/c", "hostname < C:\\x"],
        ["/c", "hostname 2>&1"],
        ["/c", "(echo a"],
        ["/c", "echo a)"],
        ["/c", "if 1==1 echo a"],
        ["/c", "if exist C:\\* echo a"],
        ["/c", "dir C:\\*\\x"],
        ["/c", "rd C:\\Example"],
        ["/c", "dir /s C:\\Windows"],
        ["/c", "dir Windows"],
        ["/c", "del C:\\x"],
        ["/c", "type C:\\x"],
        ["/c", "for %i in (1) do echo x"],
        ["/c", "echo off"],
        ["/c", "netsh interface show interface"],
        ["/c", "&"],
    ],
)
def test_what_the_lab_lacks_fails_loudly(arguments: list[str]) -> None:
    it = shell()
    before = it.machine.state()
    done = it.run("cmd.exe", *arguments)
    assert done.exit_code == 120
    assert b"not implemented" in done.stderr
    assert it.machine.state() == before
