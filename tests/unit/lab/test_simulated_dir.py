"""The long form of dir, pipes of cmd.exe, and findstr.exe on simulated machines."""

from __future__ import annotations

import pytest
from unit.lab.simulated_machines import Clock, Shell, lines, make

FILES = {
    r"C:\lab": {},
    r"C:\lab\b.txt": "x" * 1234567,
    r"C:\lab\A dir": {},
    r"C:\lab\log.txt": "one\r\ntwo (x\nthree\r\n",
}


def shell(language: str = "en", **spec: int) -> Shell:
    return Shell(make("windows-10-22h2", language, Clock(), files=FILES, **spec))


def test_a_file_and_one_that_is_not_there() -> None:
    it = shell(free_space=943718400)
    done = it.run("cmd.exe", "/d", "/c", "dir", "/-c", r"%windir%\System32\wuaueng.dll", r"%windir%\WinSxS\pending.xml")
    serial = it.machine.volume_serial
    assert done.stdout.decode() == lines(
        " Volume in drive C has no label.",
        f" Volume Serial Number is {serial}",
        "",
        r" Directory of C:\Windows\System32",
        "",
        "09/13/2020  07:26 AM                 0 wuaueng.dll",
        "               1 File(s)              0 bytes",
        "               0 Dir(s)       943718400 bytes free",
        "",
        r" Directory of C:\Windows\WinSxS",
        "",
    )
    assert (done.stderr.decode(), done.exit_code) == ("File Not Found\r\n", 1)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            (
                r" Directory of C:\lab",
                "",
                "01/15/2027  03:00 AM    <DIR>          .",
                "01/15/2027  03:00 AM    <DIR>          ..",
                "01/15/2027  03:00 AM    <DIR>          A dir",
                "01/15/2027  03:00 AM         1,234,567 b.txt",
                "01/15/2027  03:00 AM                19 log.txt",
                "               2 File(s)      1,234,586 bytes",
                "               3 Dir(s)  68,719,476,736 bytes free",
            ),
        ),
        (
            "ja",
            (
                r" C:\lab のディレクトリ",
                "",
                "2027/01/15  17:00    <DIR>          .",
                "2027/01/15  17:00    <DIR>          ..",
                "2027/01/15  17:00    <DIR>          A dir",
                "2027/01/15  17:00         1,234,567 b.txt",
                "2027/01/15  17:00                19 log.txt",
                "               2 個のファイル           1,234,586 バイト",
                "               3 個のディレクトリ  68,719,476,736 バイトの空き領域",
            ),
        ),
        (
            "de",
            (
                r" Verzeichnis von C:\lab",
                "",
                "15.01.2027  09:00    <DIR>          .",
                "15.01.2027  09:00    <DIR>          ..",
                "15.01.2027  09:00    <DIR>          A dir",
                "15.01.2027  09:00         1.234.567 b.txt",
                "15.01.2027  09:00                19 log.txt",
                "               2 Datei(en),      1.234.586 Bytes",
                "               3 Verzeichnis(se),  68.719.476.736 Bytes frei",
            ),
        ),
        (
            "es",
            (
                r" Directorio de C:\lab",
                "",
                "15/01/2027  09:00    <DIR>          .",
                "15/01/2027  09:00    <DIR>          ..",
                "15/01/2027  09:00    <DIR>          A dir",
                "15/01/2027  09:00         1.234.567 b.txt",
                "15/01/2027  09:00                19 log.txt",
                "               2 archivos      1.234.586 bytes",
                "               3 dirs  68.719.476.736 bytes libres",
            ),
        ),
    ],
)
def test_a_folder_in_each_language(language: str, expected: tuple[str, ...]) -> None:
    assert shell(language).out("cmd", "/c", r"dir C:\lab").split("\r\n")[3:-1] == list(expected)


def test_only_folders_or_files() -> None:
    it = shell()
    assert "b.txt" not in it.out("cmd", "/c", r"dir /ad C:\lab")
    assert "<DIR>" not in it.out("cmd", "/c", r"dir /a-d C:\lab")
    assert it.out("cmd", "/c", r"dir /b /a-d C:\lab C:\lab\b.txt") == lines("b.txt", "log.txt", "b.txt")


def test_a_folder_on_the_way_that_is_not_there() -> None:
    done = shell().run("cmd", "/c", r"dir C:\none\x")
    assert (done.exit_code, done.stderr) == (1, b"The system cannot find the path specified.\r\n")
    assert b"Directory" not in done.stdout


def test_files_carry_the_time_of_their_change() -> None:
    clock = Clock()
    it = Shell(make(clock=clock))
    clock.time += 86400
    it.out("cmd", "/c", r"mkdir C:\new")
    assert "01/16/2027  03:00 AM    <DIR>          ." in it.out("cmd", "/c", r"dir C:\new")
    it.out("cmd", "/c", r"ren C:\new newer")
    assert "01/16/2027  03:00 AM    <DIR>          ." in it.out("cmd", "/c", r"dir C:\newer")


def test_a_pipe_hands_on_the_output_and_the_last_exit_code_counts() -> None:
    it = shell()
    assert it.out("cmd", "/c", "echo one | hostname") == "PC\r\n"
    assert it.out("cmd", "/c", "exit 3 | hostname & echo more") == "PC\r\nmore\r\n"
    assert it.out("cmd", "/c", "hostname | exit 3", code=3) == ""
    assert it.out("cmd", "/c", "reg query HKLM\\none 2>nul | hostname && echo fine") == "PC\r\nfine\r\n"
    assert it.out("cmd", "/c", "echo before & echo one | hostname") == "before\r\nPC\r\n"
    assert it.out("cmd", "/c", "if exist C:\\none echo n | hostname") == ""
    assert b"not implemented" in it.run("cmd", "/c", "hostname | find x").stderr


def test_findstr_finds_literal_text() -> None:
    it = shell()
    assert it.out("findstr.exe", "/l", "/c:two (", "/c:thr", r"C:\lab\log.txt") == "two (x\r\nthree\r\n"
    assert it.out("findstr.exe", "/L", "/C:TWO", r"C:\lab\log.txt", code=1) == ""
    assert it.out("findstr.exe", "/l", "/i", "/c:TWO", r"C:\lab\log.txt") == "two (x\r\n"
    assert it.error("findstr", "/l", "/c:x", r"C:\none.log") == "FINDSTR: Cannot open C:\\none.log\r\n"
    for other in (("/c:x", r"C:\lab\log.txt"), ("/l", "/v", "/c:x", "a"), ("/l", "/c:x"), ("/l", "/c:x", "a", "b")):
        assert it.run("findstr.exe", *other).exit_code == 120
