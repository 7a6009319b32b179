# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queries to the event logs. The components share them, so that each log is queried once.

Event ids: provider manifests of builds 7600 to 18990 and captures of Windows 11.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..._windows import event_log
from ..._windows.event_log import Datum, Event, Log, Selection
from ..._windows.query import Answers, Query
from ..service import crashes, start_failures

BITS_CHANNEL = "Microsoft-Windows-Bits-Client/Operational"
UPDATE_CHANNEL = "Microsoft-Windows-WindowsUpdateClient/Operational"
SYSTEM_CHANNEL = "System"
APPLICATION_CHANNEL = "Application"

UPDATE_CLIENT = "Microsoft-Windows-WindowsUpdateClient"
GROUP_POLICY = "Microsoft-Windows-GroupPolicy"

BITS_START_FAILED = 16392
BITS_JOB_FAILURES = (61, 200, 202)
"""BITS: a transfer ended with an error, a proxy attempt failed, HTTP requirements were not met."""
BITS_TRANSFERRED = 60
"""BITS: a transfer ended without an error: "BITS stopped transferring ... The status code is 0x0", with the fields of event 61 (captured
messages in the stored files 35803105297 and 40926408625, field names in 8884103785)."""
AGENT_JOB = "WU Client Download"
"""The name of the agent's jobs on every Windows version."""
SCAN_FAILED, SCAN_SUCCEEDED, DOWNLOAD_FAILED = 25, 26, 31
SELF_UPDATE_FAILED = (34, 35)
DOWNLOADED = 41
"""Update agent, in its own log; versions 0 and 1 of the manifest contain the update but no service (builds 16299 to 26100)."""
CANNOT_CONNECT, INSTALLED, INSTALL_FAILED = 16, 19, 20
"""Update agent, in the System log: no connection for its schedule, an update was installed or failed to install."""
_ERROR = 2
_POLICY_CHANGED = 1502
"""Of Group Policy: the settings of the computer were processed, and new settings were applied (1500: without changes)."""
POLICY_SUCCESSES = (1500, _POLICY_CHANGED)
"""Of Group Policy: the settings of the computer were processed (1501 and 1503 are those of a user)."""
DATABASE_ENGINE = "ESENT"
DATABASE_MADE = 325
VERSION_STORE_FULL = 623
PAGE_DAMAGED = (467, 474)
DATABASE_DAMAGED = (412, 439, 454, *PAGE_DAMAGED, VERSION_STORE_FULL)
"""Database engine: a log or the database cannot be read, recovery failed, an index or a page is damaged, the version store
is full (source: Microsoft KB 982018 for 412; public reports for 623; the event texts for the others)."""
DATABASE_OWNER = "SUS20ClientDataStore: "
"""The name of the agent's database in the third datum of each engine event: exactly this text, with the trailing space (events 623,
533, 642 and 412 in the stored files 19086070023, 44756007147, 26295790714 and 46204807637)."""

SERVED = ("BITS", "wuauserv", "DoSvc", "UsoSvc", "CryptSvc", "MpsSvc")
"""The services whose processes are asked for in ``process_faults``: Windows names such a process ``svchost.exe_BITS``."""


def bits(days: int) -> Query[Log]:
    """Failed starts and failed transfers of BITS."""
    return event_log.query(BITS_CHANNEL, [Selection((*BITS_JOB_FAILURES, BITS_START_FAILED))], days, 40)


def transfers(days: int) -> Query[Log]:
    """Transfers of the agent's jobs that succeeded: queried if others failed, to see whether the same files were transferred later."""
    return event_log.query(BITS_CHANNEL, [Selection((BITS_TRANSFERRED,))], days, 100, Datum((AGENT_JOB,), "name"))


def update(days: int) -> Query[Log]:
    """Successful and failed scans of the update agent, failed downloads and failed self-updates."""
    ids = (SCAN_FAILED, SCAN_SUCCEEDED, DOWNLOAD_FAILED, *SELF_UPDATE_FAILED)
    return event_log.query(UPDATE_CHANNEL, [Selection(ids)], days, 60)


