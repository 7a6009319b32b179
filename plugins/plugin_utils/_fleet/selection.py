# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines of an inventory are Windows machines, and which of them require which role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined

from .._text import one_line
from .machine import first_failure

ROLES = ("policy", "bits", "reachability", "agent", "update_store", "client_id")
"""The roles that repair, in the order in which they run."""
MODES = ("as_needed", "always")
PHASES = ("before", "repair", "after")

BEFORE = "wsus_audit_before"
AFTER = "wsus_audit_result"
FAILURE = "wsus_repair_failure"

_WINDOWS = frozenset({"winrm", "psrp"})
_SHELLS = frozenset({"powershell", "cmd"})


def attempts(variables: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The results of the tasks of a repair that a machine has registered, in the order of the tasks.

    The facts of a role are about its component only, so those of the whole audits are kept alone.
    """
    names = (BEFORE, *(f"wsus_{role}_{phase}" for role in ROLES for phase in PHASES), FAILURE, AFTER)
    results = {name: result for name in names if isinstance(result := variables.get(name), Mapping)}
    return [
        result if name in (BEFORE, AFTER) else {key: value for key, value in result.items() if key != "ansible_facts"}
        for name, result in results.items()
    ]


def machines(hostvars: object, names: object) -> list[tuple[str, Mapping[str, Any]]]:
    """The machines of ``names`` that hostvars contain, with their variables. Raises ValueError if it is not given these two.

    There are none where a playbook is only read (--syntax-check): ansible-core before 2.19 has no hostvars then.
    """
    if isinstance(hostvars, Undefined):
        return []
    if not isinstance(hostvars, Mapping) or not isinstance(names, (list, tuple)):
        raise ValueError("expected hostvars and a list of machines")
    return [(name, hostvars[name]) for name in names if name in hostvars]


def is_windows(variables: Mapping[str, Any], connection: str) -> bool:
    """Whether the connection of a machine reaches Windows. ``connection`` is the one of machines that name none.

    WinRM and PSRP do; SSH does if its shell is PowerShell or cmd.
    """
    used = str(variables.get("ansible_connection") or connection).rpartition(".")[2]
    return used in _WINDOWS or (
        used in {"ssh", "smart", "paramiko_ssh"} and variables.get("ansible_shell_type") in _SHELLS
    )


def requires(variables: Mapping[str, Any], role: str) -> bool:
    """Whether a machine requires a role, from its audit in this run and its variables.

    A machine whose audit or repair failed requires none. Raises ValueError for a mode or a role that does not exist.
    """
    mode = variables.get(f"wsus_{role}_mode") or "as_needed"
    if mode not in MODES:
        raise ValueError(f"wsus_{role}_mode is {one_line(mode, 40)}; it must be one of: {', '.join(MODES)}")
    if role not in roles_to_run(variables.get("wsus_repair_roles")):
        return False
    audit = variables.get(BEFORE)
    facts = audit.get("ansible_facts") if isinstance(audit, Mapping) else None
    if not isinstance(facts, Mapping) or first_failure(attempts(variables)):
        return False
    always = mode == "always"
    named = role in {
        finding.get("remedy") for finding in facts.get("wsus_findings") or () if finding.get("severity") != "info"
    }
    if role == "reachability":
        return named and bool(variables.get("wsus_proxy_state"))
    if role == "agent":
        # Changed settings take effect with a scan; the role starts one if its findings require it.
        policy = variables.get("wsus_policy_repair")
        return named or always or (isinstance(policy, Mapping) and bool(policy.get("changed")))
    return named or always


def required(variables: Mapping[str, Any]) -> list[str]:
    """The roles that a machine requires, in their order. Raises ValueError for a mode or a role that does not exist."""
    return [role for role in ROLES if requires(variables, role)]


def roles_to_run(given: Any) -> tuple[str, ...]:
    """The roles that a repair may run, from a list or a text with commas. Nothing stands for all of them.

    Raises ValueError for a name that is no role.
    """
    names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given or ())
    chosen = [str(name).rpartition(".")[2] for name in names if name]
    if unknown := sorted(set(chosen) - set(ROLES)):
        raise ValueError(f"wsus_repair_roles contains {', '.join(unknown)}; the roles are: {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in chosen) if chosen else ROLES


def was_repaired(variables: Mapping[str, Any]) -> bool:
    """Whether a role ran on a machine, or began to."""
    return any(isinstance(variables.get(f"wsus_{role}_{phase}"), Mapping) for role in ROLES for phase in PHASES)


def remaining(variables: Mapping[str, Any]) -> list[str]:
    """The summaries of the findings that a role should have repaired, with the roles' names before them.

    That is every finding whose role ran, and every error that a role of this run repairs but that was not there before: something,
    perhaps another run, changed the machine meanwhile. Warnings of the policy are excused: a refresh of Group Policy must resolve errors
    only. So is a missing scan if none is expected. Without an audit after the repair there are none.
    """
    audit = variables.get(AFTER)
    facts = audit.get("ansible_facts") if isinstance(audit, Mapping) else None
    if not isinstance(facts, Mapping) or not was_repaired(variables):
        return []
    ran = {role for role in ROLES if _ran(variables.get(f"wsus_{role}_repair"))}
    repairing = set(roles_to_run(variables.get("wsus_repair_roles")))
    if not variables.get("wsus_proxy_state"):
        repairing.discard("reachability")
    agent = variables.get("wsus_agent_repair")
    scan = agent.get("scan") if isinstance(agent, Mapping) else None
    no_scan_expected = isinstance(scan, Mapping) and bool(scan.get("not_expected"))
    left = [
        finding
        for finding in facts.get("wsus_findings") or ()
        if finding.get("severity") != "info"
        and (finding.get("remedy") in ran or (finding["severity"] == "error" and finding.get("remedy") in repairing))
        and not (finding["remedy"] == "policy" and finding["severity"] != "error")
        and not (finding["id"] == "agent.no_scan" and no_scan_expected)
    ]
    return [f"{finding['remedy']}: {finding['summary']}" for finding in left]


def _ran(result: Any) -> bool:
    return isinstance(result, Mapping) and not result.get("skipped")
