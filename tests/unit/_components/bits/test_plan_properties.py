"""Whatever is wrong with BITS: after the plan nothing is left to plan, and the undos bring back what was there."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import baseline
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_host import Pc
from support.windows_answers import PRIVILEGES

pytestmark = pytest.mark.slow

RELEASES = ["windows-7-sp1", "windows-8.1", "server-2016", "windows-10-22h2", "server-2025"]


def failure_actions(reset: int, actions: list[tuple[int, int]]) -> dict[str, str]:
    """The registry value, as the service control manager keeps it."""
    head = struct.pack("<5I", reset, 0, 0, len(actions), 20)
    return {"hex": (head + b"".join(struct.pack("<2I", *action) for action in actions)).hex()}


# All of these sc.exe and reg.exe can set, so all of them can be put back.
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "ImagePath": st.sampled_from([r"C:\Tools\x.exe", r"%SystemRoot%\System32\svchost.exe -k other", "a b c"]).map(
            lambda path: {"expand": path}
        ),
        "Type": st.sampled_from([0x10, 0x20, 0x110, 0x120]),
        "Start": st.sampled_from([2, 3, 4]),
        "DelayedAutoStart": st.sampled_from([0, 1]),
        "ErrorControl": st.integers(0, 3),
        "ObjectName": st.sampled_from(["LocalSystem", r"NT AUTHORITY\SYSTEM", r".\LocalSystem"]),
        "DependOnService": st.lists(st.sampled_from(["RpcSs", "EventSystem", "SENS", "wuauserv"]), unique=True),
        "RequiredPrivileges": st.lists(st.sampled_from(PRIVILEGES), min_size=1, unique=True),
        "ServiceSidType": st.sampled_from([0, 1, 3]),
        "FailureActions": st.builds(
            failure_actions,
            st.integers(0, 2**32 - 1),
            st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), min_size=1, max_size=5),
        ),
    },
)
# These are broken so that nothing could put them back.
DAMAGE = st.dictionaries(
    st.sampled_from(["ErrorControl", "RequiredPrivileges", "ServiceSidType", "FailureActions", "DependOnService"]),
    st.none(),
)
LIBRARY = st.sampled_from(
    [
        {},
        {"Parameters": None},
        {"Parameters": {"ServiceDll": None}},
        {"Parameters": {"ServiceDll": {"expand": r"C:\q.dll"}}},
    ]
)
NEIGHBOR = st.sampled_from([{}, {"values": {"Start": 4}, "state": "stopped"}, {"state": "stopped"}])
OPTIONS = st.one_of(
    st.just({}),
    st.just({"definition": "kb10132"}),
    st.just({"definition": "unmanaged"}),
    st.fixed_dictionaries(
        {"definition": st.sampled_from(["unmanaged", "windows_default"])},
        optional={
            "start_type": st.sampled_from(["auto", "delayed_auto", "demand"]),
            "account": st.just("LocalSystem"),
            "service_type": st.sampled_from(["own_process", "share_process"]),
            "error_control": st.sampled_from(["ignore", "critical"]),
            "dependencies": st.lists(st.sampled_from(["RpcSs", "EventSystem", "SENS"]), unique=True),
            "sid_type": st.sampled_from(["none", "unrestricted", "restricted"]),
            "service_dll": st.just(r"C:\other.dll"),
        },
    ),
)


@st.composite
def broken(draw: st.DrawFn, *, repairable: bool) -> Pc:
    """A machine whose BITS and neighbors are wrong in some ways."""
    values = draw(VALUES) | ({} if repairable else draw(DAMAGE))
    services: dict[str, Any] = {
        "BITS": {"values": values, "keys": draw(LIBRARY), **draw(st.sampled_from([{}, {"listed": False}]))},
        "EventSystem": draw(NEIGHBOR),
        "SENS": draw(NEIGHBOR),
    }
    path = values.get("ImagePath", {"expand": "svchost.exe -k netsvcs"})["expand"]
    if "netsvcs" not in path:
        services["BITS"].pop("listed", None)  # the lab looks for the group that the path names
    return Pc(draw(st.sampled_from(RELEASES)), services=services)


def as_it_is(pc: Pc) -> tuple[Any, ...]:
    facts = pc.facts().service
    definition = facts.as_fact()["definition"]
    if definition and baseline.is_account(definition["account"], "LocalSystem"):
        definition["account"] = (
            "LocalSystem"  # an interactive type brings the account with it, and with it one spelling
        )
    return definition, facts.group_members, {each.name: each.start for each in facts.related_services}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken(repairable=False), OPTIONS)
def test_after_the_plan_nothing_is_left_to_plan(pc: Pc, options: dict[str, Any]) -> None:
    task = pc.change(**options).plan()
    pc.do(*(step.do for step in task.steps))
    again = pc.change(**options).plan()
    assert again.steps == ()
    if options.get("definition") != "unmanaged":
        assert again.facts.service.in_group


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken(repairable=True), OPTIONS)
def test_the_undos_in_reverse_order_bring_back_what_was_there(pc: Pc, options: dict[str, Any]) -> None:
    before = as_it_is(pc)
    task = pc.change(**options).plan()
    assert all(step.undo for step in task.steps)
    pc.do(*(step.do for step in task.steps))
    pc.do(*(command for step in reversed(task.steps) for command in step.undo))
    assert as_it_is(pc) == before


# What no program of Windows writes: NULs and halves of surrogate pairs in a text, other types, a list that does not end.
UNITS = st.text(st.sampled_from('aZ\\/ ."%\0\ud800\udfff\u00e9'), max_size=8)
RAW = st.dictionaries(
    st.sampled_from(
        ["ImagePath", "ObjectName", "DependOnService", "RequiredPrivileges", "FailureActions", "ErrorControl"]
    ),
    st.builds(
        lambda kind, data: {"type": kind, "hex": data.hex()},
        st.sampled_from([1, 2, 3, 4, 7]),
        UNITS.map(lambda text: text.encode("utf-16-le", "surrogatepass")) | st.binary(max_size=24),
    ),
    min_size=1,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RAW)
def test_an_undo_of_any_values_leaves_them_as_they_were_or_as_they_should_be(raw: dict[str, Any]) -> None:
    pc = Pc(services={"BITS": {"values": raw}})
    try:
        steps = pc.change().plan().steps
        before = pc.facts().service.as_fact()["definition"]
    except WsusClientError:
        assert pc.written() == []
        return
    pc.do(*(step.do for step in steps))
    assert pc.change().plan().steps == ()
    made = pc.facts().service.as_fact()["definition"]
    pc.do(*(command for step in reversed(steps) for command in step.undo))
    after = pc.facts().service.as_fact()["definition"]
    assert {name: value for name, value in after.items() if value not in (before[name], made[name])} == {}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken(repairable=True), OPTIONS, st.data())
def test_a_run_cut_short_anywhere_is_completed_by_the_next(
    pc: Pc, options: dict[str, Any], data: st.DataObject
) -> None:
    task = pc.change(**options).plan()
    made = data.draw(st.integers(0, len(task.steps)))
    pc.do(*(step.do for step in task.steps[:made]))
    rest = pc.change(**options).plan()
    assert rest.steps == task.steps[made:]
    pc.do(*(step.do for step in rest.steps))
    assert pc.change(**options).plan().steps == ()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("made", range(7))
def test_a_creation_cut_short_anywhere_is_completed_by_the_next(release: str, listed: bool, made: int) -> None:
    pc = Pc(release, services={"BITS": {"state": "stopped"} | ({} if listed else {"listed": False})})
    pc.machine.services.delete("BITS")
    steps = pc.change().plan().steps
    assert steps[0].name == "installed"
    pc.do(*(step.do for step in steps[:made]))
    pc.do(*(step.do for step in pc.change().plan().steps))
    facts = pc.facts().service
    assert (facts.drift, facts.in_group) == ((), True)
    assert pc.change().plan().steps == ()
