"""wevtutil's XML as events, and the codes in their fields."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import event_log
from ansible_collections.wsus.client.plugins.plugin_utils._windows.event_log import Selection
from support.windows_output import answer

QUERY = event_log.query(
    "System", [Selection((7000, 7001), "Service Control Manager"), Selection((2, 3), field="Level")], 14, 40
)
REAL = Path(__file__).parents[4] / "shared" / "real"
EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Service Control Manager'/>"
    "<EventID Qualifiers='49152'>7000</EventID><Level>2</Level><TimeCreated SystemTime='2026-11-20T08:00:00.1234567Z'/>"
    "<EventRecordID>7</EventRecordID><Channel>System</Channel></System><EventData><Data Name='param1'>{name}</Data>"
    "<Data Name='param2'>%%1058</Data><Binary>42004900540053000000</Binary></EventData></Event>"
)


def test_the_query_is_bounded_and_by_number() -> None:
    assert QUERY.command.arguments == (
        "qe",
        "System",
        "/f:xml",
        "/rd:true",
        "/c:40",
        (
            "/q:*[System[((Provider[@Name='Service Control Manager'] and (EventID=7000 or EventID=7001)) or Level=2 or Level=3) "
            "and TimeCreated[timediff(@SystemTime)<=1209600000]]]"
        ),
    )


def test_events_without_root_or_line_ends() -> None:
    log = QUERY.parse(answer(QUERY, EVENT.format(name="BITS") * 2))
    assert [(event.id, event.service, event.data["param2"], event.time, event.level) for event in log.events] == [
        (7000, "BITS", "%%1058", "2026-11-20T08:00:00.1234567Z", 2)
    ] * 2


@pytest.mark.parametrize(
    "name", ["\ufffd\ufffd\x7f", "a\x01b", "\ud800", "Intelligenter Hintergrund\ufffdbertragungsdienst"]
)
def test_damaged_text_costs_no_event(name: str) -> None:
    log = QUERY.parse(answer(QUERY, EVENT.format(name=name)))
    assert (len(log.events), log.damaged) == (1, 0)


@pytest.mark.parametrize(
    "broken",
    [
        EVENT.replace("7000", "x"),
        EVENT.replace("<System>", "<System><Open>"),
        EVENT.replace("4200", "4Z"),
        EVENT.replace("Provider", "P"),
    ],
)
def test_one_broken_event_is_counted_and_the_others_are_read(broken: str) -> None:
    log = QUERY.parse(answer(QUERY, broken + EVENT))
    assert (len(log.events), log.damaged) == (1, 1)


def test_a_channel_that_is_not_there() -> None:
    log = QUERY.parse(answer(QUERY, "", 15007))
    assert (log.events, log.error) == ((), 15007)  # ERROR_EVT_CHANNEL_NOT_FOUND


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("%%1058", 0x80070422),
        ("%%2147943458", 0x80070422),
        ("%%-2147023838", 0x80070422),
        ("2149580819", 0x80200013),
        ("0x80240022", 0x80240022),
        ("0", 0),
        ("%%0", 0),
        ("", None),
        (None, None),
        ("Zugriff verweigert", None),
    ],
)
def test_codes(text: str | None, code: int | None) -> None:
    assert event_log.code_of(text) == code


@pytest.mark.skipif(not REAL.exists(), reason="../shared is absent: the real captures are not here")
@pytest.mark.parametrize(
    ("file", "events"),
    [
        ("events-bits-client.xml", {3: 3, 4: 1, 59: 3, 60: 3, 209: 1}),
        ("events-service-control-manager.xml", {7023: 2, 7040: 6}),
        ("wevtutil-system-windows-11-25h2-de.xml", {7023: 1, 7034: 1}),
    ],
)
def test_real_events(file: str, events: dict[int, int]) -> None:
    log = QUERY.parse(answer(QUERY, (REAL / file).read_text(encoding="utf-8")))
    assert log.damaged == 0
    assert Counter(event.id for event in log.events) == events
    if file.startswith("wevtutil"):
        assert [event.service for event in log.events] == ["HvHost", "sshd"]


def test_a_datum_is_asked_for_beside_the_system_part() -> None:
    selection = [event_log.Selection((25, 26))]
    for datum, text in (
        (event_log.Datum(("a: ",)), "EventData[Data='a: ']"),
        (
            event_log.Datum(("{a}", "{A}"), "serviceGuid"),
            "EventData[Data[@Name='serviceGuid']='{a}' or Data[@Name='serviceGuid']='{A}']",
        ),
    ):
        xpath = event_log.query("System", selection, 1, 5, datum).command.arguments[-1]
        assert (
            xpath
            == f"/q:*[System[(EventID=25 or EventID=26) and TimeCreated[timediff(@SystemTime)<=86400000]] and {text}]"
        )


def test_an_event_that_is_cut_costs_no_other() -> None:
    """Each begins with its tag, so that the next one is whole; what is left of one without a beginning is counted once."""
    whole = EVENT.format(name="BITS")
    cut, head_missing = whole[: len(whole) // 2], whole[len(whole) // 2 :]
    for text, events, damaged in (
        (cut + whole, 1, 1),
        (whole + cut + whole + cut, 2, 2),
        (head_missing + whole, 1, 1),
        (whole + head_missing, 1, 1),
        (whole + "\0\0" + whole, 2, 0),
        (whole + "\r\n" + whole + "\r\n", 2, 0),
    ):
        log = QUERY.parse(answer(QUERY, text))
        assert (len(log.events), log.damaged) == (events, damaged), text


@pytest.mark.parametrize("padding", ["\0", "\0\0\0", " \0", "\ufffd", "\0\ufffd "])
def test_numbers_and_codes_are_read_through_their_padding(padding: str) -> None:
    padded = (
        EVENT.replace("7000<", f"7000{padding}<").replace(">2<", f">2{padding}<").replace("0000<", f"0000{padding}<")
    )
    log = QUERY.parse(answer(QUERY, padded.replace("%%1058", f"%%1058{padding}").format(name="BITS")))
    (event,) = log.events
    assert (event.id, event.level, event.service, log.damaged) == (7000, 2, "BITS", 0)
    assert event_log.code_of(event.data["param2"]) == 0x80070422


def test_a_long_log_is_read_in_linear_time() -> None:
    """A text without an end tag made every later beginning search to the end of the text."""
    cut = EVENT.partition("</Event>")[0].format(name="x")
    log = QUERY.parse(answer(QUERY, cut * 3000))
    assert (log.events, log.damaged) == ((), 3000)
