"""Every input that once broke a parser or an audit, or took too long, each under its name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import windowsupdate_log
from ansible_collections.wsus.client.plugins.plugin_utils._components.proxy import selection
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import responses
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.requests import DIRECT
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import moment
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import FORMAT
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._windows import dir_listing, event_log, registry, sc, urls
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Query
from support.event_xml import detection
from support.event_xml import event as event_of
from support.web_responses import Served, everywhere, written
from support.windows_answers import Windows
from support.windows_output import answer, queryex
from unit.fuzz import controller, plain
from unit.fuzz.audits import LONGEST_S, audited
from unit.fuzz.parser import Parser, measured
from unit.fuzz.recordings import of_windows


def audit_file(**machine: Any) -> bytes:
    """An audit file with one machine."""
    policy = {"settings": {"server_url": "http://wsus.example.com:8530"}}
    entry = {"status": "broken", "gathered": "2026-11-23T05:00:00Z", "policy": policy, **machine}
    return json.dumps({"format": FORMAT, "machines": {"pc": entry}}).encode()


def finding(**differs: Any) -> dict[str, Any]:
    return {"id": "bits.disabled", "severity": "error", "codes": [], "summary": "", "remedy": "bits", **differs}


DIGITS = "9" * 5000
HOST = "wsus01.corp.example.com"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Test"
TREE = registry.tree(r"HKLM\SOFTWARE\Test")
LOG = event_log.query("System", [], 14, 60)
LISTING = dir_listing.query("C:\\Windows")
STATE = sc.state("BITS")
TEXT_LOG = windowsupdate_log.query(r"C:\Windows")
SERVER = responses.query("http://wsus.example.com:8530", DIRECT, 19045, 15)


def output(query: Query[Any], text: str, code: int = 0) -> Callable[[], object]:
    return lambda: query.parse(answer(query, text, code))


def request(**fields: Any) -> Callable[[], object]:
    line = written("http://wsus.example.com:8530/ClientWebService/client.asmx", size="SIZE").replace(
        "0.020000", "TOTAL"
    )
    return output(SERVER, line.replace("SIZE", fields.get("size", "0")).replace("TOTAL", fields.get("total", "0.02")))


def standard_error(text: str) -> Callable[[], object]:
    return lambda: Host(controller.Connection(("winrm", 1, b"", text.encode()))).run(controller.COMMANDS)


PARSED: Mapping[str, Callable[[], object]] = {
    # more than linear time
    "events that are not closed": output(LOG, "<Event " * 4_500),
    "blanks in place of a total": output(LISTING, " " * 800),
    "many blanks in place of a total": output(LISTING, " " * 30_000 + "1"),
    "a value with thousands of lines": output(TREE, f"{KEY}\n    x    REG_SZ    a\n" + "b\n" * 15_000),
    "fourteen asterisks in a bypass list": lambda: selection.bypassed(HOST, "**************x"),
    "a bypass list of asterisks": lambda: selection.bypassed(HOST, "*" * 30_000 + "x"),
    "a list of proxies of semicolons": lambda: urls.servers_without_credentials(";" * 30_000),
    "an image path of extensions": lambda: plain.image_path(".exe " * 6_000 + "\nx"),
    "an error text that is not closed": standard_error("#< CLIXML" + '<S S="Error">' * 10_000),
    "reports of events that are not closed": output(TEXT_LOG, "REPORT EVENT: {" * 8_000),
    "an event of nested elements": output(LOG, "<Event>" + "<a>" * 10_000),
    # exceptions of Python
    "an exit code of a service of 5000 digits": output(
        STATE, queryex("BITS", 1, "STOPPED").replace(" 0 ", f" {DIGITS} ")
    ),
    "a process of 5000 digits": output(STATE, queryex("BITS", 4, "RUNNING", pid=4).replace(": 4\n", f": {DIGITS}\n")),
    "a process in digits of another script": output(
        STATE, queryex("BITS", 4, "RUNNING").replace(": 0\n", ": \u0663\n")
    ),
    "a size that is infinite": request(size="inf"),
    "a size that is too large": request(size="1e999"),
    "a time that is no number": request(total="nan"),
    "a time before the year 1": lambda: moment("0001-01-01T00:00:00+14:00"),
    "a time after the year 9999": lambda: moment("9999-12-31T23:59:59-14:00"),
    "a report to the console before the year 1": lambda: controller.console_file(
        b'[{"Name": "pc", "LastReportedStatusTime": "/Date(-99999999999999)/"}]'
    ),
    # files that are not as the collection writes them
    "findings that are a number": lambda: controller.audit_file(audit_file(findings=1.5)),
    "findings that are a text": lambda: controller.audit_file(audit_file(findings="none")),
    "a finding that is none": lambda: controller.audit_file(audit_file(findings=[None])),
    "a finding without a severity": lambda: controller.audit_file(audit_file(findings=[finding(severity=None)])),
    "a finding without an ID": lambda: controller.audit_file(audit_file(findings=[finding(id=None)])),
    "a code that is no number": lambda: controller.audit_file(audit_file(findings=[finding(codes=["(build: 1."])])),
    "a client ID that is a number": lambda: controller.audit_file(audit_file(client_id={"id": 1.5})),
}
FILTERED: Mapping[str, bytes] = {
    "machines that are a text": json.dumps({"format": FORMAT, "machines": "none"}).encode(),
    "a machine that is a number": json.dumps({"format": FORMAT, "machines": {"pc": 1.5}}).encode(),
    "a machine that is none": json.dumps({"format": FORMAT, "machines": {"pc": None}}).encode(),
}


def update_event(number: int, **data: str) -> str:
    provider = "ESENT" if number == 325 else "Microsoft-Windows-WindowsUpdateClient"
    return event_of(number, data, provider=provider, time="x")


AUDITED: Mapping[str, Windows] = {
    "a build in digits of another script": Windows(current_version={"CurrentBuildNumber": ("REG_SZ", "\u00b2")}),
    "a build of 5000 digits": Windows(current_version={"CurrentBuildNumber": ("REG_SZ", DIGITS)}),
    "a revision of 5000 digits": Windows(current_version={"UBR": ("REG_DWORD", "0x" + "f" * 5000)}),
    "an interval of the highest number": Windows(
        au={"UseWUServer": 1, "DetectionFrequencyEnabled": 1, "DetectionFrequency": ("REG_QWORD", "0xffffffffffffffff")}
    ),
    "a scan without a time": Windows(update_log=detection(time="x")),
    "a failed scan without a time": Windows(update_log=detection(0x8024402C, time="x")),
    "a database without a time": Windows(application_log=update_event(325)),
    "an error code of 5000 digits": Windows(update_log=detection(0x8024402C).replace("0x8024402c", DIGITS)),
    "a number of updates of 5000 digits": Windows(update_log=detection(updates=DIGITS)),
    "a size of a response that is infinite": Windows(web={None: Served({"client": {"size": "inf"}})}),
    "a time of a response that is no number": Windows(web={None: everywhere(total=float("nan"))}),
    "a command of a terminal in a name": Windows(
        current_version={"ProductName": ("REG_SZ", "\x1b]0;x\x07\x1b[31mWindows")}
    ),
    "an override of direction in a name": Windows(current_version={"ProductName": ("REG_SZ", "\u202eswodniW\u2066")}),
    "a name with another machine in it": Windows(
        current_version={"ProductName": ("REG_SZ", "Windows\nother-pc  healthy      Windows 11")}
    ),
    "four megabytes of text": Windows(current_version={"ProductName": ("REG_SZ", "W" * 4_000_000)}),
    "four megabytes of lines": Windows(update_log="x" * 79 + "\n" * 50_000),
}


@pytest.mark.parametrize("name", PARSED)
def test_a_parser(name: str) -> None:
    parser: Parser[None] = Parser(name, lambda _nothing: PARSED[name](), tuple, lambda *_random: None)
    error, taken = measured(parser, None)
    assert error is None or isinstance(error, WsusClientError), error
    assert taken <= parser.longest_s


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter(name: str) -> None:
    with pytest.raises(AnsibleFilterError, match="the machines of the audit file"):
        controller.client_ids_of(FILTERED[name])


@pytest.mark.parametrize("name", AUDITED)
def test_an_audit(name: str) -> None:
    parser = Parser(
        name, lambda windows: audited((of_windows(name, windows), ())), tuple, lambda *_random: AUDITED[name]
    )
    error, taken = measured(parser, AUDITED[name])
    assert error is None or isinstance(error, WsusClientError), error
    assert taken <= LONGEST_S
