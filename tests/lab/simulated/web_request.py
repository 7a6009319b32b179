"""The function of a batch that asks a web server itself, as a machine without curl.exe runs it.

Where a real PowerShell is at hand it runs the function as it was sent, with only the place of the server and of the proxy on loopback
put in for host and port, and taken out again of what is printed. Without one the lab's own client (``web_client``) prints the same;
``conformance/test_web_request.py`` compares both. It is .NET 10 and not the .NET Framework of the machines that need the
function, whose exceptions may differ where a connection is closed without an answer and where a proxy refuses CONNECT (56 here).
"""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..machine import Execution
from ..powershell import find_powershell
from . import web_client
from .batch import WEB_REQUEST
from .errors import NotImplementedInLab, not_implemented

if TYPE_CHECKING:
    from .machine import SimulatedMachine

CONSTRAINED = "$ExecutionContext.SessionState.LanguageMode='ConstrainedLanguage'"
"""What puts a script into the mode that a policy puts a machine's PowerShell into."""
FORBIDDEN = 9010
DIRECT = "-"

_TOKEN = "6c61622d77"
_PORTS = {"http": 80, "https": 443}
_BESIDES = 60.0
"""Seconds that an engine may take beside the requests."""


def run(machine: SimulatedMachine, arguments: Sequence[str]) -> Execution:
    """Answer a call ``w BASE PATHS CAB PROXY OTHER SECONDS``."""
    real = find_powershell()
    try:
        if real is not None and real.linux is not None:
            return run_real(real.linux, machine, arguments)
        return run_own(machine, arguments)
    except NotImplementedInLab as error:
        return not_implemented(f"w: {error}")


def run_own(machine: SimulatedMachine, arguments: Sequence[str]) -> Execution:
    """The lab's own answer."""
    if machine.constrained:
        return Execution(exit_code=FORBIDDEN)
    base, paths, cab, proxy, other, seconds = arguments
    for url in (base, cab, proxy, other):
        _split(url)
    lines, code = web_client.ask(machine.network, base, paths.split(","), cab, (proxy, other), float(seconds))
    return Execution("".join(f"{line}\r\n" for line in lines).encode(), b"", code)


def run_real(powershell: Path, machine: SimulatedMachine, arguments: Sequence[str]) -> Execution:
    """The answer of the function itself, run by a PowerShell of this computer."""
    base, paths, cab, proxy, other, seconds = arguments
    places: dict[str, str] = {}
    base, proxy = _route(machine, base, proxy, places)
    files = [each.removeprefix("HEAD ") for each in paths.split(",") if each.startswith("HEAD ")]
    for url in files:
        paths = paths.replace(url, _route(machine, url, other, places)[0])
    cab, other = _route(machine, cab, other, places)
    call = " ".join("'" + each.replace("'", "''") + "'" for each in (base, paths, cab, proxy, other, seconds))
    lines = [CONSTRAINED] if machine.constrained else []
    lines += [WEB_REQUEST, f"w {call}", f'"{_TOKEN} $LASTEXITCODE"']
    requests = 2 + len(paths.split(","))
    done = _start(powershell, "\n".join(lines), machine, 2 * float(seconds) * requests + _BESIDES)
    streams = [_with_names(stream, places) for stream in (done.stdout, done.stderr)]
    ended = re.fullmatch(rf"(.*?){_TOKEN} (\d+)\r?\n".encode(), streams[0], re.DOTALL)
    if ended is None:
        raise NotImplementedInLab(f"PowerShell did not run it: {streams[1].decode('utf-8', 'replace')[:500]}")
    return Execution(ended[1], streams[1], int(ended[2]))


def _start(powershell: Path, script: str, machine: SimulatedMachine, within: float) -> Execution:
    network = machine.network.network
    with tempfile.TemporaryDirectory(prefix="lab-web-request-") as folder:
        try:
            done = subprocess.run(
                [
                    powershell,
                    *("-NoProfile", "-NonInteractive", "-EncodedCommand"),
                    base64.b64encode(script.encode("utf-16-le")).decode("ascii"),
                ],
                # Nothing of this computer's settings, and no authority but the machine's.
                env={
                    "HOME": folder,
                    "PATH": folder,
                    "LC_ALL": "C.UTF-8",
                    "SSL_CERT_FILE": str(network.trusted) if "https:" in script else "",
                    "SSL_CERT_DIR": folder,
                },
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=within,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotImplementedInLab(f"PowerShell did not end within {within:.0f} seconds") from None
    return Execution(done.stdout, done.stderr, done.returncode)


def _route(machine: SimulatedMachine, url: str, proxy: str, places: dict[str, str]) -> tuple[str, str]:
    """A URL and its proxy with the place of the one that is connected to: a proxy looks up the server by itself."""
    if proxy == DIRECT:
        return _placed(machine, url, places), proxy
    _split(url)
    return url, _placed(machine, proxy, places)


def _placed(machine: SimulatedMachine, url: str, places: dict[str, str]) -> str:
    """A URL that leads to the place on loopback; a name that the machine does not know becomes one that nobody knows (RFC 6761)."""
    scheme, host, port = _split(url)
    place = machine.network.locate(host, port)
    if place and scheme == "https" and not machine.network.certified(host):
        raise NotImplementedInLab(f"PowerShell cannot see that the certificate is not for {host}")
    netloc = f"{place[0]}:{place[1]}" if place else f"{host}.invalid:{port}"
    # All closed ports of an endpoint are one place: the first URL is the one that is printed, for its failure ends the series.
    places.setdefault(f"//{netloc}", f"//{urlsplit(url).netloc}")
    return urlsplit(url)._replace(netloc=netloc).geturl()


def _split(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL."""
    if url == DIRECT:
        return "", "", 0
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.hostname is None or ":" in parts.hostname or port == -1:
        raise NotImplementedInLab(f"the URL {url}")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _with_names(stream: bytes, places: dict[str, str]) -> bytes:
    for place, name in places.items():
        stream = stream.replace(place.encode(), name.encode())
    return stream
