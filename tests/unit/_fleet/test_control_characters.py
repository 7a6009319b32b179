"""What a machine says is data: each kind of control character in each text of a machine, and no raw one in any output."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import html, prometheus, spreadsheet
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import write_json
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.fleet_finding import FleetFinding, lines
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine, machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.repair import repair
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import Report, document
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.table import table
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FACTS
from ansible_collections.wsus.client.plugins.plugin_utils._operations.bits import OPERATION as BITS
from lab.fleet_jobs import JobSpec
from lab.fleet_proxy import ProxySpec
from support.control_characters import KINDS, RAW
from support.lab_host import Pc

HOSTILE = "".join(f"a{each}z" for each in KINDS.values())
# What the format itself consists of, or what means nothing in it.
STRUCTURE = {"csv": "\r\n", "html": "\t\n", "prometheus": "\t\n"}
NOW = datetime(2026, 11, 23, 4, 15, tzinfo=timezone.utc)


@cache
def results() -> dict[str, Any]:
    """The audit of a machine with much to say, and the repair of a service in check mode."""
    pc = Pc(
        domain="example.test",
        registry={
            r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate": {
                "WUServer": "http://wsus.example.test:8530",
                "WUStatusServer": "http://other.example.test:8530",
                "TargetGroup": "Pilot",
                "Note": "x",
            }
        },
        services={
            "BITS": {"values": {"Start": 4, "ImagePath": r"C:\Tools\bits.exe"}},
            "wuauserv": {"values": {"ObjectName": "x"}},
        },
        proxy=ProxySpec(machine="proxy.example.test:3128", bypass="*.lan", user="other:80"),
        jobs=(JobSpec(0x80190194, 7200), JobSpec(0x80072EE7, 9000, name="Of a browser", url="http://a/b", owner="x")),
    )
    return {"audit": pc.perform(FACTS), "bits": pc.perform(BITS, check_mode=True, state="started")}


def texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each text in data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str):
        yield path
    for key, each in items:
        yield from texts(each, (*path, key))


def changed(value: Any, path: tuple[Any, ...], text: str) -> Any:
    """A copy of data with a text in one place."""
    made = copy.deepcopy(value)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    return made


def of_machine(audit: dict[str, Any], bits: dict[str, Any], name: str = "pc", message: str = "") -> Machine:
    attempts = [audit, *([{"failed": True, "msg": message}] if message else [])]
    return machine(name, attempts, {}, [name], repair(audit, audit, {"bits": bits}, message))


def outputs(report: Report, folder: Path) -> dict[str, str]:
    """What a report prints and writes, by format; a line of a table is one string with its number of lines."""
    path = folder / "audit.json"
    write_json(str(path), document(report))
    return {
        "table": "\n".join(line for line, _status in table(report, "all")),
        "fleet findings": "\n".join(lines(report.fleet_findings)),
        "csv": spreadsheet.csv_text(report).removeprefix("\ufeff"),
        "html": html.render(document(report), "en"),
        "prometheus": prometheus.metrics(report),
        "json": path.read_bytes().decode("utf-8"),
    }


def assert_visible(report: Report, plain: dict[str, str], folder: Path, where: object) -> None:
    """No raw character in any output, as many lines and rows as without them, and exact data in JSON."""
    found = outputs(report, folder)
    raw = {name: sorted(RAW & set(text) - set(STRUCTURE.get(name, "\n"))) for name, text in found.items()}
    assert {name: each for name, each in raw.items() if each} == {}, where
    counted = {name: found[name].count("\n") for name in ("table", "fleet findings", "prometheus", "csv")}
    # A time that is none is one line less.
    assert {name: number for name, number in counted.items() if number > plain[name].count("\n")} == {}, where
    assert all(not set(cell) & RAW for row in csv.reader(io.StringIO(found["csv"])) for cell in row), where
    assert json.loads(found["json"], parse_constant=pytest.fail) == document(report), where


def test_no_text_of_a_machine_reaches_an_output_raw(tmp_path: Path) -> None:
    audit, bits = results()["audit"], results()["bits"]
    plain = outputs(Report((of_machine(audit, bits),), NOW), tmp_path)
    facts = [("audit", path) for path in texts(audit["ansible_facts"]) if path != ("wsus_health",)]
    changes = [("bits", path) for path in texts(bits["changes"])]
    assert (len(facts) > 200, len(changes) >= 4) == (True, True)
    for which, path in (*facts, *changes):
        one = changed(audit, ("ansible_facts", *path), HOSTILE) if which == "audit" else audit
        other = changed(bits, ("changes", *path), HOSTILE) if which == "bits" else bits
        if path[0] == "wsus_findings" and path[-1] in ("severity", "id"):
            continue  # of ours: another severity is another number of lines
        assert_visible(Report((of_machine(one, other),), NOW), plain, tmp_path, (which, path))


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_ours_reaches_an_output_raw(kind: str, tmp_path: Path) -> None:
    """Names of machines, messages of failures, and all texts at once, the keys and our own words among them."""
    audit, bits = results()["audit"], results()["bits"]
    text = f"a{KINDS[kind]}z"

    def everywhere(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):  # the names of values in the policy key are the machine's
            return {f"{name}{text}" if key == "other" else name: everywhere(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [everywhere(each, key) for each in value]
        return f"{value}{text}" if isinstance(value, str) and key not in ("severity", "wsus_health") else value

    for one, message in ((audit, ""), (audit, text), (everywhere(audit), text)):
        finding = [
            FleetFinding("id" + (text if message else ""), f"summary{message}", f"action{message}", (f"pc{message}",))
        ]
        plain = Report(
            (of_machine(one, bits, message=message and "az"),), NOW, (FleetFinding("id", "summary", "action", ("pc",)),)
        )
        report = Report((of_machine(one, bits, f"pc{message}", message),), NOW, tuple(finding))
        lines_of_plain = outputs(plain, tmp_path)
        assert_visible(report, lines_of_plain, tmp_path, kind)
