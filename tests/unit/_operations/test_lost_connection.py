"""A connection that is lost in the middle of a change: the error says what was begun, and the next run finishes it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._operations import client_id, update_store
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation
from lab.fleet_identity import IdentitySpec
from lab.fleet_store import StoreSpec
from support.lab_host import Pc


def lose(*_arguments: Any) -> None:
    raise ConnectionResetError


RUNS = [
    (
        update_store.OPERATION,
        {"store": StoreSpec()},
        {"force": True},
        "cmd.exe /d /c ren",
        "A rebuild of the update store",
    ),
    (client_id.OPERATION, {"client_id": IdentitySpec(value="image-template")}, {}, "reg.exe delete", "A new client ID"),
]


@pytest.mark.parametrize(("operation", "machine", "given", "at", "what"), RUNS)
def test_the_error_says_what_was_begun(
    operation: Operation[Any], machine: dict[str, Any], given: dict[str, Any], at: str, what: str
) -> None:
    pc = Pc(**machine)
    pc.before = {at: lose}
    with pytest.raises(AnsibleConnectionFailure) as raised:
        pc.perform(operation, **given)
    said = str(raised.value)
    assert "the connection was lost while commands ran on the machine: ConnectionResetError" in said
    assert f"{what} was begun on the machine and is not finished. These services may be stopped: " in said
    assert "UsoSvc" in said
    assert "run the same task or playbook again" in said
    pc.before = {}
    assert pc.perform(operation, **given)["changed"]
    assert pc.state("UsoSvc") == "RUNNING"


@pytest.mark.parametrize(("operation", "machine", "given", "at", "what"), RUNS)
def test_a_connection_that_is_lost_before_anything_was_begun_says_nothing_of_it(
    operation: Operation[Any], machine: dict[str, Any], given: dict[str, Any], at: str, what: str
) -> None:
    pc = Pc(**machine)
    pc.before = {"reg.exe query": lose}
    with pytest.raises(AnsibleConnectionFailure, match="the connection was lost") as raised:
        pc.perform(operation, **given)
    assert what not in str(raised.value)
