"""The judge of `make soak` counts what must not happen, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from lab.fleet_identity import IdentitySpec
from lab.fleet_store import StoreSpec
from lab.simulated.machine import SimulatedMachine
from soak import fleet, judge
from soak.judge import Failure
from soak.runs import AUDIT, REGENERATE, Done, repair
from soak.truth import Truth, of
from unit.lab.simulated_machines import Shell, make

SHELL = "0B1F0E5A-0000-4000-8000-000000000001"
DAMAGED = StoreSpec(damage=0x80248007)
KEY = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
FINDING = {"id": "bits.disabled", "severity": "error", "remedy": "bits"}


def done(**changes: Any) -> Done:
    """A run of the repair that ended well."""
    run = Done(
        repair(),
        exit_code=0,
        seconds=10.0,
        limit=100.0,
        output="PLAY RECAP\n",
        report=report(pc={"status": "healthy", "findings": []}),
        known=frozenset({SHELL}),
        requests=Counter(),
        faults=Counter(),
    )
    return replace(run, **changes)


def report(**machines: Any) -> str:
    return json.dumps({"machines": machines})


def truth(machine: SimulatedMachine | None = None) -> Truth:
    return of((machine or make()).state())


def told(failures: Iterable[Failure]) -> list[tuple[str, str]]:
    return [(each.where, each.detail) for each in failures]


def test_a_run_that_ended_well_shows_nothing() -> None:
    healthy = {"pc": truth()}
    run = done()
    found = [
        *judge.of_run(run),
        *judge.of_report(run, ["pc"]),
        *judge.wrongly_healthy(run, healthy),
        *judge.anothers_data(run, judge.marks_of(healthy)),
        *judge.worse(healthy, healthy),
        *judge.remedy_left(run),
        *judge.shells_left(run, []),
        *judge.journals(healthy),
        *judge.stopped(healthy, healthy, started_with_windows=False),
    ]
    assert found == []


@pytest.mark.parametrize("kind", fleet.KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_the_fleet_is_sick_in_truth(kind: fleet.Kind, tmp_path: Any) -> None:
    from lab.fleet import load_fleet

    path = tmp_path / "fleet.yml"
    path.write_text(json.dumps({"defaults": fleet.DEFAULTS, "machines": [*fleet.sick(1, (kind,)), *fleet.healthy(8)]}))
    sick, *healthy = load_fleet(path)
    truths = {sick.name: truth(sick)}  # type: ignore[arg-type]
    assert len(truths[sick.name].sick) == 1
    run = done(report=report(**{sick.name: {"status": "healthy"}}))
    assert [each.where for each in judge.wrongly_healthy(run, truths)] == [sick.name]
    assert [each for each in healthy if truth(each).sick] == []  # type: ignore[arg-type]


def test_a_sick_machine_that_is_called_broken_or_lost_is_not_wrongly_healthy() -> None:
    sick = {"pc": truth(make(store=DAMAGED))}
    for status in ("broken", "degraded", "unreachable", "failed"):
        assert told(judge.wrongly_healthy(done(report=report(pc={"status": status})), sick)) == []
    assert told(judge.wrongly_healthy(done(), sick)) == [("pc", "the store is damaged 0x80248007")]


def test_marks_of_another_machine() -> None:
    clone = IdentitySpec(value="3b4e28ba-2fa1-41d2-883f-0016d3cca427")
    truths = {"pc": truth(), "other": truth(make(client_id=replace(clone, value=clone.value[:-1] + "8")))}
    shared = {
        **truths,
        "malformed": truth(make(client_id=replace(clone, value="not-an-id"))),
        "one": truth(make(client_id=clone)),
        "two": truth(make(client_id=clone)),
    }
    own = truths["pc"].client_id
    for text, found in (
        (f"id {own}", []),
        (f"in {{{clone.value[:-1].upper()}8}}.", [f"{clone.value[:-1]}8 is of other"]),
        (fleet.mark("other"), ["computers-of-other is of other"]),
        (clone.value, []),
        ("not-an-id", []),
        ("nothing of anybody", []),
    ):
        run = done(report=report(pc={"status": "healthy", "policy": {"settings": ["x", {"group": text}]}}))
        assert [each.detail for each in judge.anothers_data(run, judge.marks_of(shared))] == found


@pytest.mark.parametrize(
    ("commands", "detail"),
    [
        ([["reg", "delete", KEY, "/v", "SusClientId", "/f"]], "the client ID is missing or malformed, no client ID"),
        ([["cmd", "/c", "ren", r"C:\Windows\SoftwareDistribution", "old"]], "the store is missing, no store"),
        ([["sc", "config", "BITS", "start=", "disabled"]], "BITS: disabled"),
        ([["sc", "delete", "BITS"]], "BITS: not installed, BITS is gone"),
        ([["sc", "stop", "UsoSvc"]], None),
    ],
)
def test_worse_than_before(commands: list[list[str]], detail: str | None) -> None:
    machine = make()
    before = truth(machine)
    for command in commands:
        Shell(machine).run(*command)
    machine.later(60)
    assert told(judge.worse({"pc": before}, {"pc": truth(machine)})) == ([("pc", detail)] if detail else [])


def test_what_was_missing_before_is_not_worse() -> None:
    sick = {"pc": truth(make(client_id=IdentitySpec(value=None)))}
    assert told(judge.worse(sick, sick)) == []


def test_done_although_a_remedy_of_ours_is_left() -> None:
    left = report(pc={"status": "broken", "findings": [FINDING]})
    assert told(judge.remedy_left(done(report=left))) == [("pc", "bits.disabled -> bits")]
    assert told(judge.remedy_left(done(report=left, job=repair("bits")))) == [("pc", "bits.disabled -> bits")]
    for other in (
        done(report=left, exit_code=2),
        done(report=left, job=repair(check=True)),
        done(report=left, job=repair("agent")),
        done(report=left, job=AUDIT),
        done(report=report(pc={"status": "broken", "findings": [{**FINDING, "remedy": "administrator"}]})),
        done(report=report(pc={"status": "healthy", "findings": [{**FINDING, "severity": "info"}]})),
    ):
        assert told(judge.remedy_left(other)) == []


def test_ids_that_are_still_shared() -> None:
    clone = truth(make(client_id=IdentitySpec(value="3b4e28ba-2fa1-41d2-883f-0016d3cca427")))
    truths = {"one": clone, "two": clone, "pc": truth()}
    run = done(job=REGENERATE, report=None)
    assert [each.where for each in judge.shared_left(run, truths)] == ["one and two"]
    assert told(judge.shared_left(replace(run, exit_code=2), truths)) == []
    assert told(judge.shared_left(run, {"one": clone, "pc": truth()})) == []


def test_shells_that_are_left_open() -> None:
    assert told(judge.shells_left(done(), [SHELL, "UNKNOWN"])) == [("", SHELL)]
    assert told(judge.shells_left(done(struck=True), [SHELL])) == []


def test_tracebacks_and_time() -> None:
    output = "x\nTraceback (most recent call last):\n  File x\nValueError: no\n\nTASK [y] ***\n"
    assert told(judge.of_run(done(output=output, struck=True))) == [("", "ValueError: no")]
    assert [each.what for each in judge.of_run(done(seconds=101.0))] == [judge.OVER_TIME]


# As ansible-core 2.21.0 said it when its process group received SIGINT; the paths are shortened.
HANDLER = """Traceback (most recent call last):
  File "lib/multiprocessing/process.py", line 307, in _bootstrap
    self._after_fork()
  File "site-packages/ansible/executor/task_queue_manager.py", line 227, in _signal_handler
    if worker is None or not worker.is_alive():
  File "lib/multiprocessing/process.py", line 160, in is_alive
    assert self._parent_pid == os.getpid(), 'can only test a child process'
