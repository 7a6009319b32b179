# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BITS made what it shall be on one machine: back up, change, verify, start; put back when something fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import _baselines, _errors
from ._command import Command, Result
from ._control import ServiceControl, ServiceHangs
from ._exceptions import OutputEndedEarly, WsusClientError
from ._host import Host
from ._plan import Change, Step, changes_of, diff_of
from .components import Context, bits, system
from .components.bits import Bits, Desired
from .components.system import System


class BackupFailed(WsusClientError):
    """The definition could not be saved, so nothing was changed."""

    reason = "backup_failed"


class StepFailed(WsusClientError):
    """A command that changes the machine was refused."""

    reason = "step_failed"


class NotVerified(WsusClientError):
    """A change was accepted but is not there when read back."""

    reason = "not_verified"


@dataclass(frozen=True)
class Task:
    """What a run is about to do: the steps, the neighbours to start, and what becomes of BITS itself."""

    system: System
    facts: Bits
    wanted: Desired
    steps: tuple[Step, ...]
    neighbours: tuple[str, ...]
    transition: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, the definition's first."""
        started = tuple(Change(f"{name}.state", "stopped", "running") for name in self.neighbours)
        after = {"start": "running", "stop": "stopped", "restart": "restarted"}
        own = (Change("state", self.facts.state.name, after[self.transition]),) if self.transition else ()
        return (*changes_of(self.steps), *started, *own)


class BitsChange:
    """One run of wsus_bits on a machine."""

    def __init__(
        self, host: Host, control: ServiceControl, options: Mapping[str, Any], stamp: Callable[[], str]
    ) -> None:
        self._host = host
        self._control = control
        self._options = options
        self._stamp = stamp

    def prepare(self, *, wait: bool = True) -> Task:
        """Read the machine and work out what is to be done; changes nothing.

        ``wait``: while BITS is between two states, wait until it is in one; raises ServiceHangs after the timeout.
        """
        machine, facts = self._look()
        if wait and facts.state.name.endswith("_pending"):
            self._control.settled(bits.SERVICE, "change of state", {1, 4, 7})
            machine, facts = self._look()
        wanted = bits.desired(self._options, machine)
        steps = bits.plan(facts, wanted, machine)
        neighbours = tuple(each.name for each in bits.neighbours_to_start(facts, wanted))
        return Task(machine, facts, wanted, steps, neighbours, _transition(facts, wanted, steps, neighbours))

    def carry_out(self, task: Task) -> dict[str, Any]:
        """Do it, and return what the result holds beside the changes.

        Raises BackupFailed, StepFailed, NotVerified, StartFailed, StopFailed and ServiceHangs; each says whether what was
        changed before has been put back.
        """
        file = self._back_up(task) if task.steps else None
        done: list[Step] = []
        try:
            self._apply(task, done)
            for name in task.neighbours:
                self._control.start(name)
            state = self._move(task.transition)
        except WsusClientError as error:
            raise self._put_back(task, done, error, file) from None
        return {"backup": file, "state": state or task.facts.state.name}

    def _look(self) -> tuple[System, Bits]:
        results = self._host.probe((*system.probe(), *bits.probe_for_change()))
        results |= self._host.probe(bits.follow_up(results))
        machine = system.read(results)
        return machine, bits.read(results, machine, Context())

    def _back_up(self, task: Task) -> str | None:
        if task.facts.definition is None:
            return None  # there is nothing to save
        folder = (self._options["backup_dir"] or rf"{task.system.system_root}\Temp").rstrip("\\")
        file = rf"{folder}\wsus.client-BITS-{self._stamp()}.reg"
        if not self._host.run([bits.backup(file)])[0].ok:
            raise BackupFailed(
                f"the definition of BITS could not be saved to {file}, so nothing was changed: "
                "name a folder that exists on the machine with the option backup_dir"
            )
        return file

    def _apply(self, task: Task, done: list[Step]) -> None:
        """Make the steps and read the machine again in the same execution; ``done`` receives what succeeded."""
        if not task.steps:
            return
        probe = (*system.probe(), *bits.probe_for_change())
        try:
            answers = self._host.run([*(step.do for step in task.steps), *probe])
        except OutputEndedEarly:
            done += task.steps  # which of them were made is not known
            raise
        made, read = answers[: len(task.steps)], answers[len(task.steps) :]
        done += [step for step, answer in zip(task.steps, made, strict=True) if answer.ok]
        for step, answer in zip(task.steps, made, strict=True):
            if not answer.ok:
                raise _step_failed(step, answer)
        results: dict[Command, Result] = {answer.command: answer for answer in read}
        results |= self._host.probe(bits.follow_up(results))
        left = bits.plan(bits.read(results, task.system, Context()), task.wanted, task.system)
        if left:
            names = ", ".join(step.name for step in left)
            raise NotVerified(f"Windows accepted every change of BITS, but read back these are not as asked: {names}")

    def _move(self, transition: str) -> str | None:
        if transition in ("stop", "restart"):
            state = self._control.stop(bits.SERVICE)
        if transition in ("start", "restart"):
            state = self._control.start(bits.SERVICE)
        return state.name if transition else None

    def _put_back(self, task: Task, done: list[Step], error: WsusClientError, file: str | None) -> WsusClientError:
        """The error with what became of the changes; undoes them in reverse order."""
        with suppress(WsusClientError):  # whether it is put back is looked at below
            self._host.run([command for step in reversed(done) for command in step.undo])
        put_back = not done or self._is_as_before(task)
        runs_again = self._runs_again(task, error)
        if not done:
            outcome = "The definition was not changed."
        elif put_back:
            outcome = "What was changed before is put back."
        else:
            outcome = "Not all of what was changed before could be put back."
        outcome += "" if runs_again else " BITS does not run as it did before."
        kept = f" The definition as it was is saved on the machine in {file}." if file else ""
        details = error.details | {"undone": put_back and runs_again, "backup": file}
        return type(error)(f"{error.message.rstrip('.')}. {outcome}{kept}", **details)

    def _runs_again(self, task: Task, error: WsusClientError) -> bool:
        """Start a BITS again that ran before this run stopped it; False where it does not run as it did."""
        if not task.facts.state.running or task.transition != "restart":
            return True
        if isinstance(error, ServiceHangs):
            return False  # it would only be waited for once more
        try:
            return self._control.start(bits.SERVICE).running
        except WsusClientError:
            return False

    def _is_as_before(self, task: Task) -> bool:
        """Whether what steps change reads as it did; a step without undo or one that undoes only a part of it may not."""
        try:
            _machine, now = self._look()
        except WsusClientError:
            return False
        return _changeable(now) == _changeable(task.facts)


