"""The id by which the server knows a simulated machine: kept in memory while the agent runs, made anew where it is missing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ..fleet_identity import IdentitySpec
from .registry import key_path
from .values import BINARY, Value, string

if TYPE_CHECKING:
    from .machine import SimulatedMachine

UPDATE = key_path(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate")
ID, VALIDATION, PING, DOMAIN_SID = "SusClientId", "SusClientIdValidation", "PingID", "AccountDomainSid"
_HEADER = bytes([6, 2])
_SID = bytes.fromhex("010400000000000515000000A065CF7E784B9B5FE77C8770")  # S-1-5-21-2127521184-1604012920-1887927527


class ClientIdentity:
    """Reads, keeps and makes the values as the agent does; the registry is where everybody sees them."""

    def __init__(self, machine: SimulatedMachine, spec: IdentitySpec) -> None:
        self._machine = machine
        self.spec = spec
        self._kept: list[Value] = []

    def install(self) -> None:
        """Give a new machine its identity."""
        own = str(uuid.uuid5(uuid.NAMESPACE_DNS, self._machine.name.lower()))
        if self.spec.value is not None:
            self._machine.registry.set(UPDATE, string(ID, self.spec.value or own))
            self._write_rest(own)

    def needed(self) -> None:
        """The agent reads its id, when it starts and when it detects; where there is none it begins to make one."""
        if not self._kept:
            self._read()
        if not self._kept and self.spec.takes is not None:
            self._machine.schedule.after(self.spec.takes, self._make)

    def service_stopped(self) -> None:
        """What was only in memory is gone."""
        self._kept = []

    def detection_ended(self) -> None:
        """The agent has used its id, and writes it where somebody deleted it meanwhile."""
        if self._machine.registry.value(UPDATE, ID) is None:
            for value in self._kept:
                self._machine.registry.set(UPDATE, value)

    def _read(self) -> None:
        values = (self._machine.registry.value(UPDATE, name) for name in (VALIDATION, PING, DOMAIN_SID, ID))
        self._kept = [value for value in values if value] if self._machine.registry.value(UPDATE, ID) else []

    def _make(self) -> None:
        if self._kept or self._machine.registry.value(UPDATE, ID) or not self._machine.agent.running:
            return
        made = str(uuid.uuid4())
        self._machine.registry.set(UPDATE, string(ID, self.spec.value or made if self.spec.same else made))
        self._write_rest(made)
        self._read()

    def _write_rest(self, identifier: str) -> None:
        registry = self._machine.registry
        serial = f"LAB-{self._machine.volume_serial}".encode("utf-16-le")
        blob = _HEADER + bytes([len(serial), 1, 0, 0]) + serial
        if self.spec.validation is not None:
            registry.set(UPDATE, Value(VALIDATION, BINARY, self.spec.validation or blob))
        registry.set(UPDATE, string(PING, str(uuid.uuid5(uuid.NAMESPACE_OID, identifier))))
        if self._machine.policy.domain:
            registry.set(UPDATE, Value(DOMAIN_SID, BINARY, _SID))
