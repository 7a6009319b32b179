# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps carried out on a machine: what they change saved before, read back in the same execution, taken back in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from .. import _error_codes
from .._exceptions import OutputEndedEarly, WsusClientError
from .._plan import Step
from .._windows.command import Command, Result
from .._windows.query import Answers, Query
from .host import Host

T = TypeVar("T")


class BackupFailed(WsusClientError):
    """What is there could not be saved, so nothing was changed."""

    reason = "backup_failed"


class StepFailed(WsusClientError):
    """A command that changes the machine was refused."""

    reason = "step_failed"


class NotVerified(WsusClientError):
    """A change was accepted but is not there when read back."""

    reason = "not_verified"


def backup_file(folder: str | None, system_root: str, name: str, now: datetime) -> str:
    r"""The file on the machine for what is there before a change; without a folder it lies in Windows' own Temp."""
    place = (folder or rf"{system_root}\Temp").rstrip("\\")
    return rf"{place}\wsus.client-{name}-{now:%Y%m%dT%H%M%SZ}.reg"


def back_up(host: Host, export: Command, what: str, file: str) -> None:
    """Save ``what`` to the file by the command. Raises BackupFailed."""
    if not host.run([export])[0].ok:
        raise BackupFailed(
            f"{what} could not be saved to {file}, so nothing was changed: "
            "name a folder that exists on the machine with the option backup_dir"
        )


def make(host: Host, subject: str, steps: Sequence[Step], probe: Sequence[Query[Any]], done: list[Step]) -> Answers:
    """Make the steps and probe the machine again in the same execution; the answers to the probe.

    ``done`` receives the steps that were made: those that must be taken back when something fails later. Raises StepFailed
    for the first that was refused.
    """
    try:
        answers = host.run([*(step.do for step in steps), *(query.command for query in probe)])
    except OutputEndedEarly:
        done += steps  # which of them were made is not known
        raise
    made, read = answers[: len(steps)], answers[len(steps) :]
    done += [step for step, answer in zip(steps, made, strict=True) if answer.ok]
    for step, answer in zip(steps, made, strict=True):
        if not answer.ok:
            raise _step_failed(subject, step, answer)
    return Answers(read)


def verified(subject: str, left: Iterable[Step]) -> None:
    """Raises NotVerified where a plan made of what was read back still has steps."""
    names = ", ".join(step.name for step in left)
    if names:
        raise NotVerified(f"Windows accepted every change of {subject}, but read back these are not as asked: {names}")


def take_back(host: Host, done: Sequence[Step]) -> None:
    """Undo the steps in reverse order. Nothing is raised: whether all is as before is to be looked at."""
    with suppress(WsusClientError):
        host.run([command for step in reversed(done) for command in step.undo])


@dataclass(frozen=True)
class Target(Generic[T]):
    """Settings that are changed as a whole: how they are asked for and read, what is left to be done, what is compared.

    ``left`` are the steps that what was read still takes; ``settings`` is the part of it that steps change.
    """

    subject: str
    probe: tuple[Query[Any], ...]
    read: Callable[[Answers], T]
    left: Callable[[T], Sequence[Step]]
    settings: Callable[[T], object]


def carry_out(host: Host, target: Target[T], steps: Sequence[Step], before: T, file: str | None) -> T:
    """Make the steps, verify them, and return what is there now; ``file`` holds what was there before, if anything was.

    Raises StepFailed, NotVerified and what Host.run raises; each says whether what was changed before is put back.
    """
    done: list[Step] = []
    try:
        now = target.read(make(host, target.subject, steps, target.probe, done))
        verified(target.subject, target.left(now))
    except WsusClientError as error:
        take_back(host, done)
        rolled_back = not done or _is_as_before(host, target, before)
        outcome = (
            "What was changed before is put back."
            if rolled_back
            else "Not all that was changed before could be put back."
        )
        kept = f"What was there is saved on the machine in {file}." if file else ""
        raise error.extended(outcome, kept, rolled_back=rolled_back, backup=file) from None
    return now


def _is_as_before(host: Host, target: Target[T], before: T) -> bool:
    try:
        return target.settings(target.read(host.probe(target.probe))) == target.settings(before)
    except WsusClientError:
        return False


def _step_failed(subject: str, step: Step, answer: Result) -> StepFailed:
    failed = f"{subject}: setting {step.name} failed"
    if step.do.program != "sc.exe":  # only its exit codes are Windows errors
        return StepFailed(f"{failed}: `{step.do}` ended with {answer.exit_code}", step=step.name)
    explanation = _error_codes.explain(_error_codes.of_win32(answer.exit_code))
    said = f"{explanation.hex} {explanation.name}".rstrip()
    return StepFailed(f"{failed}: {said}: {explanation.meaning}", step=step.name, code=explanation.hex)
