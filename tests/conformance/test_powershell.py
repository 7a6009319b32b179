"""The lab's reader of batches against a real PowerShell, both over the same simulated tools."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context, agent, system
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import COMPONENTS, gather
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy_refresh import GPUPDATE
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import NOT_FOUND, Command, command
from lab.machine import Execution, User
from lab.simulated.batch import NotABatch, read_batch
from lab.simulated.command_line import decode_script
from lab.simulated.machine import SimulatedMachine
from lab.wine.forward import ForwardServer
from unit.lab.simulated_machines import ADMINISTRATOR, make

pytestmark = pytest.mark.powershell

TOKEN = "0123456789abcdef"
NOW = datetime.now(timezone.utc)
CONTEXT = Context(now=NOW)
AUDIT = list(
    dict.fromkeys(
        each.command for each in chain(system.probe(), *(each.probe(CONTEXT) for each in COMPONENTS.values()))
    )
)
NAMES = ("UsoClient.exe", "cmd.exe", "findstr.exe", "reg.exe", "sc.exe", "tool.exe", "wevtutil.exe")


@dataclass(frozen=True)
class Windows:
    """A PowerShell on whose PATH there is nothing but programs that a test answers."""

    powershell: Path
    programs: Path
    empty: Path

    def run(self, script: str) -> Execution:
        arguments = batch.command_line(script).split(" ")[1:]
        done = subprocess.run(
            [str(self.powershell), *arguments],
            env={"PATH": str(self.programs), "HOME": str(self.programs), "LC_ALL": "C.UTF-8"},
            cwd=self.empty,  # for Linux, PowerShell puts file names in place of *
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Execution(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def windows(
    linux_powershell: Path, tmp_path: Path
) -> Iterator[Callable[[Callable[[Sequence[str]], Execution]], Windows]]:
    """Makes a PowerShell whose programs are all answered by one function."""
    servers: list[ForwardServer] = []

    def make(answer: Callable[[Sequence[str]], Execution]) -> Windows:
        server = ForwardServer(answer)
        servers.append(server)
        folder = tmp_path / "programs"
        folder.mkdir()
        source = Path(__file__).parents[1].joinpath("lab", "program.sh").read_text(encoding="utf-8")
        for name in NAMES:
            (folder / name).write_text(source.replace("ADDRESS", server.address.replace(":", "/")), encoding="utf-8")
            (folder / name).chmod(0o755)
        empty = tmp_path / "empty"
        empty.mkdir()
        return Windows(linux_powershell, folder, empty)

    yield make
    for server in servers:
        server.close()


def eight_bits(stdout: bytes) -> bytes:
    """Boundaries with what Linux keeps of an exit code. A PowerShell built for Linux may end its lines with a line feed."""
    if b"\r\n" not in stdout:
        stdout = stdout.replace(b"\n", b"\r\n")
    return re.sub(rb"^([0-9a-f]{16}) (\d+)\r$", _eight_bits, stdout, flags=re.MULTILINE)


def _eight_bits(boundary: re.Match[bytes]) -> bytes:
    code = int(boundary[2])
    # 9009 comes from the batch itself, for a program that is not there.
    return b"%s %d\r" % (boundary[1], code if code == NOT_FOUND else code & 0xFF)


def batches() -> dict[str, Sequence[Command]]:
    services = r"HKLM\SYSTEM\CurrentControlSet\Services"
    key = r"HKLM\SOFTWARE\wsus client test"
    return {
        "the probe of an audit": AUDIT,
        "a refresh of group policy": [GPUPDATE],
        "a scan": [
            *(each.command for build in (7601, 19045) for each in agent.start_scan(build, renew_authorization=True)),
            *(each.command for each in (*agent.drop_authorization(19045), *agent.send_report(7601))),
            command("sc.exe", "query", "wuauserv"),
        ],
        "changes and their reading back": [
            command(
                "reg.exe",
                "add",
                key,
                "/v",
                "it's \u2018quoted\u2019 \u201alow\u201b",
                "/t",
                "REG_SZ",
                "/d",
                "größe $HOME `n %PATH% 日本",
                "/f",
            ),
            command("reg.exe", "query", key),
            command("reg.exe", "delete", key, "/f"),
            command("reg.exe", "query", key),
        ],
        "failures": [
            command("sc.exe", "query", "no such service"),
            command("reg.exe", "query", rf"{services}\none"),
            command("nonsense.exe", "argument"),
            command("sc.exe", "stop", "bits"),
        ],
        "services": [
            command("sc.exe", "queryex", "bits"),
            command("sc.exe", "qc", "bits"),
            command("sc.exe", "start", "bits"),
            command("sc.exe", "config", "bits", "start=", "disabled"),
            command("reg.exe", "query", rf"{services}\BITS", "/s"),
        ],
        "cmd": [command("cmd.exe", "/d", "/c", "ver")],
    }


@pytest.mark.parametrize("form", batches())
def test_both_answer_a_batch_with_the_same_bytes(
    form: str, language: str, simulated: Callable[..., SimulatedMachine], user: User, windows: Callable[..., Windows]
) -> None:
    script = batch.render(batches()[form], TOKEN)
    ours, theirs = (simulated(language, NOW.timestamp) for _unused in range(2))
    expected = ours.execute(batch.command_line(script), user)
    real = windows(lambda argv: theirs.run_program(argv, user)).run(script)
    assert real.exit_code == expected.exit_code == 0
    assert eight_bits(real.stdout) == eight_bits(expected.stdout)
    assert theirs.state()["registry"] == ours.state()["registry"]
    read = batch.read(real.stdout.decode(), batches()[form], TOKEN)
    assert len(read) == len(ours.log[-1].commands)


def test_arguments_arrive_as_they_were_meant(
    windows: Callable[..., Windows], argument_lists: list[dict[str, Any]]
) -> None:
    """Every argument list that was ever tried, through all three: our renderer writes it, PowerShell and the lab read it."""
    cases = [case for case in argument_lists if not case.get("refuse")]
    sent = [case["args"] for case in cases]
    script = batch.render([command("tool.exe", *args) for args in sent], TOKEN)
    assert script.split("\n")[1:] == [case["line"] for case in cases]
    assert [list(argv[1:]) for argv in read_batch(script).commands] == sent

    received: list[list[str]] = []

    def tool(argv: Sequence[str]) -> Execution:
        received.append(list(argv[1:]))
        return Execution()

    done = windows(tool).run(script)
    assert received == sent
    assert done.stdout.splitlines() == [f"{TOKEN} 0".encode()] * len(sent)


def test_arguments_that_would_change_on_the_way_are_refused_by_both(argument_lists: list[dict[str, Any]]) -> None:
    refused = [case for case in argument_lists if case.get("refuse")]
    assert refused
    prologue = batch.render([], TOKEN)
    for case in refused:
        with pytest.raises(UnquotableArgument):
            command("tool.exe", *case["args"])
        with pytest.raises(NotABatch):
            read_batch(f"{prologue}\n{case['line']}")


def test_a_batch_needs_no_cmdlets(windows: Callable[..., Windows]) -> None:
    """Neither those of Microsoft.PowerShell.Utility nor of Management: they may be missing, or forbidden."""
    powershell = windows(lambda _: Execution(b"answered\r\n"))
    without = "$PSModuleAutoLoadingPreference = 'None'\n"
    cmdlets = ("Write-Output", "Select-Object", "Out-File", "Get-Content", "Get-Service")
    refused = powershell.run(without + "\n".join(f"{cmdlet} x" for cmdlet in cmdlets))
    assert refused.stdout == b""
    assert [cmdlet for cmdlet in cmdlets if f"'{cmdlet}'".encode() not in refused.stderr] == []
    done = powershell.run(without + batch.render([command("tool.exe", "x"), command("none.exe")], TOKEN))
    assert done.stdout.splitlines() == [b"answered", f"{TOKEN} 0".encode(), f"{TOKEN} 9009".encode()]


class Recorded:
    """A connection to a simulated machine that keeps the command lines."""

    become = None
    transport = "lab"  # no plugin of ansible-core: given command lines, whatever the release

    def __init__(self, machine: SimulatedMachine) -> None:
        self.machine = machine
        self.lines: list[str] = []

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        self.lines.append(cmd)
        done = self.machine.execute(cmd, ADMINISTRATOR)
        return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_whole_audit_runs_in_constrained_language_mode(language: str, windows: Callable[..., Windows]) -> None:
    """Both executions of it: the real engine prints in that mode what the lab says, and the findings are those of full mode."""
    broken = {
        "windows": "server-2016",
        "language": language,
        "services": {"BITS": {"values": {"Start": 4}}, "wuauserv": {"values": {"Start": 4}}},
    }
    ours = Recorded(make(**broken, language_mode="constrained"))
    theirs = make(**broken, language_mode="constrained")
    context = Context(now=datetime.fromtimestamp(ours.machine.now(), timezone.utc))
    audit = gather(Session(Host(ours), context.now), ["all"], context)
    full = gather(Session(Host(Recorded(make(**broken))), context.now), ["all"], context)
    assert {each.id for each in audit.findings} == {each.id for each in full.findings} | {"reachability.untested"}
    assert {"bits.disabled", "agent.disabled"} <= {each.id for each in audit.findings}

    real = windows(lambda argv: theirs.run_program(argv, ADMINISTRATOR))
    expected = make(**broken, language_mode="constrained")
    assert len(ours.lines) == 2
    for line in ours.lines:
        script = decode_script(line)
        done = real.run(f"$ExecutionContext.SessionState.LanguageMode='ConstrainedLanguage'\n{script}")
        assert done.exit_code == 0
        assert eight_bits(done.stdout) == eight_bits(expected.execute(line, ADMINISTRATOR).stdout)
