"""What the commands of sc.exe share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...machine import User
from ..service_config import ServiceConfig
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine
    from ..service_record import ServiceRecord


class BadCommandLine(Exception):
    """sc.exe prints its usage and ends with ERROR_INVALID_COMMAND_LINE."""


class CallFailed(Exception):
    """A call of the service control manager failed with a Win32 error."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(call, code)
        self.call = call
        self.code = code


@dataclass(frozen=True)
class Session:
    """One run of sc.exe."""

    machine: SimulatedMachine
    user: User
    output: Output
    command: str

    def open(self, name: str, call: str = "OpenService") -> ServiceRecord:
        """The service of that key name.

        :raises CallFailed: 1060, there is none
        """
        record = self.machine.services.find(name)
        if record is None:
            raise CallFailed(call, 1060)
        return record

    def open_to_change(self, name: str) -> ServiceRecord:
        """The service, made sure that it may be configured.

        :raises CallFailed: 1060, 1072 (marked for deletion), or 5 (a protected process)
        """
        record = self.open(name)
        if record.deleted:
            raise CallFailed("ChangeServiceConfig", 1072)
        if self.machine.services.protected(record):
            raise CallFailed("ChangeServiceConfig", 5)
        return record

    def config(self, record: ServiceRecord) -> ServiceConfig:
        """The service's configuration in the registry."""
        return ServiceConfig(self.machine.registry, record.name)

    def success(self, call: str) -> None:
        """``[SC] CALL SUCCESS`` in the machine's language."""
        self.output.line(f"[SC] {call} {self.machine.text.sc['success']}")

    def field(self, label: str, text: str = "", *, width: int = 19) -> None:
        """An indented line; a label longer than the column pushes the colon to the right."""
        self.output.line(f"        {self.machine.text.label(label):<{width}}: {text}")

    def heading(self, label: str, text: str) -> None:
        """A line that is not indented."""
        self.output.line(f"{self.machine.text.label(label)}: {text}")


def name_and_options(arguments: Sequence[str], known: frozenset[str]) -> tuple[str, Mapping[str, list[str]]]:
    """The service's name and the options of a command, each with the values of all its occurrences.

    The equals sign belongs to an option's name and the value is the next argument: ``start= demand``. Without the blank the
    option is not recognized.

    :raises BadCommandLine: no name, an unknown option, or a missing value
    """
    if not arguments:
        raise BadCommandLine
    name, *rest = arguments
    options: dict[str, list[str]] = {}
    while rest:
        option = rest.pop(0).lower()
        if option not in known or not rest:
            raise BadCommandLine
        options.setdefault(option, []).append(rest.pop(0))
    return name, options
