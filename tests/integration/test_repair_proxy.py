"""Machines that reach their server only with a proxy, or only without one, end healthy: by the playbook and by the role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playing import Controller, Play
from repairing import CONFIRM, REPORT, changes, first_findings, statuses

PROXY, OFF = "proxy.example.test:3128", "off.example.test:3128"
ENDPOINTS: Mapping[str, Any] = {
    "closed": {"kind": "closed"},
    "proxy": {"kind": "proxy", "names": ["proxy.example.test"]},
    "off": {"kind": "closed", "names": ["off.example.test"]},
}
BEHIND = {"network": {"names": {"wsus.example.test": "closed"}}}
CUT_OFF = {
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections": {
        "WinHttpSettings": {"hex": "28000000000000000300000017000000707266"}
    }
}
GIVEN = {"wsus_proxy_state": "manual", "wsus_proxy_server": PROXY}
BYPASS = {**GIVEN, "wsus_proxy_server": OFF, "wsus_proxy_bypass": ["*.example.test"]}
DIRECT = {"wsus_proxy_state": "direct"}
IMPORT = {"wsus_proxy_state": "import"}
SET = (("server", "", PROXY),)
Changes = tuple[tuple[str, Any, Any], ...]
# Machine, variables, what is found, what is changed.
MACHINES: Mapping[str, tuple[dict[str, Any], dict[str, Any], str, Changes]] = {
    "with": ({**BEHIND, "language": "ja", "proxy": {"user": PROXY}}, GIVEN, "reachability.connect", SET),
    "with-7": (
        {**BEHIND, "windows": "windows-7-sp1", "language": "de", "proxy": {"user": PROXY}},
        GIVEN,
        "reachability.connect",
        SET,
    ),
    "with-users": ({**BEHIND, "windows": "server-2025", "proxy": {"user": PROXY}}, IMPORT, "reachability.connect", SET),
    "with-another": ({**BEHIND, "proxy": {"machine": OFF}}, GIVEN, "reachability.proxy", (("server", OFF, PROXY),)),
    "without": ({"language": "es", "proxy": {"machine": OFF}}, DIRECT, "reachability.proxy", (("server", OFF, ""),)),
    "without-2016": (
        {"windows": "server-2016", "language": "ja", "proxy": {"machine": OFF}},
        DIRECT,
        "reachability.proxy",
        (("server", OFF, ""),),
    ),
    "bypassing": ({"proxy": {"machine": OFF}}, BYPASS, "reachability.proxy", (("bypass", "", "*.example.test"),)),
    "malformed": (
        {"registry": CUT_OFF},
        DIRECT,
        "proxy.malformed",
        (("winhttp_settings", "malformed", "readable"),),
    ),
}
FORKS = ("--forks", "10")


def test_the_playbook_heals_the_way_to_the_server(controller: Callable[..., Controller]) -> None:
    fleet = [{"name": name, **machine} for name, (machine, *_rest) in MACHINES.items()]
    # Nothing is to be set on one that is healthy, nor where no state was asked for.
    served = controller([*fleet, {"name": "healthy"}, {"name": "unasked", "proxy": {"machine": OFF}}], ENDPOINTS)
    variables = {name: asked for name, (_machine, asked, *_rest) in MACHINES.items()} | {"healthy": GIVEN}
    expected = {name: made for name, (_machine, _asked, _finding, made) in MACHINES.items()}
    before = served.state()

    def repair(*arguments: str) -> Play:
        return served.play("wsus.client.repair", *arguments, *REPORT, *FORKS, hosts=variables)

    predicted = repair("--check")
    assert served.state() == before
    repaired = repair(*CONFIRM)
    after = served.state()
    again = repair(*CONFIRM)
    assert [play.exit_code for play in (predicted, repaired, again)] == [0, 0, 0], repaired.output
    assert first_findings(predicted) == {
        **{name: finding for name, (_machine, _asked, finding, _made) in MACHINES.items()},
        "healthy": "",
        "unasked": "reachability.proxy",
    }
    assert changes(predicted, "wsus_proxy") == changes(repaired, "wsus_proxy") == expected
    assert set(predicted.changed) == set(repaired.changed) == set(expected)
    assert (again.changed, again.of_module("wsus_proxy")) == ({}, ())
    assert served.state() == after
    assert {name for name in before if after[name] != before[name]} == set(expected)
    healed = {**dict.fromkeys(expected, "healthy"), "healthy": "healthy", "unasked": "broken"}
    assert statuses(repaired) == statuses(again) == healed
    assert repaired.audit is not None
    for name in expected:
        assert repaired.audit["machines"][name]["reachability"]["reachable"] is True, name


def test_the_role_tests_sets_and_tests_again(controller: Callable[..., Controller]) -> None:
    named = ("with", "with-another", "without-2016", "malformed")
    fleet = [{"name": name, **MACHINES[name][0]} for name in named]
    # What is set does not help here: told by stage and cause, and the setting stays.
    hopeless = {**BEHIND, "proxy": {"machine": OFF}}
    fleet += [{"name": name, **hopeless} for name in ("hopeless", "hopeless-facts", "untouched", "untouched-facts")]
    served = controller([*fleet, {"name": "well", "windows": "windows-7-sp1"}], ENDPOINTS)
    facts_only = {"wsus_reachability_required": False}
    variables = {name: MACHINES[name][1] for name in named} | {
        "hopeless": DIRECT,
        "hopeless-facts": {**DIRECT, **facts_only},
        "untouched-facts": facts_only,
    }
    role = [{"hosts": "windows", "gather_facts": False, "roles": ["wsus.client.reachability"]}]
    before = served.state()

    # In check mode nothing is set, so nothing else can be demanded than what would be set.
    predicted = served.play(role, "--check", *FORKS, hosts=variables)
    assert served.state() == before
    assert _failed(predicted) == {"untouched": ("reachability.proxy", "proxy")}

    play = served.play(role, *FORKS, hosts=variables)
    off = (("server", OFF, ""),)
    expected = {name: MACHINES[name][3] for name in named} | {"hopeless": off, "hopeless-facts": off}
    assert changes(predicted, "wsus_proxy") == changes(play, "wsus_proxy") == expected
    assert _failed(play) == {
        "untouched": ("reachability.proxy", "proxy"),
        "hopeless": ("reachability.connect", "connect"),
    }
    after = served.state()
    assert {name for name in before if after[name] != before[name]} == set(expected)
    tests = {each.host: 0 for each in play.results}
    for each in play.of_module("wsus_reachability"):
        tests[each.host] += 1
    assert tests == {name: 2 if name in expected else 1 for name in tests}

    again = served.play(role, *FORKS, hosts=variables)
    assert (again.changed, served.state()) == ({}, after)


def _failed(play: Play) -> dict[str, tuple[str, str]]:
    return {
        each.host: (each.result["finding"], each.result["stage"]) for each in play.results if each.status == "failed"
    }


def test_a_finding_that_remains_after_its_role_fails_the_machine(controller: Callable[..., Controller]) -> None:
    """A role that is content with another proxy, which is down as well: its own verification finds nothing to object to."""
    machine = {"name": "pc", "proxy": {"machine": "lost.example.test:3128"}}
    served = controller([machine, {"name": "healthy"}], ENDPOINTS)
    asked = {"wsus_proxy_state": "manual", "wsus_proxy_server": OFF, "wsus_reachability_required": False}
    predicted = served.play("wsus.client.repair", "--check", *REPORT, hosts={"pc": asked})
    assert predicted.exit_code == 0, predicted.output
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, hosts={"pc": asked})
    assert play.exit_code == 2
    assert changes(play, "wsus_proxy") == {"pc": (("server", "lost.example.test:3128", OFF),)}
    assert (
        "These findings remain after the repair, so an administrator must resolve their causes: reachability: "
        in play.output
    )
    assert statuses(play) == {"pc": "failed", "healthy": "healthy"}
