"""The playbook wsus.client.repair: confirmation, waves, what it acts on, and the report of all machines."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from broken import WAYS
from playing import Controller
from repairing import CONFIRM, REPORT, changes, statuses

FLEET = [
    {"name": "pc-1", "language": "es", **WAYS["disabled"].machine},
    {"name": "pc-2", "windows": "windows-7-sp1"},
    {"name": "pc-3", **WAYS["group"].machine},
    {"name": "pc-4", "services": {"BITS": {"values": {"ErrorControl": 0}}}},
    {"name": "pc-5", **WAYS["missing"].machine},
]
HEALED = {"pc-1": WAYS["disabled"].changes, "pc-3": WAYS["group"].changes, "pc-5": WAYS["missing"].changes}

ATTEMPT = [{"start": "BITS", "age": "2h"}]


@pytest.mark.smoke
@pytest.mark.parametrize("confirm", [(), ("-e", "wsus_confirm=false"), ("-e", '{"wsus_confirm": "no"}')])
def test_without_confirmation_nothing_is_sent(controller: Callable[..., Controller], confirm: tuple[str, ...]) -> None:
    served = controller(FLEET)
    play = served.play("wsus.client.repair", *confirm, *REPORT)
    assert play.exit_code == 2
    assert "Pass -e wsus_confirm=true to proceed" in play.output
    assert all(machine.log == [] for machine in served.lab.machines.values())
    assert play.audit is None


@pytest.mark.parametrize("serial", ["2", "1", "50%"])
def test_waves_of_machines(controller: Callable[..., Controller], serial: str) -> None:
    served = controller(FLEET)
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, "-e", f"wsus_serial={serial}")
    assert play.exit_code == 0, play.output
    assert changes(play) == HEALED
    assert statuses(play) == {machine["name"]: "healthy" for machine in FLEET}
    # A wave of a role begins when the one before it is done: of the three machines that it runs on.
    order = [each.host for each in play.results if each.action.startswith("wsus.client.wsus_bits")]
    width = {"2": 2, "1": 1, "50%": 1}[serial]
    waves = [sorted(HEALED).index(host) // width for host in order]
    assert waves == sorted(waves)
    assert len(set(waves)) == -(-len(HEALED) // width)
    assert len(play.of_module("wsus_report")) == 2  # its options are validated first


def test_only_the_machines_that_are_named(controller: Callable[..., Controller]) -> None:
    served = controller(FLEET)
    before = served.state()
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, "-e", "wsus_hosts=pc-1:pc-2")
    assert changes(play) == {"pc-1": HEALED["pc-1"]}
    assert set(statuses(play)) == {"pc-1", "pc-2"}
    after = served.state()
    assert {name for name in before if before[name] != after[name]} == {"pc-1"}


def test_a_definition_that_works_is_changed_only_when_that_is_asked_for(controller: Callable[..., Controller]) -> None:
    served = controller([FLEET[3]])
    before = served.state()
    assert served.play("wsus.client.repair", *CONFIRM, *REPORT).changed == {}
    assert served.state() == before
    asked = ("-e", json.dumps({"wsus_bits_mode": "always", "wsus_bits_attributes": {"sid_type": "none"}}))
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, *asked)
    assert changes(play) == {
        "pc-4": (
            ("error_control", "ignore", "normal"),
            ("sid_type", "unrestricted", "none"),
            ("state", "stopped", "running"),
        )
    }
    assert changes(served.play("wsus.client.repair", *CONFIRM, *REPORT, *asked)) == {}


def test_machines_that_fail_stand_in_the_report_beside_the_repaired_ones(controller: Callable[..., Controller]) -> None:
    lost = {"name": "lost", **WAYS["disabled"].machine, "faults": {"drop_after_total": 20}}
    failing = {"name": "failing", "services": {"BITS": {"values": {"Start": 4}, "start_fails_with": 0x80040154}}}
    served = controller([*FLEET, lost, failing])
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert play.exit_code != 0
    assert changes(play) == HEALED
    assert statuses(play) == {
        **{machine["name"]: "healthy" for machine in FLEET},
        "lost": "unreachable",
        "failing": "failed",
    }
    assert play.audit is not None
    assert "BITS did not start: 0x80040154" in play.audit["machines"]["failing"]["message"]


def test_variables_of_the_role_are_checked(controller: Callable[..., Controller]) -> None:
    served = controller([FLEET[0]])
    before = served.state()
    play = served.play("wsus.client.repair", *CONFIRM, "-e", "wsus_bits_state=running")
    assert play.exit_code == 2
    assert "value of wsus_bits_state must be one of: startable, started, stopped, restarted" in play.output
    assert served.state() == before


@pytest.mark.parametrize(("earlier", "failed"), [("{{ seen }}", False), ("{{ nothing }}", True)])
def test_a_start_that_failed_since_the_first_look_fails_the_role(
    controller: Callable[..., Controller], earlier: str, failed: bool
) -> None:
    """The role's verification alone, on a machine whose log holds failed starts that were seen before, or were not."""
    served = controller([{"name": "pc", "services": {"BITS": {"start_fails_with": 0x80040154}}, "attempts": ATTEMPT}])
    verify = {
        "ansible.builtin.include_role": {
            "name": "wsus.client.bits",
            "tasks_from": "verify",
            "rolespec_validate": False,
        },
        "vars": {
            "wsus_bits_before": earlier,
            "wsus_bits_repair": {"changed": True, "check_mode": False},
            "nothing": {"ansible_facts": {"wsus_bits": {"events": []}}},
        },
    }
    look = {"wsus.client.wsus_bits_facts": {}, "register": "seen"}
    play = served.play([{"hosts": "windows", "gather_facts": False, "tasks": [look, verify]}])
    assert play.exit_code == (2 if failed else 0), play.output
    assert ("was repaired but failed to start afterward," in play.output) == failed
