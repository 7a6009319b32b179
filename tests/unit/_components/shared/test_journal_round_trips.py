"""Records of the journal: what a run writes to a machine is what the next run reads there."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache, partial

from ansible_collections.wsus.client.plugins.plugin_utils._components.client_id import records as of_client_id
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import holder
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.journal import JOURNAL
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.registry_keys import UPDATE
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store import copies
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store import records as of_store
from ansible_collections.wsus.client.plugins.plugin_utils._windows import folders, registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.registry import Tree
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.simulated import values as raw
from lab.simulated.registry import key_path
from support.lab_host import Pc

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(timezone.utc)).map(
    lambda moment: moment.replace(microsecond=0)
)
STATES = st.sampled_from(["rebuilt", "restored"])
CHECKED = settings(deadline=None)
NAMES = st.text(st.sampled_from("aZ09 _#$~.-\u00e9\u0130\u6771"), min_size=1, max_size=12).filter(folders.is_plain_name)
FOLDERS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "D:\\" + "\\".join(names))
SERVICES = ("UsoSvc", "wuauserv", "BITS", "DoSvc", "CryptSvc")


def ran(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True).map(tuple)


@st.composite
def renames(draw: st.DrawFn) -> of_store.FolderRename:
    """A folder becomes its copy, or a copy becomes the folder."""
    path = draw(FOLDERS)
    made = of_store.FolderRename(path, copies.name_of_copy(path.rpartition("\\")[2], draw(TIMES)))
    return draw(st.sampled_from([made, made.back]))


@cache
def machine() -> Pc:
    return Pc()


def journal() -> Tree:
    return machine().host.probe([JOURNAL])[JOURNAL]


@CHECKED
@given(STATES, TIMES, st.lists(renames(), max_size=4).map(tuple), ran(*SERVICES), st.booleans())
def test_a_rebuild_that_was_begun(
    state: of_store.State,
    begun: datetime,
    moves: tuple[of_store.FolderRename, ...],
    services: tuple[str, ...],
    redirected: bool,
) -> None:
    if any(folders.is_protected(each.path) or folders.is_protected(each.result) for each in moves):
        return  # which is refused before anything is written
    run = of_store.PendingRun(state, begun, moves, services, redirected)
    machine().do(run.write())
    assert of_store.read_unfinished(journal()) == run
    machine().do(of_store.CLEAR_PENDING)
    assert of_store.read_unfinished(journal()) is None


@CHECKED
@given(STATES, TIMES, NAMES | st.just(""))
def test_a_rebuild_that_was_completed(state: of_store.State, time: datetime, copy: str) -> None:
    run = of_store.LastRun(state, time, copy)
    machine().do(run.write())
    assert of_store.read_last(journal()) == run


UNITS = st.text(st.characters(), max_size=20)
# As they are on a machine: an ID can be any text, also one that no command line can contain.
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "SusClientIdValidation": st.binary(max_size=20).map(partial(raw.Value, "SusClientIdValidation", raw.BINARY)),
        "PingID": UNITS.map(partial(raw.string, "PingID")),
        "AccountDomainSid": st.binary(max_size=20).map(partial(raw.Value, "AccountDomainSid", raw.BINARY)),
        "SusClientId": (UNITS | st.uuids().map(str)).map(partial(raw.string, "SusClientId")),
    },
)


@CHECKED
@given(TIMES, VALUES, ran("UsoSvc", "wuauserv"))
def test_a_regeneration_that_was_begun(
    begun: datetime, values: dict[str, raw.Value], services: tuple[str, ...]
) -> None:
    pc = machine()
    kept = pc.machine.registry
    pc.host.run([command("reg.exe", "delete", UPDATE, "/f")])
    kept.set(key_path(UPDATE), raw.number("Other", 1), *values.values())
    key = pc.host.probe([registry.key(UPDATE)])[registry.key(UPDATE)]
    run = of_client_id.PendingRun(begun, of_client_id.values_of(key), services)
    assert pc.host.run(run.write(["Other"]))[-1].ok
    assert of_client_id.read_unfinished(journal()) == run
    assert of_store.read_unfinished(journal()) is None
    pc.do(*(registry.delete_value(UPDATE, name) for name in values), *run.restore())
    assert {name: kept.value(key_path(UPDATE), name) for name in values} == values
    pc.do(of_client_id.CLEAR_PENDING)
    assert of_client_id.read_unfinished(journal()) is None


@CHECKED
@given(TIMES, st.uuids().map(str) | st.just(""))
def test_a_regeneration_that_was_completed(time: datetime, previous: str) -> None:
    run = of_client_id.LastRun(time, previous)
    machine().do(run.write())
    assert of_client_id.read_last(journal()) == run


@CHECKED
@given(TIMES, UNITS | st.sampled_from(["a; time=19700101T000000Z", "a\\", 'a"b', "\ud800", ""]))
def test_a_regeneration_of_a_malformed_id_that_was_completed(time: datetime, previous: str) -> None:
    machine().do(of_client_id.LastRun(time, previous).write())
    assert of_client_id.read_last(journal()) == of_client_id.LastRun(time, "")


@CHECKED
@given(TIMES, st.text("aZ0._-", min_size=1, max_size=20), st.integers(1, 2**31))
def test_a_run_that_holds_the_machine(time: datetime, controller: str, number: int) -> None:
    token = "0123456789abcdef"
    machine().do(holder.step(token, controller, number, time, number))
    (read,) = holder.read(journal())
    assert (read.token, read.controller, read.time) == (token, controller, time)
    machine().do(holder.release(token))
    assert holder.read(journal()) == ()
