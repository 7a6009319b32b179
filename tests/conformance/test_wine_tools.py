"""The simulated reg.exe and sc.exe against Wine's, command by command over the same registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from lab.machine import Execution, User
from lab.simulated.machine import SimulatedMachine
from lab.wine.machine import WineMachine
from lab.wine.regfile import read_reg_file

pytestmark = pytest.mark.wine

KEY = r"HKLM\SOFTWARE\wsus conformance"
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"

# In this order on both: the later ones read what the earlier ones wrote.
LAYOUT: Sequence[tuple[str, ...]] = (
    ("add", rf"{KEY}\sub", "/v", "größe", "/t", "REG_SZ", "/d", "日本", "/f"),
    ("add", KEY, "/ve", "/d", "the default", "/f"),
    ("query", KEY, "/s"),
    ("query", rf"{KEY}\sub", "/ve"),
    ("query", KEY, "/v", "größe", "/s"),
    ("query", rf"{KEY}\none"),
    ("delete", KEY, "/f"),
    ("query", rf"{SERVICES}\BITS", "/s"),
)
REG: Sequence[tuple[str, ...]] = (
    ("add", KEY, "/v", "text", "/t", "REG_SZ", "/d", "größe 日本", "/f"),
    ("add", KEY, "/v", "a name with spaces", "/t", "REG_SZ", "/d", "x    y", "/f"),
    ("add", KEY, "/v", "path", "/t", "REG_EXPAND_SZ", "/d", r"%SystemRoot%\x", "/f"),
    ("add", KEY, "/v", "highest", "/t", "REG_DWORD", "/d", "4294967295", "/f"),
    ("add", KEY, "/v", "hexadecimal", "/t", "REG_DWORD", "/d", "0x1F", "/f"),
    ("add", KEY, "/v", "long", "/t", "REG_QWORD", "/d", "0x100000000", "/f"),
    ("add", KEY, "/v", "list", "/t", "REG_MULTI_SZ", "/d", r"one\0two", "/f"),
    ("add", KEY, "/v", "own separator", "/s", ";", "/t", "REG_MULTI_SZ", "/d", "one;two", "/f"),
    ("add", KEY, "/v", "bytes", "/t", "REG_BINARY", "/d", "00ff0a", "/f"),
    ("add", KEY, "/v", "no text", "/t", "REG_SZ", "/f"),
    ("add", KEY, "/v", "no list", "/t", "REG_MULTI_SZ", "/f"),
    ("add", KEY, "/v", "no bytes", "/t", "REG_BINARY", "/f"),
    ("add", KEY, "/v", "no type", "/d", "text", "/f"),
    ("add", KEY, "/ve", "/d", "the default", "/f"),
    ("add", rf"{KEY}\sub\below", "/v", "x", "/d", "1", "/f"),
    ("add", rf"{KEY}\Another", "/v", "y", "/d", "2", "/f"),
    ("add", KEY, "/v", "TEXT", "/d", "written over", "/f"),
    ("query", KEY),
    ("query", KEY, "/s"),
    ("query", KEY + "\\"),
    ("query", KEY, "/ve"),
    ("query", KEY, "/v", "Text"),
    ("query", KEY, "/v", "text", "/reg:64"),
    ("query", KEY, "/v", "nothing"),
    ("query", KEY, "/v", "x", "/s"),
    ("query", rf"{KEY}\sub"),
    ("query", rf"{KEY}\sub", "/ve"),
    ("query", rf"{KEY.lower()}\SUB\below"),
    ("query", KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")),
    ("query", rf"{KEY}\none"),
    ("query", r"HKXX\a"),
    ("query",),
    ("frobnicate", KEY),
    ("add", KEY, "/v", "bad", "/t", "REG_DWORD", "/d", "zz", "/f"),
    ("add", KEY, "/v", "bad", "/t", "REG_WHAT", "/d", "1", "/f"),
    ("add", KEY, "/v", "bad", "/t", "REG_BINARY", "/d", "0g", "/f"),
    ("add", r"HKXX\a", "/f"),
    ("export", KEY, r"C:\exported.reg", "/y"),
    ("export", rf"{KEY}\none", r"C:\none.reg", "/y"),
    ("delete", KEY, "/v", "text", "/f"),
    ("delete", KEY, "/v", "text", "/f"),
    ("delete", KEY, "/ve", "/f"),
    ("query", KEY, "/ve"),
    ("delete", rf"{KEY}\sub\below", "/va", "/f"),
    ("query", KEY, "/s"),
    ("delete", rf"{KEY}\sub", "/f"),
    ("query", KEY, "/s"),
    ("delete", rf"{KEY}\sub", "/f"),
    ("delete", KEY, "/f"),
    ("query", KEY),
    ("import", r"C:\exported.reg"),
    ("import", r"C:\none.reg"),
    ("query", KEY, "/s"),
    ("delete", KEY, "/f"),
    ("query", rf"{SERVICES}\BITS", "/s"),
    ("query", rf"{SERVICES}\wuauserv", "/s"),
    ("query", rf"{SERVICES}\EventSystem", "/s"),
    ("query", rf"{SERVICES}\BITS", "/v", "Start"),
    ("query", r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate", "/s"),
    ("query", r"HKU\S-1-5-19"),
)

SC: Sequence[tuple[str, ...]] = (
    ("query", "wuauserv"),
    ("query", "WUAUSERV"),
    ("query", "rpcss"),
    ("query", "EventSystem"),
    ("query", "none"),
    ("start", "none"),
    ("stop", "none"),
    ("delete", "none"),
    ("stop", "BITS"),
    ("start", "EventSystem"),
    ("create", "wsustest", "binPath=", r"C:\windows\system32\spoolsv.exe", "type=", "own", "start=", "demand"),
    ("create", "wsustest", "binPath=", r"C:\windows\system32\spoolsv.exe"),
    ("query", "wsustest"),
    ("create", "wsusoff", "binPath=", r"C:\windows\system32\spoolsv.exe", "start=", "disabled"),
    ("start", "wsusoff"),
    ("delete", "wsusoff"),
    ("delete", "wsustest"),
    ("query", "wsustest"),
)

TYPE, WAIT_HINT = 1, 6  # their lines of a status, in whatever language
DEFAULT = re.compile(r"^    \([^)]+\)    (REG_SZ    )(\([^)]+\))?(.*)$")


def reg_lines(verb: str, answer: Execution) -> list[str]:
    """What reg.exe printed, without what is known to differ."""
    if answer.exit_code or verb != "query":
        return []  # messages: each has its own words, Wine has some on standard output
    lines = answer.stdout.decode("utf-8").split("\r\n")
    while lines and not lines[-1]:
        lines.pop()  # after a default value that is not set, Wine's last line is not empty
    blocks: list[list[str]] = [[]]
    for line in lines:
        if not line.startswith("    "):
            # "2 matches found" is said in each one's own words.
            count = re.fullmatch(r"[^\\]*\b(\d+)\b[^\\]*", line)
            blocks.append([f"matches: {count[1]}" if count else line])
        elif match := DEFAULT.match(line):
            # The translations of "(Default)" and "(value not set)" are Microsoft's here and Wine's there.
            blocks[-1].append(f"    @    {match[1]}{'-' if match[2] else match[3]}")
        else:
            # Wine 8 prints no number for a REG_QWORD; the exported file tells it.
            blocks[-1].append(re.sub(r"(    REG_QWORD    ).*", r"\1", line))
    # Windows keeps values in the order of their creation, Wine sorts them by name.
    return [line for first, *values in filter(None, blocks) for line in (first, *sorted(values, key=str.lower))]


def sc_lines(answer: Execution) -> list[str]:
    """What sc.exe printed, without what is known to differ."""
    if answer.exit_code:
        return []  # Wine's sc.exe prints no errors: the lab does for it
    lines = answer.stdout.decode("utf-8").split("\r\n")
    kept = []
    for line in lines:
        # Wine prints no line of accepted controls, no blanks at the end, and no empty line before a service.
        if not line.strip() or line.strip().startswith("("):
            continue
        label, colon, value = line.rstrip().partition(":")
        if len(kept) == WAIT_HINT:
            value = ""  # each service's own
        if len(kept) == TYPE:
            value = value.replace(" 30  WIN32", " 20  WIN32_SHARE_PROCESS")  # its own svchost.exe, from 1703 on
        kept.append(label.rstrip() + colon + value)
    # Windows prints process id and flags after a start, Wine does not; messages of success are the lab's own.
    return [line for line in kept if not line.startswith(("[SC]", "        PID", "        FLAGS"))]


def test_reg(
    language: str, wine_machine: Callable[[str], WineMachine], simulated: Callable[[str], SimulatedMachine], user: User
) -> None:
    wine, windows = wine_machine(language), simulated(language)
    for command in REG if language == "en" else LAYOUT:
        argv = ("reg.exe", *command)
        expected, answer = wine.prefix.run(argv), windows.run_program(argv, user)
        assert (command, answer.exit_code, reg_lines(command[0], answer)) == (
            command,
            expected.exit_code,
            reg_lines(command[0], expected),
        )


def test_reg_exports_the_same_bytes_of_every_value(
    wine_machine: Callable[[str], WineMachine], simulated: Callable[[str], SimulatedMachine], user: User
) -> None:
    wine, windows = wine_machine("en"), simulated("en")
    path = r"C:\compared.reg"
    for run in (wine.prefix.run, lambda argv: windows.run_program(argv, user)):
        for command in REG:
            if command[0] == "export":
                break
            run(("reg.exe", *command))
        for argv in (("export", KEY, path, "/y"), ("delete", KEY, "/f")):
            assert run(("reg.exe", *argv)).exit_code == 0
    file, entry = wine.prefix.path(path), windows.files.get(path)
    assert entry is not None
    exported = [
        {key: sorted(values, key=lambda value: value.name.lower()) for key, values in read_reg_file(content)}
        for content in (file.read_bytes(), entry.content or b"")
    ]
    file.unlink()
    assert exported[0] == exported[1]
    assert len(next(iter(exported[0].values()))) > 10


def test_sc(
    language: str, wine_machine: Callable[[str], WineMachine], simulated: Callable[[str], SimulatedMachine], user: User
) -> None:
    """Codes and layout; labels are compared in English, which is all that Wine's sc.exe speaks."""
    wine, windows = wine_machine(language), simulated(language)
    for command in SC:
        expected, answer = wine.tools.run(("sc.exe", *command)), windows.run_program(("sc.exe", *command), user)
        assert (command, answer.exit_code) == (command, expected.exit_code)
        if language == "en":
            assert (command, sc_lines(answer)) == (command, sc_lines(expected))
        else:
            assert [re.sub(r"^.*:", ":", line) for line in sc_lines(answer)] == [
                re.sub(r"^.*:", ":", line) for line in sc_lines(expected)
            ]
