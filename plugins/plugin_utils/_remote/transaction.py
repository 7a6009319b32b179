# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies steps to a machine: backs up the settings, changes and verifies them in one execution, rolls back on failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from .. import _error_codes
from .._exceptions import OutputEndedEarly, WsusClientError
from .._plan import Step
from .._windows import timestamps
from .._windows.command import Command, Result
from .._windows.query import Answers, Query
from .host import Host

T = TypeVar("T")

_LENGTH = 8


class BackupFailed(WsusClientError):
    """The previous settings could not be backed up, so nothing was changed."""

    reason = "backup_failed"


class StepFailed(WsusClientError):
    """A command that changes the machine failed."""

    reason = "step_failed"


class NotVerified(WsusClientError):
    """A change was accepted, but the setting does not have the requested value."""

    reason = "not_verified"


def backup_file(folder: str | None, system_root: str, name: str, now: datetime, unguessable: str) -> str:
    r"""The path of the backup file on the machine; without a folder it is in the Temp folder of the Windows folder.

    Every user may create files there. One that exists would stay the user's, and what it contains may be imported: so nobody must be able
    to guess the name.
    """
    place = (folder or rf"{system_root}\Temp").rstrip("\\")
    return rf"{place}\wsus.client-{name}-{timestamps.stamp(now)}-{unguessable[:_LENGTH]}.reg"


def back_up(host: Host, export: Command, what: str, file: str) -> None:
    """Save the settings that ``what`` names to the file. Raises BackupFailed if ``export`` fails."""
    if not host.run_repeatable([export])[0].ok:
        raise BackupFailed(
            f"{what} could not be backed up to {file}; nothing was changed. "
            "Set backup_dir to an existing folder on the machine"
        )


def run_steps(
    host: Host, subject: str, steps: Sequence[Step], probe: Sequence[Query[Any]], done: list[Step]
) -> Answers:
    """Run the steps and probe the machine in the same execution; return the answers to the probe.

    ``done`` receives the steps to roll back if something fails later. Raises StepFailed for the first step that failed.
    """
    try:
        answers = host.run([*(step.do for step in steps), *(query.command for query in probe)])
    except OutputEndedEarly:
        done += steps  # any of them may have run
        raise
    made, read = answers[: len(steps)], answers[len(steps) :]
    done += [step for step, answer in zip(steps, made, strict=True) if answer.ok]
    for step, answer in zip(steps, made, strict=True):
        if not answer.ok:
            raise _step_failed(subject, step, answer)
    return Answers(read)


def require_applied(subject: str, remaining: Iterable[Step]) -> None:
    """Raises NotVerified if the plan for the new state still has steps."""
    names = ", ".join(step.name for step in remaining)
    if names:
        raise NotVerified(
            f"Windows accepted every change to {subject}, but these do not have the requested value: {names}"
        )


def roll_back(host: Host, done: Sequence[Step], restore: Sequence[Command] = ()) -> None:
    """Undo the steps in reverse order, then run ``restore`` if there were any.

    Raises nothing: the caller reads the machine to see whether it succeeded.
    """
    if done:
        with suppress(WsusClientError):
            host.run([*(command for step in reversed(done) for command in step.undo), *restore])


@dataclass(frozen=True)
class Target(Generic[T]):
    """Settings that are changed together: how they are queried and read, which steps remain, what is compared.

    ``remaining`` returns the steps that the facts still require; ``settings`` the part of the facts that steps change.
    """

    subject: str
    probe: tuple[Query[Any], ...]
    read: Callable[[Answers], T]
    remaining: Callable[[T], Sequence[Step]]
    settings: Callable[[T], object]


def apply(
    host: Host,
    target: Target[T],
    steps: Sequence[Step],
    before: T,
    file: str | None,
    restore: Sequence[Command] = (),
) -> T:
    """Run the steps, verify them, and return the new facts; ``file`` contains the previous settings, if there were any.

    ``restore`` brings back from the file what the undo of the steps does not.

    Raises StepFailed, NotVerified and what Host.run raises; each says whether all changes were rolled back.
    """
    done: list[Step] = []
    try:
        now = target.read(run_steps(host, target.subject, steps, target.probe, done))
        require_applied(target.subject, target.remaining(now))
    except WsusClientError as error:
        roll_back(host, done, restore)
        rolled_back = not done or _is_as_before(host, target, before)
        outcome = "All changes were rolled back." if rolled_back else "Some changes could not be rolled back."
        kept = f"The previous settings are saved in {file} on the machine." if file else ""
        raise error.extended(outcome, kept, rolled_back=rolled_back, backup=file) from None
    return now


def _is_as_before(host: Host, target: Target[T], before: T) -> bool:
    try:
        return target.settings(target.read(host.probe(target.probe))) == target.settings(before)
    except WsusClientError:
        return False


def _step_failed(subject: str, step: Step, answer: Result) -> StepFailed:
    failed = f"{subject}: setting {step.name} failed"
    if not step.do.win32_exit_codes:
        what_to_do = f". {step.if_refused}" if step.if_refused else ""
        return StepFailed(f"{failed}: `{step.do.shown}` exited with {answer.exit_code}{what_to_do}", step=step.name)
    explanation = _error_codes.explain(_error_codes.of_win32(answer.exit_code))
    said = f"{explanation.hex} {explanation.name}".rstrip()
    return StepFailed(f"{failed}: {said}: {explanation.meaning}", step=step.name, code=explanation.hex)
