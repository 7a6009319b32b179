"""The computers of the WSUS console beside the machines of the inventory."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import NotReadable
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.server_computers import (
    compare_with_console,
    read_computers,
)
from support.fleet import NOW

IDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(9)]
RECENT, OLD = (NOW - timedelta(days=2)).isoformat(), (NOW - timedelta(days=40)).isoformat()


def pc(name: str, identifier: str = "") -> Machine:
    return Machine(name, "healthy", facts={"wsus_client_id": {"id": identifier}})


def row(name: str, identifier: str, reported: Any = RECENT) -> dict[str, Any]:
    return {"FullDomainName": name, "Id": identifier, "LastReportedStatusTime": reported}


def compared(tmp_path: Path, machines: list[Machine], rows: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    path = tmp_path / "console.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return {each.id: each.machines for each in compare_with_console(machines, read_computers(str(path)), NOW, 30)}


def test_both_lists_agree(tmp_path: Path) -> None:
    rows = [row("pc-1.example.test", IDS[1]), row("PC-2", IDS[2].upper())]
    assert compared(tmp_path, [pc("pc-1", IDS[1]), pc("pc-2.example.test", f"{{{IDS[2]}}}")], rows) == {}


def test_what_only_one_of_them_has(tmp_path: Path) -> None:
    rows = [row("pc-1.example.test", IDS[1]), row("gone.example.test", IDS[2])]
    assert compared(tmp_path, [pc("pc-1", IDS[1]), pc("new", IDS[3])], rows) == {
        "fleet.not_in_console": ("new",),
        "fleet.not_in_inventory": ("gone.example.test",),
    }


def test_a_machine_is_found_by_its_id_if_its_name_in_the_console_is_another(tmp_path: Path) -> None:
    assert compared(tmp_path, [pc("renamed", IDS[1])], [row("former.example.test", IDS[1])]) == {}


def test_several_machines_behind_one_entry(tmp_path: Path) -> None:
    machines = [pc("clone-1", IDS[1]), pc("clone-2", IDS[1]), pc("other", IDS[2])]
    rows = [row("clone-2.example.test", IDS[1]), row("other", IDS[2])]
    assert compared(tmp_path, machines, rows) == {"fleet.shared_entry": ("clone-1", "clone-2")}


@pytest.mark.parametrize("reported", [OLD, "", None, "0001-01-01T00:00:00.0000000", "1753-01-01T00:00:00Z"])
def test_machines_that_no_longer_report(tmp_path: Path, reported: Any) -> None:
    rows = [row("pc-1", IDS[1], reported), row("pc-2", IDS[2])]
    assert compared(tmp_path, [pc("pc-1", IDS[1]), pc("pc-2", IDS[2])], rows) == {"fleet.report_overdue": ("pc-1",)}


TIMES = [
    "2026-11-21T06:00:00.0000000Z",
    "2026-11-21T06:00:00",
    "2026-11-21T15:00:00+09:00",
    f"/Date({int((NOW - timedelta(days=2)).timestamp()) * 1000})/",
]


@pytest.mark.parametrize("time", TIMES)
def test_times_as_powershell_writes_them(tmp_path: Path, time: str) -> None:
    path = tmp_path / "console.json"
    path.write_text(json.dumps(row("pc", IDS[1], time)), encoding="utf-8")  # ConvertTo-Json of one computer
    (computer,) = read_computers(str(path))
    assert computer.reported == NOW - timedelta(days=2)


@pytest.mark.parametrize(
    ("encoding", "separator", "head"),
    [("utf-8-sig", ",", ""), ("utf-16", ";", "#TYPE Selected.Computer\n"), ("utf-8", ",", "")],
)
def test_csv_as_export_csv_writes_it(tmp_path: Path, encoding: str, separator: str, head: str) -> None:
    path = tmp_path / "console.csv"
    lines = ['"FullDomainName","Id","LastReportedStatusTime"', f'"pc-1.example.test","{IDS[1]}","{RECENT}"']
    path.write_text(head + "\r\n".join(lines).replace(",", separator), encoding=encoding)
    (computer,) = read_computers(str(path))
    assert (computer.short, computer.id, computer.reported) == ("pc-1", IDS[1], NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "a list of objects"),
        ('[{"Id": "x"}]', "row 1 has no FullDomainName"),
        ("Name;Id\n;1", "row 1 has no FullDomainName"),
        ("FullDomainName,LastReportedStatusTime\npc,11/27/2026 9:00:00 AM", "it must be a time in ISO 8601"),
        ("[" * 100_000, "is not an export"),
        ('{"FullDomainName": ', "is not an export"),
    ],
)
def test_what_is_no_export_is_one_clear_error(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "console.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotReadable, match="export the computers as the guide") as raised:
        read_computers(str(path))
    assert words in raised.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="cannot be read: No such file"):
        read_computers(str(tmp_path / "none.csv"))
