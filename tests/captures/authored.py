"""Makes the captures of machines that nobody has captured, from what public sources show of such machines.

    PYTHONPATH=tests python -m captures.authored

A machine of the lab answers, and what a source shows is put in place of the lab's own answer, in our words: form and
labels are facts, the machine around them is ours. ``tests/unit/test_captures.py`` says when the files must be made again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._operations.capture import CAPTURE, CaptureOptions
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from lab.fleet import EventSpec, MachineSpec
from lab.machine import User
from lab.network import MachineNetwork
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine

FOLDER = Path(__file__).parent
CAPTURED = datetime(2026, 11, 23, 4, 15, tzinfo=timezone.utc)
CONSENT = "Not needed: no machine was captured. The facts are public, the file is our own."
_USER = User("lab", "secret")
_AGENT = "Microsoft-Windows-WindowsUpdateClient"
_OPERATIONAL = f"{_AGENT}/Operational"
_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
_FLIGHTING = "{8b24b027-1dee-babb-9a95-3517dfb9c552}"
_STORE = "{855e8a7c-ecb4-4ca3-b045-1dfa50104289}"
_HOUR = 3600.0

_RUSSIAN = (
    "Имя_службы",
    "Тип",
    "Состояние",
    "Код_выхода_Win32",
    "Код_выхода_службы",
    "Контрольная_точка",
    "Ожидание",
    "ID_процесса",
    "Флаги",
)
_LABEL = re.compile(r"^( *)([A-Z][A-Z0-9_]*)( *):")
_DATE = re.compile(r"^(\d\d)/(\d\d)/(\d{4})  (\d\d:\d\d) (AM|PM)(.*)$")
_FILES = re.compile(r"^ +(\d+) File\(s\) +(\d+) bytes$")
_FOLDERS = re.compile(r"^ +(\d+) Dir\(s\) +(\d+) bytes free$")
_FOLDER = re.compile(r"^ Directory of (.*)$")
# What differs between two runs of the lab's requests: times in seconds, and the address of the endpoint.
_SECONDS = re.compile(r"\b\d+\.\d{6}\b")
_LOOPBACK = re.compile(r"\b127(?:\.\d+){3}\b")

Rewrite = Callable[[Result], Sequence[str]]


def russian_services(answer: Result) -> Sequence[str]:
    """sc.exe queryex in Russian: its labels are translated, their order, numbers and constants are not."""
    if answer.command.program != "sc.exe":
        return answer.lines
    labels = iter(_RUSSIAN)
    lines = []
    for line in answer.lines:
        match = _LABEL.match(line)
        label = next(labels, "") if match else ""
        lines.append(f"{match[1]}{label:<{19 if match[1] else 0}}:{line[match.end() :]}" if match else line)
    return lines


def korean_dir(answer: Result) -> Sequence[str]:
    """Dir in Korean: the time has its half of the day before it, and the count of free bytes has no blank after its unit."""
    texts = (
        "{0}-{1}-{2}  {4} {3}{5}",
        "오전",
        "오후",
        "{:>16}개 파일 {:>19} 바이트",
        "{:>16}개 디렉터리 {:>15} 바이트 남음",
        " {} 디렉터리",
    )
    return _dir(answer, texts, (" C 드라이브의 볼륨에는 이름이 없습니다.", " 볼륨 일련 번호: E4E0-38C0"))


def japanese_dir(answer: Result) -> Sequence[str]:
    """Dir in Japanese on Windows 11."""
    texts = (
        "{0}/{1}/{2}  {3}{5}",
        "",
        "",
        "{:>16} 個のファイル {:>19} バイト",
        "{:>16} 個のディレクトリ {:>15} バイトの空き領域",
        " {} のディレクトリ",
    )
    return _dir(
        answer, texts, (" ドライブ C のボリューム ラベルは Windows です", " ボリューム シリアル番号は B690-2094 です")
    )


def as_it_is(answer: Result) -> Sequence[str]:
    """The lab's own answer."""
    return answer.lines


def _dir(answer: Result, texts: Sequence[str], volume: Sequence[str]) -> Sequence[str]:
    if answer.command.program != "cmd.exe":
        return answer.lines
    entry, morning, afternoon, files, folders, folder = texts
    lines = [*volume, *answer.lines[2:]]
    for number, line in enumerate(lines):
        if match := _DATE.match(line):
            month, day, year, clock, half, rest = match.groups()
            lines[number] = entry.format(year, month, day, clock, morning if half == "AM" else afternoon, rest)
        elif match := _FILES.match(line):
            lines[number] = files.format(*match.groups())
        elif match := _FOLDERS.match(line):
            lines[number] = folders.format(*match.groups())
        elif match := _FOLDER.match(line):
            lines[number] = folder.format(match[1])
    return lines


