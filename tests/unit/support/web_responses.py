"""What a WSUS server gives to our requests, as curl.exe prints it: healthy, to be broken one request at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import responses
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.requests import Proxies
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.responses import Response
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result, command

CAB = "selfupdate/wuident.cab"
ENDPOINTS = {
    "client": "ClientWebService/client.asmx",
    "version": "ClientWebService/wusserverversion.xml",
    "auth": "SimpleAuthWebService/SimpleAuth.asmx",
    "cab": CAB,
    "root": "iuident.cab",
    "head": CAB,
    "part": CAB,
}
"""The path of each request by a short name, in their order."""

_PAGE = {"size": 7314, "type": "text/html; charset=utf-8"}
_CABINET = {"size": 31620, "type": "application/vnd.ms-cab-compressed"}
_GIVEN: Mapping[str, Mapping[str, Any]] = {
    "client": _PAGE,
    "version": {"size": 141, "type": "text/xml"},
    "auth": {"size": 2733, "type": "text/html; charset=utf-8"},
    "cab": _CABINET,
    "root": {"status": 404, "size": 1245, "type": "text/html"},
    "head": _CABINET | {"size": 0, "shown": ["HTTP/1.1 200 OK", "Content-Length: 31620", "Server: IIS", ""]},
    "part": _CABINET | {"size": 4, "status": 206, "shown": ["MSCF"]},
}


def written(url: str, **given: Any) -> str:
    """One line of ours, as curl writes it out for a request that opened a connection; nothing was reached where ``given`` says so."""
    fields = {
        "status": 200,
        "connected": 0,
        "address": "10.0.0.5",
        "size": 0,
        "lookup": 0.004,
        "connect": 0.005,
        "tls": 0.012 if url.startswith("https:") else 0,
        "total": 0.02,
        "type": "",
    } | given
    times = "|".join(f"{fields[name]:.6f}" for name in ("lookup", "connect", "tls", "total"))
    head = f"wsus|{url}|{fields['status']:03}|{fields['connected']:03}|{fields['address']}|{fields['size']}"
    return f"{head}|{times}|{fields['type']}"


@dataclass(frozen=True)
class Served:
    """What one way gives: what differs from a healthy server of today, by request.

    ``code`` is the exit code: the last request that is ``asked`` ends with it, those after it are not made.
    """

    differs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    code: int = 0
    asked: int = len(ENDPOINTS)

    def answer(self, command: Command) -> Result:
        """The answer to a call of curl.exe, or of the function that stands for it."""
        if files := asked_files(command):
            return self.files_of(command, files)
        base, cab = asked_urls(command)
        return Result(command, self.code, tuple(self._lines(base, cab, through=asked_proxy(command) is not None)))

    def files_of(self, command: Command, urls: tuple[str, ...]) -> Result:
        """The answer to HEAD for update files: as that of the cab, besides what differs for ``file`` or for one URL.

        Where a series ends with its first request, the first file has no answer either.
        """
        first = self.differs.get("client", {}) if self.asked == 1 else {}
        lines: list[str] = []
        for url in urls:
            given = _GIVEN["head"] | self.differs.get("head", {}) | first
            given |= self.differs.get("file", {}) | self.differs.get(url, {})
            lines += [*given.pop("shown", ()), written(url, **given)]
            if not given.get("status", 200):
                return Result(command, self.code or 7, tuple(lines))
        return Result(command, 0, tuple(lines))

    def _lines(self, base: str, cab: str, *, through: bool) -> list[str]:
        lines: list[str] = []
        connected = set()
        for name, path in list(ENDPOINTS.items())[: self.asked]:
            url = cab if name in ("head", "part") else f"{base}/{path}"
            first = {"connected": 200} if through and url.startswith("https:") else {}
            again = {"lookup": 0.00002, "connect": 0, "tls": 0}  # the connection is used again
            given = (again if url[:6] in connected else first) | _GIVEN[name] | self.differs.get(name, {})
            connected.add(url[:6])
            lines += [*given.pop("shown", ()), written(url, **given)]
        return lines


def everywhere(**given: Any) -> Served:
    """A way on which every request is answered with this; what is shown of a body comes for the part only."""
    shown = {"head": {"shown": ["HTTP/1.1 200 OK", ""]}, "part": {"shown": ["<!DOCTYPE html>"]}}
    return Served({name: given | shown.get(name, {}) for name in ENDPOINTS})


def broken(code: int, **given: Any) -> Served:
    """A way whose first request ends with a code of curl."""
    return Served({"client": {"status": 0, "size": 0, "type": ""} | given}, code, 1)


def asked_urls(command: Command) -> tuple[str, str]:
    """The server that a call asks, and the URL of the cab whose length and first bytes it asks for."""
    words = command.arguments
    if command.program == "w":
        return words[0], words[2]
    first = words[words.index("-o") + 2]
    return first.removesuffix("/{" + ",".join(list(ENDPOINTS.values())[:5]) + "}").removesuffix(
        f"/{ENDPOINTS['client']}"
    ), words[-1]


def asked_files(command: Command) -> tuple[str, ...]:
    """The update files that a call asks for with HEAD; none where it asks a server."""
    words = command.arguments
    if command.program == "w":
        paths = words[1].split(",")
        return tuple(each.removeprefix("HEAD ") for each in paths) if paths[0].startswith("HEAD ") else ()
    return words[words.index("-w") + 2 :] if "-I" in words and "--next" not in words else ()


def asked_proxy(command: Command) -> str | None:
    """The proxy through which a call asks."""
    words = command.arguments
    if command.program == "w":
        proxy = words[4] if asked_files(command) else words[3]
        return None if proxy == "-" else proxy.removeprefix("http://")
    return words[words.index("-x") + 1].removeprefix("http://") if "-x" in words else None


def read(*lines: str, code: int = 0, proxy: str | None = None, tls: bool = False) -> tuple[Response, ...]:
    """The answers in lines that one call of curl.exe printed before it ended with the code."""
    return responses.Parser(Proxies(proxy, proxy), tls)(Result(command("curl.exe", "-q"), code, lines)).answers


def one(line: str, code: int = 0, proxy: str | None = None) -> Response:
    """The answer in the only line that was printed."""
    (answer,) = read(line, code=code, proxy=proxy)
    return answer
