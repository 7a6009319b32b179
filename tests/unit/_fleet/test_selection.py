"""Which machines the plays of a playbook ask."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.wsus.client.plugins.filter.machines_repaired import machines_repaired
from ansible_collections.wsus.client.plugins.filter.machines_that_failed import machines_that_failed
from ansible_collections.wsus.client.plugins.filter.machines_to_repair import machines_to_repair
from ansible_collections.wsus.client.plugins.filter.remaining_findings import remaining_findings
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import selection
from jinja2 import Undefined
from support.fleet import audit


def audited(*remedies: str, **variables: Any) -> dict[str, Any]:
    result = audit("broken", *((f"x.{remedy}", "error") for remedy in remedies), ("x.past", "resolved"))
    for finding, remedy in zip(result["ansible_facts"]["wsus_findings"], [*remedies, "client_id"], strict=True):
        finding["remedy"] = remedy
    return {"wsus_audit_before": result, **variables}


due = selection.required


@pytest.mark.parametrize(
    ("variables", "windows"),
    [
        ({"ansible_connection": "winrm"}, True),
        ({"ansible_connection": "ansible.builtin.psrp"}, True),
        ({"ansible_connection": "ssh", "ansible_shell_type": "powershell"}, True),
        ({"ansible_shell_type": "cmd"}, True),
        ({"ansible_connection": "ssh"}, False),
        ({}, False),
        ({"ansible_connection": "local", "ansible_shell_type": "powershell"}, False),
        ({"ansible_connection": "ansible.netcommon.network_cli"}, False),
    ],
)
def test_windows_machines_are_known_by_their_connection(variables: dict[str, Any], windows: bool) -> None:
    assert selection.is_windows(variables, "ssh") == windows


def test_the_connection_of_the_command_line_is_that_of_machines_that_name_none() -> None:
    assert selection.is_windows({}, "winrm")
    assert not selection.is_windows({"ansible_connection": "local"}, "winrm")


@pytest.mark.parametrize(
    ("variables", "roles"),
    [
        ({}, []),
        (audited(), []),
        (audited("bits"), ["bits"]),
        (audited("client_id", "policy", "administrator"), ["policy", "client_id"]),
        (audited("reachability"), []),
        (audited("reachability", wsus_proxy_state="direct"), ["reachability"]),
        (audited(wsus_bits_mode="always"), ["bits"]),
        (audited(wsus_bits_mode="", wsus_repair_roles=""), []),
        (audited("policy", wsus_policy_repair={"changed": True}), ["policy", "agent"]),
        (audited("policy", wsus_policy_repair={"changed": False}), ["policy"]),
        (audited("bits", "agent", wsus_repair_roles="agent"), ["agent"]),
        (audited("bits", "agent", wsus_repair_roles=["wsus.client.bits"]), ["bits"]),
        (audited("bits", wsus_bits_repair={"failed": True}), []),
        (audited("bits", wsus_repair_failure={"failed": True}), []),
        ({"wsus_audit_before": {"unreachable": True}, "wsus_bits_mode": "always"}, []),
    ],
)
def test_the_roles_that_a_machine_requires(variables: dict[str, Any], roles: list[str]) -> None:
    assert due(variables) == roles


def test_a_wrong_name_or_mode_is_an_error_that_names_the_choices() -> None:
    with pytest.raises(ValueError, match="contains bitz; the roles are: policy, bits"):
        due(audited(wsus_repair_roles="bitz,agent"))
    with pytest.raises(AnsibleFilterError, match="wsus_bits_mode is alwayz; it must be one of: as_needed, always"):
        machines_to_repair({"pc": audited(wsus_bits_mode="alwayz")}, ["pc"], "bits")
    for wrong in (None, "pc", 1):
        with pytest.raises(AnsibleFilterError, match="expected hostvars and a list of machines"):
            machines_that_failed({}, wrong)


def test_the_filters_keep_the_order_and_leave_out_what_is_unknown() -> None:
    hostvars = {
        "b": audited("bits"),
        "a": audited("bits", wsus_bits_before={"changed": False}),
        "off": {"wsus_audit_result": {"unreachable": True}},
    }
    assert machines_to_repair(hostvars, ["b", "gone", "a"], "bits") == ["b", "a"]
    assert machines_repaired(hostvars, list(hostvars)) == ["a"]
    assert machines_that_failed(hostvars, list(hostvars)) == ["off"]


def test_the_facts_of_a_role_do_not_hide_those_of_the_audit() -> None:
    variables = audited("bits", wsus_bits_before={"ansible_facts": {"wsus_findings": []}, "changed": False})
    assert [bool(each.get("ansible_facts")) for each in selection.attempts(variables)] == [True, False]


def after(*findings: tuple[str, str, str], **variables: Any) -> dict[str, Any]:
    found = [
        {"id": name, "severity": severity, "remedy": remedy, "summary": f"about {name}"}
        for name, severity, remedy in findings
    ]
    return {"wsus_audit_result": {"ansible_facts": {"wsus_findings": found}}, **variables}


RAN = {
    "wsus_bits_repair": {"changed": False},
    "wsus_policy_repair": {"changed": True},
    "wsus_agent_repair": {"scan": None},
}


@pytest.mark.parametrize(
    ("variables", "left"),
    [
        ({}, []),
        (after(("bits.disabled", "error", "bits"), **RAN), ["bits: about bits.disabled"]),
        (after(("bits.disabled", "error", "bits")), []),
        (after(("bits.disabled", "warning", "bits"), wsus_bits_repair={"skipped": True}), []),
        (after(("bits.disabled", "error", "bits"), wsus_agent_repair={"scan": None}), ["bits: about bits.disabled"]),
        (after(("bits.disabled", "error", "bits"), wsus_agent_repair={}, wsus_repair_roles="agent"), []),
        (after(("reachability.proxy", "error", "reachability"), **RAN), []),
        (
            after(("reachability.proxy", "error", "reachability"), wsus_proxy_state="direct", **RAN),
            ["reachability: about reachability.proxy"],
        ),
        (after(("bits.disabled", "info", "bits"), **RAN), []),
        (after(("bits.disabled", "error", "administrator"), **RAN), []),
        (after(("policy.no_server", "warning", "policy"), **RAN), []),
        (after(("policy.no_server", "error", "policy"), **RAN), ["policy: about policy.no_server"]),
        (after(("agent.no_scan", "warning", "agent"), **RAN), ["agent: about agent.no_scan"]),
        (
            after(("agent.no_scan", "warning", "agent"), wsus_agent_repair={"scan": {"not_expected": "metered"}}),
            [],
        ),
    ],
)
def test_the_findings_that_remain(variables: dict[str, Any], left: list[str]) -> None:
    assert remaining_findings(variables) == left


def test_a_playbook_that_is_only_read_has_no_machines() -> None:
    assert selection.machines(Undefined(), ["pc-1"]) == []
    with pytest.raises(ValueError, match="expected hostvars"):
        selection.machines(None, ["pc-1"])
