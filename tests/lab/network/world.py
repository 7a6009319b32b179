"""The endpoints of a fleet while it runs, and the network as one machine sees it."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from .certificate import Authority
from .listener import Listener, Site
from .proxy import ProxySite
from .silent import Closed, Drop
from .spec import DEFAULT_ENDPOINTS, EndpointSpec
from .wsus import WsusSite

_Opened = Listener | Drop | Closed
_TRUSTED = "Example Root CA"


def loopback(address: str) -> str:
    """Where an address of the machines' world lies on this computer: 10.0.0.5 is 127.0.0.5, all of 127.0.0.0/8 being loopback."""
    return f"127.{address.split('.', 1)[1]}"


class Network:
    """The endpoints of a fleet. Each opens its ports when it is first needed, and all close with the last machine.

    Names and addresses that no endpoint has do not resolve and do not answer.
    """

    def __init__(self, endpoints: Mapping[str, EndpointSpec] | None = None) -> None:
        endpoints = DEFAULT_ENDPOINTS if endpoints is None else endpoints
        self.endpoints = dict(endpoints)
        self._names = {name.lower(): key for key, spec in endpoints.items() for name in (*spec.names, spec.address)}
        self.files: dict[str, int] = {}
        """The status with which WSUS servers answer for an update file, by its lower-case path; 404 for any other."""
        self._sites: dict[str, Site] = {}
        self._open: dict[tuple[str, int], _Opened] = {}
        self._outside: dict[tuple[str, int], tuple[str, int]] = {}
        self._authorities: dict[str, Authority] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.RLock()
        self._machines = 0

    def site(self, endpoint: str) -> Site:
        """The behavior of a WSUS endpoint or proxy: what it was asked, and its faults, which may be replaced.

        :raises KeyError: there is no endpoint of that name, or it has no behavior
        """
        spec = self.endpoints[endpoint]
        with self._lock:
            if endpoint not in self._sites:
                if spec.kind == "wsus":
                    self._sites[endpoint] = WsusSite(spec.generation, spec.faults, self.files)
                elif spec.kind == "proxy":
                    self._sites[endpoint] = ProxySite(self.locate, spec.faults)
                else:
                    raise KeyError(endpoint)
            return self._sites[endpoint]

    def resolve(self, host: str) -> str | None:
        """The endpoint of a name or address in the fleet's DNS."""
        return self._names.get(host.lower().rstrip("."))

    def locate(self, host: str, port: int) -> tuple[str, int] | None:
        """Address and port on loopback of a name and port in the fleet's DNS, None for a name that does not resolve."""
        endpoint = self.resolve(host)
        if endpoint is not None:
            return self.place(endpoint, port)
        if host.lower() == "localhost" or (is_address(host) and host.startswith("127.")):
            return self.itself()
        return self.nowhere() if is_address(host) else None

    def place(self, endpoint: str, port: int) -> tuple[str, int]:
        """Address and port on loopback of an endpoint's port, which is opened if it is not open."""
        spec = self.endpoints[endpoint]
        address = loopback(spec.address)
        with self._lock:
            if outside := self._outside.get((endpoint, port)):
                return outside
            scheme = spec.ports.get(port)
            if spec.kind == "drop" or scheme == "drop":
                return address, self._opened(endpoint, -1, lambda: Drop(address)).port
            if spec.kind == "closed" or scheme is None:
                return address, self._opened(endpoint, 0, lambda: Closed(address)).port
            site = self.site(endpoint)
            site.stopping.clear()
            tls = self._context(spec) if scheme == "https" and (endpoint, port) not in self._open else None
            return address, self._opened(endpoint, port, lambda: Listener(address, site, tls)).port

    def stand_in(self, endpoint: str, port: int, place: tuple[str, int]) -> None:
        """Let a program that listens on loopback already stand for an endpoint's port."""
        self._outside[endpoint, port] = place

    def nowhere(self) -> tuple[str, int]:
        """Where connections to addresses go that nobody has: they are dropped."""
        with self._lock:
            return "127.0.0.1", self._opened("", 0, lambda: Drop("127.0.0.1")).port

    def itself(self) -> tuple[str, int]:
        """Where connections of a machine to itself go: nothing listens there."""
        with self._lock:
            return "127.0.0.1", self._opened("", 1, lambda: Closed("127.0.0.1")).port

    @property
    def trusted(self) -> Path:
        """The certificate of the authority that all machines trust, as a PEM file."""
        return self.authority.certificate

    @property
    def authority(self) -> Authority:
        """The authority that all machines trust."""
        return self._authority(_TRUSTED)

    def join(self) -> None:
        """One more machine uses the network."""
        with self._lock:
            self._machines += 1

    def leave(self) -> None:
        """A machine is gone; with the last one everything closes."""
        with self._lock:
            self._machines -= 1
            if self._machines <= 0:
                self.stop()

    def stop(self) -> None:
        """Close every port; what is asked for later is opened anew."""
        with self._lock:
            opened, self._open = self._open, {}
            for each in opened.values():
                each.stop()
            self._authorities.clear()
            if self._folder:
                self._folder.cleanup()
                self._folder = None

    def _opened(self, endpoint: str, port: int, make: Callable[[], _Opened]) -> _Opened:
        if (endpoint, port) not in self._open:
            self._open[endpoint, port] = make()
        return self._open[endpoint, port]

    def _context(self, spec: EndpointSpec) -> ssl.SSLContext:
        authority = self.authority if spec.tls != "unknown" else self._authority("Unknown CA")
        # The place on loopback as well: a client that is sent there has no other name for it (simulated/web_request.py).
        hosts = (
            ["other.example.test"] if spec.tls == "other_name" else [*spec.names, spec.address, loopback(spec.address)]
        )
        return authority.server_context(hosts, expired=spec.tls == "expired")

    def _authority(self, name: str) -> Authority:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="lab-network-")
            if name not in self._authorities:
                self._authorities[name] = Authority(Path(self._folder.name), name)
            return self._authorities[name]


