"""What changes the way of the agent: a proxy that only the agent finds, and an entry of the hosts file."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit as _audit
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import DETECT, DIRECT, WinHttp
from support.event_xml import detection, job
from support.finding_checks import evidence_of
from support.recording_host import MemoryHost
from support.web_responses import Served, broken
from support.windows_answers import CONTEXT, Windows
from support.winhttp_value import winhttp_bytes

NAME = "wsus.example.com"
BEFORE, NOW = "2026-11-20T20:00:00.0000000Z", "2026-11-22T20:00:00.0000000Z"
GATEWAY, AUTHENTICATION, SCRIPT = 0x80244023, 0x8024401B, 0x80072F86
PAC = 'function FindProxyForURL(url, host) { return "PROXY old-proxy.example.com:3128; DIRECT"; }'
DETECTS = winhttp_bytes(WinHttp(flags=DIRECT | DETECT))
GONE = broken(7, connect=0)
AUTOMATIC, HOSTS = "reachability.automatic_proxy", "reachability.hosts_file"


def found(**fields: Any) -> dict[str, Finding]:
    """The findings of a whole audit."""
    return {each.id: each for each in _audit.gather(MemoryHost(Windows(**fields)).session, ["all"], CONTEXT).findings}


@pytest.mark.parametrize("build", [7601, 19045])
@pytest.mark.parametrize("code", [GATEWAY, AUTHENTICATION])
def test_a_code_that_only_a_proxy_gives_though_no_proxy_is_set(build: int, code: int) -> None:
    """The requests of the audit succeed directly, which shows nothing of the way of the agent."""
    findings = found(build=build, update_log=detection(code, time=NOW))
    assert list(findings) == [AUTOMATIC]
    finding = findings[AUTOMATIC]
    assert (finding.severity, finding.remedy) == ("error", "administrator")
    assert f"{code:#010x}" in finding.codes
    assert "DHCP option 252" in finding.cause


def test_the_script_of_the_network_names_the_proxy() -> None:
    finding = found(update_log=detection(GATEWAY, time=NOW), wpad=PAC)[AUTOMATIC]
    assert "the proxy old-proxy.example.com:3128" in finding.summary
    assert "http://wpad/wpad.dat" in finding.cause


def test_a_proxy_of_a_failed_job_is_named() -> None:
    """The event of BITS contains the proxy that the job went through."""
    finding = found(bits_log=job(0x801901F6, proxy="http://user:secret@p.example.com:81"))[AUTOMATIC]
    assert "p.example.com:81" in finding.summary
    assert "secret" not in str(finding.as_fact())


def test_while_scans_succeed_a_failed_download_is_a_warning() -> None:
    log = detection(time=NOW)
    finding = found(update_log=log, bits_log=job(0x80190197, time=NOW))[AUTOMATIC]
    assert finding.severity == "warning"


def test_a_later_scan_ends_it() -> None:
    assert AUTOMATIC not in found(update_log=detection(time=NOW) + detection(GATEWAY, time=BEFORE))


def test_the_machine_is_set_to_find_a_proxy() -> None:
    finding = found(update_log=detection(SCRIPT, time=NOW), winhttp=DETECTS)[AUTOMATIC]
    assert finding.remedy == "reachability"
    assert "finds a proxy by a script, and it failed" in finding.summary
    assert "wsus_proxy_state" in finding.action


def test_scans_succeed_by_a_way_that_the_audit_does_not_use() -> None:
    """A machine behind a script is healthy although its server cannot be reached directly."""
    findings = found(update_log=detection(time=NOW), winhttp=DETECTS, web={None: GONE})
    assert {name: each.severity for name, each in findings.items()} == {AUTOMATIC: "info"}


def test_without_a_good_scan_the_fault_of_the_direct_way_stays() -> None:
    findings = found(update_log=detection(GATEWAY, time=NOW), winhttp=DETECTS, web={None: GONE})
    assert {AUTOMATIC, "reachability.connect"} <= {*findings}


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (f"10.0.0.9 {NAME}", "10.0.0.9"),
        (f"10.0.0.9\tother {NAME.upper()} # moved", "10.0.0.9"),
        (f"fd00::9 {NAME}", "fd00::9"),
        (f"# 10.0.0.9 {NAME}", None),
        (f"10.0.0.9 old-{NAME}", None),
        (f"10.0.0.9 other # {NAME}", None),
        ("", None),
    ],
)
def test_an_entry_of_the_hosts_file(line: str, entry: str | None) -> None:
    findings = found(update_log=detection(0x80072EFD, time=NOW), hosts=line, web={None: GONE})
    assert (HOSTS in findings) is (entry is not None)
    if entry:
        finding = findings[HOSTS]
        assert (finding.severity, finding.remedy) == ("warning", "administrator")
        assert finding.summary == f"The hosts file gives {NAME} the address {entry}"
        assert evidence_of(finding)[0]["value"] == f"{entry} {NAME}"


def test_an_entry_with_which_the_server_responds_is_information() -> None:
    finding = found(update_log=detection(0x80072EFD, time=NOW), hosts=f"10.0.0.5 {NAME}", web={None: Served()})[HOSTS]
    assert finding.severity == "info"


@pytest.mark.parametrize("fields", [{}, {"update_log": detection(0x80240016, time=NOW)}])
def test_the_hosts_file_is_read_only_if_the_connection_failed(fields: dict[str, Any]) -> None:
    machine = MemoryHost(Windows(hosts=f"10.0.0.9 {NAME}", **fields))
    _audit.gather(machine.session, ["all"], CONTEXT)
    assert not any(each.arguments[-1].endswith("hosts") for each in machine.asked if each.program == "findstr.exe")
