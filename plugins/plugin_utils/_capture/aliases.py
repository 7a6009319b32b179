# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in place of a name, an address or an id: the same for the same one, in any case, throughout a capture.

A replacement has the form of what it replaces, so that parsers read it alike: a SID is a SID, an address an address, and
the labels of a host name are replaced one by one, so that a domain stays the domain of its hosts.
"""

from __future__ import annotations

import ipaddress
import re
import struct
from collections.abc import Iterable, Iterator
from itertools import count

from . import vocabulary

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SHORTEST_WORD = 3
_MOST_WORDS = 16
_SHORTEST_PART = 5
_SMALLEST_OWN_RID = 1000
_DOMAIN_SID = "S-1-5-21"
# Where what identifies a SID's authority begins, and how many numbers it has ([MS-DTYP] 2.4.2.4).
_SID_FORMS = {"5-21": (4, 3), "12-1": (4, 4), "5-83": (5, 4)}
_KEPT_NETWORKS = frozenset({0, 127, *range(224, 256)})


class Aliases:
    """The replacements of one capture.

    ``reserved`` are words in lower case that are names only in places for names. ``taken`` is the text of the machine: no
    alias occurs in it, so that what remains of the machine cannot be confused with an alias.
    """

    def __init__(self, reserved: frozenset[str], taken: str) -> None:
        self._reserved = reserved
        self._prefix = next(each for each in _prefixes() if each not in taken.casefold())
        self._labels: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._parts: list[str] = []
        self._domains: set[str] = set()
        self._numbers: dict[tuple[str, ...], dict[str, int]] = {}

    def label(self, name: str) -> str:
        """The alias of a name: of a computer, a user, a label of a domain, a policy."""
        key = name.casefold()
        if not key.strip() or key in vocabulary.ACCOUNTS or key in vocabulary.NAMES:
            return name
        if key not in self._labels:
            self._labels[key] = f"{self._prefix}{len(self._labels) + 1}"
            self._learn(key, _SHORTEST_WORD)
            for word in key.split()[:_MOST_WORDS] if " " in key else ():
                self._learn(word, _SHORTEST_PART, of=key)
        alias = self._labels[key]
        return alias.upper() if name.isupper() else alias

    def host(self, name: str) -> str:
        """The alias of a host name or an address, label by label; Microsoft's and the loopback's stay."""
        if (address := self.address(name)) is not None:
            return address
        if vocabulary.of_microsoft(name):
            return name
        labels = name.split(".")
        top = labels[-1] if len(labels) > 1 and vocabulary.is_top_level(labels[-1]) else None
        if len(labels) > 1:
            self._domains.add(".".join(labels[1:] if len(labels) > 2 else labels).casefold())
        return ".".join([*map(self.label, labels[: -1 if top else None]), *([top] if top else [])])

    def account(self, name: str) -> str:
        """The alias of an account, with or without its domain; built-in ones stay."""
        domain, separator, user = name.rpartition("\\")
        if separator and vocabulary.is_authority(domain) and domain != ".":
            return name
        return f"{domain if domain == '.' else self.host(domain) if domain else ''}{separator}{self.label(user)}"

    def is_host(self, name: str) -> bool:
        """Whether a word with dots belongs to a domain that was seen, or looks like a host name."""
        if vocabulary.looks_like_host(name):
            return True
        labels = name.casefold().split(".")
        return any(".".join(labels[start:]) in self._domains for start in range(len(labels) - 1))

    def word(self, word: str) -> str | None:
        """The alias of a word that is a known name, wherever it stands; None where it is none."""
        alias = self._words.get(word.casefold())
        return alias if alias is None or not word.isupper() else alias.upper()

    def within(self, word: str) -> str:
        """A word with the known names in it replaced: ``ContosoVpn``, where Contoso is known."""
        key = word.casefold()
        if len(key) == len(word) and key not in self._reserved:
            for part in self._parts:
                if (position := key.find(part)) >= 0:
                    end = position + len(part)
                    return f"{self.within(word[:position])}{self._words[part]}{self.within(word[end:])}"
        return word

    def phrases(self) -> Iterable[str]:
        """The known names that are not one word."""
        return (each for each in self._words if any(not (one.isalnum() or one in "._-") for one in each))

    def guid(self, guid: str) -> str:
        """The alias of a GUID without braces; those of Windows stay."""
        if guid.casefold() in vocabulary.GUIDS:
            return guid
        number = self._number(("guid",), guid)
        alias = f"{number:08x}-0000-4000-8000-{number:012x}"
        return alias.upper() if guid.isupper() else alias

    def sid(self, sid: str) -> str:
        """The alias of the SID of a domain, a machine, one of their accounts, an Entra account or a virtual machine.

        Relative ids below 1000 are those of built-in accounts and stay.
        """
        parts = sid.upper().split("-")
        head, length = _SID_FORMS["-".join(parts[2:4])]
        identifier, rest = parts[head : head + length], parts[head + length :]
        number = self._number(("sid", *parts[:head]), "-".join(identifier))
        own = [*(str(1111111111 + n) for n in range(len(identifier) - 1)), str(number)]
        relative = [each if int(each) < _SMALLEST_OWN_RID else str(self._relative(own, each)) for each in rest]
        return "-".join([*parts[:head], *own, *relative])

    def binary_sid(self, blob: bytes) -> bytes:
        """The alias of a binary SID of a domain ([MS-DTYP] 2.4.2.2), zeros for any other."""
        if (
            len(blob) >= 24
            and blob[0] == 1
            and len(blob) == 8 + 4 * blob[1]
            and blob[2:12] == b"\0\0\0\0\0\5\x15\0\0\0"
        ):
            values = struct.unpack(f"<{blob[1] - 1}I", blob[12:])
            alias = self.sid("-".join([_DOMAIN_SID, *map(str, values)])).split("-")[4:]
            return blob[:12] + struct.pack(f"<{len(alias)}I", *map(int, alias))
        return bytes(len(blob))

    def address(self, text: str) -> str | None:
        """The alias of an IP address, None for what is none. Addresses of one network stay in one."""
        if ":" in text:
            try:
                address = ipaddress.IPv6Address(text.partition("%")[0])
            except ValueError:
                return None
            plain = address.is_loopback or address.is_unspecified
            return text if plain else f"2001:db8::{self._number(('ipv6',), str(address)):x}"
        octets = text.split(".")
        digits = [each for each in octets if each.isascii() and each.isdigit() and len(each) <= 3 and int(each) <= 255]
        if len(octets) != 4 or [*digits, *["*"] * (4 - len(digits))] != octets or not digits:
            return None
        return self._network(digits, 4 - len(digits)) if int(digits[0]) not in _KEPT_NETWORKS else text

    def network(self, text: str) -> str:
        """The alias of the beginning of addresses, such as ``192.168.*``."""
        digits = text.rstrip("*").strip(".").split(".")
        return text if len(digits) > 3 or int(digits[0]) in _KEPT_NETWORKS else self._network(digits, 1)

    def mac(self, text: str) -> str:
        """The alias of a hardware address, with its separators (RFC 7042, 2.1.2: addresses for documentation)."""
        number = self._number(("mac",), text.upper().replace(":", "-"))
        return text[2].join(["00", "00", "5E", "00", f"{0x53 + (number >> 8):02X}", f"{number & 255:02X}"])

    def _learn(self, name: str, shortest: int, of: str | None = None) -> None:
        """Take notice of a name that is replaced wherever it stands, or of a word of one."""
        if len(name) < shortest or name.isdigit() or name in self._reserved or name in self._words:
            return
        self._words[name] = self._labels[of or name]
        # What is not ASCII arrives damaged from event logs over some connections.
        self._words[_NOT_ASCII.sub("\ufffd", name)] = self._labels[of or name]
        if len(name) >= _SHORTEST_PART and name.isalnum():
            self._parts.append(name)

    def _network(self, digits: list[str], stars: int) -> str:
        if len(digits) == 1:
            return ".".join(["10", *["*"] * stars])
        high, low = divmod(self._number(("network",), ".".join(digits[:2])), 250)
        rest = (self._number(("address", *digits[:n]), digits[n]) % 256 for n in range(2, len(digits)))
        return ".".join([*map(str, (10 + high, low, *rest)), *["*"] * stars])

    def _relative(self, own: list[str], relative: str) -> int:
        return _SMALLEST_OWN_RID + self._number(("rid", *own), relative)

    def _number(self, kind: tuple[str, ...], text: str) -> int:
        """The number of a text among those of its kind, from 1 in the order in which they are seen."""
        numbers = self._numbers.setdefault(kind, {})
        return numbers.setdefault(text.casefold(), len(numbers) + 1)


def _prefixes() -> Iterator[str]:
    return (f"alias{'x' * length}" for length in count())