class MachineNetwork:
    """The network as one machine sees it: the fleet's DNS, besides what is different here."""

    def __init__(
        self,
        network: Network | None = None,
        names: Mapping[str, str] | None = None,
        unknown: frozenset[str] = frozenset(),
    ) -> None:
        self.network = network or Network()
        self._names = dict(names or {})
        self._unknown = unknown
        self._own = network is None
        self._joined = False

    def join(self) -> MachineNetwork:
        """Used by a machine from now on, until `leave`."""
        if not self._joined:
            self._joined = True
            self.network.join()
        return self

    def leave(self) -> None:
        """The machine is closed; a second time means nothing."""
        if self._own:
            self.network.stop()
        elif self._joined:
            self._joined = False
            self.network.leave()

    def known(self) -> list[tuple[str, int]]:
        """Every name and address of the fleet's endpoints that this machine could be sent to, with their ports."""
        specs = self.network.endpoints
        hosts = [(host, key) for key, spec in specs.items() for host in (*spec.names, spec.address)]
        return [(host, port) for host, key in (*hosts, *self._names.items()) for port in specs[key].ports]

    def locate(self, host: str, port: int) -> tuple[str, int] | None:
        """Address and port on loopback of a name and port in this machine's world, None for a name that does not resolve."""
        host = host.lower().rstrip(".")
        if host in self._unknown:
            return None
        if endpoint := self._names.get(host):
            return self.network.place(endpoint, port)
        return self.network.locate(host, port)

    def certified(self, host: str) -> bool:
        """Whether the certificate of the endpoint that a name leads to is for that name, or for none of the endpoint's."""
        host = host.lower().rstrip(".")
        endpoint = self._names.get(host) or self.network.resolve(host)
        if endpoint is None:
            return True
        spec = self.network.endpoints[endpoint]
        return spec.tls == "other_name" or host in (*map(str.lower, spec.names), spec.address)


def is_address(host: str) -> bool:
    """Whether a host is given as an IPv4 address."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
