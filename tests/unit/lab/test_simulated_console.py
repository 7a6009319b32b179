"""The text of programs as it arrives over ssh and psrp."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lab.fleet import FleetError, read_fleet

from .simulated_machines import ADMINISTRATOR, TOKEN, command_line, make, script

GROUP = r"HKLM\SOFTWARE\Test"
QUERY = ("reg.exe", "query", GROUP, "/v", "Group")


def answered(language: str, console: str, text: str, *before: tuple[str, ...]) -> bytes:
    """The line of the value as it is sent to the client."""
    machine = make(language=language, console=console, registry={GROUP: {"Group": text}})
    done = machine.execute(command_line(script([*before, QUERY])), ADMINISTRATOR)
    assert machine.state()["registry"][GROUP.replace("HKLM", "HKEY_LOCAL_MACHINE")]["Group"] == ["REG_SZ", text]
    return next(line for line in done.stdout.splitlines() if b"REG_SZ" in line).rpartition(b"    ")[2]


@pytest.mark.parametrize(
    ("language", "console", "text", "arrives"),
    [
        ("de", "utf-8", "Büro", "Büro"),
        ("de", "oem", "Büro", "B\ufffdro"),
        ("de", "psrp", "Büro", "B\x81ro"),  # as a script showed for the review of A3
        ("de", "psrp", "Größe", "Gr\u201d\u00e1e"),
        ("de", "oem", "東京", "??"),
        ("ja", "psrp", "東京", "東京"),  # 932 is both code pages there
        ("ja", "oem", "東京", "\ufffd\ufffd\ufffd\ufffd"),
        ("de", "oem", "Pilot", "Pilot"),
    ],
)
def test_what_arrives(language: str, console: str, text: str, arrives: str) -> None:
    received = answered(language, console, text).decode()
    if language == "ja" and console == "oem":
        assert "東京" not in received
        assert "\ufffd" in received
    else:
        assert received == arrives


def test_chcp_changes_the_rest_of_a_batch_only() -> None:
    assert answered("de", "oem", "Büro", ("chcp.com", "65001")).decode() == "Büro"
    machine = make(language="de", console="oem")
    said = [
        machine.execute(command_line(script([("chcp.com", *page)])), ADMINISTRATOR).stdout.decode().split("\r\n")[:2]
        for page in ((), ("65001",), (), ("99",))
    ]
    assert said == [
        ["Aktive Codepage: 850.", f"{TOKEN} 0"],
        ["Aktive Codepage: 65001.", f"{TOKEN} 0"],
        ["Aktive Codepage: 850.", f"{TOKEN} 0"],
        ["Ung\ufffdltige Codepage", f"{TOKEN} 1"],
    ]


def test_a_console_that_there_is_not(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(yaml.safe_dump({"machines": [{"name": "pc", "console": "utf-16"}]}), encoding="utf-8")
    with pytest.raises(FleetError, match="machine pc: console: expected one of utf-8, oem, psrp"):
        read_fleet(path)
