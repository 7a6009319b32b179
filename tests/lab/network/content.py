"""What a WSUS server's web site has under the URLs that Microsoft documents for clients.

Sources: MS-WUSP section 2.1 for the paths; the article KB10132 for iuident.cab in the root, which came with the old protocol and
which servers from 2012 on answer with 404. The words of the pages are the lab's own; size, type and status are what matters.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

HTML = "text/html"


@dataclass(frozen=True)
class Resource:
    """A file, which may be asked for in ranges, or (``dynamic``) the output of a program, which may not."""

    type: str
    body: bytes
    dynamic: bool = False


FORBIDDEN = ("/", "/content/", "/selfupdate/", "/clientwebservice/", "/simpleauthwebservice/")
"""Folders: they are not listed."""

CAPTIVE_PAGE = (
    b"<!DOCTYPE html>\r\n<html><head><title>Sign in to the network</title></head>\r\n"
    b'<body><h1>Welcome</h1><form action="/login" method="post"><input name="user"><button>Sign in</button></form></body></html>\r\n'
)


@lru_cache
def resources(generation: str) -> Mapping[str, Resource]:
    """The site by lower-case path."""
    site = {
        "/selfupdate/wuident.cab": Resource("application/vnd.ms-cab-compressed", _cabinet("wuident.txt", 31_620)),
        "/selfupdate/iuident.cab": Resource("application/vnd.ms-cab-compressed", _cabinet("iuident.txt", 24_484)),
        "/clientwebservice/client.asmx": _service("Client", 7_314),
        "/simpleauthwebservice/simpleauth.asmx": _service("SimpleAuth", 2_733),
        "/reportingwebservice/reportingwebservice.asmx": _service("WebService", 3_198),
        "/clientwebservice/wusserverversion.xml": Resource(
            "text/xml",
            b'<?xml version="1.0" encoding="utf-8"?>\r\n<ServerVersion>\r\n  <ProtocolVersion>'
            + (b"3.2" if generation == "3.0" else b"1.20")
            + b"</ProtocolVersion>\r\n</ServerVersion>\r\n",
        ),
    }
    if generation == "3.0":
        site["/iuident.cab"] = site["/selfupdate/iuident.cab"]
    return site


def server_header(generation: str) -> str:
    """The web server's name: IIS 7.5 below WSUS 3.0 SP2, IIS 10 below a server of today."""
    return "Microsoft-IIS/7.5" if generation == "3.0" else "Microsoft-IIS/10.0"


def error_page(status: int, phrase: str) -> bytes:
    """A page as IIS gives it to clients on other machines: the status and no details."""
    page = (
        f"<!DOCTYPE html>\r\n<html><head><title>{status} - {phrase}.</title></head>\r\n"
        f"<body><h1>Server Error</h1>\r\n<h2>{status} - {phrase}.</h2></body></html>\r\n"
    )
    return page.encode()


def _cabinet(member: str, size: int) -> bytes:
    """A file with the header of a cabinet (one folder, one file) and a body that nobody can compress."""
    name = member.encode() + b"\0"
    entry = struct.pack("<IIHHHH", size, 0, 0, 0x3A21, 0x6000, 0x20) + name
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, 44, 0, 3, 1, 1, 1, 0, 0x1D4C, 0)
    folder = struct.pack("<IHH", 44 + len(entry), 1, 0x1503)
    start = head + folder + entry
    return start + random.Random(member).randbytes(size - len(start))


UPDATE_FILE = Resource("application/octet-stream", _cabinet("update.txt", 65_536))
"""Stands for every update file."""


def _service(name: str, size: int) -> Resource:
    """The page that describes a web service to a browser."""
    head = f'<html>\r\n\r\n    <head><title>\r\n\t{name} Web Service\r\n</title></head>\r\n\r\n  <body>\r\n\r\n    <div id="content">\r\n'
    tail = "    </div>\r\n  </body>\r\n</html>\r\n"
    line = f"      <p>The following operations are supported: {name}.</p>\r\n"
    page = head + line * max(1, (size - len(head) - len(tail)) // len(line)) + tail
    return Resource("text/html; charset=utf-8", page.encode(), dynamic=True)
