"""All machines of a fleet on one HTTP and one HTTPS port."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from ..machine import Machine
from ..simulated.machine import SimulatedMachine
from .certificate import make_certificate, make_client_certificate, server_context
from .listener import Listener
from .remoting import Remoting
from .service import ShellService


class WinRMServer:
    """Serves machines from its making until `stop`.

    ``requests[name]`` counts the WS-Management messages that the machine was sent, by action (``Create``, ``Command``,
    ``Send``, ``Receive``, ``Signal``, ``Delete``, and ``unknown`` or ``malformed``), dropped ones included; the
    exchange of logon tokens before the first message is not counted. ``traffic[name]`` counts the bytes of the messages that were
    ``received`` and of the answers that were ``sent``, without HTTP headers and encryption.
    """

    host = "127.0.0.1"

    def __init__(self, machines: Iterable[Machine]) -> None:
        self._services: dict[str, ShellService] = {}
        for machine in machines:
            key = machine.name.casefold()
            if key in self._services:
                raise ValueError(f"two machines are called {machine.name!r} (case does not count)")
            if not key or set(key) & set("/?#%"):
                raise ValueError(f"a machine cannot be called {machine.name!r}: its name is part of a URL")
            self._services[key] = ShellService(machine)
        self._folder = tempfile.TemporaryDirectory(prefix="lab-winrm-")
        self.certificate: Path = make_certificate(Path(self._folder.name))
        self._http = Listener(self._services)
        self._https = Listener(self._services, server_context(self.certificate))
        self.requests: Mapping[str, Counter[str]] = {
            service.machine.name: service.requests for service in self._services.values()
        }
        self.traffic: Mapping[str, Counter[str]] = {
            service.machine.name: service.traffic for service in self._services.values()
        }

    @property
    def http_port(self) -> int:
        return self._http.port

    @property
    def https_port(self) -> int:
        return self._https.port

    def client_certificate(self, principal: str) -> tuple[Path, Path]:
        """A new certificate, and its key, with which the user of that principal name logs on over HTTPS."""
        return make_client_certificate(self.certificate, principal, Path(self._folder.name))

    def serve_remoting(self, name: str, powershell: Path) -> None:
        """Serve PowerShell remoting for that simulated machine as well, by the real PowerShell ``powershell``."""
        service = self._services[name.casefold()]
        if not isinstance(service.machine, SimulatedMachine):
            raise TypeError(f"{name}: PowerShell remoting is served for simulated machines only")
        service.remoting = Remoting(service.machine, powershell)

    def open_shells(self, name: str) -> tuple[str, ...]:
        """The identifiers of the shells of that machine that clients have left open; KeyError for an unknown machine."""
        return self._services[name.casefold()].open_shells

    def restart(self, name: str, away: float) -> None:
        """Restart Windows on a simulated machine, which does not respond for ``away`` seconds; KeyError for an unknown one."""
        service = self._services[name.casefold()]
        if not isinstance(service.machine, SimulatedMachine):
            raise TypeError(f"{name}: only simulated machines can be restarted")
        service.restart(away)
        service.machine.restart()

    def stop(self) -> None:
        """Close the listeners, every connection and every shell."""
        for listener in (self._http, self._https):
            listener.stop()
        for service in self._services.values():
            service.close()
        self._folder.cleanup()

    def __enter__(self) -> WinRMServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
