"""The filters that compare client ids, over hostvars and audit files."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.wsus.client.plugins.filter.client_ids_to_regenerate import client_ids_to_regenerate
from ansible_collections.wsus.client.plugins.filter.duplicate_client_ids import duplicate_client_ids

A, B = "3b4e28ba-2fa1-41d2-883f-0016d3cca427", "4b4e28ba-2fa1-41d2-883f-0016d3cca427"


def facts(**ids: str | None) -> dict[str, Any]:
    return {name: {"ansible_facts": {"wsus_client_id": {"id": text, "written": text}}} for name, text in ids.items()}


def audit(**ids: str | None) -> dict[str, Any]:
    return {
        "format": "wsus.client audit 1",
        "machines": {name: {"client_id": {"id": text}} for name, text in ids.items()},
    }


def test_case_braces_and_order() -> None:
    found = duplicate_client_ids(facts(c=A.upper(), a=f"{{{A}}}", b=B, d=f"{{{B.upper()}}}", e="5" + A[1:]))
    assert found == {A: ["a", "c"], B: ["b", "d"]}
    assert list(found) == sorted(found)


def test_missing_malformed_and_unknown_are_no_duplicates() -> None:
    known = facts(
        a=None,
        b=None,
        c="image",
        d="image",
        e="00000000-0000-0000-0000-000000000000",
        f="00000000-0000-0000-0000-000000000000",
    )
    assert duplicate_client_ids({**known, "g": {}, "h": {"ansible_facts": {}}, "i": None}) == {}


def test_facts_at_the_top_count_too() -> None:
    assert duplicate_client_ids({"a": {"wsus_client_id": {"id": A}}, **facts(b=A)}) == {A: ["a", "b"]}


def test_audits_of_other_slices() -> None:
    assert duplicate_client_ids(facts(a=A), audit(b=A.upper(), c=B), [audit(d=B)]) == {A: ["a", "b"], B: ["c", "d"]}
    assert duplicate_client_ids([audit(a=A), audit(b=A)]) == {A: ["a", "b"]}


def test_what_was_just_learned_counts_before_what_was_stored() -> None:
    assert duplicate_client_ids(facts(a=B), audit(a=A, b=A)) == {}


@pytest.mark.parametrize("wrong", ["x", 1, None, [1]])
def test_what_is_neither(wrong: object) -> None:
    with pytest.raises(AnsibleFilterError, match="expected hostvars or the content of an audit file"):
        duplicate_client_ids(facts(a=A), wrong)


def test_an_audit_of_another_form() -> None:
    with pytest.raises(AnsibleFilterError, match=r"'wsus\.client audit 9'"):
        duplicate_client_ids({"format": "wsus.client audit 9", "machines": {}})


GROUPS = {A: ["a", "c"], B: ["b", "d", "e"]}


@pytest.mark.parametrize(
    ("keep", "chosen"),
    [
        ("none", ["a", "b", "c", "d", "e"]),
        ("first", ["c", "d", "e"]),
        (["c", "e", "x"], ["a", "b", "d"]),
        ([], ["a", "b", "c", "d", "e"]),
    ],
)
def test_who_gets_a_new_one(keep: object, chosen: list[str]) -> None:
    assert client_ids_to_regenerate(GROUPS, keep) == chosen


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (["b", "e"], f"b and e cannot all keep the client ID {B}"),
        ("last", "it must be none, first"),
        (3, "or a list of"),
    ],
)
def test_what_cannot_be_chosen(keep: object, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        client_ids_to_regenerate(GROUPS, keep)
