"""What the modules return is what their documentation says: every key, its type or null where that is said, and no other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible_collections.wsus.client.plugins.action import wsus_report, wsus_result
from ansible_collections.wsus.client.plugins.modules import wsus_agent as agent_module
from ansible_collections.wsus.client.plugins.modules import wsus_bits as bits_module
from ansible_collections.wsus.client.plugins.modules import wsus_bits_facts as bits_facts_module
from ansible_collections.wsus.client.plugins.modules import wsus_capture as capture_module
from ansible_collections.wsus.client.plugins.modules import wsus_client_id as client_id_module
from ansible_collections.wsus.client.plugins.modules import wsus_facts as facts_module
from ansible_collections.wsus.client.plugins.modules import wsus_policy as policy_module
from ansible_collections.wsus.client.plugins.modules import wsus_proxy as proxy_module
from ansible_collections.wsus.client.plugins.modules import wsus_reachability as reachability_module
from ansible_collections.wsus.client.plugins.modules import wsus_report as report_module
from ansible_collections.wsus.client.plugins.modules import wsus_result as result_module
from ansible_collections.wsus.client.plugins.modules import wsus_update_store as update_store_module
from ansible_collections.wsus.client.plugins.plugin_utils._operations import (
    agent,
    bits,
    client_id,
    policy,
    proxy,
    reachability,
    update_store,
)
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import BITS_FACTS, FACTS
from ansible_collections.wsus.client.plugins.plugin_utils._operations.capture import CAPTURE
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation
from ansible_collections.wsus.client.plugins.plugin_utils._operations.reachability import ServerUnreachable
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import DETECT, DIRECT, MANUAL, WinHttp
from lab.fleet_agent import AgentSpec, DetectionSpec, NextSpec
from lab.fleet_identity import IdentitySpec
from lab.fleet_policy import PolicySpec
from lab.fleet_store import CopySpec, StoreSpec
from lab.simulated.machine import SimulatedMachine
from support.lab_host import Pc
from support.store_runs import CLONED, sick
from support.task_options import options
from support.winhttp_value import winhttp_bytes
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
_OF_ANSIBLE = {"changed", "diff", "ansible_stats"}
CONNECTIONS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
FAILING = AgentSpec(detections=(DetectionSpec(3600.0, 0x8024402C),), next=NextSpec(takes=0, code=0x8024402C))


class Now:
    """The time as it is: what waits here waits for real."""

    def __call__(self) -> float:
        return time.time()


class Connection:
    """A machine of the lab as a connection."""

    become = None
    transport = "lab"  # no plugin of ansible-core: given command lines, whatever the release

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self._machine.execute(cmd, ADMINISTRATOR)
        return done.exit_code, done.stdout, done.stderr


def proxied(blob: bytes) -> Mapping[str, Any]:
    """The registry of a machine whose own proxy is set to that."""
    return {CONNECTIONS: {"WinHttpSettings": {"hex": blob.hex()}}}


def named(server: str, flags: int = DIRECT | MANUAL) -> Mapping[str, Any]:
    """The registry of a machine with a proxy that is named."""
    return proxied(winhttp_bytes(WinHttp(flags=flags, proxy=server, bypass="<local>")))


def host_of(windows: str = "windows-11-24h2", **spec: Any) -> Host:
    return Host(Connection(make(windows, "en", Now(), **spec)))  # type: ignore[arg-type]


def perform(host: Host, operation: Operation[Any], *, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    """What a module returns with these options."""
    session = Session(host, datetime.now(timezone.utc))
    outcome = operation.run(session, options(operation.options, **given), check_mode=check_mode)
    return outcome.as_result(host, check_mode=check_mode)


def disagreements(returned: Mapping[str, Any], documented: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Where a result and the section RETURN differ."""
    always = {name for name, entry in documented.items() if entry["returned"].startswith("success")}
    yield from (f"{path}{name}: is not returned" for name in always - set(returned))
    yield from (f"{path}{name}: is not documented" for name in set(returned) - set(documented))
    for name in set(returned) & set(documented):
        value, entry = returned[name], documented[name]
        if value is None:
            if "V(null)" not in str(entry["description"]):
                yield f"{path}{name}: is null, which is not documented"
        elif not isinstance(value, _TYPES[entry["type"]]) or (isinstance(value, bool) and entry["type"] == "int"):
            yield f"{path}{name}: is {value!r}, documented as {entry['type']}"
        elif "contains" in entry:
            for each in value if isinstance(value, list) else [value]:
                yield from disagreements(each, entry["contains"], f"{path}{name}.")
        elif "elements" in entry and not all(isinstance(each, _TYPES[entry["elements"]]) for each in value):
            yield f"{path}{name}: is {value!r}, documented as a list of {entry['elements']}"


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
    "proxy that does not resolve": {"registry": named("proxy.invalid:8080")},
    "proxy that is detected": {"registry": proxied(winhttp_bytes(WinHttp(flags=DIRECT | DETECT)))},
    "proxy that is named and detected": {"registry": named("proxy.invalid:8080", DIRECT | MANUAL | DETECT)},
    "proxy that cannot be read": {"registry": proxied(b"\x28")},
    "without policy, store and id": {
        "group_policy": PolicySpec(processed=None),
        "store": StoreSpec(missing=True),
        "client_id": IdentitySpec(value=None, validation=None),
    },
    "without services": {"services": {"BITS": {"deleted": True}, "wuauserv": {"deleted": True}}},
    "damaged store and malformed id": {
        "agent": AgentSpec(detections=(DetectionSpec(7200, 0x80248007), DetectionSpec(3600, 0x80248007))),
        "store": StoreSpec(damage=0x80248007, copies=(CopySpec("SoftwareDistribution.old"),)),
        "client_id": IdentitySpec(value="image"),
    },
}


