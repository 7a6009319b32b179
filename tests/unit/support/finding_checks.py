"""Findings of one component on one machine, as tests look at them."""

from __future__ import annotations

from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._components import Component
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding

from support.windows_answers import Windows


def only(component: Component[Any], windows: Windows, identifier: str) -> Finding:
    """The one finding that a machine must have; it has evidence."""
    found = windows.found(component)
    assert list(found) == [identifier]
    assert found[identifier].evidence
    return found[identifier]


def evidence_of(finding: Finding) -> tuple[dict[str, Any], ...]:
    """What shows a finding, without the types of evidence."""
    return tuple(dict(each.facts) for each in finding.evidence)


def value_of(finding: Finding, what: str) -> Any:
    """What the evidence says of a value."""
    return next(each["value"] for each in evidence_of(finding) if each["what"] == what)
