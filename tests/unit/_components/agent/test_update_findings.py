"""Updates that could not be downloaded or installed: one finding for each, open until the update succeeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import known_issues
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from support.event_xml import WSUS, detection, event, failure
from support.finding_checks import evidence_of
from support.windows_answers import CONTEXT, Windows

GIVEN = "2026-11 Cumulative Update for Windows 10 Version 22H2 (KB5066791)"
ID, OTHER = "{0A1B2C3D-0000-4000-8000-000000000001}", "{0A1B2C3D-0000-4000-8000-000000000002}"
DOWNLOAD_FAILED, DOWNLOADED, INSTALL_FAILED, INSTALLED = 31, 41, 20, 19


def ago(**age: float) -> str:
    return (CONTEXT.now - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def work(number: int, hours: float, code: int | None = None, *, title: str = GIVEN, update: str = ID) -> str:
    """A download or an installation of an update that ended some hours ago."""
    error = {} if code is None else {"errorCode": f"0x{code:08x}"}
    data = {"updateGuid": update, "updateTitle": title, "serviceGuid": WSUS, **error}
    return event(number, data, provider="Microsoft-Windows-WindowsUpdateClient", time=ago(hours=hours))


def windows(*events: str, build: int = 19045) -> Windows:
    """A machine whose last scan succeeded; each event is in the log that it belongs to."""
    system = "".join(each for each in events if "<Channel>System<" in each)
    update = "".join(each for each in events if "<Channel>System<" not in each)
    return Windows(build=build, system_log=system, update_log=update + detection(time=ago(hours=1)))


def found(*events: str, build: int = 19045) -> Finding:
    """The only finding of such a machine."""
    (finding,) = agent.findings(windows(*events, build=build).read(agent))
    return finding


@pytest.mark.parametrize(
    ("number", "code", "identifier", "remedy"),
    [
        (31, 0x80D02002, "agent.download_failed", "network"),
        (20, 0x80070643, "agent.install_failed", "administrator"),
        (34, 0x80240022, "agent.self_update_failed", "administrator"),
        (35, 0x80070005, "agent.self_update_failed", "administrator"),
    ],
)
@pytest.mark.parametrize(("hours", "recent"), [(1, True), (72, True), (73, False)])
def test_an_update_that_failed(number: int, code: int, identifier: str, remedy: str, hours: int, recent: bool) -> None:
    finding = found(failure(number, code, title="2026-11 KB5066791", time=ago(hours=hours)))
    assert (finding.id, finding.remedy) == (identifier, remedy)
    assert (finding.resolved, finding.severity) == (False, "warning" if recent else "info")
    assert finding.codes == (f"0x{code:08x}",)
    assert evidence_of(finding)[0]["update"] == "2026-11 KB5066791"
    assert ("3 days ago" in finding.summary) is not recent
    assert " of KB5066791 failed" in finding.summary


LATER = GIVEN.replace("2026-11", "2026-12").replace("KB5066791", "KB5071234")


@pytest.mark.parametrize(
    ("failed", "succeeded", "ended"),
    [
        (work(DOWNLOAD_FAILED, 2, 0x80240022), work(DOWNLOADED, 1), True),
        (work(DOWNLOAD_FAILED, 2, 0x80240022), work(INSTALLED, 1), True),
        (work(DOWNLOAD_FAILED, 2, 0x80240022), work(DOWNLOADED, 3), False),
        (work(INSTALL_FAILED, 2, 0x80070643), work(INSTALLED, 1), True),
        (work(INSTALL_FAILED, 2, 0x80070643), work(INSTALLED, 1, update=OTHER), True),
        (work(INSTALL_FAILED, 2, 0x80070643), work(INSTALLED, 1, update=OTHER, title=LATER), True),
        (work(INSTALL_FAILED, 2, 0x80070643, title=LATER), work(INSTALLED, 1, update=OTHER), False),
        (
            work(INSTALL_FAILED, 2, 0x80070643),
            work(INSTALLED, 1, update=OTHER, title=LATER.replace("22H2", "21H2")),
            False,
        ),
        (work(INSTALL_FAILED, 2, 0x80070643), work(DOWNLOADED, 1), False),
        (work(INSTALL_FAILED, 2, 0x80070643), work(INSTALLED, 1, update=OTHER, title="Other (KB1234567)"), False),
        (work(INSTALL_FAILED, 2, 0x80070643, title=""), work(INSTALLED, 1, title="", update=OTHER), False),
    ],
)
def test_only_success_of_the_same_or_a_later_update_ends_a_failure(failed: str, succeeded: str, ended: bool) -> None:
    asked = windows(failed, succeeded).asked_again(agent)
    assert sum("EventID=41" in each or "EventID=19" in each for each in asked) == 2
    finding = found(failed, succeeded)
    assert (finding.resolved, finding.severity) == (ended, "info" if ended else "warning")
    assert ("in the past" in finding.summary) is ended


def test_successes_are_asked_for_only_where_something_failed() -> None:
    assert not any("EventID=19" in each for each in windows().asked_again(agent))


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("", ""),
        ("2026-11 累積更新 (KB5066791)", " of KB5066791"),
        ("2026-11 \ufffd\ufffd\ufffd (KB5066791)", " of KB5066791"),
        ("Definitionsupdate", " of Definitionsupdate"),
        ("Mise \ufffd jour", ""),
        ("Evil\u202e", ""),
        ("x" * 101, f" of {'x' * 100}..."),
    ],
)
def test_an_update_is_named_by_its_article_or_by_a_title_that_can_be_shown(title: str, what: str) -> None:
    assert found(failure(31, 0x80070070, title=title, time=ago(hours=2))).summary.startswith(
        f"A download{what} failed: 0x80070070"
    )


def test_versions_of_one_product_are_one_finding() -> None:
    old, new = (f"Example Browser {number} (x64)" for number in ("122.0.6261.70", "122.0.6261.95"))
    finding = found(
        work(INSTALL_FAILED, 4, 0x800B0109, title=new), work(INSTALL_FAILED, 28, 0x800B0109, title=old, update=OTHER)
    )
    assert f"An installation of {new} failed 2 times since" in finding.summary


@pytest.mark.parametrize(
    ("failed", "installed", "ended"),
    [
        ("1.395.204.0", "1.395.204.0", True),
        ("1.395.204.0", "1.395.1010.0", True),
        ("1.395.204.0", "1.395.20.0", False),
    ],
)
def test_a_later_version_of_the_product_ends_a_failure(failed: str, installed: str, ended: bool) -> None:
    title = "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version {})"
    finding = found(
        work(INSTALL_FAILED, 4, 0x8007051A, title=title.format(failed)),
        work(INSTALLED, 2, title=title.format(installed), update=OTHER),
    )
    assert finding.resolved is ended


def test_an_installation_that_was_repeated_did_not_end_the_failure() -> None:
    events = (work(INSTALL_FAILED, 30, 0x80070643), work(INSTALLED, 29), work(INSTALLED, 5))
    assert found(*events).resolved is False
    assert found(*events, work(INSTALLED, 2, title=LATER, update=OTHER)).resolved is True


@pytest.mark.parametrize(
    ("scan", "others", "remedy"),
    [
        (None, True, "server_side"),
        (None, False, "administrator"),
        (0x80248007, True, "update_store"),
    ],
)
def test_a_package_is_the_cause_if_scans_and_other_installations_succeed(
    scan: int | None, others: bool, remedy: str
) -> None:
    other = (work(INSTALLED, 2, title="Other (KB1234567)", update=OTHER),) if others else ()
    machine = windows(work(INSTALL_FAILED, 4, 0x80242006, title="Example 8 Update 251"), *other)
    machine = replace(machine, update_log=machine.update_log + detection(scan, time=ago(minutes=5)))
    (finding,) = (each for each in agent.findings(machine.read(agent)) if each.id == "agent.install_failed")
    assert finding.remedy == remedy


@pytest.mark.parametrize(
    ("events", "remedy", "words"),
    [
        # The package fails, not the store, so nothing of the machine is to be rebuilt.
        (
            (work(INSTALL_FAILED, 3, 0x80242006), work(INSTALLED, 2, title="KB5071235", update=OTHER)),
            "server_side",
            "wsusutil reset",
        ),
        ((work(INSTALL_FAILED, 3, 0x80242006),), "administrator", "RestoreHealth"),
        ((work(INSTALL_FAILED, 3, 0x80073712),), "administrator", "RestoreHealth"),
        # A service that fails again and again will not pass by waiting.
        (
            tuple(work(DOWNLOAD_FAILED, hours, 0x80240016) for hours in (2, 3, 4)),
            "administrator",
            "Look up the error code",
        ),
    ],
)
def test_what_to_do_is_for_the_one_who_acts(events: tuple[str, ...], remedy: str, words: str) -> None:
    finding = found(*events)
    assert finding.remedy == remedy
    assert words in finding.action


def test_a_failure_passes_only_if_all_of_its_codes_do() -> None:
    passing, lasting = 0x80010108, 0x80070643
    for codes, severity in (((passing, passing), "info"), ((passing, lasting), "warning")):
        events = [work(DOWNLOAD_FAILED, n + 1, code) for n, code in enumerate(codes)]
        assert found(*events).severity == severity


def test_failures_are_one_finding_for_each_update_with_all_its_codes() -> None:
    first = [work(INSTALL_FAILED, hours, code) for hours, code in ((3, 0x80073712), (27, 0x800F0993), (51, 0x80073712))]
    second = work(INSTALL_FAILED, 4, 0x80070643, title="Other (KB1234567)", update=OTHER)
    one, other = agent.findings(windows(*first, second).read(agent))
    assert one.codes == ("0x80073712", "0x800f0993")
    assert f"KB5066791 failed 3 times since {ago(hours=51)[:10]}: 0x80073712" in one.summary
    assert "KB1234567 failed: 0x80070643" in other.summary
    assert len(evidence_of(one)) == 3


def test_without_a_name_each_code_is_a_finding() -> None:
    log = [failure(31, code, time=ago(hours=n + 1)) for n, code in enumerate([5, 5, 6, 5, 5])]
    findings = agent.findings(windows(*log).read(agent))
    assert [(each.id, len(each.evidence)) for each in findings] == [
        ("agent.download_failed", 3),
        ("agent.download_failed", 1),
    ]


@pytest.mark.parametrize(
    ("times", "severity", "remedy"),
    [(1, "info", "retry"), (2, "info", "administrator"), (3, "warning", "administrator")],
)
def test_a_failure_that_should_pass_by_itself_is_a_warning_if_it_does_not(
    times: int, severity: str, remedy: str
) -> None:
    finding = found(*(work(DOWNLOAD_FAILED, hours, 0x80070008) for hours in range(2, 2 + times)))
    assert (finding.severity, finding.remedy) == (severity, remedy)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (0x80070002, "servicing"),
        (0x80070057, "servicing"),
        (0x8007000D, "servicing"),
        (0x800B0100, "servicing"),
        (0x8000FFFF, "servicing"),
        (0x800B0109, "trust"),
        (0x80092004, "trust"),
        (0x80246002, "package"),
    ],
)
def test_an_installation_fails_in_servicing_and_not_on_the_way(code: int, cause: str) -> None:
    finding = found(work(INSTALL_FAILED, 2, code))
    assert evidence_of(finding)[0]["cause"] == cause
    assert finding.remedy == ("server_side" if cause == "package" else "administrator")
    assert ("RestoreHealth" in finding.action) is (cause == "servicing")


def test_a_certificate_that_is_not_trusted_is_no_trouble_of_the_connection() -> None:
    finding = found(work(DOWNLOAD_FAILED, 2, 0x800B0109))
    assert (finding.remedy, "Trusted Publishers" in finding.action) == ("administrator", True)


@pytest.mark.parametrize(("code", "remedy"), [(0x80070422, "retry"), (0x80D02002, "network")])
def test_a_download_that_a_service_prevented_is_tried_again(code: int, remedy: str) -> None:
    assert found(failure(31, code, time=ago(hours=1))).remedy == remedy


def test_what_defender_downloads_itself_is_no_problem_of_the_client() -> None:
    title = "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.403.88.0)"
    finding = found(*(work(DOWNLOAD_FAILED, hours, 0x80072EE2, title=title) for hours in (2, 10, 18)))
    assert (finding.severity, finding.remedy, finding.resolved) == ("info", "none", False)
    assert "Microsoft Defender downloads this itself" in finding.cause


def test_only_one_update_fails() -> None:
    failed, installed = work(INSTALL_FAILED, 5, 0x80070643), work(INSTALLED, 3, title="Other (KB1234567)", update=OTHER)
    assert "only this one fails" in found(failed, installed).cause
    assert "only this one fails" not in found(failed).cause


@pytest.mark.parametrize(
    ("code", "title", "build", "words"),
    [
        (0x80070643, "Sicherheitsupdate (KB5034441)", 19045, "recovery partition"),
        (0x80070643, "Sicherheitsupdate (KB5034441)", 22631, None),
        (0x80070643, "Other (KB1234567)", 19045, None),
        (0x80240069, "2025-08 (KB5063878)", 26100, "August 2025"),
        (0x80240069, "2025-04 (KB5055523)", 26100, None),
        (0x80240069, "Windows 11, version 24H2", 22631, "April 2025"),
        (0x800F0922, "2025-11 (KB5068781)", 19045, "Extended Security Updates"),
        (0x800F0922, "2025-11 (KB5068861)", 26100, None),
    ],
)
def test_a_known_issue_has_its_own_cause_with_its_source(code: int, title: str, build: int, words: str | None) -> None:
    finding = found(work(INSTALL_FAILED, 2, code, title=title), build=build)
    assert ("Source: https://" in finding.cause) is (words is not None)
    assert words is None or words in finding.cause


def test_the_table_of_known_issues_is_well_formed() -> None:
    issues = known_issues.known_issues()
    assert len({(each.code, each.article, each.first_build) for each in issues}) == len(issues) >= 6
    for each in issues:
        assert each.first_build <= each.last_build
        assert each.cause.endswith(".")
        assert each.action.endswith(".")
        assert each.source.startswith("https://")


def test_every_failure_is_published_with_its_own_context() -> None:
    facts: dict[str, Any] = windows(work(INSTALL_FAILED, 2, 0x80070002)).read(agent).as_fact()
    (event_of_it,) = [each for each in facts["events"] if each["kind"] == "install"]
    assert event_of_it["cause"] == "servicing"