@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_facts(spec: Mapping[str, Any]) -> None:
    check(perform(host_of(**spec), FACTS), facts_module)


@pytest.mark.parametrize("check_mode", [False, True])
def test_capture(check_mode: bool, tmp_path: Path) -> None:
    check(perform(host_of(), CAPTURE, check_mode=check_mode, dest=str(tmp_path)), capture_module)


@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_bits_facts(spec: Mapping[str, Any]) -> None:
    check(perform(host_of(**spec), BITS_FACTS), bits_facts_module)


@pytest.mark.parametrize("url", [None, "http://unknown.example.test:8530", "http://wsus.example.test:8530"])
@pytest.mark.parametrize("spec", MACHINES.values(), ids=MACHINES)
def test_reachability(spec: Mapping[str, Any], url: str | None) -> None:
    check(perform(host_of(**spec), reachability.OPERATION, url=url), reachability_module)


@pytest.mark.parametrize("url", [None, "http://unknown.example.test:8530"])
def test_a_required_server_that_cannot_be_used(url: str | None) -> None:
    with pytest.raises(ServerUnreachable) as raised:
        perform(host_of(domain=None), reachability.OPERATION, url=url, required=True)
    documented = documented_in(reachability_module.RETURN)
    failure = {"reason": raised.value.reason, **raised.value.details}
    on_failure = {name: entry for name, entry in documented.items() if name in failure}
    assert list(disagreements(failure, on_failure)) == []
    conditional = {name for name, entry in documented.items() if "server_unreachable" in entry["returned"]}
    always = {name for name in conditional if "unless" not in documented[name]["returned"]}
    assert set(failure) - {"reason"} == (always if url is None else conditional)


