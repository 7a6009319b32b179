"""The journal of a registry."""

from __future__ import annotations

from lab.simulated.registry import Registry, key_path
from lab.simulated.values import number, string

KEY = key_path(r"HKLM\SOFTWARE\Lab")


def test_a_journal_has_what_was_done_inside_only() -> None:
    registry = Registry()
    registry.set(KEY, number("before", 1))
    with registry.recorded() as journal:
        registry.set(KEY, number("x", 1))
        registry.set(KEY, number("X", 2))
        registry.create((*KEY, "empty"))
        registry.create(KEY)
    registry.set(KEY, number("after", 1))
    assert journal.removed == []
    assert journal.written == {KEY: {"x": number("X", 2)}, (*KEY, "empty"): {}}


def test_what_is_removed_again_was_not_written() -> None:
    registry = Registry()
    registry.set((*KEY, "sub"), string("old", "a"))
    with registry.recorded() as journal:
        registry.set((*KEY, "sub", "below"), string("new", "b"))
        registry.delete_key((*KEY, "sub"))
        registry.set((*KEY, "sub"), string("newer", "c"))
        assert not registry.delete_key((*KEY, "none"))
    assert journal.removed == [(*KEY, "sub")]
    assert journal.written == {(*KEY, "sub"): {"newer": string("newer", "c")}}
