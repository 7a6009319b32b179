"""WindowsUpdate.log of Windows before 10: lines in the shape of real ones, and lines that are cut or damaged."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import Scan, windowsupdate_log
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result
from support.windows_answers import Windows

QUERY = windowsupdate_log.query(r"C:\Windows")
START = "2026-11-20\t08:29:51:113\t 940\t11bc\tMisc\t===========  Logging initialized (build: 7.6.7601.24436, tz: +0100)  ==========="
NONE = "{00000000-0000-0000-0000-000000000000}"
GOOD = "\t".join(
    [
        "2026-11-20",
        "08:31:25:390",
        " 940",
        "8d4",
        "Report",
        "REPORT EVENT: {D1B1B6F0-9C3C-4E5B-8F8C-1C0C9B8F8F11}",
        "2026-11-20 08:31:20:390+0100",
        "1",
        "147",
        "101",
        NONE,
        "0",
        "0",
        "AutomaticUpdates",
        "Success",
        "Software Synchronization",
        "Windows Update Client successfully detected 12 updates.",
    ]
)
FAILED = (
    GOOD.replace("\t147\t", "\t148\t")
    .replace(f"{NONE}\t0\t0\t", f"{NONE}\t0\t8024402c\t")
    .replace("Success\t", "Failure\t")
)


def scans(*lines: str) -> tuple[Scan, ...]:
    return QUERY.parse(Result(QUERY.command, 0, lines)).scans


def test_a_detection_that_ended_well() -> None:
    assert scans(START, GOOD) == (Scan("2026-11-20T07:31:20.000Z", "WindowsUpdate.log"),)


def test_a_detection_that_failed() -> None:
    (found,) = scans(FAILED)
    assert (found.code, found.succeeded) == (0x8024402C, False)
    assert found.as_fact()["name"] == "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED"


@pytest.mark.parametrize("code", ["80244022", "8024402C", "80072ee2"])
def test_codes_are_hexadecimal_without_0x(code: str) -> None:
    (found,) = scans(FAILED.replace("8024402c", code))
    assert found.code == int(code, 16)


def test_a_number_with_its_name() -> None:
    assert len(scans(GOOD.replace("\t147\t", "\t147 [AGENT_DETECTION_FINISHED]\t"))) == 1
    assert scans(FAILED.replace("\t148\t", "\t148 [AGENT_SCAN_FAILED]\t"))[0].code == 0x8024402C


@pytest.mark.parametrize(
    ("offset", "time"),
    [
        ("+0000", "2026-11-20T08:31:20.000Z"),
        ("-0500", "2026-11-20T13:31:20.000Z"),
        ("+0930", "2026-11-19T23:01:20.000Z"),
        ("+1300", "2026-11-19T19:31:20.000Z"),
    ],
)
def test_local_time_with_its_offset(offset: str, time: str) -> None:
    assert [each.time for each in scans(GOOD.replace("+0100", offset))] == [time]


@pytest.mark.parametrize(
    "line",
    [
        "",
        START,
        GOOD[:60],
        GOOD.partition("\t0\t0\t")[0],
        GOOD.replace("\t", " "),
        GOOD.replace("\t147\t", "\t162\t"),
        GOOD.replace("\t147\t", "\t1470\t"),
        GOOD.replace("{D1B1B6F0", "D1B1B6F0"),
        GOOD.replace("2026-11-20 08", "20.11.2026 08"),
        GOOD.replace("+0100", ""),
        FAILED.replace("8024402c", "8024402cff"),
        FAILED.replace("8024402c", "xyz"),
        "2026-11-20\t08:31:25:390\t 940\t8d4\tReport\tREPORT EVENT: \ufffd\ufffd",
    ],
)
def test_lines_that_are_no_detection(line: str) -> None:
    assert scans(line) == ()
    assert len(scans(line, GOOD, line)) == 1


@pytest.mark.parametrize(
    "time", ["2026-02-30 08:31:20", "2026-11-20 25:31:20", "0001-01-01 00:00:00", "2026-00-20 08:31:20"]
)
def test_a_time_that_does_not_exist_is_skipped(time: str) -> None:
    assert scans(GOOD.replace("2026-11-20 08:31:20", time)) == ()


def test_the_newest_comes_first_and_the_last_version_counts() -> None:
    later = GOOD.replace("2026-11-20 08:31:20", "2026-11-21 09:00:00")
    log = QUERY.parse(Result(QUERY.command, 0, (START.replace("24436", "18804"), GOOD, START, later)))
    assert log.version == "7.6.7601.24436"
    assert [each.time[:10] for each in log.scans] == ["2026-11-21", "2026-11-20"]


@pytest.mark.parametrize(("code", "lines"), [(1, ()), (2, (GOOD,))])
def test_a_log_that_is_absent(code: int, lines: tuple[str, ...]) -> None:
    assert QUERY.parse(Result(QUERY.command, code, lines)) == windowsupdate_log.UpdateLog()


def test_an_old_agent_whose_event_log_says_nothing_is_read_from_its_text() -> None:
    recent = GOOD.replace("2026-11-20 08:31:20", "2026-11-22 20:00:00")
    windows = Windows(build=7601, update_log="", text_log="\n".join([START, FAILED, recent]))
    facts = windows.read(agent)
    assert (facts.version, facts.newest) == (
        "7.6.7601.24436",
        Scan("2026-11-22T19:00:00.000Z", "WindowsUpdate.log"),
    )
    assert [(each.id, each.resolved) for each in agent.findings(facts)] == [("agent.scan_failed", True)]


def test_windows_10_is_not_asked_for_its_text() -> None:
    assert Windows(update_log="", text_log=GOOD).read(agent).scans == ()
