# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces what identifies a machine in free text: by its form (addresses, ids, URLs, paths), and known names by their words.

Every repetition in the patterns is bounded, so the time grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .._windows.urls import Redaction
from .aliases import Aliases

_MOST_PHRASES = 200
_REDACTED = "redacted"
_MASKED = Redaction(_REDACTED, keeps_form=True)

_GUID = r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
_SID = r"S-1-(?:5-21|12-1|5-83-1)(?:-[0-9]{1,10}){3,5}"
_FORMS = {
    "url": r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,10}://[^\s'\"<>|;]+",
    "mail": r"(?<![^\s;=,'\"<>|/\\()\[\]])[^\s;=,'\"<>|/\\()\[\]@]{1,64}@[^\W_][\w.-]{0,252}",
    "sid": _SID,
    "guid": _GUID,
    "mac": r"(?<![\w:-])[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}(?![\w:-])|(?<![\w:-])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![\w:-])",
    "ipv6": r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?![\w:])",
    "ipv4": r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])",
    "network": r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\.\*",
    "dc": r"(?<![A-Za-z])DC=[^,;'\"<>|\r\n/=.]{1,63}(?:,DC=[^,;'\"<>|\r\n/=.]{1,63}){0,15}",
    "dn": r"(?<![A-Za-z])(?:CN|OU|DC)=[^,;'\"<>|\r\n/=]{1,128}",
    "profile": r"\\(?:[Uu][Ss][Ee][Rr][Ss]|Documents and Settings)\\[^\\'\"<>|;:\r\n/]{1,64}",
    "unc": r"(?<![\\\w:])\\\\[^\\?.\s'\"<>|;][^\\\s'\"<>|;]{0,62}",
}
_WORD = re.compile(r"[^\W_](?:[\w.-]{0,252}[^\W_])?")
_SEPARATORS = "._-"
_SERVER_END = re.compile(r"[/?#]")
_IDS = re.compile(rf"({_SID})|({_GUID})")
_OF_SERVERS = re.compile(r"[;,\s]+")


