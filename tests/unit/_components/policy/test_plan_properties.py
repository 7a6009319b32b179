"""Whatever is set and whatever is wanted: after the plan nothing is left to plan, and the undos bring back what was there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import Policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy.settings import (
    BY_NAME,
    SETTINGS,
    Setting,
    check,
)
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy.settings import POLICY as POLICY_KEY
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import (
    UnexpectedOutput,
    UnquotableArgument,
    Unverifiable,
)
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_host import Pc

pytestmark = pytest.mark.slow

# What reg.exe prints and takes back on one line: no quotes, no trailing backslash, no line ends.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"\\\ufffd'), min_size=1, max_size=20
)
URL = st.builds("http://{}:{}".format, st.sampled_from(["wsus", "old.example.com", "10.0.0.1"]), st.integers(1, 65535))
NUMBER = st.integers(0, 0xFFFFFFFF)
BACKUP = r"C:\Windows\Temp\policy.reg"
CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def data(setting: Setting) -> st.SearchStrategy[Any]:
    """Good data of a setting."""
    if setting.kind == "text":
        return URL if setting.name.endswith("_url") else TEXT
    return st.booleans() if setting.kind == "flag" else NUMBER


def chosen(of: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Any settings, each with what ``of`` gives for it."""
    return st.lists(st.sampled_from(SETTINGS), max_size=8, unique_by=lambda each: each.name).flatmap(
        lambda some: st.fixed_dictionaries({each.name: of(each) for each in some})
    )


WANTED = chosen(lambda each: st.none() | data(each))


@st.composite
def machines(draw: st.DrawFn, *, mistyped: bool) -> Pc:
    """A machine in no domain with some settings, some of a type that Windows does not read, and values of others."""
    registry: dict[str, dict[str, Any]] = {POLICY_KEY: {}, rf"{POLICY_KEY}\AU": {}}
    wrong = (lambda each: data(each) | (NUMBER if each.kind == "text" else TEXT)) if mistyped else data
    for name, value in draw(chosen(wrong)).items():
        setting = BY_NAME[name]
        registry[setting.key][setting.value] = int(value) if isinstance(value, bool) else value
    registry[POLICY_KEY] |= draw(st.sampled_from([{}, {"Odd": "x", "Bytes": {"hex": "00ff"}}]))
    return Pc(domain=None, registry=registry)


def read(pc: Pc) -> Policy:
    return policy.read(pc.host.probe(policy.probe(pc.context)), pc.system(), pc.context)


def make(pc: Pc, steps: tuple[Step, ...]) -> None:
    pc.do(*(step.do for step in steps))


@CHECKED
@given(machines(mistyped=True), WANTED)
def test_after_the_plan_nothing_is_left_to_plan(pc: Pc, wanted: dict[str, Any]) -> None:
    check(wanted)
    before = read(pc)
    make(pc, policy.plan(before, wanted))
    after = read(pc)
    assert policy.plan(after, wanted) == ()
    for name, value in wanted.items():
        assert after.settings.values.get(name) == value
        assert name not in after.settings.mistyped
    for name in before.settings.values.keys() - wanted.keys():
        assert after.settings.values[name] == before.settings.values[name]
    assert after.settings.other == before.settings.other


@CHECKED
@given(machines(mistyped=True), WANTED)
def test_the_undos_and_the_backup_bring_back_what_was_there(pc: Pc, wanted: dict[str, Any]) -> None:
    before = read(pc).settings
    registry = pc.machine.state()["registry"]
    steps = policy.plan(read(pc), wanted)
    pc.do(policy.backup(BACKUP))
    make(pc, steps)
    pc.do(*(command for step in reversed(steps) for command in step.undo), *policy.restore(BACKUP))
    assert read(pc).settings == before
    assert pc.machine.state()["registry"] == registry


@CHECKED
@given(machines(mistyped=True), WANTED, st.data())
def test_a_run_cut_short_anywhere_is_completed_by_the_next(pc: Pc, wanted: dict[str, Any], draw: st.DataObject) -> None:
    steps = policy.plan(read(pc), wanted)
    made = draw.draw(st.integers(0, len(steps)))
    make(pc, steps[:made])
    rest = policy.plan(read(pc), wanted)
    assert [each.do for each in rest] == [each.do for each in steps[made:]]
    make(pc, rest)
    assert policy.plan(read(pc), wanted) == ()


# Any type with any bytes: texts with NULs and halves of surrogate pairs in them, numbers of three bytes.
UNITS = st.text(st.characters() | st.sampled_from('\0\ud800\udfff\r\n"'), max_size=8)
RAW = st.builds(
    lambda kind, data: {"type": kind, "hex": data.hex()},
    st.sampled_from([*range(8), 11]),
    UNITS.map(lambda text: text.encode("utf-16-le", "surrogatepass")) | st.binary(max_size=9),
)


@CHECKED
@given(chosen(lambda _each: RAW), WANTED)
def test_values_of_any_type_and_any_bytes_are_brought_back(raw: dict[str, Any], wanted: dict[str, Any]) -> None:
    registry: dict[str, dict[str, Any]] = {POLICY_KEY: {}, rf"{POLICY_KEY}\AU": {}}
    for name, value in raw.items():
        registry[BY_NAME[name].key][BY_NAME[name].value] = value
    pc = Pc(domain=None, registry=registry)
    before = pc.machine.state()["registry"]
    try:
        steps = policy.plan(read(pc), wanted)
    except (UnexpectedOutput, UnquotableArgument, Unverifiable):
        assert pc.written() == []
        return
    pc.do(policy.backup(BACKUP))
    make(pc, steps)
    assert policy.plan(read(pc), wanted) == ()
    pc.do(*(command for step in reversed(steps) for command in step.undo), *policy.restore(BACKUP))
    assert pc.machine.state()["registry"] == before
