"""The audit of Wine machines: a real PowerShell and Wine's own programs execute the batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playing import Controller


@pytest.mark.wine
@pytest.mark.parametrize("language", ["en", "ja", "de", "es"])
def test_a_wine_machine_is_audited_and_stays_as_it_was(controller: Callable[..., Controller], language: str) -> None:
    served = controller([{"name": "pc", "kind": "wine", "windows": "windows-10-22h2", "language": language}])
    before = served.state()
    for arguments in ((), ("--check",)):
        play = served.play("wsus.client.audit", *arguments)
        assert play.exit_code == 0, play.output
        facts = play.of("pc").result["ansible_facts"]
        assert facts["wsus_system"]["build"] == 19045
        assert facts["wsus_bits"]["installed"]
        assert facts["wsus_bits"]["definition"]["in_svchost_group"] is True
        assert play.of("pc").result["remote_executions"] == 1
    assert served.state() == before


@pytest.mark.wine
def test_a_wine_machine_with_a_disabled_bits(controller: Callable[..., Controller]) -> None:
    registry = {r"HKLM\SYSTEM\CurrentControlSet\Services\BITS": {"Start": {"type": "REG_DWORD", "data": 4}}}
    served = controller([{"name": "pc", "kind": "wine", "windows": "windows-10-22h2", "registry": registry}])
    play = served.play()
    assert play.exit_code == 0, play.output
    assert "bits.disabled" in [finding["id"] for finding in play.of("pc").result["ansible_facts"]["wsus_findings"]]
