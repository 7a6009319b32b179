"""Every machine of the table of the way to the server shows its fault by stage, cause and who must act; events join the live fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playing import Controller
from test_tables import GRAVE, audited, gravest, machines_of, told_by_name

# By the longest beginning of a machine's name: stage of the agent's way, who must act, a code that the agent fails with.
FAULTS: Mapping[str, tuple[str | None, str, str | None]] = {
    "server-name_resolution": ("dns", "network", "0x80072ee7"),
    "server-connect-closed": ("connect", "network", "0x80072efd"),
    "server-connect-drop": ("connect", "network", "0x80072ee2"),
    "server-connect-user_proxy": ("connect", "reachability", "0x80072ee2"),
    "server-proxy-407": ("proxy", "network", "0x8024401b"),
    "server-proxy-closed": ("proxy", "reachability", "0x80072efd"),
    "server-proxy-unknown": ("proxy", "reachability", "0x80072ee7"),
    "server-proxy-direct_works": ("proxy", "reachability", "0x80072efd"),
    "server-tls": ("tls", "server_side", "0x80072f8f"),
    "server-answer": ("http", "network", "0x80072f78"),
    "server-answer-slow": ("http", "server_side", "0x80072ee2"),
    "server-captive": ("http", "network", "0x80072f78"),
    "server-forbidden-401": ("http", "server_side", "0x80244017"),
    "server-forbidden-403": ("http", "server_side", "0x80190193"),
    "server-not_wsus": ("http", "server_side", "0x80244019"),
    "server-error": ("http", "server_side", "0x8024401f"),
    "server-unavailable": ("http", "server_side", "0x80244022"),
    "server-range_support": ("http", "server_side", "0x80200013"),
    "server-range_support-proxy": ("http", "network", "0x80200013"),
    "server-file_size": ("http", "server_side", "0x80200011"),
    "server-file_size-proxy": ("http", "network", "0x80200011"),
    "server-range_support-https": ("http", "server_side", "0x80200013"),
    "server-file_size-https": ("http", "server_side", "0x80200011"),
    "server-content_port-closed": ("http", "network", "0x80072efd"),
    "server-content_port-dropped": ("http", "network", "0x80072ee2"),
    "server-content_port-forbidden": ("http", "server_side", "0x80190193"),
    "server-content_port-proxy": ("http", "reachability", "0x8024401b"),
    "server-untested": (None, "administrator", None),
    "proxy-malformed": ("http", "reachability", None),
    "proxy-credentials": ("http", "reachability", None),
}
# Information only: the machines are healthy.
WORTH_KNOWING = ("server-only_way-proxy", "server-only_way-direct", "proxy-user_only")
HEALTHY = "healthy-"
# Scans succeed.
ONLY_DOWNLOADS = "server-content_port"


def expected(name: str) -> tuple[str | None, str, str | None]:
    """What a machine shows, by its name."""
    return FAULTS[max((start for start in FAULTS if name.startswith(start)), key=len)]


def test_every_machine_shows_its_fault_by_stage_cause_and_who_must_act(controller: Callable[..., Controller]) -> None:
    names = set(machines_of("server_tables"))
    machines = audited(controller("server_tables"), "--check")
    assert set(machines) == names
    well = {name for name in names if name.startswith((HEALTHY, *WORTH_KNOWING))}
    assert {name: gravest(machines[name]) for name in names} == {
        name: "" if name in well else told_by_name(name) for name in names
    }
    for name in names - well:
        finding = machines[name]["findings"][0]
        stage, remedy, code = expected(name)
        way = machines[name]["reachability"]["agent_route"] or {"stage": None}
        assert (name, way["stage"], finding["remedy"]) == (name, stage, remedy)
        assert finding["evidence"], name
        assert finding["cause"], name
        assert code is None or code in finding["codes"], name
        assert machines[name]["status"] == ("broken" if finding["severity"] == "error" else "degraded"), name
        degraded = code is None or name.startswith(ONLY_DOWNLOADS)
        assert finding["severity"] == ("warning" if degraded else "error"), name
        # One fault is one finding, whatever else it makes fail.
        grave = [each["id"] for each in machines[name]["findings"] if each["severity"] in GRAVE]
        assert len(grave) == 1, (name, grave)
    for name in well:
        assert machines[name]["status"] == "healthy", name
        assert machines[name]["reachability"]["reachable"] is True, name
    for start in WORTH_KNOWING:
        for name in well:
            if name.startswith(start):
                assert told_by_name(name) in [each["id"] for each in machines[name]["findings"]], name

    assert {name for name in names if machines[name]["reachability"]["generation"] == "3"} == {
        name for name in names if name.startswith("healthy-wsus3")
    }


ENDPOINTS: Mapping[str, Any] = {
    "cut": {"kind": "wsus", "faults": {"cut_after": 2000}},
    "no_range": {"kind": "wsus", "faults": {"no_range": True}},
    "no_length": {"kind": "wsus", "faults": {"no_length": True}},
    "forbidden": {"kind": "wsus", "faults": {"status": 403}},
    "closed": {"kind": "closed"},
}


def _to(endpoint: str) -> dict[str, Any]:
    return {"names": {"wsus.example.test": endpoint}}


# The code of a failed job: the network with the fault that it comes from, the live finding, the one of the past.
CODES: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "0x80072ee7": ({"unknown": ["wsus.example.test"]}, "reachability.name_resolution", "bits.job_name_resolution"),
    "0x80072f78": (_to("cut"), "reachability.answer", "bits.job_server_response"),
    "0x80200013": (_to("no_range"), "reachability.range_support", "bits.job_range_support"),
    "0x80200011": (_to("no_length"), "reachability.file_size", "bits.job_file_size"),
    "0x80190193": (_to("forbidden"), "reachability.forbidden", "bits.job_forbidden"),
}
# That the server gives another file does not show that it gives this one, which it refuses still.
STAYS_OPEN = ("0x80190193",)
WINDOWS: Sequence[tuple[str, str]] = (("windows-11-24h2", "en"), ("server-2016", "ja"))


def _jobs(code: str) -> list[dict[str, Any]]:
    return [{"code": int(code, 16), "age": age} for age in ("2h", "26h")]


def test_a_code_of_the_past_joins_the_live_fault_that_it_comes_from(controller: Callable[..., Controller]) -> None:
    fleet = [
        {"name": f"{kind}-{code}-{language}", "windows": windows, "language": language, "jobs": _jobs(code), **network}
        for code, (fault, _live, _past) in CODES.items()
        for windows, language in WINDOWS
        for kind, network in (
            ("live", {"network": fault}),
            ("reachable", {}),
            # Another fault than the one that the code tells of.
            ("other", {"network": _to("closed")}),
        )
    ]
    machines = audited(controller(fleet, ENDPOINTS), "--check")
    for name, machine in machines.items():
        kind, code, _language = name.split("-")
        _fault, live, past = CODES[code]
        findings = {each["id"]: each for each in machine["findings"]}
        if kind == "live":
            assert set(findings) == {live}, name
            joined = findings[live]
            assert code in joined["codes"], name
            answers = [each for each in joined["evidence"] if "stage" in each]
            events = [each for each in joined["evidence"] if "time" in each]
            assert len(answers) >= 1, joined
            assert len(events) == len(joined["evidence"]) - len(answers) >= 1, joined
            assert machine["status"] == "broken", name
        elif kind == "reachable" and code in STAYS_OPEN:
            assert set(findings) == {"reachability.file"}, name
            assert (findings["reachability.file"]["resolved"], machine["status"]) == (False, "degraded"), name
        elif kind == "reachable":
            assert set(findings) == {past}, name
            gone = findings[past]
            assert (gone["resolved"], gone["severity"], gone["remedy"]) == (True, "info", "none"), name
            assert code in gone["codes"], name
            assert re.search("the (server is reachable|same files can be downloaded) now", gone["summary"]), name
            assert all("time" in each for each in gone["evidence"]), name
            assert machine["status"] == "healthy", name
        else:
            assert set(findings) == {"reachability.connect", past}, name
            assert findings[past]["resolved"] is False, name
