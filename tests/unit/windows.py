"""A healthy Windows as the answers to our probes, to be broken one answer at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.wsus.client.plugins.action import wsus_bits
from ansible_collections.wsus.client.plugins.plugin_utils import _eventlog, _registry, _service_definition
from ansible_collections.wsus.client.plugins.plugin_utils._command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step
from ansible_collections.wsus.client.plugins.plugin_utils.components import Context, bits, system
from ansible_collections.wsus.client.plugins.plugin_utils.components.bits._events import queries
from answers import answer, queryex, registry

CONTEXT = Context(event_days=14)
SERVICES = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"
SVCHOST = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
POLICY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
FAILURE_ACTIONS = "80510100000000000000000003000000140000000100000060EA000001000000C0D401000000000000000000"
PRIVILEGES = (
    "SeCreateGlobalPrivilege",
    "SeImpersonatePrivilege",
    "SeTcbPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeIncreaseQuotaPrivilege",
)

OPTIONS: dict[str, Any] = {name: spec.get("default") for name, spec in wsus_bits.ActionModule.ARGUMENT_SPEC.items()}
"""The options of wsus_bits where a task gives none."""


def event(
    number: int, data: dict[str, str], *, provider: str, time: str = "2026-11-20T08:00:00.0000000Z", binary: str = ""
) -> str:
    """One event as wevtutil prints it."""
    channel = "System" if provider == _eventlog.SERVICE_CONTROL_MANAGER else _eventlog.BITS_CHANNEL
    fields = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    raw = f"<Binary>{binary}</Binary>" if binary else ""
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='{provider}'/><EventID>{number}</EventID><Level>2</Level><TimeCreated SystemTime='{time}'/>"
        f"<EventRecordID>1</EventRecordID><Channel>{channel}</Channel></System><EventData>{fields}{raw}</EventData></Event>"
    )


def scm(number: int, *params: str, service: str | None = "BITS", time: str = "2026-11-20T08:00:00.0000000Z") -> str:
    """An event of the Service Control Manager; before Windows 10 it names no service (None)."""
    data = {f"param{position + 1}": value for position, value in enumerate(params)}
    binary = (service + "\0").encode("utf-16-le").hex() if service else ""
    return event(number, data, provider=_eventlog.SERVICE_CONTROL_MANAGER, time=time, binary=binary)


def job(
    code: int,
    *,
    name: str = "WU Client Download",
    url: str = "http://wsus.example.com:8530/Content/1.cab",
    number: int = 61,
    **more: str,
) -> str:
    """A failed transfer in the Bits-Client log."""
    time = more.pop("time", "2026-11-20T08:00:00.0000000Z")
    return event(
        number,
        {"name": name, "url": url, "hr": str(code), "proxy": "", **more},
        provider="Microsoft-Windows-Bits-Client",
        time=time,
    )


@dataclass
class Windows:
    """What a machine would answer; the fields are what tests break."""

    build: int = 19045
    current_version: dict[str, tuple[str, str]] = field(default_factory=dict)
    bits: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    parameters: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"ServiceDll": ("REG_EXPAND_SZ", r"%SystemRoot%\System32\qmgr.dll")}
    )
    key: bool = True
    netsvcs: str | None = r"CertPropSvc\0BITS\0wuauserv"
    policy: dict[str, str] = field(default_factory=lambda: {"WUServer": "http://wsus.example.com:8530"})
    states: dict[str, tuple[int, str, int] | int] = field(default_factory=dict)
    starts: dict[str, str | None] = field(default_factory=dict)
    bits_log: str | int = ""
    system_log: str | int = ""
    network_folder: bool = True

    def answers(self) -> dict[Command, Result]:
        """The answers to the probe of BITS and to its follow-up."""
        asked = {command: self._answer(command) for command in (*system.probe(), *bits.probe(CONTEXT))}
        return asked | {command: self._answer(command) for command in bits.follow_up(asked)}

    def facts(self) -> bits.Bits:
        """The facts of BITS."""
        answers = self.answers()
        return bits.read(answers, system.read(answers), CONTEXT)

    def change_answers(self) -> dict[Command, Result]:
        """The answers to the probe that a change of BITS needs, and to its follow-up."""
        asked = {command: self._answer(command) for command in (*system.probe(), *bits.probe_for_change())}
        return asked | {command: self._answer(command) for command in bits.follow_up(asked)}

    def system(self) -> system.System:
        """The machine's Windows."""
        return system.read(self.answers())

    def facts_for_change(self) -> bits.Bits:
        """The facts of BITS that a change starts from."""
        return bits.read(self.change_answers(), self.system(), Context())

    def plan(self, **options: Any) -> tuple[Step, ...]:
        """The plan of wsus_bits with these options."""
        machine = self.system()
        return bits.plan(self.facts_for_change(), bits.desired(OPTIONS | options, machine), machine)

    def findings(self) -> dict[str, Finding]:
        """The findings by id; each id once."""
        found = bits.findings(self.facts())
        by_id = {finding.id: finding for finding in found}
        assert len(by_id) == len(found), [finding.id for finding in found]
        return by_id

    def _answer(self, command: Command) -> Result:
        if command in queries(CONTEXT.event_days).values():
            log = self.system_log if command.arguments[1] == "System" else self.bits_log
            return answer(command, "", log) if isinstance(log, int) else answer(command, log)
        if command.program == "sc.exe":
            return self._state(command)
        if command.program == "cmd.exe":
            return answer(command, "Network") if self.network_folder else answer(command, "", 1)
        if command == system.probe()[0]:
            return answer(
                command, registry(command.arguments[1].replace("HKLM", "HKEY_LOCAL_MACHINE"), self._current_version())
            )
        if command == _service_definition.query_definition("BITS"):
            return answer(command, self._definition(), 0) if self.key else answer(command, "", 1)
        if command == _registry.query_value(SVCHOST.replace("HKEY_LOCAL_MACHINE", "HKLM"), "netsvcs"):
            return (
                answer(command, "", 1)
                if self.netsvcs is None
                else answer(command, registry(SVCHOST, {"netsvcs": ("REG_MULTI_SZ", self.netsvcs)}))
            )
        if command == _registry.query_key(POLICY.replace("HKEY_LOCAL_MACHINE", "HKLM")):
            values = {name: ("REG_SZ", data) for name, data in self.policy.items()}
            return answer(command, registry(POLICY, values)) if values else answer(command, "", 1)
        name = command.arguments[1].rpartition("\\")[2]
        start = self.starts.get(name, "0x2")
        return (
            answer(command, "", 1)
            if start is None
            else answer(command, registry(rf"{SERVICES}\{name}", {"Start": ("REG_DWORD", start)}))
        )

    def _state(self, command: Command) -> Result:
        name = command.arguments[1]
        state = self.states.get(name, (1, "STOPPED", 0) if name == "BITS" else (4, "RUNNING", 0))
        if isinstance(state, int):
            return answer(command, "", state)
        code, word, win32 = state
        return answer(command, queryex(name, code, word, win32=win32))

    def _current_version(self) -> dict[str, tuple[str, str]]:
        return {
            "SystemRoot": ("REG_SZ", r"C:\Windows"),
            "ProductName": ("REG_SZ", "Windows 10 Enterprise"),
            "CurrentBuildNumber": ("REG_SZ", str(self.build)),
            "CurrentMajorVersionNumber": ("REG_DWORD", "0xa"),
            "CurrentMinorVersionNumber": ("REG_DWORD", "0x0"),
            "UBR": ("REG_DWORD", "0xf5a"),
            "DisplayVersion": ("REG_SZ", "22H2"),
            "EditionID": ("REG_SZ", "Enterprise"),
            "InstallationType": ("REG_SZ", "Client"),
            "BuildLabEx": ("REG_SZ", "19041.1.amd64fre.vb_release.191206-1406"),
        } | self.current_version

    def _definition(self) -> str:
        modern = self.build >= 10240
        values: dict[str, tuple[str, str] | None] = {
            "DependOnService": ("REG_MULTI_SZ", "RpcSs" if modern else r"RpcSs\0EventSystem"),
            "ErrorControl": ("REG_DWORD", "0x1"),
            "FailureActions": ("REG_BINARY", FAILURE_ACTIONS),
            "ImagePath": (
                "REG_EXPAND_SZ",
                r"%SystemRoot%\System32\svchost.exe -k netsvcs" + (" -p" if self.build >= 16299 else ""),
            ),
            "ObjectName": ("REG_SZ", "LocalSystem"),
            "RequiredPrivileges": (
                "REG_MULTI_SZ",
                r"\0".join((*PRIVILEGES, *(["SeDebugPrivilege"] if modern else []))),
            ),
            "ServiceSidType": ("REG_DWORD", "0x1"),
            "Start": ("REG_DWORD", "0x3"),
            "Type": ("REG_DWORD", "0x20"),
        } | self.bits
        kept = {name: value for name, value in values.items() if value is not None}
        below = registry(rf"{SERVICES}\BITS\Parameters", self.parameters) if self.parameters else ""
        return registry(rf"{SERVICES}\BITS", kept, further=below)
