"""A healthy Windows as the answers to our probes, to be broken one answer at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol, TypeVar

from ansible_collections.wsus.client.plugins.plugin_utils._components import Component, Context, Facts, bits, system
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query

from support import task_options
from support.event_xml import detection
from support.group_policies import State, state
from support.reg_output import Keys, reg_query
from support.web_responses import Served, asked_proxy, written
from support.windows_output import answer, dword, multi, queryex, text

CONTEXT = Context(now=datetime(2026, 11, 23, 4, 15, tzinfo=timezone.utc))
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
UPDATE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
SERVICING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
INTERNET = r"Microsoft\Windows\CurrentVersion\Internet Settings"
WPAD = "http://wpad/wpad.dat"
SERVER = "http://wsus.example.com:8530"
FAILURE_ACTIONS = "80510100000000000000000003000000140000000100000060EA000001000000C0D401000000000000000000"
AGENT_FAILURE_ACTIONS = "80510100000000000000000003000000140000000100000060EA000000000000000000000000000000000000"
PRIVILEGES = (
    "SeCreateGlobalPrivilege",
    "SeImpersonatePrivilege",
    "SeTcbPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeIncreaseQuotaPrivilege",
)

FactsT = TypeVar("FactsT", bound=Facts)
Data = str | int | tuple[str, str]
Changed = dict[str, tuple[str, str] | None]


class Package(Protocol[FactsT]):
    """The module or package of a component."""

    COMPONENT: Component[FactsT]


@dataclass
class Windows:
    """What a machine would answer; the fields are what tests break.

    Values that are given for ``bits`` and ``agent`` replace those of the definition, None takes one away. ``policy`` and
    ``au`` are the two keys of the update client's settings; a text is a REG_SZ there, a number a REG_DWORD.
    ``update`` are keys below the agent's own, ``servicing`` names of keys of the servicing stack. A log that is a number
    cannot be read: wevtutil ends with it. ``winhttp`` is the machine's proxy, ``users`` are the settings of users' proxies by
    hive, ``web`` is what servers give by the proxy that they are asked through (None: none). ``wpad`` is the text of the
    network's proxy script, None if there is none, ``hosts`` that of the hosts file.
    """

    build: int = 19045
    current_version: dict[str, tuple[str, str]] = field(default_factory=dict)
    bits: Changed = field(default_factory=dict)
    agent: Changed = field(default_factory=dict)
    parameters: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"ServiceDll": ("REG_EXPAND_SZ", r"%SystemRoot%\System32\qmgr.dll")}
    )
    key: bool = True
    agent_key: bool = True
    netsvcs: str | None = r"CertPropSvc\0BITS\0wuauserv"
    policy: dict[str, Data] = field(default_factory=lambda: {"WUServer": SERVER, "WUStatusServer": SERVER})
    au: dict[str, Data] = field(default_factory=lambda: {"UseWUServer": 1})
    group_policy: State = field(default_factory=state)
    update: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    servicing: tuple[str, ...] = ("Packages",)
    states: dict[str, tuple[int, str, int] | int] = field(default_factory=dict)
    starts: dict[str, str | None] = field(default_factory=dict)
    bits_log: str | int = ""
    system_log: str | int = ""
    update_log: str | int = field(default_factory=lambda: detection(time="2026-11-22T20:00:00.0000000Z"))
    text_log: str | int = 1
    network_folder: bool = True
    winhttp: bytes | None = None
    users: dict[str, dict[str, Data]] = field(default_factory=dict)
    web: dict[str | None, Served] = field(default_factory=dict)
    wpad: str | None = None
    hosts: str = ""
    application_log: str | int = ""
    journal: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    identity: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"SusClientId": ("REG_SZ", "1b4e28ba-2fa1-41d2-883f-0016d3cca427")}
    )
    files: str = (
        " Directory of C:\\Windows\\System32\n\n05/06/2026  06:52 AM         3412992 wuaueng.dll\n"
        "               1 File(s)        3412992 bytes\n               0 Dir(s)     68719476736 bytes free\n\n"
        " Directory of C:\\Windows\n\n11/22/2026  08:00 PM    <DIR>          SoftwareDistribution\n"
        "               0 File(s)              0 bytes\n               1 Dir(s)     68719476736 bytes free\n\n"
        " Directory of C:\\Windows\\SoftwareDistribution\\DataStore\n\n11/22/2026  08:00 PM        33554432 DataStore.edb\n"
        "               1 File(s)       33554432 bytes\n               0 Dir(s)     68719476736 bytes free\n"
    )

    def read(self, package: Package[FactsT], context: Context = CONTEXT) -> FactsT:
        """The facts of a component."""
        return self._facts(package.COMPONENT.probe(context), package.COMPONENT, context)

    def found(self, package: Package[FactsT], context: Context = CONTEXT) -> dict[str, Finding]:
        """The findings of a component by id; each id once."""
        found = package.COMPONENT.findings(self.read(package, context))
        by_id = {finding.id: finding for finding in found}
        assert len(by_id) == len(found), [finding.id for finding in found]
        return by_id

    def asked_again(self, package: Package[FactsT], context: Context = CONTEXT) -> list[str]:
        """What a machine is asked once more, told by the answers to the probe alone."""
        component = package.COMPONENT
        facts = component.read(self.answers(component.probe(context)), self.system(), context)
        return [str(query.command) for query in component.follow_up(facts)]

    def facts(self) -> bits.Bits:
        """The facts of BITS."""
        return self.read(bits)

    def findings(self) -> dict[str, Finding]:
        """The findings about BITS."""
        return self.found(bits)

    def answers(self, queries: Iterable[Query[Any]]) -> Answers:
        """The answers to queries."""
        return Answers(self.answer(query.command) for query in queries)

    def system(self) -> system.System:
        """The machine's Windows."""
        return system.read(self.answers(system.probe()))

    def facts_for_change(self) -> bits.Bits:
        """The facts of BITS that a change starts from."""
        return self._facts(bits.probe_for_change(), bits.COMPONENT, CONTEXT)

    def plan(self, **options: Any) -> tuple[Step, ...]:
        """The plan of wsus_bits with these options."""
        machine = self.system()
        return bits.plan(
            self.facts_for_change(), bits.desired(task_options.options(bits.BitsOptions, **options), machine), machine
        )

    def answer(self, command: Command) -> Result:
        """The answer to one command of a probe."""
        if command.program == "wevtutil.exe":
            return self._log(command)
        if command.program == "sc.exe":
            return self._state(command)
        if command.arguments[0] == "http://wpad" or command.arguments[-1] == WPAD:
            return self._wpad(command)
        if command.program in ("curl.exe", "w"):
            return self.web.get(asked_proxy(command), Served()).answer(command)
        if command.program == "findstr.exe" and command.arguments[-1].endswith("hosts"):
            name = command.arguments[2].removeprefix("/c:")
            lines = [line for line in self.hosts.splitlines() if name in line.lower()]
            return answer(command, "\n".join(lines), 0 if lines else 1)
        if command.program == "findstr.exe":
            return _text(command, self.text_log)
        if command.program == "cmd.exe":
            if "dir" in command.arguments and "/-c" in command.arguments:
                return answer(command, self.files)
            return answer(command, "Network") if self.network_folder else answer(command, "", 1)
        return reg_query(self._keys(), command)

    def _wpad(self, command: Command) -> Result:
        if self.wpad is None:
            return Result(command, 6, (written(WPAD, status=0, address="", lookup=0, connect=0),))
        text = self.wpad.splitlines() if command.program == "curl.exe" else []
        line = written(WPAD, size=len(self.wpad), type="application/x-ns-proxy-autoconfig")
        return Result(command, 0, (*text, line))

    def _facts(self, probe: Iterable[Query[Any]], component: Component[FactsT], context: Context) -> FactsT:
        answers = self.answers(probe)
        first = component.read(answers, self.system(), context)
        return component.read(answers | self.answers(component.follow_up(first)), self.system(), context)

    def _log(self, command: Command) -> Result:
        channel = command.arguments[1]
        if channel == "System":
            return _text(command, self.system_log)
        if channel == "Application":
            return _text(command, self.application_log)
        return _text(command, self.bits_log if "Bits" in channel else self.update_log)

    def _state(self, command: Command) -> Result:
        name = command.arguments[1]
        sleeps = name in ("BITS", "wuauserv")
        state = self.states.get(name, (1, "STOPPED", 0) if sleeps else (4, "RUNNING", 0))
        if isinstance(state, int):
            return answer(command, "", state)
        code, word, win32 = state
        return answer(command, queryex(name, code, word, win32=win32))

    def _keys(self) -> Keys:
        keys: dict[str, dict[str, tuple[str, str]]] = {
            CURRENT_VERSION: self._current_version(),
            UPDATE: dict(self.identity),
        }
        keys |= self.journal
        keys |= {rf"{UPDATE}\{name}": values for name, values in self.update.items()}
        keys |= self.group_policy
        keys |= {rf"{SERVICING}\{name}": {} for name in self.servicing}
        if self.netsvcs is not None:
            keys[rf"{CURRENT_VERSION}\Svchost"] = {"netsvcs": ("REG_MULTI_SZ", self.netsvcs)}
        for path, values in ((POLICY, self.policy), (rf"{POLICY}\AU", self.au)):
            if values:
                keys[path] = {name: _typed(data) for name, data in values.items()}
        for name in ("CryptSvc", "DoSvc", "EventSystem", "Netlogon", "RpcSs", "SENS", "UsoSvc", *self.starts):
            if (start := self.starts.get(name, "0x2")) is not None:
                keys[rf"{SERVICES}\{name}"] = {"Start": ("REG_DWORD", start)}
        if self.key:
            keys[rf"{SERVICES}\BITS"] = _kept(self._bits() | self.bits)
            if self.parameters:
                keys[rf"{SERVICES}\BITS\Parameters"] = self.parameters
        if self.agent_key:
            keys[rf"{SERVICES}\wuauserv"] = _kept(self._agent() | self.agent)
            keys[rf"{SERVICES}\wuauserv\Parameters"] = {
                "ServiceDll": ("REG_EXPAND_SZ", r"%systemroot%\system32\wuaueng.dll")
            }
        keys |= {
            rf"{hive}\Software\{INTERNET}": {name: _typed(data) for name, data in values.items()}
            for hive, values in self.users.items()
        }
        if self.winhttp is not None:
            keys[rf"HKLM\SOFTWARE\{INTERNET}\Connections"] = {
                "WinHttpSettings": ("REG_BINARY", self.winhttp.hex().upper())
            }
        return keys

    def _current_version(self) -> dict[str, tuple[str, str]]:
        return {
            "SystemRoot": text(r"C:\Windows"),
            "ProductName": text("Windows 10 Enterprise"),
            "CurrentBuildNumber": text(str(self.build)),
            "CurrentMajorVersionNumber": dword(10),
            "CurrentMinorVersionNumber": dword(0),
            "UBR": dword(3930),
            "DisplayVersion": text("22H2"),
            "EditionID": text("Enterprise"),
            "InstallationType": text("Client"),
            "BuildLabEx": text("19041.1.amd64fre.vb_release.191206-1406"),
        } | self.current_version

    def _bits(self) -> Changed:
        modern = self.build >= 10240
        path = r"%SystemRoot%\System32\svchost.exe -k netsvcs" + (" -p" if self.build >= 16299 else "")
        return _service(path, FAILURE_ACTIONS) | {
            "DependOnService": multi("RpcSs") if modern else multi("RpcSs", "EventSystem"),
            "RequiredPrivileges": multi(*PRIVILEGES, *(["SeDebugPrivilege"] if modern else [])),
        }

    def _agent(self) -> Changed:
        path = r"%systemroot%\system32\svchost.exe -k netsvcs" + (" -p" if self.build >= 17134 else "")
        return _service(path, AGENT_FAILURE_ACTIONS) | {"DependOnService": multi("rpcss")}


def _service(path: str, failure_actions: str) -> Changed:
    return {
        "ErrorControl": dword(1),
        "FailureActions": ("REG_BINARY", failure_actions),
        "ImagePath": ("REG_EXPAND_SZ", path),
        "ObjectName": text("LocalSystem"),
        "ServiceSidType": dword(1),
        "Start": dword(3),
        "Type": dword(0x20),
    }


def _kept(values: Changed) -> dict[str, tuple[str, str]]:
    return {name: value for name, value in values.items() if value is not None}


def _typed(data: Data) -> tuple[str, str]:
    return data if isinstance(data, tuple) else text(data) if isinstance(data, str) else dword(data)


def _text(command: Command, log: str | int) -> Result:
    return answer(command, "", log) if isinstance(log, int) else answer(command, log)
