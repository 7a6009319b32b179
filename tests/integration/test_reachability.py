"""The module wsus_reachability in playbooks: what it tells, when it fails, what it refuses, and how long it takes at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from playing import Controller, Play, module, modules

URL = "http://wsus.example.test:8530"
PROXY = "proxy.example.test:3128"
MARK = "Never-Shown-1"
ENDPOINTS: Mapping[str, Any] = {
    "lost": {"kind": "drop"},
    "closed": {"kind": "closed"},
    "forbidden": {"kind": "wsus", "faults": {"status": 403}},
    "second": {"kind": "wsus", "names": ["second.example.test"]},
    "unknown": {"kind": "wsus", "names": ["unknown.example.test"], "tls": "unknown"},
    "proxy": {"kind": "proxy", "names": ["proxy.example.test"]},
}
FACTS = {"wsus_system", "wsus_proxy", "wsus_reachability", "wsus_findings", "wsus_health", "wsus_gathered"}
FORKS = ("--forks", "10")


def to(endpoint: str) -> dict[str, Any]:
    """A machine whose DNS leads to an endpoint in the server's place."""
    return {"network": {"names": {"wsus.example.test": endpoint}}}


# Machine and options; whether the server can be used, else stage, finding, who must act, words of the cause, a code.
WAYS: Mapping[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str, str, str, str] | None]] = {
    "well": ({"language": "ja"}, {}, None),
    "well-7": ({"windows": "windows-7-sp1", "language": "de"}, {}, None),
    "well-workgroup": ({"domain": None, "language": "es"}, {"url": URL}, None),
    "other-server": (to("closed"), {"url": "http://second.example.test:8530"}, None),
    "other-server-2016": ({**to("closed"), "windows": "server-2016"}, {"url": "http://second.example.test:8530"}, None),
    "by-proxy": (to("closed"), {"proxy": PROXY}, None),
    "by-proxy-7": ({**to("closed"), "windows": "windows-7-sp1"}, {"proxy": f"http={PROXY};https=off:1"}, None),
    "closed": (
        {**to("closed"), "language": "ja"},
        {},
        ("connect", "reachability.connect", "network", "Nothing listens on that port", "0x80072efd"),
    ),
    "forbidden-2016": (
        {**to("forbidden"), "windows": "server-2016"},
        {},
        ("http", "reachability.forbidden", "server_side", "IIS requires TLS", "0x80190193"),
    ),
    "name": (
        {"language": "de"},
        {"url": "http://gone.example.test:8530"},
        ("dns", "reachability.name_resolution", "network", "DNS does not know the name", "0x80072ee7"),
    ),
    "tls": (
        {},
        {"url": "https://unknown.example.test:8531"},
        ("tls", "reachability.tls", "server_side", "from an unknown authority", "0x80072f8f"),
    ),
    "no-proxy": (
        {"language": "es"},
        {"proxy": "gone.example.test:3128"},
        ("proxy", "reachability.proxy", "reachability", "The server is reachable directly", "0x80072ee7"),
    ),
    "no-proxy-2012r2": (
        {"windows": "server-2012-r2"},
        {"proxy": "gone.example.test:3128"},
        ("proxy", "reachability.proxy", "reachability", "The server is reachable directly", "0x80072ee7"),
    ),
}
LIKE_THE_MACHINES = {"url": "{{ url | default(omit) }}", "proxy": "{{ proxy | default(omit) }}"}


