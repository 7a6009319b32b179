"""What the modules return is what their documentation says: every key, its type, and no other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.wsus.client.plugins.action import wsus_agent, wsus_bits, wsus_policy, wsus_proxy
from ansible_collections.wsus.client.plugins.modules import wsus_agent as agent_module
from ansible_collections.wsus.client.plugins.modules import wsus_bits as bits_module
from ansible_collections.wsus.client.plugins.modules import wsus_bits_facts as bits_facts_module
from ansible_collections.wsus.client.plugins.modules import wsus_facts as facts_module
from ansible_collections.wsus.client.plugins.modules import wsus_policy as policy_module
from ansible_collections.wsus.client.plugins.modules import wsus_proxy as proxy_module
from ansible_collections.wsus.client.plugins.modules import wsus_reachability as reachability_module
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context, bits
from ansible_collections.wsus.client.plugins.plugin_utils._operations import agent as _agent_change
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import gather
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy import PolicyChange
from ansible_collections.wsus.client.plugins.plugin_utils._operations.proxy import ProxyChange
from ansible_collections.wsus.client.plugins.plugin_utils._operations.reachability import ServerUnreachable, require
from ansible_collections.wsus.client.plugins.plugin_utils._operations.service_repair import ServiceRepair
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import ServiceControl
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from lab.fleet_agent import AgentSpec, DetectionSpec, NextSpec
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import ADMINISTRATOR, make

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "raw": (object,),
}
_OF_ANSIBLE = {"changed", "diff"}
CONNECTIONS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
FAILING = AgentSpec(detections=(DetectionSpec(3600.0, 0x8024402C),), next=NextSpec(takes=0, code=0x8024402C))


class Now:
    """The time as it is: what waits here waits for real."""

    def __call__(self) -> float:
        return time.time()


class Connection:
    """A machine of the lab as a connection."""

    become = None
    transport = "winrm"

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self._machine.execute(cmd, ADMINISTRATOR)
        return done.exit_code, done.stdout, done.stderr


def proxied(server: str) -> Mapping[str, Any]:
    """The registry of a machine with a proxy of its own."""
    return {
        CONNECTIONS: {"WinHttpSettings": {"hex": WinHttp(flags=3, proxy=server, bypass="<local>").as_bytes().hex()}}
    }


def host_of(windows: str = "windows-11-24h2", **spec: Any) -> Host:
    return Host(Connection(make(windows, "en", Now(), **spec)))  # type: ignore[arg-type]


def options(action: Any, **given: Any) -> dict[str, Any]:
    """The options of a module as its action receives them."""
    validated = ArgumentSpecValidator(
        {name: dict(spec) for name, spec in action.ActionModule.ARGUMENT_SPEC.items()}
    ).validate(given)
    assert validated.error_messages == []
    parameters: dict[str, Any] = validated.validated_parameters
    return parameters


def disagreements(returned: Mapping[str, Any], documented: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Where a result and the section RETURN differ."""
    always = {name for name, entry in documented.items() if entry["returned"].startswith("success")}
    yield from (f"{path}{name}: is not returned" for name in always - set(returned))
    yield from (f"{path}{name}: is not documented" for name in set(returned) - set(documented))
    for name in set(returned) & set(documented):
        value, entry = returned[name], documented[name]
        if value is None:
            continue
        if not isinstance(value, _TYPES[entry["type"]]) or (isinstance(value, bool) and entry["type"] == "int"):
            yield f"{path}{name}: is {value!r}, documented as {entry['type']}"
        elif "contains" in entry:
            for each in value if isinstance(value, list) else [value]:
                yield from disagreements(each, entry["contains"], f"{path}{name}.")


@lru_cache
def documented_in(section: str) -> Mapping[str, Any]:
    """The section RETURN of a module."""
    returned: Mapping[str, Any] = yaml.safe_load(section)
    return returned


def check(result: Mapping[str, Any], module: Any) -> None:
    plain = {name: value for name, value in result.items() if name not in _OF_ANSIBLE}
    assert sorted(disagreements(plain, documented_in(module.RETURN))) == []


MACHINES: Mapping[str, Mapping[str, Any]] = {
    "healthy": {},
    "windows 7 in trouble": {"windows": "windows-7-sp1", "agent": FAILING},
    "in trouble": {"agent": FAILING},
    "workgroup": {"domain": None},
    "proxy that does not resolve": {"registry": proxied("proxy.invalid:8080")},
}