def result_of(task: Task, outcome: Mapping[str, Any], host: Host) -> dict[str, Any]:
    """The result of the module; the same for a change that was made and for one that only would be."""
    return {
        "changed": bool(task.changes),
        "changes": [change.as_result() for change in task.changes],
        "diff": diff_of(task.changes),
        **outcome,
        "remote_executions": host.executions,
        "native_commands": host.commands,
    }


def _transition(facts: Bits, wanted: Desired, steps: tuple[Step, ...], neighbours: tuple[str, ...]) -> str:
    """What becomes of BITS: a repaired one is started to prove it, a running one restarted only where that takes a restart."""
    if wanted.state == "stopped":
        return "stop" if facts.state.running else ""
    if facts.state.running:
        needs_restart = wanted.state == "restarted" or any(step.restart for step in steps)
        return "restart" if needs_restart else ""
    asked_for = wanted.state in ("started", "restarted")
    return "start" if asked_for or steps or neighbours or facts.state.failed_with is not None else ""


def _changeable(facts: Bits) -> tuple[Any, ...]:
    """What steps change, in words: neither how an account is spelled nor whether a disabled service would start delayed counts."""
    definition = facts.as_fact()["definition"]
    if definition and _baselines.is_account(definition["account"], "LocalSystem"):
        definition["account"] = "LocalSystem"
    return facts.state.installed, definition, facts.group_members, {each.name: each.start for each in facts.neighbours}


def _step_failed(step: Step, answer: Result) -> StepFailed:
    if step.do.program == "reg.exe":
        return StepFailed(
            f"BITS: setting {step.name} failed: `{step.do}` ended with {answer.exit_code}", step=step.name
        )
    explanation = _errors.explain(_errors.of_win32(answer.exit_code))
    said = f"{explanation.hex} {explanation.name}".rstrip()
    return StepFailed(
        f"BITS: setting {step.name} failed: {said}: {explanation.meaning}", step=step.name, code=explanation.hex
    )
