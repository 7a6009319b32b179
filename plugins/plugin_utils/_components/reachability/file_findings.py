# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the files whose transfer failed: what the server says of the very file now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ... import _error_codes
from ..._finding import Evidence, Finding, Remedy
from ..._windows.urls import without_credentials
from . import finding_types
from .facts import Server
from .files import AskedFile

_BITS_HTTP = 0x80190000
_UUP = frozenset({".msu", ".wim"})
_NO_TYPE = frozenset({".psf", ".esd", *_UUP})
"""Types of update files for which IIS has no MIME type by itself: it answers 404 although the file is there. .msu and .wim came with the
Unified Update Platform (Microsoft, "Plan your WSUS deployment", "Manually add the required MIME types for UUP"); the upgrade packages
.esd (Microsoft KB 3159706) and the express files .psf (public report of codes 0x80190194 and 0x80244019) need one as well."""
_UUP_ACTION = (
    "On the server, install the cumulative update of February 2023 or later (2012 and 2012 R2: March 2023), or add the MIME types in IIS: "
    '.msu application/octet-stream and .wim application/x-ms-wim (Microsoft, "Plan your WSUS deployment", "Manually add the required MIME '
    'types for UUP").'
)


@dataclass(frozen=True)
class _Meaning:
    """What a response means, who acts, and how."""

    what: str
    cause: str
    remedy: Remedy
    action: str


_STATUSES: Mapping[int, _Meaning] = {
    401: _Meaning(
        "requires authentication (HTTP 401)",
        "Anonymous access to the content folder is disabled in IIS, or the account of IIS cannot read the folder, as on a network share.",
        "server_side",
        "Enable anonymous access to the virtual directory Content in IIS, and allow its account to read the folder or share of the files.",
    ),
    403: _Meaning(
        "is forbidden (HTTP 403)",
        "IIS requires TLS for the content folder, denies the address of the client, or its account has no permission to read the folder.",
        "server_side",
        "Check the permissions of the content folder, and the TLS requirement and address restrictions of the virtual directory Content in IIS.",
    ),
    407: _Meaning(
        "is not passed on by a proxy that requires authentication (HTTP 407)",
        "The agent runs as LocalSystem and has no credentials for the proxy.",
        "network",
        "Allow the machines through the proxy without authentication, or add the server to the bypass list.",
    ),
    503: _Meaning(
        "is not served (HTTP 503)",
        "The application pool of the content folder is stopped, or its queue is full.",
        "server_side",
        "Start the application pool and check the load of the server.",
    ),
}
_MISSING = _Meaning(
    "does not exist on the server (HTTP 404)",
    "The server has not downloaded the file yet, or lost it; or the virtual directory Content in IIS leads to another folder.",
    "server_side",
    "Look for the file in the content folder of the server; if it is missing, run wsusutil reset there, which downloads missing files again.",
)
_EMPTY = _Meaning(
    "is empty or replaced by a page",
    "The file in the content folder of the server is damaged, or something else responds in place of the server.",
    "server_side",
    "Delete the file in the content folder of the server and run wsusutil reset there, which downloads it again.",
)


def file_findings(server: Server) -> Iterator[Finding]:
    """A finding for each file that still cannot be downloaded; none for a failure that the response does not concern any more."""
    for file in server.files:
        jobs = [job for job in server.past.jobs if job.url == file.url]
        of_status = {_BITS_HTTP | (file.status or 0)}
        recent = any(server.past.recent(job.time) for job in jobs)
        # An old failure of another kind: since then the update can have been declined, and its file deleted from the server.
        if not jobs or file.there or not (recent or of_status & {job.code for job in jobs}):
            continue
        meaning = _through_proxy(server, file) or _meaning(file)
        yield finding_types.FILE.found(
            f"The file {_name(file)} {meaning.what}: {without_credentials(file.url)}",
            cause=f"{meaning.cause} Other requests to the server succeed."
            if file.status
            else f"{meaning.cause} WSUS names this server for its files.",
            action=meaning.action,
            severity="warning" if recent else "info",
            remedy=meaning.remedy,
            evidence=(Evidence.request(file.as_fact()),),
            codes=_codes(file),
        )


def _meaning(file: AskedFile) -> _Meaning:
    if file.status is None:
        return _Meaning(
            "cannot be requested",
            "Its server does not respond: the name does not resolve, nothing listens on the port, or a firewall drops the connection.",
            "network",
            "Check the server of the file: it is the WSUS server or the alternate download server (UpdateServiceUrlAlternate) of the policy.",
        )
    extension = _extension(file)
    if file.status == 404 and extension in _NO_TYPE:
        return _Meaning(
            "is not served (HTTP 404)",
            f"IIS has no MIME type for {extension}, so it answers 404 although the file is there; or the file is missing on the server.",
            "server_side",
            _UUP_ACTION
            if extension in _UUP
            else f"Add the MIME type {extension} application/octet-stream to the WSUS site in IIS; if it has one, run wsusutil reset.",
        )
    if file.status == 404:
        return _MISSING
    if file.status == 200:
        return _EMPTY
    return _STATUSES.get(file.status) or _Meaning(
        f"is not served (HTTP {file.status})",
        "The web server or something on the path refuses this file.",
        "server_side",
        "Check the log of IIS on the server for the request of this file.",
    )


def _through_proxy(server: Server, file: AskedFile) -> _Meaning | None:
    """If only the proxy of the agent refuses the file, the fault is the proxy's."""
    direct = next((each for each in server.files_otherwise if each.url == file.url), None)
    if file.proxy is None or direct is None or direct.proxy is not None or not direct.there:
        return None
    says = f"HTTP {file.status}" if file.status else "no response"
    return _Meaning(
        f"is not passed on by the proxy {file.proxy} ({says}); it can be downloaded directly",
        f"The proxy {file.proxy} blocks this file or its type.",
        "network",
        f"Allow the file type on the proxy {file.proxy}, or add the WSUS server to the bypass list of the machine's proxy.",
    )


def _codes(file: AskedFile) -> tuple[str, ...]:
    """The codes of BITS and of the agent for the status; those of a missing response are not specific to a file."""
    agent = {401: 0x80244017, 403: 0x80244018, 404: 0x80244019, 407: 0x8024401B, 500: 0x8024401F, 503: 0x80244022}
    if not file.status or file.status == 200:
        return ()
    found = (_BITS_HTTP | file.status, *((agent[file.status],) if file.status in agent else ()))
    return tuple(map(_error_codes.hexadecimal, found))


def _name(file: AskedFile) -> str:
    return urlsplit(without_credentials(file.url)).path.rpartition("/")[2]


def _extension(file: AskedFile) -> str:
    name, dot, extension = _name(file).rpartition(".")
    return f"{dot}{extension}".lower() if name else ""
