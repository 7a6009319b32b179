"""Runs of wsus_update_store and wsus_client_id on a simulated machine whose time the test moves."""

from __future__ import annotations

from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._operations import client_id as client_id_operation
from ansible_collections.wsus.client.plugins.plugin_utils._operations import update_store
from lab.fleet_agent import AgentSpec, DetectionSpec
from lab.fleet_store import StoreSpec

from support.lab_host import Pc

STORE_CODE = 0x80248007
FAILED = AgentSpec(
    detections=(DetectionSpec(age=72000), DetectionSpec(28800, STORE_CODE), DetectionSpec(age=10800, code=STORE_CODE))
)
DAMAGED = StoreSpec(damage=STORE_CODE)
STORE = r"C:\Windows\SoftwareDistribution"
WAITS = {"timeout": 60, "service_timeout": 20}
CLONED = "3b4e28ba-2fa1-41d2-883f-0016d3cca427"


def sick(windows: str = "windows-10-22h2", **spec: Any) -> Pc:
    """A machine whose store is damaged, and whose last detection failed for that."""
    return Pc(windows, **{"agent": FAILED, "store": DAMAGED} | spec)


def rebuild(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """A run of wsus_update_store."""
    return pc.perform(update_store.OPERATION, check_mode=check_mode, **WAITS | options)


def regenerate(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """A run of wsus_client_id."""
    given = {"duplicates": [CLONED], **WAITS} | options
    return pc.perform(client_id_operation.OPERATION, check_mode=check_mode, **given)


def copies(pc: Pc) -> list[str]:
    """The names of what lies beside the store."""
    return [
        entry.name
        for entry in pc.machine.files.children(r"C:\Windows")
        if entry.name.startswith("SoftwareDistribution.")
    ]


def database(pc: Pc) -> bytes | None:
    """What the store's database holds; None where there is none."""
    entry = pc.machine.files.get(rf"{STORE}\DataStore\DataStore.edb")
    return entry.content if entry else None


def running(pc: Pc) -> list[str]:
    """Those of the services around the agent that run."""
    return [name for name in ("BITS", "CryptSvc", "DoSvc", "UsoSvc", "wuauserv") if pc.machine.services.running(name)]


def client_id(pc: Pc) -> str | None:
    """The id in the registry, as it is written."""
    key = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
    state: dict[str, dict[str, Any]] = pc.machine.state()["registry"]
    full = key.replace("HKLM", "HKEY_LOCAL_MACHINE")
    value = state.get(full, {}).get("SusClientId")
    return value[-1] if value else None


def journal(pc: Pc) -> dict[str, list[str]]:
    """The names of the values in our journal, by key."""
    state: dict[str, dict[str, Any]] = pc.machine.state()["registry"]
    ours = r"HKEY_LOCAL_MACHINE\SOFTWARE\wsus.client"
    return {key[len(ours) :]: sorted(values) for key, values in state.items() if key.startswith(ours)}
