"""Update files of failed jobs, requested again: what the server says of the very file."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import files
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit as _audit
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.event_xml import job
from support.finding_checks import evidence_of
from support.recording_host import MemoryHost
from support.web_responses import Served, asked_files
from support.windows_answers import CONTEXT, SERVER, Windows
from support.winhttp_value import winhttp_bytes

PROXY = "proxy.example.com:8080"
MACHINE = winhttp_bytes(WinHttp(flags=3, proxy=PROXY))
OLD = "2026-11-10T08:00:00.0000000Z"
FORBIDDEN, MISSING = 0x80190193, 0x80190194
ID = "reachability.file"


def found(windows: Windows) -> dict[str, Finding]:
    """The findings of a whole audit."""
    return {each.id: each for each in _audit.gather(MemoryHost(windows).session, ["all"], CONTEXT).findings}


def file_finding(code: int, name: str = "1.cab", **given: Any) -> Finding:
    log = job(code, url=f"{SERVER}/Content/{name}")
    return found(Windows(bits_log=log, web={None: Served({"file": given})}))[ID]


@pytest.mark.parametrize("build", [7601, 19045])
@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_file_that_the_server_refuses(build: int, status: int) -> None:
    """Other requests succeed, so the finding is about the file, and takes the job that failed with the same status."""
    log = job(0x80190000 | status, url=f"{SERVER}/Content/1.cab")
    findings = found(Windows(build=build, bits_log=log, web={None: Served({"file": {"status": status}})}))
    assert list(findings) == [ID]
    finding = findings[ID]
    assert (finding.severity, finding.remedy, finding.resolved) == ("warning", "server_side", False)
    assert f"{SERVER}/Content/1.cab" in finding.summary
    assert f"HTTP {status}" in finding.summary
    shown = evidence_of(finding)
    assert (shown[0]["url"], shown[0]["method"], shown[0]["status"]) == (f"{SERVER}/Content/1.cab", "HEAD", status)
    assert "time" in shown[1]


@pytest.mark.parametrize(
    ("name", "type_is_named"),
    [
        ("1.cab", False),
        ("1.exe", False),
        ("1.psf", True),
        ("1.ESD", True),
        ("1.msu", True),
        ("1.wim", True),
        ("msu", False),
    ],
)
def test_a_type_that_iis_does_not_serve(name: str, type_is_named: bool) -> None:
    finding = file_finding(MISSING, name, status=404)
    assert ("MIME type" in finding.cause) is type_is_named
    assert ("wsusutil reset" in finding.action) is (name not in ("1.msu", "1.wim"))


@pytest.mark.parametrize("given", [{"length": 0}, {"type": "text/html"}])
def test_a_file_that_is_empty_or_a_page(given: dict[str, Any]) -> None:
    shown = {"shown": ["HTTP/1.1 200 OK", "Content-Length: 0"]} if "length" in given else given
    finding = file_finding(FORBIDDEN, **shown)
    assert "is empty or replaced by a page" in finding.summary
    assert finding.remedy == "server_side"


def test_a_file_of_a_server_that_does_not_respond() -> None:
    finding = file_finding(0x80072EFD, status=0, size=0, shown=[])
    assert (finding.remedy, finding.codes) == ("network", ())
    assert "Other requests to the server succeed" not in finding.cause


def test_only_the_proxy_refuses_the_file() -> None:
    web: dict[str | None, Served] = {PROXY: Served({"file": {"status": 403}})}
    finding = found(Windows(bits_log=job(FORBIDDEN), winhttp=MACHINE, web=web))[ID]
    assert f"is not passed on by the proxy {PROXY} (HTTP 403); it can be downloaded directly" in finding.summary
    assert finding.remedy == "network"


def test_a_file_that_proxy_and_server_refuse_is_the_servers() -> None:
    refused = Served({"file": {"status": 403}})
    finding = found(Windows(bits_log=job(FORBIDDEN), winhttp=MACHINE, web={PROXY: refused, None: refused}))[ID]
    assert finding.remedy == "server_side"


@pytest.mark.parametrize(("status", "severities"), [(403, ["info"]), (404, [])])
def test_an_old_failure_is_a_finding_only_if_it_still_fails_the_same_way(status: int, severities: list[str]) -> None:
    """Since then the update can have been declined, and its file deleted from the server."""
    log = job(FORBIDDEN, time=OLD)
    findings = found(Windows(bits_log=log, web={None: Served({"file": {"status": status}})}))
    assert [each.severity for name, each in findings.items() if name == ID] == severities


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example.com/Content/1.cab",
        f"{SERVER}/Content/1.cab?token=1",
        f"{SERVER}/Content/1.cab'; calc",
        f"{SERVER}/Content/1,2.cab",
        "http://user:secret@wsus.example.com:8530/Content/1.cab",
        f"{SERVER}/Content/{'a' * 400}.cab",
        "http://wsus.example.com:port/1.cab",
        "ftp://wsus.example.com/1.cab",
    ],
)
def test_what_is_never_requested(url: str) -> None:
    class Failed:
        pass

    failed: Any = Failed()
    failed.url = url
    assert files.urls_of([failed], [SERVER]) == ()


def test_the_newest_two_are_requested_each_once() -> None:
    class Failed:
        def __init__(self, url: str) -> None:
            self.url = url

    jobs: Any = [Failed(f"{SERVER}/{name}.cab") for name in "aabc"]
    assert files.urls_of(jobs, [SERVER]) == (f"{SERVER}/a.cab", f"{SERVER}/b.cab")


def test_without_a_failed_job_no_file_is_requested() -> None:
    asked = {bool(log): MemoryHost(Windows(bits_log=log)) for log in ("", job(FORBIDDEN))}
    for machine in asked.values():
        _audit.gather(machine.session, ["all"], CONTEXT)
    requests = {failed: [each for each in machine.asked if asked_files(each)] for failed, machine in asked.items()}
    assert (requests[False], len(requests[True])) == ([], 1)
