"""Machines for the tests of the report."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine, machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.repair import repair

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=timezone.utc)


def audit(health: str, *findings: tuple[str, str], gathered: str = "2026-11-23T05:00:00+00:00") -> dict[str, Any]:
    """The result of an audit; a finding is its ID and its severity, ``resolved`` for one that is."""
    return {
        "changed": False,
        "ansible_facts": {
            "wsus_system": {"product": "Windows 11 Pro", "release": "24H2", "build": 26100, "revision": 4000},
            "wsus_bits": {"installed": True},
            "wsus_health": health,
            "wsus_gathered": gathered,
            "wsus_findings": [
                {
                    "id": name,
                    "severity": "info" if severity == "resolved" else severity,
                    "summary": f"about {name}",
                    "action": f"Fix {name}.",
                    "remedy": "bits",
                    "resolved": severity == "resolved",
                }
                for name, severity in findings
            ],
        },
    }


def repaired(name: str, failure: str = "") -> Machine:
    """A machine on which the role bits ran."""
    before, after = audit("broken", ("bits.disabled", "error")), audit("healthy", gathered="2026-11-23T05:05:00+00:00")
    change = {"attribute": "start_type", "before": "disabled", "after": "demand"}
    results = {"bits": {"changed": True, "changes": [change], "backup": r"C:\Windows\Temp\b.reg"}}
    attempts = [before, *([{"failed": True, "msg": failure}] if failure else []), after]
    return machine(name, attempts, {}, repair=repair(before, after, results, failure))


FLEET = [
    machine("b-healthy", [audit("healthy", ("bits.drift", "info"), ("agent.crashed", "resolved"))], {}),
    machine("a-broken", [audit("broken", ("bits.disabled", "error"))], {}),
    machine(
        "lost",
        [{"unreachable": True, "msg": "refused\n by  the machine"}],
        audit("healthy", gathered="2026-11-21T04:00:00+00:00")["ansible_facts"],
    ),
    machine("denied", [{"failed": True, "msg": "not an administrator"}], {}),
    machine("cached", [], audit("degraded", ("bits.sens", "warning"))["ansible_facts"]),
    machine("unknown", [], {}),
]
