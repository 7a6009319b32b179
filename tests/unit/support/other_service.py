"""A service that is not BITS: what holds for any service must hold for it, under its own names."""

from __future__ import annotations

from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._components.service import probe
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.baseline import Baseline
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.facts import ServiceFacts
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.spec import ServiceSpec
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.start_failures import StartFailure
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import FailureAction, FailureActions

from support.windows_output import answer, multi, queryex, registry

COURIER = ServiceSpec(
    name="Courier",
    phrase="the courier (Courier)",
    component="agent",
    remedy="agent",
    display_name=r"@%SystemRoot%\System32\courier.dll,-7",
    localized_names=frozenset({"kurier"}),
    dll_name="courier.dll",
    related_services={"Stable": "delayed_auto", "Post": "auto"},
    essential_privileges=frozenset({"SeTcbPrivilege"}),
    group="couriers",
    account=r"NT AUTHORITY\LocalService",
)
BASELINE = Baseline(
    name="the default",
    image_path=r"%SystemRoot%\System32\svchost.exe -k couriers",
    type=0x20,
    starts=frozenset({"demand", "auto"}),
    error_control="normal",
    account=r"NT AUTHORITY\LocalService",
    dependencies=("Stable",),
    privileges=None,
    sid_type="unrestricted",
    failure_actions=FailureActions(60, (FailureAction("restart", 1000),)),
    service_dll=r"%SystemRoot%\System32\courier.dll",
    svchost_group="couriers",
    other_image_paths=(r"%SystemRoot%\System32\svchost.exe -k couriers -p",),
)
KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"
SVCHOST = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
HEALTHY: dict[str, tuple[str, str] | None] = {
    "DependOnService": multi("Stable"),
    "ErrorControl": ("REG_DWORD", "0x1"),
    "FailureActions": ("REG_BINARY", "3C0000000000000000000000010000001400000001000000E8030000"),
    "ImagePath": ("REG_EXPAND_SZ", r"%SystemRoot%\System32\svchost.exe -k couriers"),
    "ObjectName": ("REG_SZ", r"NT AUTHORITY\LocalService"),
    "ServiceSidType": ("REG_DWORD", "0x1"),
    "Start": ("REG_DWORD", "0x3"),
    "Type": ("REG_DWORD", "0x20"),
}


def answers(
    states: dict[str, int], starts: dict[str, int], changed: dict[str, tuple[str, str] | None], members: str, dll: str
) -> Answers:
    """What a machine answers to the probe for a change; a state of 0 is a service that is not installed."""
    definition, group, *rest = probe.probe_for_change(COURIER)
    values = {name: value for name, value in (HEALTHY | changed).items() if value is not None}
    parameters = registry(rf"{KEY}\Courier\Parameters", {"ServiceDll": ("REG_EXPAND_SZ", dll)})
    results: list[Result] = [
        answer(definition, registry(rf"{KEY}\Courier", values, further=parameters))
        if states["Courier"]
        else answer(definition, "", 1),
        answer(group, registry(SVCHOST, {"couriers": ("REG_MULTI_SZ", members)})),
    ]
    for command in (query.command for query in rest):
        name = command.arguments[1].rpartition("\\")[2]
        if command.program == "reg.exe":
            values = {"Start": ("REG_DWORD", f"{starts[name]:#x}")}
            results.append(answer(command, registry(rf"{KEY}\{name}", values)))
        elif states[name]:
            results.append(answer(command, queryex(name, states[name], "ANY")))
        else:
            results.append(answer(command, "", 1060))
    return Answers(results)


def courier(
    *start_failures: StartFailure,
    states: dict[str, int] | None = None,
    starts: dict[str, int] | None = None,
    members: str = r"Themes\0Courier",
    dll: str = r"%SystemRoot%\System32\courier.dll",
    **changed: Any,
) -> ServiceFacts:
    """The facts of the service on a machine where these values, states and start types are not as they should be."""
    all_states = {"Courier": 1, "Stable": 4, "Post": 4} | (states or {})
    results = answers(all_states, {"Stable": 2, "Post": 2} | (starts or {}), changed, members, dll)
    return probe.read(COURIER, results, BASELINE, r"C:\Windows", start_failures=start_failures)
