"""Updates that report success again and again, and are offered again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from support.event_xml import WSUS, detection, event
from support.finding_checks import evidence_of
from support.windows_answers import CONTEXT, Windows

DEFENDER = "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.395.204.0)"
SERVER_UPDATE = (
    "2024-01 Security Update for Microsoft server operating system version 21H2 for x64-based Systems (KB5034439)"
)
STORE = "{855E8A7C-ECB4-4CA3-B045-1DFA50104289}"


def ago(hours: float) -> str:
    return (CONTEXT.now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def installed(hours: float, title: str = DEFENDER, *, code: int | None = None, service: str = WSUS) -> str:
    error = {} if code is None else {"errorCode": f"0x{code:08x}"}
    data = {
        "updateGuid": "{0A1B2C3D-0000-4000-8000-000000000001}",
        "updateTitle": title,
        "serviceGuid": service,
        **error,
    }
    return event(19 if code is None else 20, data, provider="Microsoft-Windows-WindowsUpdateClient", time=ago(hours))


def windows(*events: str, offers: tuple[str, str] = ("1", "1"), build: int = 19045) -> Windows:
    scans = "".join(detection(time=ago(hours), updates=updates) for hours, updates in zip((1, 23), offers, strict=True))
    return Windows(build=build, system_log="".join(events), update_log=scans)


def found(machine: Windows) -> list[Finding]:
    return list(agent.findings(machine.read(agent)))


@pytest.mark.parametrize(
    ("hours", "severity"),
    [((3, 25, 29), "info"), ((3, 27, 51), "warning"), ((3, 4, 5, 6), "info"), ((100, 124, 148), "info")],
)
def test_an_update_that_is_installed_again_and_again(hours: tuple[int, ...], severity: str) -> None:
    (finding,) = found(windows(*map(installed, hours)))
    assert (finding.id, finding.severity, finding.remedy) == ("agent.install_repeats", severity, "administrator")
    assert finding.summary.startswith(f"KB2267602 was installed {len(hours)} times since {ago(hours[-1])[:10]}")
    assert "MpCmdRun.exe -SignatureUpdate" in finding.action
    assert [each["time"] for each in evidence_of(finding)] == [ago(each) for each in hours[:3]]


def test_its_failures_are_its_evidence() -> None:
    (finding,) = found(windows(installed(30, code=0x8007051A), *map(installed, (3, 25, 29))))
    assert (finding.id, finding.codes) == ("agent.install_repeats", ("0x8007051a",))


def test_an_unknown_issue_names_the_usual_causes() -> None:
    (finding,) = found(windows(*(installed(hours, SERVER_UPDATE) for hours in (3, 27, 51))))
    assert "rolled back" in finding.cause


@pytest.mark.parametrize(
    "machine",
    [
        windows(*map(installed, (3, 25))),
        windows(*map(installed, (3, 25, 29)), offers=("0", "1")),
        windows(*map(installed, (3, 25, 29)), offers=("1", "0")),
        # Apps of the Store have the same title in each version.
        windows(*(installed(hours, "9NBLGGH4NNS1-Microsoft.DesktopAppInstaller") for hours in (3, 25, 49))),
        windows(*(installed(hours, service=STORE) for hours in (3, 25, 49))),
        # Each version of the definitions is another update.
        windows(*(installed(hours, DEFENDER.replace("204", str(204 + hours))) for hours in (3, 25, 49))),
    ],
)
def test_what_is_no_repetition(machine: Windows) -> None:
    assert found(machine) == []


@pytest.mark.parametrize(("offers", "asked"), [(("1", "2"), 1), (("1", "0"), 0), (("0", "1"), 0)])
def test_installations_are_queried_only_if_scans_continue_to_find_updates(offers: tuple[str, str], asked: int) -> None:
    machine = replace(windows(), update_log=windows(offers=offers).update_log)
    assert sum("EventID=19" in each for each in machine.asked_again(agent)) == asked
