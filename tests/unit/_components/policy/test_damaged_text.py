"""Texts of policy that may have been damaged on the way: shown as unreadable, never judged, never taken for a value."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy, reachability
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import plan
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import registry_keys
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, Unverifiable
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from support.finding_checks import evidence_of, only
from support.windows_answers import CONTEXT, POLICY, SERVER, Windows
from support.windows_output import answer

URLS = {"WUServer": SERVER, "WUStatusServer": SERVER}
DAMAGED = pytest.mark.parametrize("group", ["B\ufffdro", "B\x81ro"])


def grouped(group: str) -> Windows:
    return Windows(policy={**URLS, "TargetGroup": group, "TargetGroupEnabled": 1})


@DAMAGED
def test_a_damaged_group_is_unreadable_and_not_missing(group: str) -> None:
    finding = only(policy, grouped(group), "policy.text_unreadable")
    assert (finding.severity, finding.remedy) == ("info", "administrator")
    assert finding.summary.endswith("over this connection: target_group")
    assert evidence_of(finding) == ({"what": "target_group", "value": None, "arrived_as": group},)
    fact = grouped(group).read(policy).as_fact()
    assert (fact["settings"]["target_group"], fact["unreadable_settings"]) == (None, ["target_group"])
    assert (fact["uses_server"], fact["source"]) == (True, "group_policy")


def test_a_readable_group_is_a_value() -> None:
    windows = grouped("Büro 東京")
    assert windows.found(policy) == {}
    assert windows.read(policy).as_fact()["settings"]["target_group"] == "Büro 東京"


@pytest.mark.parametrize(
    ("damaged", "names"),
    [
        ({"WUServer": "http://b\ufffdro:8530"}, ["server_url"]),
        ({"WUStatusServer": "http://b\ufffdro:8530"}, ["status_server_url"]),
        (dict.fromkeys(URLS, "http://b�ro:8530"), ["server_url", "status_server_url"]),
    ],
)
def test_a_damaged_server_is_not_judged_and_not_asked(damaged: dict[str, str], names: list[str]) -> None:
    windows = Windows(policy={**URLS, **damaged})
    finding = only(policy, windows, "policy.text_unreadable")
    assert finding.severity == "warning"
    fact = windows.read(policy).as_fact()
    assert fact["unreadable_settings"] == names
    assert fact["uses_server"] is (None if "server_url" in names else True)
    if "server_url" in names:
        assert windows.asked_again(reachability) == []
        answers = windows.answers([registry.tree(POLICY)])
        assert (registry_keys.wsus_server(answers), registry_keys.download_servers(answers)) == (None, ())


@DAMAGED
def test_a_damaged_text_equals_nothing_and_is_not_written_back(group: str) -> None:
    facts = grouped(group).read(policy)
    (step,) = plan(facts, {"target_group": "Pilot"})
    assert (step.changes[0].before, step.changes[0].after, step.undo) == ("unreadable", "Pilot", ())
    assert plan(facts, {"target_group": None})[0].changes[0].after is None
    with pytest.raises(Unverifiable, match="target_group"):
        plan(facts, {"target_group": "Büro"})
    with pytest.raises(Unverifiable, match="target_group"):
        plan(facts, {"target_group": group})


def test_what_can_be_verified() -> None:
    policy.require_verifiable({"target_group": "Büro", "use_server": True}, reads_unicode=True)
    policy.require_verifiable({"target_group": "Pilot", "target_release": None}, reads_unicode=False)
    with pytest.raises(Unverifiable, match="target_group"):
        policy.require_verifiable({"target_group": "Büro", "use_server": True}, reads_unicode=False)


def test_settings_that_were_listed_in_part_are_not_known() -> None:
    windows = Windows()
    queries = policy.probe(CONTEXT)
    whole = windows.answers(queries)
    key = registry.tree(POLICY)
    results = [
        answer(query.command, windows.answer(query.command).text, 1 if query == key else 0)
        for query in queries
        if query == key or windows.answer(query.command).ok
    ]
    assert policy.read(whole, windows.system(), CONTEXT).uses_server
    with pytest.raises(UnexpectedOutput, match="is not known"):
        policy.read(whole | Answers(results), windows.system(), CONTEXT)
