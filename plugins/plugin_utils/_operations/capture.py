# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capture a machine: audit it, replace what identifies it in its answers, and diagnose what is left once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from .._capture.answers import AnswerAliases
from .._capture.document import bounded, document, file_name
from .._components import Context, policy
from .._fleet.files import write_json
from .._options import EVENTS, Options, Spec
from .._remote.host import ADMINISTRATOR_PROBE, Host
from .._remote.session import Session
from .._windows.command import NOT_FOUND, Command, Result
from .._windows.query import Answers, Query
from .audit import Audit, diagnose
from .operation import Operation, Outcome

_PRIVATE = 0o600
_EVERYTHING = ("all",)


@dataclass(frozen=True)
class CaptureOptions(Options):
    """The options of wsus_capture."""

    SPEC: ClassVar[Spec] = Spec({"dest": {"type": "path", "default": "./captures"}}) | EVENTS

    dest: str
    event_days: int


@dataclass
class Recorder:
    """Asks the machine, and keeps its answers. ``first`` are the commands of the first round, the same on all machines."""

    host: Host
    first: tuple[Command, ...] = ()
    answers: dict[Command, Result] = field(default_factory=dict)

    def __call__(self, queries: Iterable[Query[Any]]) -> Answers:
        """The answers, from one remote execution as in an audit."""
        commands = tuple(dict.fromkeys(query.command for query in queries))
        results = tuple(map(bounded, self.host.run_repeatable(commands)))
        self.first = self.first or commands
        # The host itself asks for the rights of the user, with the first commands.
        self.answers.setdefault(ADMINISTRATOR_PROBE, Result(ADMINISTRATOR_PROBE, 0))
        self.answers.update({result.command: result for result in results})
        return Answers(results)


@dataclass(frozen=True)
class Recorded:
    """Answers from a capture. A command that is not in it is answered as a program that is missing, as the lab does."""

    answers: Mapping[Command, Result]

    def __call__(self, queries: Iterable[Query[Any]]) -> Answers:
        """The recorded answers."""
        commands = dict.fromkeys(query.command for query in queries)
        return Answers(self.answers.get(each, Result(each, NOT_FOUND)) for each in commands)


def _run(session: Session, options: CaptureOptions, *, check_mode: bool) -> Outcome:
    context = Context(now=session.now, event_days=options.event_days)
    recorder = Recorder(session.host)
    before = _ids(diagnose(recorder, _EVERYTHING, context, session.debug))
    aliases = AnswerAliases(
        tuple(recorder.answers.values()),
        (ADMINISTRATOR_PROBE, *recorder.first),
        session.names,
        (session.user,) if session.user else (),
        policy.TEXTS,
    )
    answers = {each.command: each for each in aliases.answers()}
    audit = diagnose(Recorded(answers), _EVERYTHING, context, session.debug)
    path = Path(options.dest) / file_name(next(iter(session.names), "machine"))
    if not check_mode:
        contents = document(
            answers.values(),
            audit.as_facts(),
            captured=session.now,
            event_days=options.event_days,
            findings_before=before,
        )
        write_json(str(path), contents, _PRIVATE)
    after = _ids(audit)
    return Outcome({"path": str(path), "findings": list(after), "same_findings": after == before})


def _ids(audit: Audit) -> tuple[str, ...]:
    return tuple(finding.id for finding in audit.findings)


CAPTURE = Operation(CaptureOptions, _run)
