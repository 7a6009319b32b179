"""The events that the service control manager writes to the System log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .service_config import RUNNING, STOPPED
from .service_start import SERVICE_SPECIFIC_ERROR

if TYPE_CHECKING:
    from .machine import SimulatedMachine

CHANNEL = "System"
PROVIDER = "Service Control Manager"
KEY_NAME_BUILD = 10240
"""From Windows 10 on events carry the service's key name as binary data (UTF-16LE); before, only 7036 does."""

_STARTS = {0: "boot", 1: "system", 2: "auto", 3: "demand", 4: "disabled"}
# 7011 and 7030 have no binary data; 7040 names the key in a parameter.
_WITHOUT_KEY_NAME = frozenset({7011, 7030, 7032, 7038, 7040, 7045})


class ServiceEvents:
    """Writes events about services under their localized display names."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine
        self._quiet = False

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Without the many state changes of a Windows that starts."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def start_failed(self, name: str, error: int) -> None:
        """7000: the service failed to start."""
        self._write(name, 7000, (self._display(name), f"%%{error}"))

    def dependency_failed(self, name: str, dependency: str, error: int) -> None:
        """7001: a service that it depends on failed to start."""
        self._write(name, 7001, (self._display(name), self._display(dependency), f"%%{error}"))

    def dependency_missing(self, name: str, dependency: str) -> None:
        """7003: a service that it depends on does not exist."""
        self._write(name, 7003, (self._display(name), dependency))

    def problem(self, name: str, event_id: int, parameters: tuple[str, ...]) -> None:
        """7009 (time-out, then the name), 7030 and 7038 (the name first)."""
        display = self._display(name)
        self._write(name, event_id, (*parameters, display) if event_id == 7009 else (display, *parameters))

    def ended(self, name: str, exit_code: int, service_exit_code: int) -> None:
        """7023, or 7024 for an error of the service's own: an HRESULT appears as a signed number."""
        if exit_code == SERVICE_SPECIFIC_ERROR:
            signed = service_exit_code - (1 << 32) if service_exit_code >= 1 << 31 else service_exit_code
            self._write(name, 7024, (self._display(name), f"%%{signed}"))
        else:
            self._write(name, 7023, (self._display(name), f"%%{exit_code}"))

    def state_changed(self, name: str, state: int) -> None:
        """7036: running or stopped."""
        if not self._quiet and state in (RUNNING, STOPPED):
            text = self._machine.text.events["running" if state == RUNNING else "stopped"]
            self._write(f"{name}/{state}", 7036, (self._display(name), text))

    def start_type_changed(self, name: str, old: int, new: int) -> None:
        """7040: the start type was changed."""
        texts = self._machine.text.events
        self._write(name, 7040, (self._display(name), texts[_STARTS[old]], texts[_STARTS[new]], name))

    def installed(self, name: str, image_path: str, start: int, account: str) -> None:
        """7045: a service was installed; the only one with names for its parameters."""
        texts = self._machine.text.events
        fields = ("ServiceName", "ImagePath", "ServiceType", "StartType", "AccountName")
        values = (self._display(name), image_path, texts["user_service"], texts[_STARTS[start]], account)
        self._machine.events.write(CHANNEL, PROVIDER, 7045, tuple(zip(fields, values, strict=True)))

    def _display(self, name: str) -> str:
        return self._machine.services.display_name(name)

    def _write(self, key_name: str, event_id: int, parameters: tuple[str, ...]) -> None:
        data = tuple((f"param{number}", text) for number, text in enumerate(parameters, 1))
        modern = self._machine.profile.build >= KEY_NAME_BUILD and event_id not in _WITHOUT_KEY_NAME
        binary = f"{key_name}\0".encode("utf-16-le") if modern or event_id == 7036 else None
        self._machine.events.write(CHANNEL, PROVIDER, event_id, data, binary=binary)
