"""What is evidence of a damaged store, what only lets one suspect it, and what is neither."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import ScanServices
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store.evidence import assess
from ansible_collections.wsus.client.plugins.plugin_utils._windows.event_log import Event

NOW = datetime(2026, 11, 23, 4, 15, tzinfo=timezone.utc)
CLIENT, OPERATIONAL = "Microsoft-Windows-WindowsUpdateClient", "Microsoft-Windows-WindowsUpdateClient/Operational"
WSUS, WU, MU, FLIGHTING = (
    "{3da21691-e39d-4da6-8a4b-b43877bcb1b7}",
    "{9482f4b4-e343-43b6-b170-9a65bc822c77}",
    "{7971f918-a847-4430-9279-4a52d1efe18d}",
    "{8b24b027-1dee-babb-9a95-3517dfb9c552}",
)
ONLY_WSUS = ScanServices(frozenset({"wsus"}))
TITLE = "2026-10 Cumulative Update (KB5066791)"
DEFINITIONS = "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.403.88.0)"


def event(number: int, hours: float, provider: str = CLIENT, **data: str) -> Event:
    """An event so many hours ago."""
    channel = "Application" if provider == "ESENT" else "System" if number in (19, 20) else OPERATIONAL
    time = (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    return Event(number, provider, channel, 2, int(hours * 100), time, data)


def scan(hours: float, code: int = 0x80248007, service: str = WSUS) -> Event:
    source = {"serviceGuid": service} if service else {}
    return event(25, hours, errorCode=f"0x{code:08x}", **source)


def good(hours: float, service: str = WSUS) -> Event:
    return event(26, hours, updateCount="0", serviceGuid=service)


def download(hours: float, update: str = "a", code: int = 0x80070002, title: str = TITLE) -> Event:
    return event(31, hours, errorCode=f"0x{code:08x}", updateGuid=f"{{{update}}}", updateTitle=title)


def install(hours: float, update: str = "a", code: int = 0x80242006, service: str = WSUS) -> Event:
    return event(
        20, hours, errorCode=f"0x{code:08x}", updateGuid=f"{{{update}}}", updateTitle=TITLE, serviceGuid=service
    )


def arrived(hours: float, update: str = "a", number: int = 41) -> Event:
    return event(number, hours, updateGuid=f"{{{update.upper()}}}", updateTitle="of another language")


def engine(number: int, hours: float, error: str = "0") -> Event:
    return event(number, hours, "ESENT", p1="wuaueng.dll", p2="960", p3="SUS20ClientDataStore: ", p4=error)


@pytest.mark.parametrize(
    ("events", "evidence", "suspicions"),
    [
        # Scans: two, or what the database's engine itself says.
        ([scan(2)], 0, 1),
        ([scan(2), scan(20)], 2, 0),
        ([scan(2, service=""), scan(20, service="")], 2, 0),
        ([scan(2, 0x80248011)], 0, 1),
        ([scan(2, 0xC80001F5)], 1, 0),
        ([scan(2, 0xC8000713)], 0, 1),
        ([scan(2, 0x8024402C), scan(3, 0x80072EE2)], 0, 0),
        ([good(1), scan(2), scan(20)], 0, 0),
        ([scan(2), good(3), scan(20)], 0, 1),
        # Those of other services are no scans of the agent, failed or good.
        ([scan(2, service=MU), scan(3, service=FLIGHTING), scan(4, service=WU)], 0, 0),
        ([good(1, FLIGHTING), good(1, WU), scan(2), scan(20)], 2, 0),
        # Downloads: of two updates.
        ([download(2), download(30), download(50)], 0, 3),
        ([download(2), download(3, "b")], 2, 0),
        ([download(2, code=0x80246010), download(3, "b", 0x80246012)], 2, 0),
        ([download(2), scan(5)], 2, 0),
        ([good(1), download(2), download(3, "b")], 2, 0),
        ([download(2, code=0x80072EE2), download(3, "b", 0x80D02002)], 0, 0),
        # The same update came since, or was installed; another one, or earlier, says nothing.
        ([arrived(1), download(2), download(3, "b")], 0, 1),
        ([arrived(1), arrived(1, "b", 19), download(2), download(3, "b")], 0, 0),
        ([arrived(4), arrived(1, "c"), download(2), download(3, "b")], 2, 0),
        # Not ours: Store apps, Defender's definitions.
        ([download(n, str(n), title="9WZDNCRFJBMP-Microsoft.WindowsStore") for n in range(1, 4)], 0, 0),
        ([download(n, str(n), 0x80248007, DEFINITIONS) for n in range(1, 4)], 0, 0),
        # Long ago, tried never again, and scans end well.
        ([good(1), download(80)], 0, 0),
        ([download(80)], 0, 1),
        # Installations: never alone, and not where scans end well.
        ([install(2), install(3, "b")], 0, 2),
        ([good(1), install(2), install(3, "b")], 0, 0),
        ([good(3), install(2), install(1, "b")], 0, 0),
        ([scan(1), install(2), install(3, "b")], 3, 0),
        ([scan(1, 0x8024402C), install(2), install(3, "b")], 0, 2),
        ([good(1), download(2), install(3, "b")], 0, 1),
        ([scan(1), arrived(1.5, number=19), install(2)], 0, 1),
        ([scan(1), arrived(1.5), install(2)], 2, 0),
        ([scan(1), install(2, service=WU), install(3, "b", service=FLIGHTING)], 0, 1),
        ([scan(1), install(2, service=MU)], 2, 0),
        ([scan(1), install(2, code=0x8007000D), install(3, "b", 0x80070643)], 0, 1),
        # The engine.
        ([engine(454, 2, "-501")], 1, 0),
        ([engine(412, 2, "-546")], 1, 0),
        ([engine(474, 2)], 1, 0),
        ([engine(467, 2)], 1, 0),
        ([engine(454, 2, "-1032")], 0, 0),
        ([engine(454, 2, "-1808")], 0, 0),
        ([engine(640, 2, "-1919"), engine(636, 2)], 0, 0),
        ([engine(623, 2)], 0, 1),
        ([engine(623, 2), engine(623, 3)], 2, 0),
        ([good(1), engine(454, 2, "-501"), engine(454, 3, "-501")], 0, 0),
        ([good(1), engine(623, 2)], 0, 0),
        ([good(1), engine(623, 2), good(5), engine(474, 26)], 0, 2),
    ],
)
def test_what_shows_damage(events: list[Event], evidence: int, suspicions: int) -> None:
    found = assess(events, None, ONLY_WSUS, NOW)
    assert (len(found.evidence), len(found.suspicions)) == (evidence, suspicions)


def test_only_what_came_after_the_last_rebuild_counts() -> None:
    events = [scan(2), scan(20), download(21), download(22, "b"), engine(454, 30, "-501")]
    for hours, evidence, suspicions in ((40, 5, 0), (25, 4, 0), (10, 0, 1), (1, 0, 0)):
        found = assess(events, NOW - timedelta(hours=hours), ONLY_WSUS, NOW)
        assert (len(found.evidence), len(found.suspicions)) == (evidence, suspicions), hours


def test_whether_a_success_could_change_it() -> None:
    asks = [
        ([scan(2)], False),
        ([download(2)], True),
        ([install(2)], True),
        ([engine(454, 1, "-501")], False),
        ([], False),
    ]
    for events, expected in asks:
        assert assess(events, None, ONLY_WSUS, NOW).asks_for_successes is expected


def test_without_a_server_all_but_the_store_and_flighting_count() -> None:
    everything = ScanServices()
    assert len(assess([scan(2, service=WU), scan(3, service=MU)], None, everything, NOW).evidence) == 2
    assert assess([scan(2, service=FLIGHTING), scan(3, service=FLIGHTING)], None, everything, NOW).suspicions == ()
