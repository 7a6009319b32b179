"""A running lab: a fleet behind its WinRM listeners, and the inventory that leads to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .machine import Machine, User
from .winrm import WinRMServer

TRANSPORTS = ("basic", "ntlm", "certificate")
SCHEMES = ("http", "https")
GROUP = "windows"
"""The inventory group that every machine is in, with the connection's variables."""


class Lab:
    """Serves ``machines`` from entering the context until leaving it, which also closes them."""

    host = WinRMServer.host

    def __init__(self, machines: Iterable[Machine]) -> None:
        self.machines: dict[str, Machine] = {}
        for machine in machines:
            if machine.name in self.machines:
                raise ValueError(f"two machines are called {machine.name!r}")
            if not machine.users:
                raise ValueError(f"the machine {machine.name!r} has no user")
            self.machines[machine.name] = machine
        if not self.machines:
            raise ValueError("a lab without machines serves nothing")
        self._server: WinRMServer | None = None

    @property
    def server(self) -> WinRMServer:
        """The listeners; RuntimeError where the lab is not running."""
        if self._server is None:
            raise RuntimeError("the lab is not running: enter it as a context, or call start()")
        return self._server

    @property
    def http_port(self) -> int:
        return self.server.http_port

    @property
    def https_port(self) -> int:
        return self.server.https_port

    @property
    def certificate(self) -> Path:
        """The self-signed certificate of the HTTPS listener, as a PEM file."""
        return self.server.certificate

    @property
    def requests(self) -> Mapping[str, Counter[str]]:
        """By machine, how many WS-Management messages of each action it was sent."""
        return self.server.requests

    @property
    def traffic(self) -> Mapping[str, Counter[str]]:
        """By machine, the bytes of the messages that it was sent and of its answers."""
        return self.server.traffic

    def counts(self) -> dict[str, int]:
        """The executions, the messages and the bytes of them and of their answers, of all machines together."""
        return {
            "executions": sum(len(machine.log) for machine in self.machines.values()),
            "requests": sum(map(Counter.total, self.requests.values())),
            "bytes": sum(map(Counter.total, self.traffic.values())),
        }

    def start(self) -> None:
        """Open the listeners."""
        if self._server is None:
            self._server = WinRMServer(self.machines.values())

    def stop(self) -> None:
        """Close the listeners, then every machine, even when one of them fails to close."""
        server, self._server = self._server, None
        if server:
            server.stop()
        failures = []
        for machine in self.machines.values():
            try:
                machine.close()
            except Exception as error:
                failures.append(error)
        if failures:
            raise RuntimeError(f"machines did not close: {failures}")

    def __enter__(self) -> Lab:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def inventory(self, transport: str = "basic", scheme: str = "http") -> dict[str, Any]:
        """An Ansible inventory (for YAML) of all machines, each with its first user.

        ``transport`` is ``basic``, ``ntlm`` or ``certificate``, ``scheme`` is ``http`` or ``https``; ValueError for anything
        else, and for ``certificate`` over ``http``.
        A machine's ``groups`` attribute, where it has one, names the groups it is in besides ``windows``.
        """
        if transport not in TRANSPORTS or scheme not in SCHEMES or (transport, scheme) == ("certificate", "http"):
            raise ValueError(f"no listener for transport {transport!r} over {scheme!r}")
        variables: dict[str, Any] = {
            "ansible_connection": "winrm",
            "ansible_host": self.host,
            "ansible_port": self.https_port if scheme == "https" else self.http_port,
            "ansible_winrm_scheme": scheme,
            "ansible_winrm_transport": transport,
        }
        if scheme == "https":
            variables["ansible_winrm_server_cert_validation"] = "ignore"
        hosts: dict[str, Any] = {}
        groups: dict[str, Any] = {GROUP: {"hosts": hosts, "vars": variables}}
        for machine in self.machines.values():
            user = next(iter(machine.users.values()))
            hosts[machine.name] = {"ansible_winrm_path": f"/wsman/{machine.name}", **self._logon(user, transport)}
            for group in getattr(machine, "groups", ()):
                groups.setdefault(group, {"hosts": {}})["hosts"].setdefault(machine.name, {})
        return {"all": {"children": groups}}

    def _logon(self, user: User, transport: str) -> dict[str, str]:
        if transport != "certificate":
            return {"ansible_user": user.name, "ansible_password": user.password}
        certificate, key = self.server.client_certificate(f"{user.name}@localhost")
        return {"ansible_winrm_cert_pem": str(certificate), "ansible_winrm_cert_key_pem": str(key)}
