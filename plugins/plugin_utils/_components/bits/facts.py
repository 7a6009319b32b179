# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of BITS."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ..._windows import sc
from ..._windows.command import Command, Results, command
from .. import Context
from ..service import baseline, start_events
from ..service import probe as service_probe
from ..service.facts import Neighbour, ServiceFacts
from ..shared import event_queries, registry_keys
from ..system import System
from .log_events import JobFailure, job_failures, start_failures
from .spec import SENS, SERVICE

# Where BITS keeps its jobs; cmd.exe writes the variable out (C:\ProgramData on every Windows from Vista on).
JOB_FOLDER = r"%ALLUSERSPROFILE%\Microsoft\Network\Downloader"

_SENS_STATE = sc.query_state(SENS)
# What SENS depends on: where it runs, that runs too, for Windows stops no service that a running one depends on.
_BELOW_SENS = "EventSystem"
_FOLDER = command("cmd.exe", "/d", "/c", "dir", "/b", JOB_FOLDER.rpartition("\\")[0])


@dataclass(frozen=True)
class Bits:
    """BITS on one machine.

    ``job_folder``: whether the folder for jobs is there, None where it was not asked for. ``unreadable_logs`` maps a channel
    to the code that wevtutil ended with, ``damaged_events`` counts what was no XML.
    """

    service: ServiceFacts
    sens: Neighbour
    job_failures: tuple[JobFailure, ...]
    unreadable_logs: tuple[tuple[str, int], ...] = ()
    damaged_events: int = 0
    job_folder: bool | None = None

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return {
            **self.service.as_fact(),
            "sens": self.sens.as_fact(),
            "events": sorted(
                [*self.service.start_events(), *(each.as_fact() for each in self.job_failures)],
                key=lambda fact: fact["time"],
                reverse=True,
            ),
            "unreadable_logs": dict(self.unreadable_logs),
            "damaged_events": self.damaged_events,
        }


def probe(context: Context) -> tuple[Command, ...]:
    """The commands that tell all of a healthy BITS: one remote execution."""
    return (*service_probe.probe(SERVICE), _SENS_STATE, registry_keys.QUERY_POLICY, *_queries(context))


def probe_for_change() -> tuple[Command, ...]:
    """The commands that a change needs: all of the neighbours, but nothing of the past."""
    return (*service_probe.probe_for_change(SERVICE), _FOLDER)


def follow_up(results: Results, system: System, context: Context) -> tuple[Command, ...]:
    """What is asked of the services below SENS where that does not run, and of dependencies that no Windows has by default."""
    return service_probe.follow_up(SERVICE, results, _running(results))


def read(results: Results, system: System, context: Context) -> Bits:
    """The facts from the answers to one of the probes and its follow-up.

    Raises UnexpectedOutput when reg.exe or sc.exe answered in a form that is not theirs.
    """
    logs = event_queries.read(results, _queries(context))
    running = _running(results)
    return Bits(
        service=service_probe.read(
            SERVICE,
            results,
            baseline.bits(system.build),
            system.system_root,
            start_failures=(*start_failures(logs.events), *start_events.start_failures(logs.events, SERVICE)),
            running=running,
        ),
        sens=service_probe.read_neighbour(SERVICE, SENS, results, running),
        job_failures=tuple(job_failures(logs.events, registry_keys.servers(results))),
        unreadable_logs=logs.unreadable,
        damaged_events=logs.damaged,
        job_folder=results[_FOLDER].ok if _FOLDER in results else None,
    )


def _queries(context: Context) -> tuple[Command, ...]:
    return event_queries.bits(context.event_days), event_queries.system(context.event_days)


def _running(results: Results) -> Collection[str]:
    """The services that are known to run without being asked."""
    sens = sc.read_state(results[_SENS_STATE])
    return (*service_probe.ALWAYS_RUNNING, *((_BELOW_SENS,) if sens.running else ()))
