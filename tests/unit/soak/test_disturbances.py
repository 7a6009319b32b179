"""Which requests are disturbed: a share of them, by every kind, the same with the same seed."""

from __future__ import annotations

from collections import Counter

import pytest
from soak.disturbances import KINDS, QUIET, Plan, named

REQUESTS = [(f"pc-{number % 40}", number // 40) for number in range(8000)]


def test_about_the_share_is_disturbed_and_by_every_kind_alike() -> None:
    plan = Plan(0.065, "1")
    met = [found for request in REQUESTS if (found := plan.of(*request))]
    assert 0.055 < len(met) / len(REQUESTS) < 0.075
    kinds = Counter(each.kind.name for each in met)
    assert kinds.keys() == {kind.name for kind in KINDS}
    assert max(kinds.values()) < 2 * min(kinds.values())
    for kind in KINDS:
        both = {each.carried_out for each in met if each.kind is kind}
        assert both == ({True, False} if kind.carried_out is None else {kind.carried_out})


def test_the_seed_decides() -> None:
    first, again, other = ([Plan(0.5, seed).of(*request) for request in REQUESTS[:400]] for seed in ("1", "1", "2"))
    assert first == again
    assert first != other


def test_nothing_is_disturbed_without_a_share() -> None:
    assert [QUIET.of(*request) for request in REQUESTS[:400]] == [None] * 400


def test_kinds_are_selected_by_name() -> None:
    chosen = named(["late", "body cut"])
    met = {found.kind.name for request in REQUESTS if (found := Plan(0.1, "1", chosen).of(*request))}
    assert met == {"late", "body cut"}
    assert named([]) == KINDS
    with pytest.raises(ValueError, match="there is no disturbance 'lost'; there are: reset before, "):
        named(["late", "lost"])
