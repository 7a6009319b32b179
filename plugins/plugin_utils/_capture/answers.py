# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of a machine with aliases, by the format of each program: the syntax stays, and so do numbers and codes."""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from .._exceptions import UnquotableArgument
from .._windows import winhttp
from .._windows.command import Command, Result
from .._windows.service_key import shown_image_path
from .._windows.winhttp import MalformedWinHttp, WinHttp
from . import vocabulary
from .aliases import Aliases
from .text import TextAliases

_VALUE = re.compile(r"( {4}(.*?) {4}(REG_[A-Z_]+) {4})(.*)")
_TAG = re.compile(r"(<[^<>]*>)")
_FIELD = re.compile(r"<Data Name=['\"]([^'\"]*)['\"]")
_ACCOUNT = re.compile(r"[^\\/:*?\"<>|]{1,256}\\[^\\/:*?\"<>|]{1,256}")
_SERIAL = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}): ")
_PRINTABLE = re.compile(rb"[\x21-\x7e]{3,}")

_SERVERS = frozenset(
    {"wuserver", "wustatusserver", "updateserviceurlalternate", "proxyserver", "proxyoverride", "autoconfigurl"}
)
_NAMES = frozenset(
    """
    computername displayname-of-policy hostname registeredorganization registeredowner site-name targetgroup
    """.split()
) | {"nv hostname"}
_CLIENT_IDS = frozenset({"susclientid", "pingid"})
_NUMBERS = frozenset({"failureactions", "guid"})
_KEPT_HEADERS = frozenset({"content-length", "content-type"})
_LDAP = "LDAP://"
_POLICY = re.compile(
    r"\\Policies\\Microsoft\\Windows\\WindowsUpdate(?:\\|$)|\\UpdatePolicy\\GPCache(?:\\|$)", re.IGNORECASE
)
_STRINGS = frozenset({"REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ"})
_REMOVED = "removed"
_HOSTS_FILE = r"\drivers\etc\hosts"


