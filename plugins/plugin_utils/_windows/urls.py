# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs, proxies and texts that contain them, as they may be shown: without what may be a password.

A password is removed by what is known to be none, and not by what looks like one: of a URL, scheme, server and path are shown; of
any other text in its place only what can be scheme and host, and HIDDEN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HIDDEN = "..."
"""What stands in place of what is not shown."""

_LONGEST_PATH = 300
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:(?://|\\\\)")
_SERVER_END = re.compile(r"[/?#\\]")
_HOST = r"\[[0-9A-Fa-f:.]{2,45}\]|\w[\w.\ufffd-]{0,252}"
_SERVER = re.compile(rf"({_HOST})(:[0-9]{{0,5}})?")
# Characters of paths, and of those that are encoded none that separates what has a name from its value.
_PATH = re.compile(r"(?:[/\w.~!$'()*+,{}-]|%(?!2[356]|3[abdf]|40)[0-9a-f]{2})*", re.IGNORECASE)
_DRIVE = re.compile(r"/[A-Za-z]:(?=[/\\])")
_QUOTES = " \t\r\n\"'<"
# What a server is set to that names none; it hides nothing.
_NO_NAME = " ./\\:-_\"'"

_KINDS = r"(?:http|https|ftp|socks)"
# Where a list by scheme can be split: only before a scheme, because a password may contain separators.
_NEXT = re.compile(rf"((?<![;\s])[;\s]+(?={_KINDS}=))", re.IGNORECASE)
# The scheme of a list entry (http=) or of a URL is kept; the text between it and the last @ is user and password.
_CREDENTIALS = re.compile(rf"^((?:{_KINDS}=)?(?:{_KINDS}://)?).*@", re.IGNORECASE | re.DOTALL)
_ENTRY = re.compile(rf"({_KINDS}=)?(.*)", re.IGNORECASE | re.DOTALL)
_PATTERN = re.compile(r"<-?\w{1,20}>|[\w.*?\ufffd-]{1,253}(?::(?:[0-9]{1,5}|\*))?")
_SEPARATORS = re.compile(r"([;\s]+)")
_WORD = re.compile(r"[\w.~%-]+")

_IN_TEXT = re.compile(
    r"(?P<url>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}:(?://|\\\\)(?:\S{0,1000}@)?[^\s'\"<>|]*)"
    r"|(?P<account>(?<![^\s'\"(=,;|<>])[^\s:@/'\"()\[\]{}=,;|<>]{1,256}:\S{0,1000}@)"
    r"|(?P<name>\b(?:\w{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|api_?key|signature)|sig)s?"
    r"\s?(?:=|:|%3[ad])\s?)(?:\"[^\"]*\"|\'[^\']*\'|\S+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Redaction:
    """What is made of what may be a password. ``keeps_form``: the text is read again, so each word of it is replaced by ``word``."""

    word: str
    keeps_form: bool

    def url(self, url: str) -> str:
        """A URL, as ``without_credentials``."""
        text = url.lstrip(_QUOTES)
        scheme = match[0] if (match := _SCHEME.match(text)) else ""
        rest = text[len(scheme) :]
        if not rest.strip(_NO_NAME):
            return url[:_LONGEST_PATH]
        redacted = f"{scheme}{self._server_and_path(rest, scheme)}"
        if self.keeps_form:
            return f"{url[: len(url) - len(text)]}{redacted}"
        return redacted if text == url or redacted.endswith(self.word) else f"{redacted}{self.word}"

    def servers(self, servers: str) -> str:
        """A list of servers, as ``servers_without_credentials``."""
        account = rf"\1{self.word}@" if self.keeps_form else r"\1"
        entries = (_CREDENTIALS.sub(account, entry) for entry in _NEXT.split(servers))
        return "".join(self._entry(piece) for entry in entries for piece in _SEPARATORS.split(entry))

    def text(self, text: str) -> str:
        """A free text, as ``text_without_credentials``."""
        return _IN_TEXT.sub(self._part, text)

    def _server_and_path(self, rest: str, scheme: str) -> str:
        server = _SERVER_END.split(rest, maxsplit=1)[0]
        path = rest[len(server) :]
        if scheme.lower() == "file://" and not server:
            return self._path(path)
        if "@" in path:
            return self._hidden(rest)
        _account, at, host = server.rpartition("@")
        shown = f"{self.word}@" if at and self.keeps_form else ""
        found = _SERVER.match(host)
        if found is None:
            return f"{shown}{self._hidden(host + path)}"
        if found.end() < len(host):
            return f"{shown}{found[1]}{self._hidden(host[found.end(1) :] + path)}"
        return f"{shown}{host}{self._path(path)}"

    def _path(self, path: str) -> str:
        """The path of a URL. From the first character on that it should not contain nothing is shown."""
        drive = match[0] if (match := _DRIVE.match(path)) else ""
        plain = _PATH.match(path, len(drive))
        end = plain.end() if plain else 0
        end = end if self.keeps_form else min(end, _LONGEST_PATH)
        return path if end == len(path) else f"{path[:end]}{self._hidden(path[end:])}"

    def _entry(self, piece: str) -> str:
        """One entry of a list, or what separates two."""
        if not piece.strip("; \t\r\n") or _PATTERN.fullmatch(piece):
            return piece
        match = _ENTRY.match(piece)
        kind, server = match.groups("") if match else ("", piece)
        return f"{kind}{server if _PATTERN.fullmatch(server) else self.url(server)}"

    def _part(self, match: re.Match[str]) -> str:
        if match["url"]:
            return self.url(match["url"])
        if match["account"]:
            return f"{self.word}:{self.word}@" if self.keeps_form else f"{self.word}@"
        return f"{match['name']}{self.word}"

    def _hidden(self, rest: str) -> str:
        """What stands in place of the rest of a URL; nothing in place of a query alone."""
        if not self.keeps_form:
            return "" if rest[:1] in ("?", "#") else self.word
        secret, at, after = rest.rpartition("@")
        server = match[0] if at and (match := _SERVER.match(after)) else ""
        return f"{self._words(secret)}{at}{server}{self._words(after[len(server) :])}"

    def _words(self, text: str) -> str:
        return _WORD.sub(self.word, text)


_SHOWN = Redaction(HIDDEN, keeps_form=False)


def without_credentials(url: str) -> str:
    """A URL without user, password, query and fragment, which must not be in facts.

    Of what is no URL only scheme and host are shown, of a URL with an @ after the server only the scheme: a password may contain
    the characters that end the server.
    """
    return _SHOWN.url(url)


def servers_without_credentials(servers: str) -> str:
    """A proxy, a list of proxies by scheme or a bypass list, each entry without what may be a password."""
    return _SHOWN.servers(servers)


def text_without_credentials(text: str) -> str:
    """A free text: its URLs, accounts with a password and values that are named as passwords without what may be one."""
    return _SHOWN.text(text)


def is_server(text: str) -> bool:
    """Whether a text is a host name or an address, with or without a port, and nothing else."""
    found = _SERVER.fullmatch(text)
    return found is not None and 0 < int((found[2] or ":80")[1:] or 80) <= 65_535


def accounts_removed(servers: str) -> str:
    """A proxy or a list of proxies by scheme without user and password, otherwise unchanged: to choose from, not to show."""
    return "".join(_CREDENTIALS.sub(r"\1", entry) for entry in _NEXT.split(servers))