@pytest.mark.parametrize("name", ["helpers", "dependencies"])
def test_neighbors_are_as_the_samples_of_a_healthy_agent(name: str) -> None:
    contains = documented_in(facts_module.RETURN)["ansible_facts"]["contains"]["wsus_agent"]["contains"]
    facts = perform(host_of(), FACTS, gather_subset=["agent"])["ansible_facts"]
    assert facts["wsus_agent"][name] == contains[name]["sample"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("machine", ["healthy", "without services"])
def test_bits(machine: str, check_mode: bool) -> None:
    result = perform(host_of(**MACHINES[machine]), bits.OPERATION, check_mode=check_mode, error_control="severe")
    check(result, bits_module)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("code", [0, 0x8024402C])
def test_agent(code: int, wait: bool, check_mode: bool) -> None:
    host = host_of(agent=AgentSpec(next=NextSpec(takes=0, code=code)))
    asked = {"error_control": "severe", "scan": True, "report": True, "reset_components": True}
    result = perform(host, agent.OPERATION, check_mode=check_mode, wait_for_scan=wait, **asked)
    check(result, agent_module)
    watched = wait and not check_mode
    assert result["scan"]["outcome"] == (None if not watched else "failed" if code else "succeeded")


@pytest.mark.parametrize("check_mode", [True, False])
def test_agent_that_is_not_installed(check_mode: bool) -> None:
    result = perform(host_of(**MACHINES["without services"]), agent.OPERATION, check_mode=check_mode)
    check(result, agent_module)
    assert ("installed", True) in [(each["attribute"], each["after"]) for each in result["changes"]]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("given", [{}, {"settings": {"target_group": "Lab"}}, {"refresh": True}], ids=str)
def test_policy(given: Mapping[str, Any], check_mode: bool) -> None:
    host = host_of(domain=None if "settings" in given else "example.test")
    check(perform(host, policy.OPERATION, check_mode=check_mode, **given), policy_module)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("machine", [name for name in MACHINES if name == "healthy" or "proxy" in name])
@pytest.mark.parametrize(
    "given", [{"state": "direct"}, {"state": "manual", "server": "proxy.example.test:3128"}], ids=str
)
def test_proxy(given: Mapping[str, Any], machine: str, check_mode: bool) -> None:
    result = perform(host_of(**MACHINES[machine]), proxy.OPERATION, check_mode=check_mode, **given)
    check(result, proxy_module)
    assert result["changed"] == (machine != "healthy" or given["state"] != "direct")
    found = [each["before"] for each in result["changes"] if each["attribute"] == "modes"]
    assert [modes[-1] for modes in found] == ["detect"] * machine.endswith("detected")


STORES: Mapping[str, Mapping[str, Any]] = {
    "sound": {"store": StoreSpec(), "agent": AgentSpec()},
    "damaged": {},
    "missing": {"store": StoreSpec(missing=True)},
    "blocked": {"store": StoreSpec(), "agent": AgentSpec(), "free_space": 1 << 29},
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("machine", STORES)
def test_update_store(machine: str, check_mode: bool) -> None:
    result = sick(**STORES[machine]).perform(update_store.OPERATION, check_mode=check_mode)
    check(result, update_store_module)
    kept = machine in ("sound", "blocked")
    assert (result["changed"], result["backup"] is None) == (not kept, kept or machine == "missing")


def test_update_store_with_a_copy_that_is_put_back_and_others_that_stay() -> None:
    copies = tuple(CopySpec(f"SoftwareDistribution.2026010{day}T000000Z") for day in (1, 2, 3))
    pc = Pc(store=StoreSpec(copies=copies))
    result = pc.perform(update_store.OPERATION, state="restored", keep_copies=1)
    check(result, update_store_module)
    assert (result["restored"], result["pruned"]) == (copies[-1].name, [])


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("value", ["", None, "image", CLONED])
def test_client_id(value: str | None, check_mode: bool) -> None:
    pc = Pc(client_id=IdentitySpec(value=value))
    result = pc.perform(client_id.OPERATION, check_mode=check_mode, duplicates=[CLONED])
    check(result, client_id_module)
    assert result["changed"] == (value != "")


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("file", [None, "audit.json"])
def test_report(file: str | None, check_mode: bool, tmp_path: Path) -> None:
    action = object.__new__(wsus_report.ActionModule)
    action._task = SimpleNamespace(check_mode=check_mode)
    audit = perform(host_of(), FACTS, gather_subset=["client_id"])
    given = options(wsus_report.ReportOptions, path=str(tmp_path / file) if file else None, show="none")
    known = {"pc": {"wsus_audit_result": audit}, "other": {}}
    result = action.perform(given, {"ansible_play_hosts_all": list(known), "hostvars": known})
    check(result, report_module)
    assert result["totals"]["machines"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ([file] if file and not check_mode else [])


@pytest.mark.parametrize("kind", ["failed", "unreachable", None])
def test_result(kind: str | None) -> None:
    action = object.__new__(wsus_result.ActionModule)
    earlier = {"msg": "no\nanswer", "reason": "output_ended_early", kind: True} if kind else {"changed": True}
    result = action.perform(options(wsus_result.Options), {"wsus_audit_result": earlier})
    result.pop("msg", None)
    assert result.pop("failed", False) == (kind == "failed")
    assert result.pop("unreachable", False) == (kind == "unreachable")
    check(result | ({} if kind else {"reason": "output_ended_early"}), result_module)


def test_every_module_is_called_here() -> None:
    modules = {path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("*.py")}
    called = {module.__name__.rpartition(".")[2] for name, module in globals().items() if name.endswith("_module")}
    tests = {f"wsus_{name.removeprefix('test_')}" for name in globals() if name.startswith("test_")}
    assert called == modules
    assert modules <= tests


def test_a_disagreement_is_seen() -> None:
    documented = documented_in(policy_module.RETURN)
    result = perform(host_of(), policy.OPERATION, check_mode=True)
    result = {name: value for name, value in result.items() if name not in _OF_ANSIBLE}
    del result["gone"]
    wrong = {"more": 1, "health": 2, "check_mode": None, "findings": ["one"], "native_commands": True, "backup": None}
    assert sorted(disagreements(result | wrong, documented)) == [
        "check_mode: is null, which is not documented",
        "findings: is ['one'], documented as a list of dict",
        "gone: is not returned",
        "health: is 2, documented as str",
        "more: is not documented",
        "native_commands: is True, documented as int",
    ]
