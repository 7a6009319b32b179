"""BITS: every way it breaks gives its finding, and nothing healthy gives one."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import bits
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._finding import health
from support.event_xml import BITS_CLIENT, event, job, scm
from support.finding_checks import evidence_of
from support.windows_answers import CONTEXT, Windows
from support.windows_output import dword

RUNNING = {"BITS": (4, "RUNNING", 0)}


@pytest.mark.parametrize("build", [7601, 9600, 14393, 16299, 17763, 19045, 20348, 22631, 26100])
@pytest.mark.parametrize("start", [2, 3])
@pytest.mark.parametrize("state", [(1, "STOPPED", 0), (1, "STOPPED", 1077), (4, "RUNNING", 0)])
def test_healthy(build: int, start: int, state: tuple[int, str, int]) -> None:
    windows = Windows(build=build, bits={"Start": dword(start), "DelayedAutostart": dword(1)}, states={"BITS": state})
    assert windows.findings() == {}
    assert windows.facts().service.drift == ()


def follow_up(windows: Windows) -> list[str]:
    """What a machine is asked once more, told by the answers to the probe alone."""
    return windows.asked_again(bits)


def test_a_probe_is_seven_commands_and_needs_no_follow_up() -> None:
    assert len(bits.probe(CONTEXT)) == 7
    assert follow_up(Windows()) == []


def asked_of(*names: str) -> list[str]:
    """State and start type of services."""
    services = r"HKLM\SYSTEM\CurrentControlSet\Services"
    return [line for name in names for line in (f"sc.exe queryex {name}", rf"reg.exe query {services}\{name} /v Start")]


def test_where_sens_runs_what_it_depends_on_runs_and_is_not_asked() -> None:
    windows = Windows(build=7601, states={"RpcSs": 1060, "EventSystem": 1060})
    assert follow_up(windows) == []
    assert windows.facts().as_fact()["dependencies"] == [
        {"name": name, "state": "running", "start_type": None, "win32_exit_code": 0}
        for name in ("RpcSs", "EventSystem")
    ]


@pytest.mark.parametrize("sens", [(1, "STOPPED", 0), (2, "START_PENDING", 0), 1060, 5])
def test_where_sens_does_not_run_what_it_depends_on_is_asked(sens: tuple[int, str, int] | int) -> None:
    windows = Windows(
        build=7601, states={"SENS": sens, "EventSystem": (1, "STOPPED", 0)}, starts={"EventSystem": "0x4"}
    )
    assert follow_up(windows) == asked_of("EventSystem")
    assert [(each.name, each.state.running, each.start) for each in windows.facts().service.dependencies] == [
        ("RpcSs", True, None),
        ("EventSystem", False, 4),
    ]
    assert set(windows.findings()) == {"bits.dependency_failed", "bits.sens"}


@pytest.mark.parametrize(
    ("identifier", "code", "windows"),
    [
        ("bits.missing", "0x80070424", Windows(key=False, states={"BITS": 1060})),
        ("bits.svchost_group", "0x8007043b", Windows(netsvcs=r"CertPropSvc\0wuauserv")),
        ("bits.disabled", "0x80070422", Windows(bits={"Start": dword(4)})),
        (
            "bits.dependency_missing",
            "0x80070433",
            Windows(
                bits={"DependOnService": ("REG_MULTI_SZ", r"RpcSs\0Gone")}, states={"Gone": 1060}, starts={"Gone": None}
            ),
        ),
        (
            "bits.dependency_failed",
            "0x8007042c",
            Windows(
                bits={"DependOnService": ("REG_MULTI_SZ", r"RpcSs\0Off")},
                states={"Off": (1, "STOPPED", 1077)},
                starts={"Off": "0x4"},
            ),
        ),
        ("bits.path_not_found", "0x80070003", Windows(states={"BITS": (1, "STOPPED", 3)})),
        ("bits.service_dll", "0x80070002", Windows(parameters={})),
        (
            "bits.com_catalog",
            "0x80040154",
            Windows(bits_log=event(16392, {"ErrorCode": str(0x80040154)}, provider=BITS_CLIENT)),
        ),
        (
            "bits.com_catalog",
            "0x80040206",
            Windows(bits_log=event(16392, {"ErrorCode": str(0x80040206)}, provider=BITS_CLIENT)),
        ),
    ],
)
def test_every_row_of_the_first_table(identifier: str, code: str, windows: Windows) -> None:
    findings = windows.findings()
    assert list(findings) == [identifier]
    finding = findings[identifier]
    assert (finding.severity, finding.resolved) == ("error", False)
    assert code in finding.codes
    assert finding.evidence
    assert finding.remedy in ("bits", "administrator")


@pytest.mark.parametrize(
    ("identifier", "code", "severity", "remedy"),
    [
        ("bits.job_proxy_settings", 0x80070057, "warning", "reachability"),
        ("bits.job_name_resolution", 0x80072EE7, "warning", "network"),
        ("bits.job_server_response", 0x80072F78, "info", "retry"),
        ("bits.job_range_support", 0x80200013, "warning", "network"),
        ("bits.job_file_size", 0x80200011, "warning", "network"),
        ("bits.job_forbidden", 0x80190193, "warning", "server_side"),
        ("bits.sens", 0x800704DD, "warning", "administrator"),
        ("bits.job_failed", 0x80072EFD, "warning", "network"),
    ],
)
def test_every_row_of_the_second_table(identifier: str, code: int, severity: str, remedy: str) -> None:
    findings = Windows(bits_log=job(code) + job(code)).findings()
    assert list(findings) == [identifier]
    finding = findings[identifier]
    assert (finding.severity, finding.remedy, finding.codes) == (severity, remedy, (f"0x{code:08x}",))
    assert [each["job"] for each in evidence_of(finding)] == ["WU Client Download"] * 2
    assert "2 transfers" in finding.summary


@pytest.mark.parametrize(
    ("identifier", "attribute", "broken"),
    [
        ("bits.account", "account", {"ObjectName": ("REG_SZ", r".\service")}),
        (
            "bits.path",
            "image_path",
            {"ImagePath": ("REG_EXPAND_SZ", "%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs")},
        ),
        ("bits.path", "image_path", {"ImagePath": ("REG_EXPAND_SZ", r"C:\Tools\svchost.exe -k other")}),
        ("bits.service_type", "service_type", {"Type": dword(0x1)}),
        (
            "bits.privileges",
            "privileges",
            {"RequiredPrivileges": ("REG_MULTI_SZ", r"SeTcbPrivilege\0SeIncreteQuotaPrivilege")},
        ),
    ],
)
def test_broken_definitions(identifier: str, attribute: str, broken: dict[str, tuple[str, str] | None]) -> None:
    windows = Windows(bits=broken)
    assert {name: finding.severity for name, finding in windows.findings().items()} == {identifier: "error"}
    assert attribute in {each.attribute for each in windows.facts().service.drift}


@pytest.mark.parametrize(
    "changed",
    [
        {"ImagePath": ("REG_EXPAND_SZ", r"%SystemRoot%\System32\svchost.exe -k netsvcs")},
        {"DependOnService": ("REG_MULTI_SZ", r"RpcSs\0EventSystem")},
        {"Type": dword(0x110)},
        {"ServiceSidType": dword(0)},
        {"FailureActions": ("REG_BINARY", "80510100000000000000000001000000140000000100000060EA0000")},
        {"FailureActions": None},
        {"RequiredPrivileges": None},
        {"ErrorControl": dword(0)},
    ],
)
def test_what_works_but_differs_is_drift(changed: dict[str, tuple[str, str] | None]) -> None:
    findings = Windows(bits=changed).findings()
    assert {name: finding.severity for name, finding in findings.items()} == {"bits.drift": "info"}
    assert health(findings.values()) == "healthy"


@pytest.mark.parametrize(
    "same",
    [
        {"ImagePath": ("REG_EXPAND_SZ", r"C:\WINDOWS\system32\svchost.exe  -k netsvcs -p")},
        {"ImagePath": ("REG_EXPAND_SZ", r'"%windir%\System32\svchost.exe" -k netsvcs -p')},
        {"ObjectName": ("REG_SZ", r"NT AUTHORITY\SYSTEM")},
        {"DependOnService": ("REG_MULTI_SZ", "rpcss")},
    ],
)
def test_another_spelling_is_no_drift(same: dict[str, tuple[str, str] | None]) -> None:
    assert Windows(bits=same).facts().service.drift == ()


def test_the_articles_repair_block_on_windows_10() -> None:
    """Applied as printed: own interactive process, Vista's list of privileges with one misspelled, an endless restart."""
    windows = Windows(
        bits={
            "ImagePath": ("REG_EXPAND_SZ", "%systemroot%\\system32\\svchost.exe \u2013k netsvcs"),
            "Type": dword(0x110),
            "DependOnService": ("REG_MULTI_SZ", r"RpcSs\0EventSystem"),
            "RequiredPrivileges": (
                "REG_MULTI_SZ",
                r"SeCreateGlobalPrivilege\0SeImpersonatePrivilege\0SeTcbPrivilege\0SeAssignPrimaryTokenPrivilege\0SeIncreteQuotaPrivilege",
            ),
        }
    )
    assert {name: finding.severity for name, finding in windows.findings().items()} == {
        "bits.path": "error",
        "bits.privileges": "error",
        "bits.drift": "info",
    }


