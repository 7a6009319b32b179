"""curl.exe: the real curl of this computer with the machine's arguments, its names, addresses and files put in their places.

What a run adds is ``-q``, ``--connect-to`` for each server of a request that goes there directly, the place of a proxy that ``-x``
names, and the machine's trusted authority. A name that the machine does not know becomes one that no resolver can look up (its
last label is longer than the 63 characters of RFC 1035), so that curl itself fails, with 5 or 6, and nothing is sent anywhere.

Windows before build 19041 came with curl 7.55.1. It knows fewer options and --write-out variables, and a section after ``--next``
is only begun where the last URL of the section before succeeded (src/tool_operate.c up to 7.65). Still different from Windows, whose
curl uses Schannel: ``%{ssl_verify_result}`` is always 0 there, and a certificate that is refused gives other codes (network/README.md).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from ..files import parent
from .curl_options import FILES, VALUES, Section, UnknownOption, read_arguments, write_out_of_7_55

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

BUILD_OF_LATER_CURL = 19041
FAILED_INIT = 2
_LONGEST_RUN = 300.0
_NO_NAME = f".{'x' * 64}"
_ERROR_BEFORE_TEXT = re.compile(rb"(curl: \(\d+\) [^\x02]*)\x02([^\x03]*)\x03")
_URL = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?:[^/@?#]*@)?(?P<host>[^/:?#@{}\[\]]+)(?::(?P<port>\d+))?(?:[/?#].*)?", re.IGNORECASE
)
_PROXY = re.compile(r"(?:(?P<scheme>\w+)://)?(?P<user>.*@)?(?P<host>[^/:@]+)(?::(?P<port>\d+))?/?")
_PROXY_PORT = 1080
"""curl's default."""


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Run curl.exe with the arguments after its name."""
    program = shutil.which("curl")
    if program is None:
        raise NotImplementedInLab("this computer has no curl")
    old = machine.profile.build < BUILD_OF_LATER_CURL
    if list(arguments) in (["--version"], ["-V"]):
        return _version(old)
    try:
        sections = read_arguments(arguments, old=old)
    except UnknownOption as option:
        text = (
            f"curl: option {option}: is unknown\r\ncurl: try 'curl --help' or 'curl --manual' for more information\r\n"
        )
        return Execution(b"", text.encode(), FAILED_INIT)
    with tempfile.TemporaryDirectory(prefix="lab-curl-") as folder:
        run = _Run(machine, Path(folder), old)
        words = [run.words(section) for section in sections]
        if old:
            executions = []
            for each in words:
                executions.append(run.start(program, each))
                if executions[-1].exit_code:
                    break
        else:
            executions = [run.start(program, [word for each in words for word in ("--next", *each)][1:])]
        run.take_over_files()
    return Execution(
        b"".join(each.stdout for each in executions),
        b"".join(each.stderr for each in executions) + run.complaints,
        executions[-1].exit_code,
    )


class _Run:
    """One run on a machine: where its names and files lie on this computer."""

    def __init__(self, machine: SimulatedMachine, folder: Path, old: bool) -> None:
        self._machine = machine
        self._folder = folder
        self._old = old
        self._files: dict[str, tuple[str, Path]] = {}
        (folder / "out").mkdir()
        self.complaints = b""

    def words(self, section: Section) -> list[str]:
        """The real curl's arguments for a section."""
        if any(value not in ("", "*") for value in section.values("noproxy")):
            raise NotImplementedInLab("--noproxy with names")
        proxies = section.values("proxy", "proxy1.0")
        direct = not (proxies and proxies[-1]) or "*" in section.values("noproxy")
        # Always read, for what the lab does not do in a URL must be seen through a proxy as well.
        places = [place for url in section.urls for place in self._connect_to(url)]
        if section.has("location"):
            for host, port in self._machine.network.known():
                places += ["--connect-to", f"{host}:{port}:{self._place(host, port)}"]
        words = [*places, "--connect-to", f"::unknown{_NO_NAME}:"] if direct else []
        for name, option, value in section.tokens:
            if not name:
                words += option
            elif name in VALUES:
                words += [*option, self._value(name, value, len(section.urls))]
            else:
                words += option
        return words

    def _value(self, name: str, value: str, urls: int) -> str:
        if name in FILES:
            return self._file(value)
        if name in ("proxy", "proxy1.0"):
            return self._proxy(value)
        if name == "write-out":
            if value.startswith("@"):
                raise NotImplementedInLab("--write-out from a file")
            if self._old:
                value, unknown = write_out_of_7_55(value)
                value = f"\x02{value}\x03"
                for variable in unknown * urls:
                    self.complaints += f"curl: unknown --write-out variable: '{variable}'\r\n".encode()
        return value

    def _connect_to(self, url: str) -> list[str]:
        match = _URL.fullmatch(url)
        scheme = (match["scheme"] or "http").lower() if match else ""
        if match is None or scheme not in ("http", "https"):
            raise NotImplementedInLab(f"the URL {url}")
        port = match["port"] or {"http": "80", "https": "443"}[scheme]
        return ["--connect-to", f"{match['host']}:{port}:{self._place(match['host'], int(port))}"]

    def _proxy(self, value: str) -> str:
        match = _PROXY.fullmatch(value)
        if not value:
            return value
        if match is None or (match["scheme"] or "http").lower() != "http":
            raise NotImplementedInLab("a proxy that is not http://")
        return f"http://{match['user'] or ''}{self._place(match['host'], int(match['port'] or _PROXY_PORT))}"

    def _place(self, host: str, port: int) -> str:
        place = self._machine.network.locate(host, port)
        return f"{place[0]}:{place[1]}" if place else f"{host}{_NO_NAME}:{port}"

    def _file(self, path: str) -> str:
        if path == "-":
            return path
        if path.lower() in ("nul", r"\\.\nul"):
            return os.devnull
        if not re.fullmatch(r"[A-Za-z]:[\\/].+", path):
            raise NotImplementedInLab(f"the relative path {path}")
        files = self._machine.files
        possible = files.is_folder(parent(path.replace("/", "\\"))) and not files.is_folder(path)
        place = self._folder / ("out" if possible else "missing") / str(len(self._files))
        return str(self._files.setdefault(path.lower(), (path, place))[1]) if possible else str(place)

    def start(self, program: str, words: Sequence[str]) -> Execution:
        """Run the real curl, with nothing of this computer's settings."""
        environment = {"HOME": str(self._folder), "CURL_HOME": str(self._folder), "LC_ALL": "C.UTF-8"}
        if any(word.lower().startswith("https:") for word in words) or {"-L", "--location"} & set(words):
            environment["CURL_CA_BUNDLE"] = str(self._machine.network.network.trusted)
        try:
            done = subprocess.run(
                [program, "-q", *words],
                env=environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST_RUN,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotImplementedInLab(f"curl did not end within {_LONGEST_RUN:.0f} seconds") from None
        return Execution(self._names(done.stdout), self._names(done.stderr), done.returncode)

    def _names(self, stream: bytes) -> bytes:
        """A stream with the machine's own names in place of those that were given to curl."""
        stream = stream.replace(_NO_NAME.encode(), b"")
        if self._old:
            # 7.55.1 prints the text before the error, which shows where both go to standard output (--stderr -).
            stream = _ERROR_BEFORE_TEXT.sub(rb"\2\1", stream).replace(b"\x02", b"").replace(b"\x03", b"")
        for path, place in self._files.values():
            stream = stream.replace(str(place).encode(), path.encode())
        return stream

    def take_over_files(self) -> None:
        """Write to the machine's files what curl wrote."""
        for path, place in self._files.values():
            if place.is_file():
                self._machine.files.write(path, place.read_bytes())


def _version(old: bool) -> Execution:
    """As Windows' own curl says it; the one from 19041 on is of late 2023 here, updates bring others."""
    lines = (
        ["curl 7.55.1 (Windows) libcurl/7.55.1 WinSSL", "Release-Date: [unreleased]"]
        if old
        else ["curl 8.4.0 (Windows) libcurl/8.4.0 Schannel WinIDN", "Release-Date: 2023-10-11"]
    )
    lines.append("Protocols: dict file ftp ftps http https imap imaps pop3 pop3s smtp smtps telnet tftp")
    lines.append(
        "Features: AsynchDNS IPv6 Largefile SSPI Kerberos SPNEGO NTLM SSL"
        if old
        else "Features: AsynchDNS HSTS HTTPS-proxy IDN IPv6 Kerberos Largefile NTLM SPNEGO SSL SSPI threadsafe UnixSockets"
    )
    return Execution("".join(f"{line}\r\n" for line in lines).encode())
