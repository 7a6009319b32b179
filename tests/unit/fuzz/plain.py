"""Parsers of a text or of bytes: a value of the registry, a field of an event, a word of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import update_title
from ansible_collections.wsus.client.plugins.plugin_utils._components.client_id import formats
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import server_url
from ansible_collections.wsus.client.plugins.plugin_utils._components.proxy import selection
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import files
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import placeholder
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import machine
from ansible_collections.wsus.client.plugins.plugin_utils._text import one_line, visible
from ansible_collections.wsus.client.plugins.plugin_utils._windows import (
    event_log,
    folders,
    readable,
    service_key,
    timestamps,
    urls,
    values,
    winhttp,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.winhttp_value import winhttp_bytes
from unit.fuzz import mutation
from unit.fuzz.parser import Parser


def image_path(text: str) -> None:
    """Reads the image path of a service."""
    definition = service_key.Definition(text, *(None,) * 5, (), *(None,) * 4)
    _unused = definition.program, definition.arguments, definition.svchost_group


def _numbers(text: str) -> None:
    for read in (values.integer, values.hexadecimal, values.decimal, _error_codes.parse):
        with suppress(ValueError):
            read(text)
    event_log.code_of(text)


def _times(text: str) -> None:
    for read in (values.time_text, timestamps.from_iso):
        with suppress(ValueError):
            read(text)
    timestamps.from_plain(text)
    timestamps.from_stamp(text)
    machine.moment(text)


def _url(url: str) -> None:
    urls.without_credentials(url)
    server_url.url_error(url)
    server_url.same(url, "http://wsus.example.com:8530")
    placeholder.placeholder(url)
    placeholder.is_itself(url)
    files.host_of(url)
    selection.proxy_for(url, "http=a:80;b:81", "*.example.com")


def _proxies(given: str) -> None:
    urls.servers_without_credentials(given)
    urls.text_without_credentials(given)


def _proxy_choice(given: str) -> None:
    selection.bypassed("wsus01.corp.example.com", given)
    selection.proxy_for("http://wsus01.corp.example.com:8530", given, "")


def _titles(title: str) -> None:
    update_title.shown(title)
    update_title.product(title)
    update_title.is_same_or_later(title, "2026-11 Cumulative Update (KB5066791)")
    update_title.is_same_or_later(title, "Definition Update 1.403.88.0")


def _paths(path: str) -> None:
    for judge in (folders.is_plain, folders.is_plain_name, folders.is_protected):
        judge(path)
    with suppress(folders.UnsupportedPath):
        folders.list_folders(path)


def _shown(said: str) -> None:
    visible(said)
    one_line(said)
    readable.may_be(said, "Beschreibung für Größe")
    formats.is_id(said)


_PROXIES = (
    "proxy:3128",
    "http=u:p@a:80;https=b:443;socks=c",
    "<local>;*.example.com;10.*;[fe80::1];http://x",
    "",
    "w*01*com",
)
TEXTS: Mapping[str, tuple[Callable[[str], None], Sequence[str]]] = {
    "numbers": (
        _numbers,
        ("0", "19045", "0x80240034", "0.010000", "4.47E-05", "%%1058", "-2147023838", "ERROR_TIMEOUT"),
    ),
    "times": (
        _times,
        ("2026-11-23T04:15:00.1234567Z", "2026-11-23T04:15:00+00:00", "2026-11-23 04:15:00", "20261123T041500Z"),
    ),
    "urls": (
        _url,
        ("http://wsus.example.com:8530", "https://u:p@10.0.0.1/a?b#c", "http://[fe80::1%25eth0]:80/", "wsus", ""),
    ),
    "proxies": (_proxies, _PROXIES),
    "proxy_choice": (_proxy_choice, _PROXIES),
    "titles": (
        _titles,
        (
            "2026-11 Cumulative Update for Windows 10 Version 22H2 (KB5066791)",
            "Definition Update 1.403.88.0",
            "9WZDN-Store",
            "",
        ),
    ),
    "image_paths": (
        image_path,
        (
            r"%SystemRoot%\System32\svchost.exe -k netsvcs -p",
            r'"C:\a b\x.exe" -y',
            r"\SystemRoot\d.sys",
            "svchost -k a",
            "",
        ),
    ),
    "paths": (
        _paths,
        (r"C:\Windows\SoftwareDistribution", r"%windir%\System32\catroot2*", r"\\server\share", "D:", ""),
    ),
    "shown": (
        _shown,
        ("The service is off.", "Beschreibung f\ufffdr Gr\ufffdße", "3b4e28ba-2fa1-41d2-883f-0016d3cca427"),
    ),
}


def of_texts() -> Iterator[Parser[str]]:
    """What reads a text, and promises a result for every one."""
    for name, (run, real) in TEXTS.items():
        yield Parser(name, run, partial(tuple, real), mutation.text, own=())


_ACTIONS = "80510100000000000000000003000000140000000100000060EA000001000000C0D401000000000000000000"
BYTES: Mapping[str, tuple[Callable[[bytes], object], Sequence[bytes]]] = {
    "winhttp": (
        winhttp.read,
        (
            winhttp_bytes(WinHttp()),
            winhttp_bytes(WinHttp(0x18, 3, 3, "proxy:3128", "<local>;*.example.com")),
            winhttp_bytes(WinHttp(0x28, 9, 13, "", "", b"\0" * 20)),
        ),
    ),
    "failure_actions": (service_key.parse_failure_actions, (bytes.fromhex(_ACTIONS), b"")),
    "client_id_validation": (formats.read_validation, (b"\6\2\x10" + b"\0" * 3 + "S3RIAL-1".encode("utf-16-le"), b"")),
    "sid": (formats.read_sid, (bytes.fromhex("0105000000000005150000000102030405060708090a0b0c00020000"), b"")),
}


def of_bytes() -> Iterator[Parser[bytes]]:
    """What decodes bytes."""
    for name, (run, real) in BYTES.items():
        yield Parser(name, run, partial(tuple, real), mutation.blob)
