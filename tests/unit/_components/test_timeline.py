"""One timeline of all components, newest first."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import timeline as events
from support.event_xml import STORE, detection, failure, group_policy_failed, job, scm
from support.windows_answers import CONTEXT, Windows


def at(hour: int) -> str:
    return f"2026-11-20T{hour:02}:00:00.0000000Z"


def test_all_logs_in_one_order_of_time() -> None:
    windows = Windows(
        bits_log=job(0x80072EE7, time=at(8)) + job(0x80190193, time=at(3)),
        update_log=detection(time=at(9)) + detection(0x8024402C, time=at(5)) + failure(31, 0x80D02002, time=at(7)),
        system_log=failure(20, 0x80070643, time=at(10))
        + group_policy_failed(time=at(2))
        + scm(7000, "BITS", "%%1058", time=at(4))
        + scm(7001, "wuauserv", "RPC", "%%1068", service="wuauserv", time=at(6))
        + scm(7000, "Spooler", "%%1058", service="Spooler", time=at(11)),
    )
    fact = windows.read(events).as_fact()
    assert [(each["time"], each["component"], each["kind"]) for each in fact["events"]] == [
        (at(10), "agent", "install"),
        (at(9), "agent", "scan"),
        (at(8), "bits", "job"),
        (at(7), "agent", "download"),
        (at(6), "agent", "start"),
        (at(5), "agent", "scan"),
        (at(4), "bits", "start"),
        (at(3), "bits", "job"),
        (at(2), "policy", "policy"),
    ]
    assert (fact["unreadable_logs"], fact["damaged_events"]) == ({}, 0)
    assert windows.found(events) == {}
    assert windows.asked_again(events) == []


def test_the_jobs_of_wsus_are_known_by_policy() -> None:
    log = job(0x80072EE7, name="x") + job(0x80072EE7, name="y", url="http://other/")
    windows = Windows(bits_log=log, update_log="")
    assert [each["wsus"] for each in windows.read(events).as_fact()["events"]] == [True, False]


def test_no_store_no_user_and_no_credential() -> None:
    windows = Windows(
        update_log=detection(service=STORE),
        system_log=group_policy_failed(user="S-1-5-21-1-2-3-500"),
        bits_log=job(0x80072EE7, url="http://me:secret@wsus.example.com:8530/x?sig=secret"),
    )
    fact = windows.read(events).as_fact()
    assert [each["kind"] for each in fact["events"]] == ["job"]
    assert "secret" not in repr(fact)


@pytest.mark.parametrize(
    ("broken", "unreadable"),
    [
        ({"bits_log": 15007}, {"Microsoft-Windows-Bits-Client/Operational": 15007}),
        (
            {"update_log": 5, "system_log": 1722},
            {"Microsoft-Windows-WindowsUpdateClient/Operational": 5, "System": 1722},
        ),
    ],
)
def test_logs_that_cannot_be_read(broken: dict[str, int], unreadable: dict[str, int]) -> None:
    assert Windows(**broken).read(events).as_fact()["unreadable_logs"] == unreadable  # type: ignore[arg-type]


def test_damaged_events_are_counted() -> None:
    assert Windows(update_log="<Event>x</Event>" + detection()).read(events).damaged == 1


def test_every_log_is_asked_once() -> None:
    asked = [str(query.command) for query in events.probe(CONTEXT)]
    assert len(asked) == len(set(asked)) == 4