class AnswerAliases:
    """The answers of one machine with aliases.

    ``constant`` are the commands that every machine is given, which stay; their words are names only in places for names.
    ``hosts`` and ``accounts`` are the names by which the controller knows the machine and its user. ``texts`` are the names, in lower
    case, of the values in the policy of Windows Update whose text is kept: any other text there may be a password.
    """

    def __init__(
        self,
        answers: Sequence[Result],
        constant: Collection[Command],
        hosts: Iterable[str] = (),
        accounts: Iterable[str] = (),
        texts: frozenset[str] = frozenset(),
    ) -> None:
        self._answers = answers
        self._texts = texts
        self._constant = frozenset(constant)
        taken = "\n".join([each.text for each in answers] + [str(each.command) for each in answers])
        self._aliases = Aliases(vocabulary.RESERVED | vocabulary.words_of(map(str, constant)), taken)
        self._text = TextAliases(self._aliases)
        for host in hosts:
            self._aliases.host(host)
        for account in accounts:
            self._text.text(account) if "@" in account else self._aliases.account(account)

    def answers(self) -> tuple[Result, ...]:
        """The answers, their commands included: first read for the names in them, then replaced with all names known."""
        for each in self._answers:
            self._answer(each)
        self._text.learned()
        return tuple(self._answer(each) for each in self._answers)

    def _answer(self, answer: Result) -> Result:
        program = answer.command.program.lower()
        if program == "reg.exe":
            lines = self._registry(answer.lines)
        elif program == "wevtutil.exe":
            lines = tuple(self._events(answer.text).split("\n")) if answer.lines else ()
        elif program == "cmd.exe":
            lines = self._listing(answer.lines)
        elif program in ("curl.exe", "w"):
            lines = tuple(map(self._response, answer.lines))
        elif program == "findstr.exe" and answer.command.arguments[-1].lower().endswith(_HOSTS_FILE):
            lines = tuple(self._text.text(line.partition("#")[0]) for line in answer.lines)
        elif program == "sc.exe":
            lines = tuple(map(self._text.ids, answer.lines))
        else:
            lines = tuple(map(self._text.text, answer.lines))
        return replace(answer, command=self._command(answer.command), lines=lines)

    def _command(self, command: Command) -> Command:
        if command in self._constant:
            return command
        try:
            return Command(command.program, tuple(map(self._text.path, command.arguments)), command.win32_exit_codes)
        except UnquotableArgument:
            return command

    def _registry(self, lines: Sequence[str]) -> tuple[str, ...]:
        answer: list[str] = []
        policy = updates = removed = False
        for line in lines:
            if line.startswith("HKEY_"):
                policy = "\\GPO-List\\" in line or "\\Group Policy\\History\\" in line
                updates = _POLICY.search(line) is not None
                answer.append(self._text.path(line))
            elif match := _VALUE.fullmatch(line):
                name = match[2].lower()
                name = "displayname-of-policy" if policy and name == "displayname" else name
                removed = updates and match[3] in _STRINGS and not self._is_kept(name, match[4])
                data = self._binary(name, match[4]) if match[3] == "REG_BINARY" else self._data(name, match[4])
                answer.append(f"{match[1]}{_REMOVED if removed else data}")
            elif removed and line.strip():  # the next line of a text with line ends
                answer.append(_REMOVED)
            else:
                answer.append(self._text.text(line))
        return tuple(answer)

    def _is_kept(self, name: str, data: str) -> bool:
        """Whether a text in the policy is one of those that are known, a number, or a URL, from which passwords are removed."""
        return name in self._texts or data.isdecimal() or "://" in data

    def _data(self, name: str, data: str) -> str:
        if name == "imagepath":
            return self._text.text(shown_image_path(data) or "")
        if name == "productid":
            return self._text.masked(data)
        if name in _CLIENT_IDS:
            replaced = self._text.ids(data)
            return replaced if replaced != data else self._text.masked(data)
        if name in _NAMES:
            return self._aliases.label(data)
        if name in _SERVERS:
            return self._text.servers(data)
        if name == "objectname":
            return self._aliases.account(data)
        if data.upper().startswith(_LDAP):  # no host, but the distinguished name of an object or its link
            return data[: len(_LDAP)] + self._text.text(data[len(_LDAP) :])
        return self._text.text(data)

    def _binary(self, name: str, data: str) -> str:
        if name in _NUMBERS:
            return data
        try:
            blob = bytes.fromhex(data)
        except ValueError:
            return "0" * len(data)
        if name == "winhttpsettings":
            blob = self._winhttp(blob)
        elif name == "accountdomainsid":
            blob = self._aliases.binary_sid(blob)
        elif name == "susclientidvalidation":
            blob = _without_serial(blob)
        else:
            blob = bytes(len(blob))
        return blob.hex().upper()

    def _winhttp(self, blob: bytes) -> bytes:
        try:
            settings = winhttp.read(blob)
            proxy, bypass = (self._text.servers(each).encode("latin-1") for each in (settings.proxy, settings.bypass))
        except (MalformedWinHttp, UnicodeEncodeError):
            return _PRINTABLE.sub(lambda match: b"x" * len(match[0]), blob)
        return _written(settings, proxy, bypass)

    def _events(self, text: str) -> str:
        parts: list[str] = []
        field = ""
        element = ""
        for number, part in enumerate(_TAG.split(text)):
            if number % 2:
                match = _FIELD.match(part)
                field = match[1].lower() if match else ""
                element = part
                parts.append(self._text.ids(part) if "UserID" in part or "ActivityID" in part else part)
            elif not part or field in vocabulary.GUID_FIELDS:
                parts.append(part)
            else:
                plain = html.unescape(part)
                replaced = self._content(plain, element)
                parts.append(part if replaced == plain else html.escape(replaced, quote=False))
        return "".join(parts)

    def _content(self, text: str, element: str) -> str:
        if element == "<Computer>":
            return self._aliases.host(text)
        if element == "<Binary>":
            return self._event_binary(text)
        return self._aliases.account(text) if _ACCOUNT.fullmatch(text) else self._text.text(text)

    def _event_binary(self, data: str) -> str:
        """The binary data of an event: text in UTF-16 for the service manager, which names a service; zeros for the others."""
        try:
            text = bytes.fromhex(data).decode("utf-16-le")
        except ValueError:
            return "0" * len(data)
        plain = text.rstrip("\0")
        return (
            (self._text.text(plain) + text[len(plain) :]).encode("utf-16-le").hex().upper()
            if plain.isprintable()
            else "0" * len(data)
        )

    def _listing(self, lines: Sequence[str]) -> tuple[str, ...]:
        """What dir printed: the label and the serial number of the volume, in any language, are two lines before a blank one."""
        answer = [self._text.text(line) for line in lines]
        for number, line in enumerate(lines):
            if _SERIAL.search(line) and not line[:1].isdigit():
                answer[number] = _SERIAL.sub("0000-0000", line)
                if number and lines[number - 1].strip():
                    answer[number - 1] = " [volume]"
        return tuple(answer)

    def _response(self, line: str) -> str:
        header = _HEADER.match(line)
        if header and header[1].lower() not in _KEPT_HEADERS:
            return f"{header[1]}: removed"
        return self._text.text(line)


def _written(settings: WinHttp, proxy: bytes, bypass: bytes) -> bytes:
    header = struct.pack("<3I", settings.version, settings.counter, settings.flags)
    texts = b"".join(struct.pack("<I", len(text)) + text for text in (proxy, bypass))
    return header + texts + bytes(len(settings.rest))


def _without_serial(blob: bytes) -> bytes:
    """SusClientIdValidation without the serial number in it; its layout is that of ``client_id.formats.read_validation``."""
    if len(blob) < 3:
        return bytes(len(blob))
    start, length = blob[0], blob[2]
    text = blob[start : start + length] if start > 2 else b""
    masked = b"".join(b"X\0" if text[n] and not text[n + 1] else text[n : n + 2] for n in range(0, len(text) - 1, 2))
    plain = all(not each for each in text[1::2])
    return (blob[:3] + bytes(max(0, start - 3)) + (masked if plain else bytes(len(text))) + bytes(len(blob)))[
        : len(blob)
    ]
