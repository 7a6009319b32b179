"""Runs of wsus_policy on simulated machines."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.action import wsus_policy
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._operations import policy
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy import PolicyChange

from support.lab_host import Pc
from support.windows_answers import SERVER

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
OPTIONS: dict[str, Any] = {name: spec.get("default") for name, spec in wsus_policy.ActionModule.ARGUMENT_SPEC.items()}
BACKUP = r"C:\Windows\Temp\wsus.client-policy-20270115T080000Z.reg"
WANTED = {"server_url": SERVER, "status_server_url": SERVER, "use_server": True, "automatic_updates": 4}
OLD = {
    KEY: {"WUServer": "http://old:8530", "WUStatusServer": "http://old:8530", "Odd": 7},
    rf"{KEY}\AU": {"UseWUServer": 0, "AUOptions": 2},
}


def alone(registry: dict[str, Any] | None = None, **spec: Any) -> Pc:
    """A machine in no domain, with these values."""
    return Pc(domain=None, registry=registry or {}, **spec)


def run(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """What the module returns; its options are looked at first."""
    given = OPTIONS | options
    policy.check(given)
    return PolicyChange(pc.host, given, pc.context, pc.said.append).run(check_mode=check_mode)


def failed(pc: Pc, kind: type[WsusClientError], **options: Any) -> WsusClientError:
    """The error that a run must end with."""
    with pytest.raises(kind) as caught:
        run(pc, **options)
    return caught.value