def test_other_programs_jobs_are_not_held_against_wsus() -> None:
    findings = Windows(
        bits_log=job(0x80072EE7, name="Chrome Component Updater", url="http://edgedl.example.net/x?token=secret")
    ).findings()
    assert {name: finding.severity for name, finding in findings.items()} == {"bits.other_jobs": "info"}
    assert "Chrome Component Updater" in findings["bits.other_jobs"].summary


def test_a_job_is_of_wsus_by_its_name_or_by_its_server() -> None:
    log = job(1 << 31, name="other", url="http://WSUS.example.com:8530/Content/x.cab") + job(
        1 << 31, name="WU Client Download", url="http://elsewhere.example.com/"
    )
    assert [each.wsus for each in Windows(bits_log=log).facts().job_failures] == [True, True]
    assert [each.wsus for each in Windows(bits_log=log, policy={}).facts().job_failures] == [False, True]


def test_no_credential_of_a_url_becomes_a_fact() -> None:
    log = job(0x80072EE7, url="http://user:secret@wsus.example.com:8530/Content/x.cab?sig=secret")
    windows = Windows(bits_log=log)
    assert "secret" not in repr(windows.facts().as_fact())
    assert "secret" not in repr([finding.as_fact() for finding in windows.findings().values()])


@pytest.mark.parametrize(
    ("log", "identifier", "code"),
    [
        (scm(7000, "BITS", "%%1058"), "bits.disabled", "0x80070422"),
        (scm(7001, "BITS", "Gone", "%%1075"), "bits.dependency_failed", "0x8007042c"),
        (scm(7003, "BITS", "Gone"), "bits.dependency_missing", "0x80070433"),
        (scm(7023, "BITS", "%%-2147221164"), "bits.com_catalog", "0x80040154"),
        (
            scm(7024, "Intelligenter Hintergrundübertragungsdienst", "%%2147746310", service=None),
            "bits.com_catalog",
            "0x80040206",
        ),
        (
            scm(7009, "30000", "Background Intelligent Transfer Service", service=None),
            "bits.start_failed",
            "0x8007041d",
        ),
        (scm(7022, "BITS"), "bits.start_failed", "0x8007042e"),
        (
            scm(7031, "BITS", "1", "60000", "1", "Restart", time="2026-11-23T04:00:00.0000000Z"),
            "bits.crashed",
            "0x8007042b",
        ),
        (scm(7038, "BITS", r".\x", "%%1330", service=None), "bits.account", "0x8007042d"),
    ],
)
def test_failed_starts_in_the_system_log(log: str, identifier: str, code: str) -> None:
    findings = Windows(system_log=log).findings()
    assert list(findings) == [identifier]
    assert findings[identifier].codes == (code,)
    assert evidence_of(findings[identifier])[0]["channel"] == "System"


