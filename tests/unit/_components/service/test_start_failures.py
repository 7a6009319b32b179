"""Failed starts in the System log: of the service that is asked for, by key name or displayed name."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import SERVICE
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.start_failures import (
    StartFailure,
    read,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows import event_log
from support.event_xml import event, scm
from support.other_service import COURIER
from support.windows_output import answer

QUERY = event_log.query("System", [event_log.Selection((7000,))], 1, 1)


def failures(log: str) -> list[StartFailure]:
    return list(read(QUERY.parse(answer(QUERY, log)).events, COURIER))


@pytest.mark.parametrize(
    ("log", "code", "dependency"),
    [
        (scm(7000, "anything", "%%1058", service="courier"), 0x80070422, None),
        (scm(7000, "Kurier", "%%1058", service=None), 0x80070422, None),
        (scm(7000, "COURIER", "%%1058", service=None), 0x80070422, None),
        (scm(7001, "Kurier", "Stall", "%%1075", service="Courier"), 0x8007042C, "Stall"),
        (scm(7003, "Kurier", "Stall", service="Courier"), 0x80070433, "Stall"),
        (scm(7009, "30000", "Kurier", service=None), 0x8007041D, None),
        (scm(7023, "Kurier", "%%-2147221164", service=None), 0x80040154, None),
        (scm(7022, "Kurier", service=None), 0x8007042E, None),
        (scm(7000, "Kurier", "unreadable", service=None), 0, None),
    ],
)
def test_a_failed_start(log: str, code: int, dependency: str | None) -> None:
    (failure,) = failures(log)
    assert (failure.code, failure.dependency, failure.channel) == (code, dependency, "System")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Intelligenter Hintergrund\u00fcbertragungsdienst", True),
        ("Intelligenter Hintergrund\ufffdbertragungsdienst", True),
        ("Intelligenter Hintergrund\ufffd\ufffdbertragungsdienst", True),
        ("Intelligenter Hintergrund\ufffdbertragungsdienst\0\0", True),
        ("Intelligenter Hintergrund\u00f6bertragungsdienst", False),
        ("Intelligenter Hintergrund\ufffdbertragung", False),
        ("Plattform f\ufffdr verbundene Ger\ufffdte", False),
    ],
)
def test_a_displayed_name_may_be_damaged(name: str, ours: bool) -> None:
    log = QUERY.parse(answer(QUERY, scm(7000, name, "%%1058\0", service=None)))
    assert [failure.code for failure in read(log.events, SERVICE)] == ([0x80070422] if ours else [])


@pytest.mark.parametrize(
    "log",
    [
        scm(7000, "Kurier", "%%1058", service="BITS"),
        scm(7000, "Background Intelligent Transfer Service", "%%1058", service=None),
        scm(7009, "Kurier", "30000", service=None),
        scm(7036, "Kurier", "running", service="Courier"),
        event(7000, {"param1": "Kurier", "param2": "%%5"}, provider="Another Manager"),
    ],
)
def test_what_is_no_failed_start_of_the_service(log: str) -> None:
    assert failures(log) == []


def test_a_failure_is_explained_in_the_context_of_its_service() -> None:
    failure = StartFailure("2026-11-20T08:00:00Z", "System", 7000, 0x80070424)
    of_bits, of_courier = failure.as_fact(SERVICE), failure.as_fact(COURIER)
    assert of_bits["kind"] == of_courier["kind"] == "start"
    assert of_bits["meaning"] != of_courier["meaning"]
    assert (of_bits["remedy"], of_courier["remedy"]) == ("bits", COURIER.remedy)
