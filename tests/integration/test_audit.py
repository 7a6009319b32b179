"""The audit of whole fleets: findings, what it costs, and that it changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from comparing import differences
from playing import Controller, module

MOST_REQUESTS = 10
# The way to the server is asked in a second execution, which needs to know the server and the proxy.
EXECUTIONS = 2
COMMANDS = 25
MOST_COMMANDS = 40
# fleets/bits_tables.yml: one machine for each row of the article's two tables on BITS. The way to the server works there, so
# that what made jobs fail on it is past (test_server_tables.py has the same codes with the live fault).
ROWS = {
    "start-80070424-service-missing": ("bits.missing", "broken"),
    "start-8007043b-not-in-group": ("bits.svchost_group", "broken"),
    "start-80070422-disabled": ("bits.disabled", "broken"),
    "start-80070433-dependency-deleted": ("bits.dependency_missing", "broken"),
    "start-8007042c-dependency-fail": ("bits.dependency_failed", "broken"),
    "start-80070003-path-not-found": ("bits.path_not_found", "broken"),
    "start-80070002-parameters-missing": ("bits.service_dll", "broken"),
    "start-80040154-class-not-registered": ("bits.com_catalog", "broken"),
    "start-80040206-event-system-error": ("bits.com_catalog", "broken"),
    "job-80070057-invalid-argument": ("bits.job_proxy_settings", "healthy"),
    "job-80072ee7-name-not-resolved": ("bits.job_name_resolution", "healthy"),
    "job-80072f78-invalid-server-response": ("bits.job_server_response", "healthy"),
    "job-80200013-insufficient-range-support": ("bits.job_range_support", "healthy"),
    "job-80200011-missing-file-size": ("bits.job_file_size", "healthy"),
    "job-80190193-http-403": ("reachability.file", "degraded"),
    "job-800704dd-not-logged-on": ("bits.sens", "degraded"),
}


@pytest.mark.smoke
def test_every_row_of_the_articles_tables_is_diagnosed(controller: Callable[..., Controller]) -> None:
    play = controller("bits_tables").play()
    assert play.exit_code == 0, play.output
    assert play.audit is not None
    machines = play.audit["machines"]
    seen = {
        name: ([finding["id"] for finding in machine["findings"]], machine["status"])
        for name, machine in machines.items()
    }
    assert {name: (ids[0], status) for name, (ids, status) in seen.items()} == ROWS
    for name, machine in machines.items():
        code = f"0x{name.split('-')[1]}"
        assert code in machine["findings"][0]["codes"], name
        assert machine["findings"][0]["evidence"], name


@pytest.mark.smoke
def test_an_audit_is_one_task_two_executions_and_few_requests(controller: Callable[..., Controller]) -> None:
    served = controller("healthy")
    play = served.play()
    assert play.exit_code == 0, play.output
    for name, machine in served.lab.machines.items():
        result = play.of(name)
        commands = [command for record in machine.log for command in record.commands]
        assert len(commands) == result.result["native_commands"] == COMMANDS, name
        assert len(machine.log) == result.result["remote_executions"] == EXECUTIONS, name
        assert sum(served.lab.requests[name].values()) <= MOST_REQUESTS, served.lab.requests[name]


def test_an_audit_changes_nothing_and_its_report_shows_all_machines_or_the_problems(
    controller: Callable[..., Controller],
) -> None:
    served = controller("demo")
    before = served.state()
    row = "error        bits.disabled: BITS is disabled -> bits"
    found: list[dict[str, Any]] = []
    for arguments in ((), ("--check", "--diff", "-e", "wsus_report_show=problems")):
        play = served.play("wsus.client.audit", *arguments)
        assert play.exit_code == 0, play.output
        assert play.audit is not None
        assert set(play.audit["machines"]) == set(before)
        assert play.changed == {}
        assert all(machine.log for machine in served.lab.machines.values())
        assert max(each.result["native_commands"] for each in play.of_module("wsus_facts")) <= MOST_COMMANDS
        assert served.state() == before
        assert f"{len(before)} machines: " in play.output
        assert row in play.output
        for name, machine in play.audit["machines"].items():
            line = re.compile(rf"^{name} +{machine['status']} +{machine['system']['product']} ", re.MULTILINE)
            assert bool(line.search(play.output)) == (arguments == () or machine["status"] != "healthy"), name
        found.append({name: machine["findings"] for name, machine in play.audit["machines"].items()})
    assert differences(*found) == []


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("transport", "scheme"), [("basic", "http"), ("ntlm", "http"), ("basic", "https"), ("ntlm", "https")]
)
def test_every_way_to_log_on(controller: Callable[..., Controller], transport: str, scheme: str) -> None:
    play = controller([{"name": "pc", "windows": "windows-10-22h2"}]).play(transport=transport, scheme=scheme)
    assert play.exit_code == 0, play.output
    assert play.of("pc").result["ansible_facts"]["wsus_system"]["build"] == 19045


def test_the_role_checks_its_arguments_and_gathers_only_what_is_asked_for(
    controller: Callable[..., Controller],
) -> None:
    served = controller([{"name": "pc", "windows": "windows-11-24h2"}])
    role = [{"name": "Play", "hosts": "windows", "gather_facts": False, "roles": [{"role": "wsus.client.audit"}]}]
    good = served.play(role, "-e", '{"wsus_gather_subset": ["system"], "wsus_report_path": ""}')
    assert good.exit_code == 0, good.output
    assert good.audit is None
    assert len(served.lab.machines["pc"].log[0].commands) == 2
    bad = served.play(role, "-e", '{"wsus_gather_subset": ["everything"]}')
    assert bad.exit_code != 0
    assert "value of wsus_gather_subset must be one or more of" in bad.output
    assert len(served.lab.machines["pc"].log) == 1


def test_bits_facts_alone(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "windows": "windows-7-sp1", "language": "ja"}])
    facts = served.play(module("wsus_bits_facts", {"event_days": 3})).of("pc").result["ansible_facts"]
    assert set(facts) == {"wsus_system", "wsus_bits", "wsus_findings", "wsus_health", "wsus_gathered"}
    assert facts["wsus_bits"]["baseline"] == "windows-7"
    assert "<=259200000" in served.lab.machines["pc"].log[0].script