class TextAliases:
    """Free text with aliases. Names that are found replace nothing before them: read all text once, then once more."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._words: dict[str, str] = {}
        self._pattern = self._compiled()
        self._replace: dict[str, Callable[[str], str]] = {
            "phrase": lambda text: aliases.word(text) or text,
            "url": self._url,
            "mail": self._mail,
            "sid": aliases.sid,
            "guid": aliases.guid,
            "mac": aliases.mac,
            "ipv6": lambda text: aliases.address(text) or text,
            "ipv4": lambda text: aliases.address(text) or text,
            "network": aliases.network,
            "dc": self._domain,
            "dn": self._named,
            "profile": self._profile,
            "unc": lambda text: rf"\\{aliases.host(text[2:])}",
        }

    def learned(self) -> None:
        """Take notice of the names that were found since: from now on they are replaced everywhere."""
        self._words.clear()
        self._pattern = self._compiled()

    def text(self, text: str) -> str:
        """The text with aliases, without what may be a password."""
        text = _MASKED.text(text)
        parts: list[str] = []
        end = 0
        for match in self._pattern.finditer(text):
            parts += [self._plain(text[end : match.start()]), self._replace[match.lastgroup or ""](match[0])]
            end = match.end()
        return "".join([*parts, self._plain(text[end:])])

    def ids(self, text: str) -> str:
        """The text with aliases of SIDs and GUIDs only."""
        return _IDS.sub(lambda match: self._aliases.sid(match[1]) if match[1] else self._aliases.guid(match[2]), text)

    def path(self, text: str) -> str:
        """The text with aliases, its GUIDs as they are."""
        parts = re.split(f"({_GUID})", text)
        return "".join(part if number % 2 else self.text(part) for number, part in enumerate(parts))

    def servers(self, text: str) -> str:
        """A list of URLs, servers with ports, or patterns of servers, as proxy settings and policies have them."""
        text = _MASKED.servers(text)
        separators = _OF_SERVERS.findall(text)
        parts = [self._server(each) for each in _OF_SERVERS.split(text)]
        return "".join(part + separator for part, separator in zip(parts, [*separators, ""], strict=True))

    def masked(self, text: str) -> str:
        """The text with x for each letter and 0 for each digit."""
        return "".join("x" if each.isalpha() else "0" if each.isdigit() else each for each in text)

    def _compiled(self) -> re.Pattern[str]:
        phrases = sorted(self._aliases.phrases(), key=len, reverse=True)[:_MOST_PHRASES]
        named = [rf"(?P<{name}>{form})" for name, form in _FORMS.items()]
        if phrases:
            named.append(rf"(?P<phrase>(?i:(?<![^\W_])(?:{'|'.join(map(re.escape, phrases))})(?![^\W_])))")
        return re.compile("|".join(named))

    def _plain(self, text: str) -> str:
        return _WORD.sub(lambda match: self._word(match[0]), text)

    def _word(self, word: str) -> str:
        if word not in self._words:
            self._words[word] = self._split(word, _SEPARATORS)
        return self._words[word]

    def _split(self, word: str, separators: str) -> str:
        if (alias := self._aliases.word(word)) is not None:
            return alias
        if separators == _SEPARATORS and "." in word and self._aliases.is_host(word):
            return self._aliases.host(word)
        if not separators:
            return self._aliases.within(word)
        return separators[0].join(self._split(each, separators[1:]) for each in word.split(separators[0]))

    def _url(self, url: str) -> str:
        scheme, _separator, rest = url.partition("://")
        server = _SERVER_END.split(rest, maxsplit=1)[0]
        after = rest[len(server) :]
        path, question, _query = after.partition("?")
        if "@" in server:
            server = f"{_REDACTED}@{self._server(server.rpartition('@')[2])}"
        elif "@" in after:
            # A password may hold what ends the server's part. The form stays, since it decides how the URL is read.
            return f"{scheme}://{_REDACTED}{after[0]}{_REDACTED}@{self._server(after.rpartition('@')[2])}"
        else:
            server = self._server(server)
        return f"{scheme}://{server}{self._plain(path)}{question}{_REDACTED if question else ''}"

    def _server(self, text: str) -> str:
        """One server of a list: ``http=proxy:8080``, ``*.example.com``, ``[2001:db8::1]:8530``, ``<local>``."""
        if "://" in text:
            before, _separator, url = text.rpartition("=") if "=" in text.partition("://")[0] else ("", "", text)
            return f"{before}={self._url(url)}" if before else self._url(url)
        if not text or text.startswith("<"):
            return text
        protocol, equals, server = text.rpartition("=")
        credentials, at, server = server.rpartition("@")
        server, slash, path = server.partition("/")
        if server.startswith("["):
            address, bracket, port = server[1:].partition("]")
            named = f"[{self._aliases.host(address)}{bracket}{port}"
        elif server.count(":") > 1:
            named = self._aliases.host(server)
        else:
            host, colon, port = server.partition(":")
            named = f"{self._pattern_of_hosts(host)}{colon}{self._plain(port)}"
        return f"{protocol}{equals}{_REDACTED if credentials else ''}{at}{named}{slash}{self._plain(path)}"

    def _pattern_of_hosts(self, host: str) -> str:
        if host.endswith("*") and host[:1].isdigit():
            return self._aliases.network(host)
        start, star, name = host.rpartition("*")
        name, dot = (name[1:], ".") if name.startswith(".") else (name, "")
        return f"{start}{star}{dot}{self._aliases.host(name) if name else ''}"

    def _mail(self, address: str) -> str:
        user, _at, domain = address.rpartition("@")
        name = _REDACTED if ":" in user else self._aliases.label(user)
        return f"{name}@{self._aliases.host(domain)}"

    def _domain(self, name: str) -> str:
        """The components of a distinguished name that are the labels of a domain: ``DC=example,DC=com``."""
        labels = [part[3:] for part in name.split(",")]
        return ",".join(f"DC={label}" for label in self._aliases.host(".".join(labels)).split("."))

    def _named(self, part: str) -> str:
        kind, _equals, name = part.partition("=")
        return f"{kind}={self._aliases.label(name)}"

    def _profile(self, path: str) -> str:
        folder, separator, user = path.rpartition("\\")
        return f"{folder}{separator}{self._aliases.label(user)}"
