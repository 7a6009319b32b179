"""Machines that lose changes at the next restart: the roles for the update store and the client ID leave them alone unless told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playing import Controller
from repairing import CONFIRM

_SHARED = "7d0f5b0e-6a2c-4c53-9d0e-61f4b7e0a111"
# UWF's drivers, as its installation registers them (../cases/write-filter-keeps-the-image.yml has the source).
_FILTER = {
    rf"HKLM\SYSTEM\CurrentControlSet\Services\{name}": {
        "Start": 0,
        "Type": 1,
        "ImagePath": {"expand": rf"system32\drivers\{name}.sys"},
    }
    for name in ("uwfvol", "uwfreg")
}
_SICK: list[dict[str, Any]] = [
    {
        "name": f"kiosk-{number}",
        "registry": _FILTER,
        "client_id": {"value": _SHARED, "made": {"takes": 0.2}},
        "agent": {"detections": [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]},
        "store": {"damage": 0x80248007},
    }
    for number in (1, 2)
]
_ALL = ("-e", "wsus_repair_volatile=true", "-e", "wsus_serial=100%", "-e", "wsus_update_store_timeout=20")


@pytest.mark.parametrize(
    ("playbook", "module"),
    [("wsus.client.rebuild_store", "wsus_update_store"), ("wsus.client.regenerate_client_ids", "wsus_client_id")],
)
def test_they_are_changed_only_if_told(playbook: str, module: str, controller: Callable[..., Controller]) -> None:
    served = controller(_SICK)
    state = served.state()
    left = served.play(playbook, *CONFIRM)
    assert (left.of_module(module), left.changed, served.state()) == ((), {}, state), left.output
    told = served.play(playbook, *CONFIRM, *_ALL)
    assert told.exit_code == 0, told.output
    assert set(told.changed) == {"kiosk-1", "kiosk-2"}
    assert all(served.state()[name] != state[name] for name in state)