def scans_of(services: Iterable[str], days: int) -> Query[Log]:
    """Scans of the given update services, by ID: for Windows 10 and later, where other scans fill the answer of ``update``.

    Every capture has the IDs in lower case and in braces. The query compares text, so it contains both cases.
    """
    ids = (f"{{{each}}}" for each in services)
    datum = Datum(tuple(text for each in ids for text in (each.lower(), each.upper())), "serviceGuid")
    return event_log.query(UPDATE_CHANNEL, [Selection((SCAN_FAILED, SCAN_SUCCEEDED))], days, 20, datum)


def successes(days: int) -> tuple[Query[Log], ...]:
    """Successful downloads and installations: queried if others failed, to see whether the same updates succeeded later."""
    return (event_log.query(UPDATE_CHANNEL, [Selection((DOWNLOADED,))], days, 200), installed(days))


def installed(days: int) -> Query[Log]:
    """Successful installations: also queried if every scan finds updates, to see whether the same one is installed again and again."""
    return event_log.query(SYSTEM_CHANNEL, [Selection((INSTALLED,), UPDATE_CLIENT)], days, 200)


def policy_changes(days: int) -> Query[Log]:
    """When Group Policy last applied new or changed settings to the computer."""
    return event_log.query(SYSTEM_CHANNEL, [Selection((_POLICY_CHANGED,), GROUP_POLICY)], days, 5)


def policy_successes(days: int) -> Query[Log]:
    """When Group Policy of the computer was last processed successfully, with or without changes."""
    selection = Selection(POLICY_SUCCESSES, GROUP_POLICY)
    return event_log.query(SYSTEM_CHANNEL, [selection], days, 1)


def system(days: int) -> Query[Log]:
    """Failures of services, of installations and of Group Policy."""
    return event_log.query(
        SYSTEM_CHANNEL,
        [
            Selection(tuple(sorted((*start_failures.FAILURES, *crashes.IDS))), start_failures.SERVICE_CONTROL_MANAGER),
            Selection((CANNOT_CONNECT, INSTALL_FAILED), UPDATE_CLIENT),
            Selection((_ERROR,), GROUP_POLICY, "Level"),
        ],
        days,
        60,
    )


def process_faults(days: int) -> Query[Log]:
    """Faults of the processes of SERVED in the Application log: queried if one of them terminated unexpectedly."""
    selection = Selection((crashes.PROCESS_FAULT,), crashes.PROCESS_FAULTS)
    return event_log.query(
        APPLICATION_CHANNEL, [selection], days, 10, Datum(tuple(f"svchost.exe_{name}" for name in SERVED))
    )


def application(days: int) -> Query[Log]:
    """Creation of the agent's database, or damage to it. Without the filter, databases of other programs would fill the answer."""
    selection = Selection((DATABASE_MADE, *DATABASE_DAMAGED), DATABASE_ENGINE)
    return event_log.query(APPLICATION_CHANNEL, [selection], days, 40, Datum((DATABASE_OWNER,)))


@dataclass(frozen=True)
class Logs:
    """The events of several logs, newest first within each log.

    ``unreadable`` maps a channel to the exit code of wevtutil; ``damaged`` is the number of events that were not valid XML.
    """

    events: tuple[Event, ...]
    unreadable: tuple[tuple[str, int], ...] = ()
    damaged: int = 0


def read(answers: Answers, queries: Iterable[Query[Log]]) -> Logs:
    """The answers to the given queries. A query that was not sent is skipped; an event from two queries is included once."""
    logs = [answers[query] for query in queries if query in answers]
    events: list[Event] = []
    for log in logs:
        earlier = [event for event in events if event.channel == log.channel]
        events += [event for event in log.events if event not in earlier]
    return Logs(
        tuple(events),
        tuple((log.channel, log.error) for log in logs if log.error is not None),
        sum(log.damaged for log in logs),
    )
