"""Report documents for the tests of the page: one with everything in it, large ones, and hostile ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

GUIDE = "https://github.com/wsus-client/wsus.client/blob/main/docs/docsite/rst/guide_findings.rst"


def finding(identifier: str, severity: str, remedy: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "severity": severity,
        "summary": f"summary of {identifier}",
        "cause": f"cause of {identifier}",
        "action": f"action for {identifier}",
        "remedy": remedy,
        "codes": ["0x80070422"],
        "evidence": [
            {"type": "value", "what": "start_type", "value": "disabled", "expected": ["demand"]},
            {"type": "event", "channel": "System", "event_id": 7000, "time": "2026-11-27T06:25:49Z", "code": None},
        ],
        "resolved": False,
        "reference": f"{GUIDE}#{identifier.replace('.', '')}",
        **more,
    }


def machine(status: str, *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "message": "",
        "gathered": "2026-11-27T09:00:00Z",
        "age_hours": 1.5,
        "stale": False,
        "groups": ["all", "office"],
        "system": {"product": "Windows 10 Pro", "release": "22H2", "build": 19045, "revision": 4529},
        "policy": {"settings": {"server_url": "http://wsus.example.test:8530", "target_group": "Pilot"}},
        "findings": list(findings),
        "repair": None,
        **more,
    }


def repair(outcome: str, before: list[str], after: list[str] | None) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "before": before,
        "after": after,
        "changes": [{"action": "configure", "attribute": "start_type", "before": "disabled", "after": "demand"}],
        "backups": ["C:\\ProgramData\\wsus\\before.json"],
        "started": "2026-11-27T09:00:00Z",
        "ended": "2026-11-27T09:01:00Z",
        "failure": "" if outcome != "failed" else "the connection was lost",
    }


def full() -> dict[str, Any]:
    """A document with every key and every status."""
    disabled = finding("bits.disabled", "error", "bits")
    proxy = finding("reachability.proxy", "error", "network")
    return {
        "format": "wsus.client audit 1",
        "time": "2026-11-27T09:25:49Z",
        "run": "0b6f3f6e-8a0c-4a55-9d0f-5f2f5f1b8a57",
        "collection": {"name": "wsus.client", "version": "0.2.0"},
        "options": {"max_age_hours": 24, "limit": "office"},
        "totals": {"machines": 8, "broken": 3, "findings": {"bits.disabled": 2}, "outcomes": {"repaired": 1}},
        "fleet_findings": [
            {
                "id": "fleet.behind",
                "summary": "2 machines are behind",
                "action": "Approve updates.",
                "machines": ["pc-2"],
            }
        ],
        "trend": {
            "previous": "2026-11-20T09:00:00Z",
            "new": [{"machine": "pc-1", "finding": "bits.disabled"}],
            "gone": [{"machine": "pc-9", "finding": "agent.disabled"}],
            "since": {"pc-1": {"bits.disabled": "2026-11-21T09:00:00Z"}},
            "totals": {"broken": 2, "healthy": 5},
        },
        "machines": {
            "pc-1": machine(
                "broken",
                disabled,
                finding("bits.drift", "info", "none"),
                finding("agent.disabled", "error", "agent", resolved=True),
                repair=repair("partly", ["bits.disabled", "agent.disabled"], ["bits.disabled"]),
            ),
            "pc-2": machine("broken", disabled, proxy, repair=repair("planned", ["bits.disabled"], None)),
            "pc-10": machine("broken", proxy, policy={}, repair=repair("failed", ["reachability.proxy"], None)),
            "pc-3": machine("degraded", finding("policy.not_targeted", "warning", "administrator"), stale=True),
            "pc-4": machine("healthy", age_hours=80, repair=repair("repaired", ["bits.disabled"], [])),
            "pc-5": {"status": "failed", "message": "access is denied"},
            "pc-6": {"status": "unreachable", "message": "no route to host", "groups": ["ungrouped"]},
            "pc-7": {"status": "not_audited", "message": "no facts are known for this machine"},
        },
    }


def large(number: int) -> dict[str, Any]:
    """A document with that many machines, of which 5 in 8 have findings that name them."""
    document = full()
    entries = list(document["machines"].values())
    machines: dict[str, Any] = {}
    for index in range(number):
        entry = entries[index % len(entries)]
        name = f"client-{index:05}.office.example.test"
        own = [
            {**each, "summary": f"{each['summary']} of {name}", "evidence": each["evidence"] * 4}
            for each in entry.get("findings", ())
        ]
        machines[name] = {**entry, "findings": own} if own else entry
    return {**document, "machines": machines}


def changed(value: Any, change: Callable[[str], Any]) -> Any:
    """A copy with every text changed, and every key that is a name and no word of the format."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [changed(each, change) for each in value]
    if isinstance(value, dict):
        return {key if key.isidentifier() else change(key): changed(each, change) for key, each in value.items()}
    return value


def spoiled(value: Any, wrong: Any) -> Iterator[Any]:
    """Copies in which one value is another one, each value in turn."""
    yield wrong
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        for variant in spoiled(each, wrong):
            copy = value.copy()
            copy[key] = variant
            yield copy
