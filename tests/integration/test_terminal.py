"""What a machine says reaches the terminal as visible text, whatever prints it, and the audit file as the same data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playing import Controller, module
from repairing import REPORT

POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
TEXT = "Anna\x1b[31m\x07 \x7f\x9b1mX \u202eY\u2066\u200bZ\u2028machine-2 healthy"
IN_EVENTS = TEXT.replace("\x1b", "").replace("\x07", "")  # XML has no controls below U+0020
SERVER = "http://wsus.example.test:8530"
URLS = {"WUServer": SERVER, "WUStatusServer": SERVER, "TargetGroup": TEXT}
OBJECT = {"name": f"Policy {IN_EVENTS}", "settings": {POLICY: URLS, rf"{POLICY}\AU": {"UseWUServer": 1}}}


@pytest.mark.smoke
def test_no_control_character_of_a_machine_reaches_the_terminal(controller: Callable[..., Controller]) -> None:
    served = controller(
        [
            {
                "name": "pc",
                "registry": {VERSION: {"ProductName": TEXT}, POLICY: {f"Value {TEXT}": 1}},
                "group_policy": {"objects": [OBJECT]},
                "services": {"BITS": {"values": {"ImagePath": {"expand": rf"C:\{TEXT}\x.exe"}, "ObjectName": TEXT}}},
                "jobs": [{"code": 0x80072EE7, "age": "3h", "name": IN_EVENTS, "owner": IN_EVENTS}],
            }
        ]
    )
    plays = {
        "audit": served.play("wsus.client.audit", "-v", *REPORT),
        "loud": served.play("wsus.client.audit", "-vvv", *REPORT),
        "plan": served.play("wsus.client.repair", "--check", "--diff", "-vv", *REPORT),
        "repair": served.play("wsus.client.repair", "-e", "wsus_confirm=true", "--diff", "-v", *REPORT),
        "failed": served.play(module("wsus_policy", {"settings": {"target_group": "other"}}), "-v"),
    }
    for name, play in plays.items():
        raw = {character for character in play.output if not character.isprintable()} - {"\n"}
        assert raw == set(), name
        assert "Traceback" not in play.output, name
        assert r"\u202e" in play.output, name
    assert plays["failed"].of("pc").result["reason"] == "managed_by_group_policy"
    assert plays["repair"].changed
    audit = plays["loud"].audit
    assert audit is not None
    assert audit["machines"]["pc"]["system"]["product"] == TEXT