def test_facts_only_or_a_failure_where_the_server_is_required(controller: Callable[..., Controller]) -> None:
    fleet = [{"name": name, **machine} for name, (machine, _options, _broken) in WAYS.items()]
    options = {name: given for name, (_machine, given, _broken) in WAYS.items()}
    served = controller([*fleet, {"name": "no-server", "domain": None}], ENDPOINTS)
    before = served.state()

    def run(required: bool, *arguments: str) -> Play:
        asked = module("wsus_reachability", {**LIKE_THE_MACHINES, "required": required})
        return served.play(asked, *arguments, *FORKS, hosts=options)

    told = run(False)
    assert told.exit_code == 0, told.output
    assert told.changed == {}
    for each in told.results:
        facts = each.result["ansible_facts"]
        assert set(facts) == FACTS, each.host
        if each.host == "no-server":
            assert (facts["wsus_reachability"]["url"], facts["wsus_reachability"]["reachable"]) == (None, None)
            assert each.result["remote_executions"] == 1
            continue
        broken = WAYS[each.host][2]
        assert each.result["remote_executions"] == 2
        assert facts["wsus_reachability"]["reachable"] is (broken is None), each.host
        assert facts["wsus_health"] == ("broken" if broken else "healthy"), each.host
    ways = {each.host: each.result["ansible_facts"]["wsus_reachability"]["agent_route"] for each in told.results}
    assert {name for name, way in ways.items() if way and way["proxy"]} == {
        name for name, given in options.items() if "proxy" in given
    }
    assert served.lab.machines["other-server"].network.network.site("second").requests  # type: ignore[attr-defined]

    for check in ((), ("--check",)):
        demanded = run(True, *check)
        assert demanded.exit_code == 2
        assert demanded.changed == {}
        assert "Traceback" not in demanded.output
        results = {each.host: each for each in demanded.results}
        for name, (_machine, _options, broken) in WAYS.items():
            result = results[name].result
            if broken is None:
                assert (results[name].status, set(result["ansible_facts"])) == ("ok", FACTS), result
                continue
            stage, finding, remedy, words, code = broken
            assert (results[name].status, result["reason"]) == ("failed", "server_unreachable"), result
            assert (result["stage"], result["finding"], result["remedy"]) == (stage, finding, remedy), result
            assert words in result["cause"], result
            assert f"{result['cause']} {result['action']} " in result["msg"]
            assert code in result["codes"]
            assert result["url"] == _options.get("url", URL)
        lacking = results["no-server"].result
        assert (lacking["reason"], lacking["stage"], lacking["remedy"]) == ("server_unreachable", "policy", "policy")
    assert served.state() == before


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"url": "wsus.example.test:8530"}, "url is not the URL of a WSUS server"),
    ({"url": "ftp://wsus.example.test"}, "url is not the URL of a WSUS server"),
    ({"url": f"http://anna:{MARK}@wsus.example.test:8530"}, "url is not the URL of a WSUS server"),
    ({"proxy": f"anna:{MARK}@{PROXY}"}, "proxy contains a user, a password or a URL"),
    ({"proxy": f"http://{PROXY}"}, "proxy contains a user, a password or a URL"),
    ({"proxy": "proxy.example.test:3128 -k"}, "is not host:port"),
    ({"timeout": 0}, "timeout is 0; it must be a number of seconds, 1 to 300"),
    ({"timeout": 301}, "timeout is 301; it must be a number of seconds, 1 to 300"),
    ({"timeout": "soon"}, "timeout"),
    ({"required": "perhaps"}, "required"),
    ({"server": URL}, "unknown option server"),
)


def test_what_is_wrong_is_told_before_anything_is_sent(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc"}])
    play = served.play(modules("wsus_reachability", [options for options, _words in WRONG]))
    told = [(each.result.get("reason"), each.result["msg"]) for each in play.of_module("wsus_reachability")]
    assert [reason for reason, _message in told] == ["wrong_option"] * len(WRONG)
    for (_options, words), (_reason, message) in zip(WRONG, told, strict=True):
        assert words in message, message
        assert MARK not in message
    assert served.lab.machines["pc"].log == []
    assert sum(served.lab.requests["pc"].values()) == 0
    assert "Traceback" not in play.output


def test_a_silent_drop_takes_no_longer_than_the_timeout_on_each_way(controller: Callable[..., Controller]) -> None:
    user = {"proxy": {"user": "nowhere.example.test:3128"}}
    served = controller(
        [
            {"name": "curl", **to("lost")},
            {"name": "dotnet", **to("lost"), "windows": "windows-7-sp1", "language": "ja"},
            {"name": "curl-twice", **to("lost"), **user},
            {"name": "dotnet-twice", **to("lost"), **user, "windows": "server-2016"},
        ],
        {"lost": {"kind": "drop", "names": ["nowhere.example.test"]}},
    )
    began = time.monotonic()
    play = served.play(module("wsus_reachability", {"timeout": 2, "required": False}))
    took = time.monotonic() - began
    assert play.exit_code == 0, play.output
    for each in play.results:
        server = each.result["ansible_facts"]["wsus_reachability"]
        ways = [way for way in (server["agent_route"], server["alternate_route"]) if way]
        assert len(ways) == (2 if each.host.endswith("twice") else 1), each.host
        for way in ways:
            # The first request that gets no answer is the last of its way.
            (request,) = way["requests"]
            assert 1.5 <= request["time_s"] < 4, request
        assert ways[0]["stage"] == "connect", each.host
    # Two ways of two seconds, at the same time on all machines, with all that ansible-playbook needs for itself.
    assert took < 25
