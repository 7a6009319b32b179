"""Ways in which the update agent's service is broken on a machine: what differs there, the finding, and the changes that heal it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broken import STARTED, Way

IMAGE_PATH = r"%systemroot%\system32\svchost.exe -k netsvcs -p"
SERVICE_DLL = r"%systemroot%\system32\wuaueng.dll"
FAILURE_ACTIONS = {
    "reset_period_s": 86400,
    "actions": [
        {"action": "restart", "delay_ms": 60000},
        {"action": "none", "delay_ms": 0},
        {"action": "none", "delay_ms": 0},
    ],
}
ATTEMPTS = [{"start": "wuauserv", "age": "2h"}]
# A detection is repaired too: how it ends is not what these machines are about.
SOON = {"next": {"takes": 0.2}}


def service(**keys: Any) -> dict[str, Any]:
    """A machine with this in its description of wuauserv, which was started in vain."""
    return {"services": {"wuauserv": keys}, "attempts": ATTEMPTS, "agent": SOON}


def _path(image_path: str) -> Way:
    change = ("image_path", image_path, IMAGE_PATH)
    return Way("agent.path", service(values={"ImagePath": {"expand": image_path}}), (change, STARTED))


def _account(name: str) -> Way:
    return Way("agent.account", service(values={"ObjectName": name}), (("account", name, "LocalSystem"), STARTED))


def _helper(name: str, default: str, machine: Mapping[str, Any], *further: tuple[str, Any, Any]) -> Way:
    enabled = (f"{name}.start_type", "disabled", default)
    return Way("agent.helper_disabled", {"agent": SOON, **machine}, (enabled, *further, STARTED))


DISABLED = Way("agent.disabled", service(values={"Start": 4}), (("start_type", "disabled", "demand"), STARTED))
WAYS: Mapping[str, Way] = {
    "missing": Way(
        "agent.missing",
        {"services": {"wuauserv": {"deleted": True}}, "agent": SOON},
        (
            ("installed", False, True),
            ("sid_type", None, "unrestricted"),
            ("failure_actions", None, FAILURE_ACTIONS),
            ("service_dll", None, SERVICE_DLL),
            ("state", "not_installed", "running"),
        ),
    ),
    "disabled": DISABLED,
    "account": _account("NT AUTHORITY\\LocalService"),
    "account-of-a-person": _account("CONTOSO\\Jürgen"),
    "path-with-a-dash": _path("%systemroot%\\system32\\svchost.exe \u2013k netsvcs"),
    "path-of-another-program": _path("C:\\Windows\\System32\\notepad.exe"),
    "path-with-quotes": _path('"C:\\Windows\\System32\\svchost.exe"'),
    "type": Way(
        "agent.service_type",
        {"services": {"wuauserv": {"values": {"Type": 0x50}}}, "agent": SOON},
        (("service_type", "unknown (0x50)", "share_process"), STARTED),
    ),
    "service-dll": Way(
        "agent.service_dll",
        service(keys={"Parameters": {"ServiceDll": None}}),
        (("service_dll", None, SERVICE_DLL), STARTED),
    ),
    "group": Way("agent.svchost_group", service(listed=False), (("svchost_group", False, True), STARTED)),
    "dependency-that-does-not-exist": Way(
        "agent.dependency_missing",
        service(values={"DependOnService": ["rpcss", "Väinö"]}),
        (("dependencies", ["rpcss", "Väinö"], ["rpcss"]), STARTED),
    ),
    "orchestrator": _helper("UsoSvc", "delayed_auto", {"services": {"UsoSvc": {"values": {"Start": 4}}}}),
    # Detections fail for want of it, which has it asked for.
    "cryptography": _helper(
        "CryptSvc",
        "auto",
        {
            "services": {"CryptSvc": {"values": {"Start": 4}, "state": "stopped"}},
            "agent": {**SOON, "detections": [{"age": "40h"}, {"code": 0x80070422, "age": "3h"}]},
        },
        ("CryptSvc.state", "stopped", "running"),
    ),
}
"""Every way in which the definition can be broken, and its helpers, on Windows 10 22H2."""
