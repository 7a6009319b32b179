"""A connection that is lost in the middle of a change: the task continues, or the error says what was begun and the next run finishes it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._operations import agent, bits, client_id, proxy, update_store
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation
from lab.fleet_identity import IdentitySpec
from lab.fleet_store import StoreSpec
from lab.machine import Faults
from support.lab_host import Pc


def lose(*_arguments: Any) -> None:
    raise ConnectionResetError


RUNNING = {name: {"state": "running"} for name in ("wuauserv", "BITS")}
RUNS: dict[str, tuple[Operation[Any], dict[str, Any], dict[str, Any]]] = {
    "store": (update_store.OPERATION, {"store": StoreSpec(), "services": RUNNING}, {"force": True}),
    "id": (client_id.OPERATION, {"client_id": IdentitySpec(value="image-template"), "services": RUNNING}, {}),
    "bits": (bits.OPERATION, {"services": {"BITS": {"state": "running", "values": {"ObjectName": ".\\somebody"}}}}, {}),
    "agent": (agent.OPERATION, {"services": RUNNING}, {"reset_components": True}),
    "proxy": (proxy.OPERATION, {}, {"state": "manual", "server": "proxy.example.com:8080"}),
}
BY_JOURNAL = "The next run finishes it or rolls it back, and starts the services"
BY_LOOKING = "The next run changes what remains, and does not start the services"
BEGUN = [
    ("store", "cmd.exe /d /c ren", "A rebuild of the update store", BY_JOURNAL, True),
    ("id", "reg.exe delete HKLM\\SOFTWARE\\Microsoft", "A new client ID", BY_JOURNAL, True),
    ("bits", "sc.exe start", "The repair of BITS", BY_LOOKING, False),
    ("agent", "sc.exe start", "A restart of the services of the agent", BY_LOOKING, False),
]


@pytest.mark.parametrize(("name", "at", "what", "then", "starts"), BEGUN)
def test_the_error_says_what_was_begun(name: str, at: str, what: str, then: str, *, starts: bool) -> None:
    operation, machine, given = RUNS[name]
    pc = Pc(**machine)
    pc.before = {at: lose}
    with pytest.raises(AnsibleConnectionFailure) as raised:
        pc.perform(operation, **given)
    said = str(raised.value)
    assert "the connection was lost while commands ran on the machine: ConnectionResetError" in said
    assert f"{what} was started on the machine and is not finished. These services may be stopped: " in said
    assert f"{then}: run the same task or playbook again" in said
    pc.before = {}
    pc.perform(operation, **given)
    named = said.partition("may be stopped: ")[2].partition(".")[0].split(", ")
    assert all(pc.state(service) == "RUNNING" for service in named) is starts


@pytest.mark.parametrize("name", RUNS)
def test_a_connection_that_is_lost_before_anything_was_begun_says_nothing_of_it(name: str) -> None:
    operation, machine, given = RUNS[name]
    pc = Pc(**machine)
    pc.before = {"reg.exe query": lose}
    with pytest.raises(AnsibleConnectionFailure, match="the connection was lost") as raised:
        pc.perform(operation, **given)
    assert "begun" not in str(raised.value)


def _state(pc: Pc) -> tuple[set[str], list[str]]:
    """The services that run, and what the journal says is unfinished."""
    state = pc.machine.state()
    journal = [name for key, values in state["registry"].items() if key.endswith("wsus.client") for name in values]
    return (
        {name for name, service in state["services"].items() if service["state"] == "RUNNING"},
        [name for name in journal if name not in ("UpdateStoreLast", "ClientIdLast")],
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_task_continues_wherever_the_connection_is_lost(name: str) -> None:
    operation, machine, given = RUNS[name]
    whole = Pc(**machine)
    before, _nothing = _state(whole)
    wanted = whole.perform(operation, **given)
    assert wanted["changed"]
    for point in range(1, len(whole.ran)):
        pc = Pc(**machine)
        pc.host.retries = 2
        pc.machine.faults = Faults(drop_after_total=point)
        done = pc.perform(operation, **given)
        after, unfinished = _state(pc)
        assert (before - after, unfinished) == (set(), []), (point, whole.ran[point - 1])
        attributes = {change["attribute"] for change in done["changes"]}
        assert attributes >= {change["attribute"] for change in wanted["changes"]}, (point, whole.ran[point - 1])


def test_the_attempts_are_told_and_end() -> None:
    operation, machine, given = RUNS["store"]
    pc = Pc(**machine)
    pc.host.retries = 2

    def lose_again(*_arguments: Any) -> None:
        pc.before = {"cmd.exe /d /c ren": lose_again}
        raise ConnectionResetError

    pc.before = {"cmd.exe /d /c ren": lose_again}
    with pytest.raises(AnsibleConnectionFailure, match="A rebuild of the update store was started"):
        pc.perform(operation, **given)
    assert len([line for line in pc.said if "was started, so the machine is read again" in line]) == 2
