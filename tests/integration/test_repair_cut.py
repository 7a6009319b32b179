"""A repair that loses its machine after any of its remote commands that may change something: none ends worse than before, and the next run completes it."""

from __future__ import annotations

from collections.abc import Callable

from cutting import Cut, Ways, cuts, differences, registry, states
from playing import Controller
from test_policy_settings import HALF, MACHINES, WANTED
from test_proxy import BACKUP, CUT_OFF, given, held
from test_proxy import OTHER as OTHER_PROXY
from test_proxy import PROXY as SERVER

TEMP = "C:\\Windows\\Temp\\wsus.client"
BITS = Cut("wsus_bits", {}, "BITS", 4, (f"{TEMP}-BITS-",))
# Before Windows 10 the agent opens its log when it starts.
AGENT = Cut("wsus_agent", {}, "wuauserv", 4, (f"{TEMP}-wuauserv-", "C:\\Windows\\WindowsUpdate.log"))
POLICY = Cut("wsus_policy", {"settings": dict(WANTED)}, None, 0, (f"{TEMP}-policy-",))
PROXY = Cut("wsus_proxy", given(SERVER, ["<local>"]), None, 0, (BACKUP,))

NO_DLL = {"Parameters": {"ServiceDll": None}}
DRIFTED = {"ErrorControl": 0, "ServiceSidType": 0, "RequiredPrivileges": ["SeDebugPrivilege"], "FailureActions": None}
WAYS: Ways = {
    "missing": {"services": {"BITS": {"deleted": True}}},
    "all-wrong": {
        "windows": "windows-11-24h2",
        "language": "ja",
        "services": {
            "BITS": {
                "values": {
                    **DRIFTED,
                    "ObjectName": "CONTOSO\\somebody",
                    "ImagePath": {"expand": "C:\\Windows\\System32\\svchost.exe \u2013k netsvcs"},
                    "Type": 0x10,
                },
                "keys": NO_DLL,
            }
        },
    },
    "disabled": {
        "windows": "windows-7-sp1",
        "language": "de",
        "services": {"BITS": {"values": {"Start": 4}}, "EventSystem": {"values": {"Start": 4}}},
    },
    "dll-and-group": {"windows": "server-2016", "services": {"BITS": {"listed": False, "keys": NO_DLL}}},
    "running": {"language": "es", "services": {"BITS": {"state": "running", "values": DRIFTED}}},
}
"""Broken machines; the last one works, with a definition that is not its Windows' own."""


AGENT_WAYS: Ways = {
    "missing": {"windows": "windows-10-1809", "language": "de", "services": {"wuauserv": {"deleted": True}}},
    "all-wrong": {
        "windows": "windows-11-24h2",
        "language": "ja",
        "services": {
            "wuauserv": {
                "values": {
                    **DRIFTED,
                    "ObjectName": "CONTOSO\\somebody",
                    "ImagePath": {"expand": "C:\\Windows\\System32\\svchost.exe \u2013k netsvcs"},
                    "Type": 0x10,
                },
                "keys": NO_DLL,
            },
            "UsoSvc": {"values": {"Start": 4}, "state": "stopped"},
        },
    },
    "disabled": {
        "windows": "windows-7-sp1",
        "services": {
            "wuauserv": {"values": {"Start": 4}},
            "CryptSvc": {"values": {"Start": 4}, "state": "stopped"},
        },
    },
    "running": {"language": "es", "services": {"wuauserv": {"state": "running", "values": DRIFTED}}},
}
"""The same of the update agent and what it works with."""


def test_a_cut_after_every_command_that_changes_something(controller: Callable[..., Controller]) -> None:
    # About 55 of the points are reached: how often a state is asked for while waiting depends on time.
    assert BITS.everywhere(controller, WAYS) >= 45


def test_a_cut_after_every_command_that_changes_the_agent(controller: Callable[..., Controller]) -> None:
    assert AGENT.everywhere(controller, AGENT_WAYS) >= 35


def test_a_cut_after_every_command_that_writes_settings(controller: Callable[..., Controller]) -> None:
    ways = {name: machine for name, (machine, *_rest) in MACHINES.items() if name in ("empty-7", "mistyped")}
    assert POLICY.everywhere(controller, {**ways, "half": HALF}) >= 20


def test_a_cut_after_every_command_that_sets_the_proxy(controller: Callable[..., Controller]) -> None:
    ways = {
        "nothing": held(None, language="de"),
        "malformed": held(CUT_OFF, windows="windows-7-sp1", language="ja"),
        "other": {"windows": "windows-11-24h2", "proxy": {"machine": OTHER_PROXY}},
    }
    assert PROXY.everywhere(controller, ways) >= 7


def test_a_cut_while_a_failed_repair_is_put_back(controller: Callable[..., Controller]) -> None:
    wrong = {"Start": 4, "ErrorControl": 0, "ServiceSidType": 0, "RequiredPrivileges": ["SeDebugPrivilege"]}
    service = {"values": wrong, "keys": {"Parameters": {"ServiceDll": {"expand": "C:\\Windows\\System32\\es.dll"}}}}
    failing = {"services": {"BITS": {**service, "start_fails_with": 0x80040154}}}
    whole = controller([{"name": "well", "services": {"BITS": service}}, {"name": "failing", **failing}])
    numbers, made, play = BITS.uninterrupted(whole)
    assert BITS.results(play) == {"well": ("ok", True), "failing": ("failed", False)}, play.output
    assert made["failing"] == {}
    assert len(made["well"]) >= 5

    points = [each for each in cuts(whole) if each[1] == "failing"]
    served = controller(
        [{"name": name, **failing, "faults": {"drop_after_total": point}} for name, _way, point in points]
    )
    before = states(served)
    assert BITS.cut_off(served, points, numbers) >= 15
    after = states(served)
    for name, _way, _point in points:
        BITS.no_worse(before[name], after[name], made["well"])

    # The next run fails as well and puts back what it changed, or finds the definition whole and nothing to be done.
    again = BITS.run(served)
    last = states(served)
    outcomes = BITS.results(again)
    assert set(outcomes.values()) == {("failed", False), ("ok", False)}, again.output
    for name, _way, _point in points:
        left = differences(registry(before[name]), registry(last[name]))
        assert left == differences(registry(before[name]), registry(after[name])), name
        assert outcomes[name][0] == "failed" or left == made["well"], name