def test_events_of_other_services_are_not_ours() -> None:
    log = scm(7000, "Spooler", "%%1058", service="Spooler") + scm(7023, "Druckwarteschlange", "%%2", service=None)
    assert Windows(system_log=log).findings() == {}


def test_a_failed_start_is_evidence_of_the_fault_that_explains_it() -> None:
    windows = Windows(bits={"Start": dword(4)}, system_log=scm(7000, "BITS", "%%1058"))
    findings = windows.findings()
    assert list(findings) == ["bits.disabled"]
    assert [each.get("event_id") for each in evidence_of(findings["bits.disabled"])] == [None, 7000]


@pytest.mark.parametrize(
    "windows",
    [
        Windows(system_log=scm(7000, "BITS", "%%1058")),  # enabled again
        Windows(system_log=scm(7023, "BITS", "%%-2147221164"), states=RUNNING),
        Windows(
            system_log=scm(7023, "BITS", "%%-2147221164", time="2026-11-18T08:00:00.0000000Z"),
            bits_log=job(0x80072F78, time="2026-11-19T08:00:00.0000000Z"),
        ),
    ],
)
def test_a_failed_start_whose_cause_is_gone_is_past(windows: Windows) -> None:
    past = [finding for finding in windows.findings().values() if finding.resolved]
    assert [(finding.severity, finding.remedy) for finding in past] == [("info", "none")]
    assert "in the past" in past[0].summary