@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_facts(spec: Mapping[str, Any]) -> None:
    audit = gather(host_of(**spec), ["all"], Context(now=datetime.now(UTC)))
    check(audit.as_result(), facts_module)


@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_bits_facts(spec: Mapping[str, Any]) -> None:
    audit = gather(host_of(**spec), ["bits"], Context(now=datetime.now(UTC)))
    check(audit.as_result(), bits_facts_module)


@pytest.mark.parametrize("url", [None, "http://unknown.example.test:8530", "http://wsus.example.test:8530"])
@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_reachability(spec: Mapping[str, Any], url: str | None) -> None:
    audit = gather(host_of(**spec), ["proxy", "reachability"], Context(now=datetime.now(UTC), url=url))
    check(audit.as_result(), reachability_module)


@pytest.mark.parametrize("url", [None, "http://unknown.example.test:8530"])
def test_a_required_server_that_cannot_be_used(url: str | None) -> None:
    audit = gather(host_of(domain=None), ["proxy", "reachability"], Context(now=datetime.now(UTC), url=url))
    with pytest.raises(ServerUnreachable) as raised:
        require(audit)
    documented = documented_in(reachability_module.RETURN)
    failure = {"reason": raised.value.reason, **raised.value.details}
    on_failure = {name: entry for name, entry in documented.items() if name in failure}
    assert list(disagreements(failure, on_failure)) == []
    conditional = {name for name, entry in documented.items() if "server_unreachable" in entry["returned"]}
    always = {name for name in conditional if "unless" not in documented[name]["returned"]}
    assert set(failure) - {"reason"} == (always if url is None else conditional)


@pytest.mark.parametrize("name", ["helpers", "dependencies"])
def test_neighbours_are_as_the_samples_of_a_healthy_agent(name: str) -> None:
    contains = documented_in(facts_module.RETURN)["ansible_facts"]["contains"]["wsus_agent"]["contains"]
    audit = gather(host_of(), ["agent"], Context(now=datetime.now(UTC)))
    assert audit.facts["wsus_agent"][name] == contains[name]["sample"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_bits(check_mode: bool) -> None:
    host = host_of()
    control = ServiceControl(host, 60, str)
    repair = ServiceRepair(host, control, bits, options(wsus_bits, error_control="severe"), datetime.now(UTC))
    check(repair.run(check_mode=check_mode), bits_module)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("code", [0, 0x8024402C])
def test_agent(code: int, wait: bool, check_mode: bool) -> None:
    host = host_of(agent=AgentSpec(next=NextSpec(takes=0, code=code)))
    given = options(
        wsus_agent, error_control="severe", detect=True, report=True, wait_for_detection=wait, reset_components=True
    )
    result = _agent_change.run(host, given, datetime.now(UTC), str, check_mode=check_mode)
    check(result, agent_module)
    watched = wait and not check_mode
    assert result["detection"]["outcome"] == (None if not watched else "failed" if code else "succeeded")


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("given", [{}, {"settings": {"target_group": "Lab"}}, {"refresh": True}], ids=str)
def test_policy(given: Mapping[str, Any], check_mode: bool) -> None:
    host = host_of(domain=None if "settings" in given else "example.test")
    change = PolicyChange(host, options(wsus_policy, **given), Context(now=datetime.now(UTC)), str)
    check(change.run(check_mode=check_mode), policy_module)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("machine", ["healthy", "proxy that does not resolve"])
@pytest.mark.parametrize(
    "given", [{"state": "direct"}, {"state": "given", "server": "proxy.example.test:3128"}], ids=str
)
def test_proxy(given: Mapping[str, Any], machine: str, check_mode: bool) -> None:
    change = ProxyChange(host_of(**MACHINES[machine]), options(wsus_proxy, **given), Context(now=datetime.now(UTC)))
    result = change.run(check_mode=check_mode)
    check(result, proxy_module)
    assert result["changed"] == (machine != "healthy" or given["state"] != "direct")


def test_a_disagreement_is_seen() -> None:
    documented = documented_in(policy_module.RETURN)
    change = PolicyChange(host_of(), options(wsus_policy), Context(now=datetime.now(UTC)), str)
    result = {name: value for name, value in change.run(check_mode=True).items() if name not in _OF_ANSIBLE}
    del result["gone"]
    assert list(disagreements(result | {"more": 1, "health": 2}, documented)) == [
        "gone: is not returned",
        "more: is not documented",
        "health: is 2, documented as str",
    ]
