"""The client id and what stands beside it: as it is written, decoded, judged."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import client_id as identity
from ansible_collections.wsus.client.plugins.plugin_utils._components.client_id.formats import read_sid, read_validation
from support.finding_checks import evidence_of
from support.windows_answers import Windows

GOOD = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"


@pytest.mark.parametrize("written", [GOOD, GOOD.upper(), f"{{{GOOD}}}", f" {{{GOOD.upper()}}} "])
def test_however_it_is_written_it_is_one_id(written: str) -> None:
    facts = Windows(identity={"SusClientId": ("REG_SZ", written)}).read(identity)
    assert (facts.id, facts.state, identity.findings(facts)) == (GOOD, "present", ())


@pytest.mark.parametrize(
    "written", ["image", GOOD[:-1], f"{GOOD}0", "00000000-0000-0000-0000-000000000000", f"{{{GOOD}"[:-3]]
)
def test_what_is_no_id(written: str) -> None:
    facts = Windows(identity={"SusClientId": ("REG_SZ", written)}).read(identity)
    (finding,) = identity.findings(facts)
    assert (facts.id, facts.state, finding.id, finding.severity) == (None, "malformed", "client_id.malformed", "error")
    assert evidence_of(finding) == ({"what": "SusClientId", "value": written},)


def test_none_at_all() -> None:
    facts = Windows(identity={}).read(identity)
    (finding,) = identity.findings(facts)
    assert (facts.id, finding.id, finding.severity, finding.remedy) == (
        None,
        "client_id.missing",
        "warning",
        "client_id",
    )


def test_a_run_that_was_cut_is_told_and_nothing_else() -> None:
    key = r"HKLM\SOFTWARE\wsus.client\ClientId"
    journal = {
        key: {
            "SusClientId": ("REG_SZ", f"{{{GOOD.upper()}}}"),
            "PingID": ("REG_SZ", "x"),
            "Unfinished": ("REG_SZ", "begun=20261122T201500Z; ran=UsoSvc,wuauserv"),
        }
    }
    facts = Windows(identity={}, journal=journal).read(identity)
    assert facts.unfinished is not None
    assert (facts.unfinished.id, facts.unfinished.were_running, len(facts.unfinished.values)) == (
        GOOD,
        ("UsoSvc", "wuauserv"),
        2,
    )
    assert [finding.id for finding in identity.findings(facts)] == ["client_id.unfinished"]


@pytest.mark.parametrize("record", ["", "junk", "begun=today; ran=wuauserv", "ran=wuauserv"])
def test_a_record_that_is_not_ours_is_a_finding(record: str) -> None:
    key = r"HKLM\SOFTWARE\wsus.client\ClientId"
    facts = Windows(journal={key: {"Unfinished": ("REG_SZ", record)}}).read(identity)
    (finding,) = identity.findings(facts)
    assert (finding.id, finding.severity, finding.remedy) == ("client_id.journal_damaged", "error", "administrator")
    assert key in finding.summary


def test_when_we_made_it() -> None:
    key = r"HKLM\SOFTWARE\wsus.client"
    journal = {
        key: {"ClientIdLast": ("REG_SZ", "time=20261122T041500Z; previous=2b4e28ba-2fa1-41d2-883f-0016d3cca427")}
    }
    fact = Windows(journal=journal).read(identity).as_fact()
    assert (fact["regenerated"], fact["age_hours"]) == ("2026-11-22T04:15:00Z", 24.0)
    assert fact["previous_id"] == "2b4e28ba-2fa1-41d2-883f-0016d3cca427"


def blob(text: str, offset: int = 6) -> bytes:
    encoded = text.encode("utf-16-le")
    return bytes([offset, 2, len(encoded), 1]).ljust(offset, b"\0") + encoded


@pytest.mark.parametrize("offset", [3, 6, 20])
def test_the_text_in_the_validation(offset: int) -> None:
    data = blob("S3Z9NB0K123456", max(offset, 4))
    found = read_validation(data)
    assert found is not None
    assert (found.length, found.text) == (len(data), "S3Z9NB0K123456")


@pytest.mark.parametrize(
    "data", [b"", b"\x06", b"\x06\x02\x28", bytes(40), b"\xff" * 40, blob("\x01\x02"), blob("abc")[:-1]]
)
def test_another_layout_has_no_text(data: bytes) -> None:
    found = read_validation(data)
    assert found is not None
    assert (found.length, found.text) == (len(data), None)


def test_every_cut_of_a_validation_is_read_without_an_error() -> None:
    whole = blob("S3Z9NB0K123456")
    texts = {found.text for cut in range(len(whole)) if (found := read_validation(whole[:cut]))}
    assert texts == {None}


def test_sids() -> None:
    domain = bytes.fromhex("010400000000000515000000A065CF7E784B9B5FE77C8770")
    assert read_sid(domain) == "S-1-5-21-2127521184-1604012920-1887927527"
    assert {read_sid(each) for each in (None, b"", domain[:-1], domain + b"\0", b"\x02" + domain[1:])} == {None}