def test_the_exit_code_of_the_last_run_is_not_past() -> None:
    findings = Windows(states={"BITS": (1, "STOPPED", 1083)}).findings()
    assert (findings["bits.svchost_group"].severity, findings["bits.svchost_group"].resolved) == ("error", False)


def test_sens_that_does_not_run() -> None:
    windows = Windows(states={"SENS": (1, "STOPPED", 0)}, bits_log=job(0x800704DD))
    findings = windows.findings()
    assert list(findings) == ["bits.sens"]
    assert [each.get("event_id") for each in evidence_of(findings["bits.sens"])] == [None, 61]


@pytest.mark.parametrize(
    ("state", "name"), [((3, "STOP_PENDING", 0), "stop_pending"), ((7, "PAUSED", 0), "paused"), (5, "unreadable")]
)
def test_states_in_which_bits_does_nothing(state: tuple[int, str, int] | int, name: str) -> None:
    findings = Windows(states={"BITS": state}).findings()
    assert {identifier: finding.severity for identifier, finding in findings.items()} == {"bits.state": "warning"}
    assert name in findings["bits.state"].summary


def test_a_service_without_a_readable_key() -> None:
    assert list(Windows(key=False).findings()) == ["bits.definition_unreadable"]


def test_a_key_without_a_service() -> None:
    finding = Windows(states={"BITS": 1060}).findings()["bits.missing"]
    assert any("present" in str(each.get("value")) for each in evidence_of(finding))


def test_dependencies_that_no_windows_has_are_asked_for_once_more() -> None:
    windows = Windows(
        bits={"DependOnService": ("REG_MULTI_SZ", r"RPCSS\0LanmanWorkstation\0+NetworkGroup")},
        starts={"LanmanWorkstation": "0x4"},
    )
    assert follow_up(windows) == asked_of("LanmanWorkstation")
    assert [(each.name, each.state.running, each.start) for each in windows.facts().service.dependencies] == [
        ("RPCSS", True, None),
        ("LanmanWorkstation", True, 4),
    ]
    assert list(windows.findings()) == ["bits.drift"]


@pytest.mark.parametrize("name", ["a\\b", "a/b", "~x", "x" * 300])
def test_a_dependency_that_cannot_be_a_service_is_missing_and_not_asked_for(name: str) -> None:
    windows = Windows(bits={"DependOnService": ("REG_MULTI_SZ", name)})
    assert follow_up(windows) == []
    assert "bits.dependency_missing" in windows.findings()


def test_logs_that_cannot_be_read_are_told() -> None:
    windows = Windows(bits_log=15007, system_log="<Event>broken</Event>")
    findings = windows.findings()
    assert {name: finding.severity for name, finding in findings.items()} == {"bits.events_unreadable": "info"}
    assert windows.facts().as_fact()["unreadable_logs"] == {"Microsoft-Windows-Bits-Client/Operational": 15007}


