"""A simulated machine as the WinRM server sees it."""

from __future__ import annotations

import json

import pytest
from lab.fleet import AttemptSpec, JobSpec
from lab.machine import ConnectionDropped, Execution, Faults
from unit.lab.simulated_machines import (
    ADMINISTRATOR,
    BITS,
    READER,
    TOKEN,
    Clock,
    Shell,
    command_line,
    lines,
    make,
    script,
)


def execute(commands: list[list[str]], **keywords: str) -> Execution:
    return make(**keywords).execute(command_line(script(commands)), ADMINISTRATOR)


def test_a_batch_is_run_and_each_program_followed_by_its_boundary() -> None:
    done = execute([["hostname"], ["cmd.exe", "/d", "/c", "exit 7"], ["hostname.exe"]])
    assert done == Execution(lines("PC", f"{TOKEN} 0", f"{TOKEN} 7", "PC", f"{TOKEN} 0").encode(), b"", 0)


def test_output_without_a_line_end_gets_one() -> None:
    done = execute([["wevtutil", "qe", "System", "/e:root"]])
    assert done.stdout == lines("<root></root>", f"{TOKEN} 0").encode()


def test_standard_error_is_apart() -> None:
    done = execute([["reg", "query", r"HKLM\none"]], language="de")
    assert done.stdout == lines(f"{TOKEN} 1").encode()
    assert "Registrierungsschlüssel" in done.stderr.decode()


@pytest.mark.parametrize("language", ["en", "ja", "de", "es"])
def test_a_program_that_does_not_exist_leaves_9009(language: str) -> None:
    done = execute([["nonsense.exe", "x"], ["hostname"]], language=language)
    assert done.stdout == lines(f"{TOKEN} 9009", "PC", f"{TOKEN} 0").encode()
    assert "nonsense.exe" in done.stderr.decode()
    assert done.exit_code == 0


def test_programs_depend_on_the_release() -> None:
    assert make("windows-7-sp1").run_program(["UsoClient.exe", "StartScan"], ADMINISTRATOR).exit_code == 9009
    assert make("windows-7-sp1").run_program(["tar.exe", "-V"], ADMINISTRATOR).exit_code == 9009
    done = make("windows-11-24h2").run_program(["tar.exe", "-V"], ADMINISTRATOR)
    assert done.exit_code == 120
    assert done.stdout == b""
    assert b"not implemented" in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "hostname",
        "HOSTNAME.EXE",
        r"C:\Windows\System32\hostname.exe",
        r"c:/windows/system32/HostName",
        r"%SystemRoot%\System32\hostname.exe",
    ],
)
def test_a_program_has_many_names(name: str) -> None:
    assert Shell(make()).out(name) == "PC\r\n"


@pytest.mark.parametrize(
    "name", [r"C:\Windows\hostname.exe", r"C:\hostname.exe", "qmgr.dll", r"C:\Windows\System32\qmgr.dll"]
)
def test_other_files_are_no_programs(name: str) -> None:
    assert make().run_program([name], ADMINISTRATOR).exit_code == 9009


def test_bytes_that_are_no_utf8_arrive_damaged_as_through_powershell() -> None:
    machine = make(language="de")
    Shell(machine).out("sc", "config", "bits", "start=", "disabled")
    done = machine.execute(
        command_line(script([["wevtutil", "qe", "System", "/q:*[System[EventID=7040]]"]])), ADMINISTRATOR
    )
    assert "Hintergrund\ufffdbertragungsdienst" in done.stdout.decode()
    done = machine.execute(
        command_line(script([["wevtutil", "qe", "System", "/uni:true", "/q:*[System[EventID=7040]]"]])), ADMINISTRATOR
    )
    assert done.stdout.startswith(b"<\0E\0v\0e\0n\0t\0")


@pytest.mark.parametrize(
    "start",
    [
        "powershell.exe -noprofile -noninteractive -executionpolicy unrestricted",
        "   PowerShell   -NonInteractive   -NoProfile -ExecutionPolicy  Bypass",
        "PowerShell",
    ],
)
def test_the_command_line_is_read_as_cmd_does(start: str) -> None:
    machine = make()
    assert (
        machine.execute(command_line(script([["hostname"]]), start), ADMINISTRATOR).stdout
        == lines("PC", f"{TOKEN} 0").encode()
    )
    assert machine.log[0].script == script([["hostname"]])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hostname",
        "cmd.exe /c ver",
        "PowerShell -NoProfile -Command whoami",
        "PowerShell -EncodedCommand",
        "PowerShell -EncodedCommand !!!!",
        "PowerShell -EncodedCommand AAA=",
        command_line("whoami"),
        command_line("Get-Service bits | Out-String"),
        command_line(script([["hostname"]]), "PowerShell -File x.ps1"),
        command_line(script([["hostname"]]), "PowerShell -ExecutionPolicy Restricted"),
        command_line(script([["hostname"]])) + " & whoami",
    ],
)
def test_what_is_not_a_batch_is_refused(line: str) -> None:
    machine = make()
    done = machine.execute(line, ADMINISTRATOR)
    assert (done.exit_code, done.stdout) == (1, b"")
    assert b"refused" in done.stderr
    assert machine.log[0].commands == []