@dataclass(frozen=True)
class Authored:
    """A capture to be made. ``spec`` are the keys of the lab's machine, ``findings`` the ids that are right for it."""

    source: str
    findings: tuple[str, ...]
    rewrite: Rewrite = as_it_is
    spec: Mapping[str, Any] = field(default_factory=dict)


def _scan(number: int, age: float, level: int, **data: str) -> EventSpec:
    return EventSpec(_OPERATIONAL, _AGENT, number, age, tuple(data.items()), level)


AUTHORED: Mapping[str, Authored] = {
    "russian-services": Authored(
        "Labels of sc.exe query and queryex in Russian: stored public files 38021940779 and 37547068557.",
        ("bits.disabled",),
        russian_services,
        {"windows": "windows-10-22h2", "services": {"BITS": {"values": {"Start": 4}}}},
    ),
    "korean-dir": Authored(
        "Form of dir in Korean: stored public files 62669928636 and 10721381074.",
        (),
        korean_dir,
        {"windows": "windows-10-22h2"},
    ),
    "japanese-dir": Authored(
        "Form of dir in Japanese on Windows 11: stored public files 71070984231 and 32465306974.",
        (),
        japanese_dir,
        {"windows": "windows-11-24h2"},
    ),
    "windows-11-flighting": Authored(
        "Event 25 with 0x80240438 and event 26 with 3 updates of the service OS Flighting on Windows 11: stored public files "
        "70866624619 and 71000425678. Event 20 of the Store with 0x80073d02: stored public file 15232188094.",
        (),
        spec={
            "windows": "windows-11-24h2",
            "events": (
                _scan(25, 2 * _HOUR, 2, errorCode="0x80240438", serviceGuid=_FLIGHTING),
                _scan(26, 3 * _HOUR, 4, updateCount="3", serviceGuid=_FLIGHTING),
                EventSpec(
                    "System",
                    _AGENT,
                    20,
                    4 * _HOUR,
                    (
                        ("errorCode", "0x80073d02"),
                        ("updateTitle", "9NTXGKQ8P7N0-MicrosoftWindows.CrossDevice"),
                        ("updateGuid", "{26dcdf7b-51f5-4f3b-9fe6-49e2520f37a6}"),
                        ("updateRevisionNumber", "1"),
                        ("serviceGuid", _STORE),
                    ),
                    2,
                ),
            ),
        },
    ),
    "server-2019-https": Authored(
        "A policy with an HTTPS server that is also the alternate one, on Server 2019: stored public file 63438893770.",
        ("reachability.name_resolution",),
        spec={
            "windows": "server-2019",
            "registry": {
                _POLICY: {
                    "WUServer": "https://wsus.contoso.test:8531",
                    "WUStatusServer": "https://wsus.contoso.test:8531",
                    "UpdateServiceUrlAlternate": "https://wsus.contoso.test:8531",
                    "AcceptTrustedPublisherCerts": 1,
                    "SetProxyBehaviorForUpdateDetection": 0,
                }
            },
        },
    ),
}


class _Connection:
    become = None
    transport = "lab"  # no plugin of ansible-core: given command lines, whatever the release

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command line on the machine of the lab."""
        done = self._machine.execute(cmd, _USER)
        return done.exit_code, done.stdout, done.stderr


class _Host(Host):
    """The machine of the lab, its answers rewritten."""

    def __init__(self, machine: SimulatedMachine, rewrite: Rewrite) -> None:
        super().__init__(_Connection(machine))
        self._rewrite = rewrite

    def run(self, commands: Sequence[Command]) -> tuple[Result, ...]:
        """What the rewritten machine answers."""
        return tuple(replace(each, lines=tuple(self._lines(each))) for each in super().run(commands))

    def _lines(self, answer: Result) -> Sequence[str]:
        lines = self._rewrite(answer)
        if answer.command.program != "curl.exe":
            return lines
        return [_LOOPBACK.sub("192.0.2.10", _SECONDS.sub("0.010000", line)) for line in lines]


def make(name: str, folder: Path) -> Path:
    """Write one of the captures into a folder; the same bytes each time."""
    authored = AUTHORED[name]
    network = MachineNetwork()
    spec = MachineSpec("pc", f"{name}: pc", users=(_USER,), network=network, **authored.spec)
    machine = simulated_machine(spec, CAPTURED.timestamp)
    try:
        session = Session(_Host(machine, authored.rewrite), CAPTURED, names=(name,))
        path = Path(CAPTURE.run(session, CaptureOptions(str(folder), 14), check_mode=False).values["path"])
    finally:
        machine.close()
    data = {**json.loads(path.read_text(encoding="utf-8")), "source": authored.source, "consent": CONSENT}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path.chmod(0o644)
    return path


if __name__ == "__main__":
    for each in AUTHORED:
        sys.stdout.write(f"{make(each, FOLDER)}\n")