def test_events_of_other_providers_in_the_system_log_are_not_of_bits() -> None:
    log = "".join(
        event(number, {"hr": "2147942450", "ErrorCode": "5", "param1": "BITS", "param2": "%%5"}, provider="Other")
        for number in (61, 200, 202, 7000, 16392)
    )
    assert Windows(system_log=log).findings() == {}


def test_garbage_is_refused() -> None:
    windows = Windows(bits={"Start": ("REG_DWORD", "0xgarbage")})
    with pytest.raises(UnexpectedOutput, match="Start"):
        windows.facts()


def test_the_published_facts() -> None:
    fact = (
        Windows(
            bits={"Start": dword(2), "DelayedAutostart": dword(1)},
            bits_log=job(0x80200013),
            system_log=scm(7000, "BITS", "%%1058"),
        )
        .facts()
        .as_fact()
    )
    assert fact["definition"] == {
        "image_path": r"%SystemRoot%\System32\svchost.exe -k netsvcs -p",
        "program": r"%SystemRoot%\System32\svchost.exe",
        "arguments": "-k netsvcs -p",
        "service_type": "share_process",
        "interactive": False,
        "start_type": "delayed_auto",
        "error_control": "normal",
        "account": "LocalSystem",
        "dependencies": ["RpcSs"],
        "privileges": [
            "SeCreateGlobalPrivilege",
            "SeImpersonatePrivilege",
            "SeTcbPrivilege",
            "SeAssignPrimaryTokenPrivilege",
            "SeIncreaseQuotaPrivilege",
            "SeDebugPrivilege",
        ],
        "sid_type": "unrestricted",
        "failure_actions": {
            "reset_period_s": 86400,
            "actions": [
                {"action": "restart", "delay_ms": 60000},
                {"action": "restart", "delay_ms": 120000},
                {"action": "none", "delay_ms": 0},
            ],
        },
        "service_dll": r"%SystemRoot%\System32\qmgr.dll",
        "svchost_group": "netsvcs",
        "in_svchost_group": True,
    }
    assert fact["state"] == {
        "name": "stopped",
        "code": 1,
        "win32_exit_code": 0,
        "service_exit_code": 0,
        "pid": None,
        "error": None,
    }
    assert fact["dependencies"] == [{"name": "RpcSs", "state": "running", "start_type": None, "win32_exit_code": 0}]
    assert [(each["kind"], each["code"], each["name"]) for each in fact["events"]] == [
        ("start", "0x80070422", "ERROR_SERVICE_DISABLED"),
        ("job", "0x80200013", "BG_E_INSUFFICIENT_RANGE_SUPPORT"),
    ]


@pytest.mark.parametrize("build", [7601, 19045])
def test_a_dependency_that_is_missing_in_its_own_group_is_for_an_administrator(build: int) -> None:
    # A public report: EventSystem is not listed in LocalService (1083), and the starts of SENS and BITS end with 1068.
    states = {"EventSystem": (1, "STOPPED", 1083), "SENS": (1, "STOPPED", 1068), "BITS": (1, "STOPPED", 1068)}
    findings = Windows(build=build, states=states).findings()
    told = [each for each in findings.values() if each.severity != "info" and each.id != "bits.dependency_failed"]
    if build == 7601:
        told.append(findings["bits.dependency_failed"])
        assert "EventSystem ended with 0x8007043b ERROR_SERVICE_NOT_IN_EXE" in findings["bits.dependency_failed"].cause
    for finding in [each for each in told if each.id in ("bits.sens", "bits.dependency_failed")]:
        assert finding.remedy == "administrator"
        assert "Add EventSystem to the list LocalService" in finding.action
    assert "bits" not in {each.remedy for each in told}


@pytest.mark.parametrize("code", [1053, 1070, 1067])
def test_a_dependency_that_may_start_is_started_by_the_role(code: int) -> None:
    findings = Windows(
        build=7601, states={"EventSystem": (1, "STOPPED", code), "SENS": (1, "STOPPED", 1068)}
    ).findings()
    assert {each.remedy for each in findings.values()} == {"bits"}
