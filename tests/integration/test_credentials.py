"""A user and password that stand in the settings of a machine, or in options, show nowhere: not even with -vvv."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lab.simulated.from_spec import MACHINE_SID
from lab.simulated.tools.netsh import blob
from playing import Controller, Play
from repairing import CONFIRM, REPORT

PROXY = "proxy.example.test:3128"
MARK = "Geheim-9271"
# As people write them, and with what divides a URL or a list.
PASSWORDS = {"plain": MARK, "with-signs": f"p@:/{MARK};x={MARK}"}
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
INTERNET = r"Microsoft\Windows\CurrentVersion\Internet Settings"
WINHTTP = rf"HKLM\SOFTWARE\{INTERNET}\Connections"
USERS = {
    "user": rf"HKU\{MACHINE_SID}-500\Software\{INTERNET}",
    "system": rf"HKU\S-1-5-18\Software\{INTERNET}",
}


def winhttp(server: str, bypass: str = "") -> dict[str, Any]:
    return {"registry": {WINHTTP: {"WinHttpSettings": {"hex": blob(server, bypass, build=19045).hex()}}}}


def users(whose: str, **values: Any) -> dict[str, Any]:
    return {"registry": {USERS[whose]: {"ProxyEnable": 1, **values}}}


def policy(url: str) -> dict[str, Any]:
    settings = {"WUServer": url, "WUStatusServer": url, "UpdateServiceUrlAlternate": url}
    return {"domain": None, "registry": {POLICY: settings, rf"{POLICY}\AU": {"UseWUServer": 1}}}


def machines(password: str) -> dict[str, dict[str, Any]]:
    """A machine for each place in which Windows keeps a text that may hold credentials."""
    anna = f"anna:{password}@"
    cut_off = blob(f"{anna}{PROXY}", "", build=19045)[:-3].hex()
    return {
        "winhttp": winhttp(f"{anna}{PROXY}"),
        "winhttp-url": winhttp(f"http://{anna}{PROXY}"),
        "winhttp-list": winhttp(f"http={anna}{PROXY};https=http://{anna}{PROXY}"),
        "winhttp-bypass": winhttp(PROXY, f"{anna}wsus.example.test;<local>"),
        "winhttp-malformed": {"registry": {WINHTTP: {"WinHttpSettings": {"hex": cut_off}}}},
        "user": users("user", ProxyServer=f"http://{anna}{PROXY}"),
        "user-script": users("user", AutoConfigURL=f"http://{anna}pac.example.test/proxy.pac"),
        "user-7": {"windows": "windows-7-sp1", "language": "ja", **users("user", ProxyServer=f"http={anna}{PROXY}")},
        "system": users("system", ProxyServer=f"{anna}{PROXY}", ProxyOverride=f"{anna}wsus"),
        "policy": policy(f"http://{anna}wsus.example.test:8530"),
        "policy-2016": {"windows": "server-2016", "language": "de", **policy(f"https://{anna}wsus.example.test:8531")},
    }


FLEET = [{"name": name, **machine} for name, machine in machines(PASSWORDS["with-signs"]).items()]
LOUD = ("-vvv", "--forks", "10")


def shown(served: Controller, play: Play) -> Mapping[str, str]:
    """Everything that a run left behind for people to see, by where."""
    logs = {
        name: str([(each.script, each.commands) for each in each_.log]) for name, each_ in served.lab.machines.items()
    }
    return {
        "output": play.output,
        "results": json.dumps([dict(each.result) for each in play.results]),
        "report": json.dumps(play.audit),
        **logs,
    }


def assert_hidden(served: Controller, play: Play) -> None:
    assert [where for where, text in shown(served, play).items() if MARK in text] == []
    assert "Traceback" not in play.output


@pytest.mark.smoke
def test_what_stands_in_the_settings_of_machines_shows_nowhere(controller: Callable[..., Controller]) -> None:
    served = controller(FLEET, {"proxy": {"kind": "proxy", "names": ["proxy.example.test"]}})
    audit = served.play("wsus.client.audit", "--diff", *LOUD)
    assert audit.exit_code == 0, audit.output[-3000:]
    assert_hidden(served, audit)
    # They were seen: this is not the silence of an audit that did not look.
    assert audit.audit is not None
    found = {name: {each["id"] for each in machine["findings"]} for name, machine in audit.audit["machines"].items()}
    for name in ("winhttp", "winhttp-url", "winhttp-list", "user", "user-7"):
        assert "proxy.credentials" in found[name], (name, found[name])
    assert "proxy.malformed" in found["winhttp-malformed"]

    variables = {
        name: {"wsus_proxy_state": "import" if name.startswith("user") else "direct"} for name in served.lab.machines
    }
    for arguments in (("--check", "--diff"), (*CONFIRM, "--diff")):
        repair = served.play("wsus.client.repair", *arguments, *REPORT, *LOUD, hosts=variables)
        assert_hidden(served, repair)
        changed = {each.host for each in repair.of_module("wsus_proxy") if each.result["changed"]}
        assert {"winhttp", "user"} <= changed


OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("wsus_reachability", {"url": "{{ secret_url }}"}),
    ("wsus_reachability", {"proxy": "{{ secret_proxy }}"}),
    ("wsus_reachability", {"proxy": "http://{{ secret_proxy }}"}),
    ("wsus_proxy", {"state": "manual", "server": "{{ secret_proxy }}"}),
    ("wsus_proxy", {"state": "manual", "server": "http={{ secret_proxy }};https={{ secret_proxy }}"}),
    ("wsus_proxy", {"state": "manual", "server": PROXY, "bypass": ["{{ secret_proxy }}"]}),
    ("wsus_proxy", {"state": "direct", "server": "{{ secret_proxy }}"}),
    ("wsus_policy", {"server_url": "{{ secret_url }}"}),
    ("wsus_policy", {"settings": {"server_url": "{{ secret_url }}"}}),
    ("wsus_facts", {"server_url": "{{ secret_url }}"}),
)


def test_what_stands_in_options_shows_nowhere(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": kind, "domain": None} for kind in PASSWORDS])
    variables = {
        kind: {
            "secret_url": f"http://anna:{password}@wsus.example.test:8530",
            "secret_proxy": f"anna:{password}@{PROXY}",
        }
        for kind, password in PASSWORDS.items()
    }
    tasks = [
        {"name": f"Task {number}", f"wsus.client.{name}": options, "ignore_errors": True}
        for number, (name, options) in enumerate(OPTIONS)
    ]
    play = served.play([{"hosts": "windows", "gather_facts": False, "tasks": tasks}], *LOUD, hosts=variables)
    assert len(play.results) == len(tasks) * len(PASSWORDS)
    assert {(each.result["reason"]) for each in play.results if each.status == "failed"} == {"wrong_option"}
    assert_hidden(served, play)