def test_a_long_command_line_is_too_long_for_cmd() -> None:
    machine = make(language="de")
    done = machine.execute(command_line(script([["hostname"]])) + " " * 8191, ADMINISTRATOR)
    assert done == Execution(b"", b"Die Befehlszeile ist zu lang.\r\n", 1)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "is not recognized"), ("ja", "認識されていません"), ("de", "falsch geschrieben"), ("es", "no se reconoce")],
)
def test_no_powershell(language: str, text: str) -> None:
    machine = make(language=language, faults={"no_powershell": True})
    done = machine.execute(command_line(script([["hostname"]])), ADMINISTRATOR)
    assert (done.exit_code, done.stdout) == (1, b"")
    assert text in done.stderr.decode()
    assert machine.log[0].commands == []


def test_a_connection_drops_after_some_commands_of_each_batch() -> None:
    machine = make()
    machine.faults = Faults(drop_after_command=2)
    batch = [["reg", "add", r"HKLM\SOFTWARE\Lab", "/v", name, "/d", "x", "/f"] for name in "abc"]
    for _unused in range(2):
        with pytest.raises(ConnectionDropped):
            machine.execute(command_line(script(batch)), ADMINISTRATOR)
        assert len(machine.log[-1].commands) == 2
        assert machine.log[-1].exit_code is None
    assert set(machine.state()["registry"]["HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab"]) == {"a", "b"}
    machine.faults = Faults()
    assert machine.execute(command_line(script(batch)), ADMINISTRATOR).exit_code == 0


def test_a_connection_drops_once_after_the_programs_of_several_batches() -> None:
    machine = make()
    line = command_line(script([["hostname"], ["hostname"]]))
    for _unused in range(2):  # the count starts anew with each change of the record
        machine.faults = Faults(drop_after_total=3)
        assert machine.execute(line, ADMINISTRATOR).exit_code == 0
        with pytest.raises(ConnectionDropped, match="after 1 programs"):
            machine.execute(line, ADMINISTRATOR)
        assert machine.execute(line, ADMINISTRATOR).exit_code == 0
    assert [len(record.commands) for record in machine.log] == [2, 1, 2] * 2


def test_the_count_of_programs_goes_on_over_drops() -> None:
    machine = make(faults={"drop_after_total": 3, "drop_after_command": 2})
    line = command_line(script([["hostname"]] * 3))
    for programs in (2, 1, 2):
        with pytest.raises(ConnectionDropped):
            machine.execute(line, ADMINISTRATOR)
        assert len(machine.log[-1].commands) == programs


def test_the_log_records_what_ran() -> None:
    machine = make()
    line = command_line(script([["sc", "query", "none"], ["hostname"]]))
    machine.execute(line, READER)
    (record,) = machine.log
    assert (record.user, record.command_line, record.exit_code) == ("reader", line, 0)
    assert [(command.argv, command.exit_code) for command in record.commands] == [
        (("sc", "query", "none"), 5),
        (("hostname",), 0),
    ]


def test_reading_leaves_the_state_as_it_was_and_writing_does_not() -> None:
    machine = make()
    before = json.dumps(machine.state())
    shell = Shell(machine)
    for argv in (
        ["reg", "query", "HKLM", "/s"],
        ["sc", "queryex", "type=", "all", "state=", "all"],
        ["wevtutil", "qe", "System"],
        ["sc", "qc", "bits"],
    ):
        shell.out(*argv)
    assert json.dumps(machine.state()) == before
    for argv, part in (
        (["reg", "add", BITS, "/v", "x", "/f"], "registry"),
        (["sc", "start", "bits"], "services"),
        (["cmd", "/c", "mkdir", r"C:\new"], "files"),
        (["sc", "config", "bits", "start=", "disabled"], "events"),
    ):
        old = machine.state()[part]
        shell.run(*argv)
        assert machine.state()[part] != old


def test_the_state_does_not_depend_on_the_clock() -> None:
    later = Clock()
    later.time += 12345
    tried: dict[str, object] = {"attempts": (AttemptSpec("BITS", 60),), "jobs": (JobSpec(0x80190193, 3600),)}
    for windows in ("windows-7-sp1", "windows-10-22h2"):
        assert make(windows, **tried).state() == make(windows, clock=later, **tried).state()


def test_machines_of_one_release_do_not_see_each_others_changes() -> None:
    changed, other = make(), make()
    before = other.state()
    Shell(changed).out("reg", "delete", BITS, "/f")
    Shell(changed).out("cmd", "/c", "ren", r"C:\Windows\SoftwareDistribution", "old")
    assert other.state() == before
    assert make().state() == before
