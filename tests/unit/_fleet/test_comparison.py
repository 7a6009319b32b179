"""What only a comparison of machines shows."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import comparison, fleet_finding
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.fleet_finding import FleetFinding
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import machine as machine_of

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
ID = "5E1F0B2C-6A1D-4F0E-9B1A-0C1D2E3F4A5B"
SERVER = "http://wsus.example.test:8530"


def machine(
    number: int, *findings: dict[str, Any], server: str | None = SERVER, identifier: str = "", revision: int = 5000
) -> Machine:
    identifier = identifier or f"{number:08x}-0000-4000-8000-000000000000"
    facts = {
        "wsus_health": "broken" if findings else "healthy",
        "wsus_system": {"product": "Windows Server 2016", "build": 14393, "revision": revision},
        "wsus_policy": {"settings": {"server_url": server}},
        "wsus_client_id": {"id": identifier},
        "wsus_findings": list(findings),
    }
    return machine_of(f"pc-{number:02}", [{"ansible_facts": facts}], {})


def finding(name: str, *codes: str, severity: str = "error", resolved: bool = False) -> dict[str, Any]:
    return {"id": name, "severity": severity, "codes": list(codes), "resolved": resolved}


def only(*machines: Machine) -> FleetFinding:
    (found,) = comparison.compare(machines, NOW)
    return found


FULL = finding("agent.scan_failed", "0x80244022")


def test_shared_ids() -> None:
    found = only(machine(1, identifier=ID), machine(2, identifier=f"{{{ID.lower()}}}"), machine(3))
    assert (found.id, found.machines) == ("fleet.shared_client_id", ("pc-01", "pc-02"))
    assert found.summary == f"2 machines share the client ID {ID.lower()}"
    assert "regenerate_client_ids" in found.action


def test_a_fault_of_most_machines_of_a_server_is_reported_once() -> None:
    fleet = [machine(number, FULL) for number in range(1, 4)]
    found = only(*fleet, machine(4, server="http://other.example.test:8530"), machine(5, server=SERVER.upper() + "/"))
    assert (found.id, len(found.machines)) == ("fleet.server_fault", 3)
    assert found.summary == f"3 of 4 machines of {SERVER} have agent.scan_failed 0x80244022"


@pytest.mark.parametrize(
    "fleet",
    [
        [machine(1, FULL), machine(2, FULL)],
        [*(machine(number, FULL) for number in range(3)), *(machine(number) for number in range(3, 7))],
        [machine(number, FULL, server=f"http://wsus-{number}.example.test") for number in range(3)],
        [machine(number, FULL, server=None) for number in range(3)],
        [machine(number, finding("agent.scan_failed", "0x80248007")) for number in range(3)],
        [
            machine(number, finding("agent.scan_failed", "0x80244022", severity="info", resolved=True))
            for number in range(3)
        ],
        [machine(number, finding("bits.disabled")) for number in range(3)],
    ],
)
def test_what_is_no_fault_of_the_server(fleet: list[Machine]) -> None:
    assert comparison.compare(fleet, NOW) == ()


def test_a_live_fault_needs_no_code() -> None:
    found = only(*(machine(number, finding("reachability.not_wsus")) for number in range(3)))
    assert found.summary.endswith("have reachability.not_wsus")


def test_machines_that_are_behind_the_others_of_their_build() -> None:
    found = only(
        machine(1, revision=693), machine(2, revision=6981), machine(3, revision=6900), machine(4, revision=6981)
    )
    assert (found.id, found.machines) == ("fleet.behind", ("pc-01",))
    assert (
        found.summary == "1 of 4 machines with Windows Server 2016 are at 14393.693, most others at 14393.6940 or later"
    )


@pytest.mark.parametrize(
    "revisions", [(693, 6981), (6482, 6981, 6981), (0, 6981, 6981), (693, 693, 6981), (6981, 6981, 6981)]
)
def test_machines_that_are_not_known_to_be_behind(revisions: tuple[int, ...]) -> None:
    assert comparison.compare([machine(number, revision=each) for number, each in enumerate(revisions)], NOW) == ()


def test_machines_without_facts_and_facts_of_another_form_are_left_out() -> None:
    odd = machine_of("odd", [], {"wsus_health": "healthy", "wsus_system": [], "wsus_policy": {"settings": None}})
    assert comparison.compare([odd, machine_of("lost", [{"unreachable": True}], {})], NOW) == ()


def test_lines_name_ten_machines() -> None:
    found = only(*(machine(number, identifier=ID) for number in range(12)))
    first, second = fleet_finding.lines([found])
    assert first.endswith("pc-09 and 2 more")
    assert second.strip() == found.action


def test_machines_that_were_not_audited_for_long() -> None:
    def aged(name: str, hours: float | None) -> Machine:
        time = (NOW - timedelta(hours=hours)).isoformat() if hours is not None else None
        return Machine(name, "healthy", facts={"wsus_health": "healthy", "wsus_gathered": time})

    fleet = [aged("today", 1), aged("old", 25), aged("unknown", None), machine_of("never", [], {})]
    assert comparison.compare(fleet, NOW) == ()
    (found,) = comparison.compare(fleet, NOW, 24)
    assert (found.id, found.machines) == ("fleet.not_seen", ("never", "old", "unknown"))
    assert found.summary == "3 of 4 machines were not audited in the last 24 hours"
