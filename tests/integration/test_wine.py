"""The audit of Wine machines: a real PowerShell and Wine's own programs execute the batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playing import Controller

LANGUAGES = ("en", "ja", "de", "es")
DISABLED = {"type": "REG_DWORD", "data": 4}
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"


@pytest.mark.wine
def test_wine_machines_are_audited_and_stay_as_they_were(controller: Callable[..., Controller]) -> None:
    healthy = [{"name": language, "kind": "wine", "language": language} for language in LANGUAGES]
    disabled = {rf"{SERVICES}\{name}": {"Start": DISABLED} for name in ("BITS", "wuauserv")}
    served = controller([*healthy, {"name": "disabled", "kind": "wine", "registry": disabled}])
    before = served.state()
    for arguments in ((), ("--check",)):
        play = served.play("wsus.client.audit", *arguments)
        assert play.exit_code == 0, play.output
        results = {each.host: each.result for each in play.of_module("wsus_facts")}
        found = {
            name: [finding["id"] for finding in result["ansible_facts"]["wsus_findings"]]
            for name, result in results.items()
        }
        assert found == {**{language: [] for language in LANGUAGES}, "disabled": ["bits.disabled", "agent.disabled"]}
        for name in LANGUAGES:
            facts = results[name]["ansible_facts"]
            assert facts["wsus_system"]["build"] == 19045
            for component in ("wsus_bits", "wsus_agent"):
                assert facts[component]["installed"]
                assert facts[component]["definition"]["in_svchost_group"] is True
            assert facts["wsus_policy"]["settings"]["server_url"] == "http://wsus.example.test:8530"
            assert facts["wsus_reachability"]["reachable"] is True
            assert (results[name]["remote_executions"], results[name]["native_commands"]) == (2, 25)
    assert served.state() == before