AssertionError: can only test a child process
"""


def test_a_traceback_of_ansible_alone_after_a_signal() -> None:
    assert told(judge.of_run(done(output=HANDLER, struck=True))) == []
    assert judge.tracebacks_of_ansible(done(output=f"{HANDLER}\n{HANDLER}", struck=True)) == 2
    assert told(judge.of_run(done(output=HANDLER))) == [("", "AssertionError: can only test a child process")]
    ours = HANDLER.replace("lib/multi", "ansible_collections/wsus/client/multi")
    assert len(told(judge.of_run(done(output=ours, struck=True)))) == 1


@pytest.mark.parametrize(
    "torn", ["", '{"machines": {"pc"', '{"machines": {"pc": NaN}}', "[]", '{"machines": 1}', "{}\x00"]
)
def test_reports_that_are_torn(torn: str) -> None:
    for struck in (False, True):
        found = list(judge.of_run(done(report=torn, struck=struck)))
        assert [each.what for each in found] == [judge.REPORT]


def test_reports_that_are_missing() -> None:
    assert [each.what for each in judge.of_run(done(report=None))] == [judge.REPORT]
    assert told(judge.of_run(done(report=None, struck=True))) == []
    assert told(judge.of_run(done(report=None, job=REGENERATE))) == []
    assert [each.where for each in judge.of_report(done(), ["pc", "lost"])] == ["lost"]
    assert [each.where for each in judge.of_report(done(), [])] == ["pc"]


def test_what_a_run_leaves_on_the_machine() -> None:
    machine = make(services={"wuauserv": {"state": "running"}})
    before = {"pc": truth(machine)}
    shell = Shell(machine)
    for name in ("UpdateStoreLast", "UpdateStoreUnfinished"):
        shell.run("reg", "add", r"HKLM\SOFTWARE\wsus.client", "/v", name, "/d", "x", "/f")
    for name in ("wuauserv", "UsoSvc"):
        shell.run("sc", "stop", name)
    machine.later(5)
    after = {"pc": truth(machine)}
    # The clock of the test stands still.
    assert told(judge.journals(after)) == [("pc", "UpdateStoreUnfinished")]
    assert told(judge.stopped(before, after, started_with_windows=False)) == [("pc", "UsoSvc, wuauserv")]
    assert told(judge.stopped(before, after, started_with_windows=True)) == [("pc", "UsoSvc")]


def test_the_machines_that_an_audit_lost() -> None:
    machines = {status: {"status": status} for status in ("healthy", "broken", "failed", "unreachable", "not_audited")}
    assert judge.lost(done(report=report(**machines))) == ["failed", "unreachable"]
