"""Runs of wsus_policy on simulated machines."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._operations import policy

from support.lab_host import Pc
from support.windows_answers import SERVER

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
BACKUP = r"C:\Windows\Temp\wsus.client-policy-20270115T080000Z-5eed5eed.reg"
WANTED = {"server_url": SERVER, "status_server_url": SERVER, "use_server": True, "automatic_updates": 4}
OLD = {
    KEY: {"WUServer": "http://old:8530", "WUStatusServer": "http://old:8530", "Odd": 7},
    rf"{KEY}\AU": {"UseWUServer": 0, "AUOptions": 2},
}


def alone(registry: dict[str, Any] | None = None, **spec: Any) -> Pc:
    """A machine in no domain, with these values."""
    return Pc(domain=None, registry=registry or {}, **spec)


def run(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """What the module returns."""
    return pc.perform(policy.OPERATION, check_mode=check_mode, **options)


def failed(pc: Pc, kind: type[WsusClientError], **options: Any) -> WsusClientError:
    """The error that a run must end with."""
    with pytest.raises(kind) as caught:
        run(pc, **options)
    return caught.value
