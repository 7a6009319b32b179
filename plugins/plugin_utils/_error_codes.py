# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explains error codes by context: name, meaning, class of cause, remedy.

The meaning of a code depends on its context: 0x80200013 is "no range support" of a proxy for a BITS job and "damaged
components" for a scan. The table is ``error_codes.csv`` beside this file; a row with a context applies only there.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from . import _finding
from ._finding import Remedy

CodeContext: TypeAlias = _finding.CodeContext

ACCEPTED = (
    "hexadecimal text (0x80200013), a signed or unsigned decimal number of 32 bits, a Win32 error number (1 to 65535), "
    "a name (BG_E_INSUFFICIENT_RANGE_SUPPORT)"
)
"""What ``parse`` accepts, for messages."""

_FACILITY_WIN32 = 0x8007
_FACILITY_HTTP = 0x8019  # BITS reports an HTTP status as 0x80190000 + status

_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,8}")
_DECIMAL = re.compile(r"-?[0-9]{1,10}")
# Aliases of codes: HRESULT and Win32 names of the same error, and WinINet names, which share WinHTTP's numbers.
_ALIASES: Mapping[str, str] = {
    "E_ACCESSDENIED": "ERROR_ACCESS_DENIED",
    "E_HANDLE": "ERROR_INVALID_HANDLE",
    "ERROR_INVALID_PARAMETER": "E_INVALIDARG",
    "ERROR_OUTOFMEMORY": "E_OUTOFMEMORY",
    "ERROR_SUCCESS": "S_OK",
}
_WININET = re.compile(r"^ERROR_(INTERNET|HTTP)_")

_ACTIONS: Mapping[str, str] = {
    "disk": "Free space on the system drive and check the disk for errors.",
    "identity": "Regenerate the client ID with the role wsus.client.client_id.",
    "network-connect": "Check that the machine can connect to the WSUS server: port, route, firewall.",
    "network-dns": "Check that the machine can resolve the names of the WSUS server and of the proxy.",
    "network-proxy": "Check the machine's proxy (WinHTTP) and the proxy's log.",
    "network-tls": "Check the server's certificate, its chain, and the TLS versions that the machine and the server accept.",
    "other": "Look up the error code in Microsoft's documentation, and the first error in WindowsUpdate.log on the machine.",
    "permissions": "Check the permissions of SYSTEM on the files and registry keys involved, and the security software.",
    "policy": "Check the Windows Update policy of the machine.",
    "package": "Have the server download the package again (wsusutil reset), or publish it under a new ID.",
    "server": "Check the WSUS server: its IIS application pool WsusPool, its event log and its database.",
    "service": "Check that the service and the services that it depends on exist, are enabled, and have their default definition.",
    "servicing": "Look up the first error in CBS.log; repair Windows with DISM /Online /Cleanup-Image /RestoreHealth and sfc /scannow, "
    "then with an in-place upgrade.",
    "store-corruption": "Rebuild the update store with the role wsus.client.update_store.",
    "transient": "Wait for the next attempt; act only if the failure recurs.",
    "trust": "Import the certificate that signs the update into Trusted Root and Trusted Publishers; for locally published updates set the "
    "policy AcceptTrustedPublisherCerts; on Windows 7 install KB4474419 and KB4490628.",
    "update": "Check on the machine why this update fails: prerequisites, a pending restart, CBS.log.",
}
"""What to do, by the class of cause."""
_NO_NAME = "-"
"""In the table: Microsoft documents no name for the code."""
_SERVICE = "service"
"""A remedy in the table: the remedy of the service that reported the code."""


@dataclass(frozen=True)
class Explanation:
    """What a code means. ``cause`` is its class (service, network-dns, ...); ``remedy`` is as in a finding.

    ``name`` is empty if the code is unknown.
    """

    code: int
    name: str
    meaning: str
    cause: str
    remedy: Remedy
    context: str = ""

    @property
    def action(self) -> str:
        """What to do, as a sentence."""
        return _ACTIONS[self.cause]

    @property
    def hex(self) -> str:
        """The code as Windows writes it: 0x and eight digits."""
        return hexadecimal(self.code)

    def as_fact(self) -> dict[str, Any]:
        """The explanation as published."""
        return {
            "code": self.hex,
            "name": self.name,
            "meaning": self.meaning,
            "cause": self.cause,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class _Row:
    explanation: Explanation
    of_service: bool

    def explained(self, service: Remedy) -> Explanation:
        return replace(self.explanation, remedy=service) if self.of_service else self.explanation


def explain(code: int, context: CodeContext = "", service: Remedy = "bits") -> Explanation:
    """The meaning of an HRESULT (unsigned or signed 32 bits) in a context; the general one if the context has none.

    ``service`` is the remedy of the service that reported the code, which many codes have as their remedy.
    """
    code &= 0xFFFFFFFF
    table = _table()
    row = table.get((code, context)) or table.get((code, ""))
    return row.explained(service) if row else _unknown(code)


def parse(value: object) -> int:
    """The HRESULT that text or a number represents, in any of the formats in ``ACCEPTED``.

    Raises ValueError for anything else, such as a name that is not in the table or a number of more than 32 bits.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("it is neither text nor a whole number")
    if isinstance(value, int):
        return _of_number(value)
    text = value.strip().lower()
    if _HEXADECIMAL.fullmatch(text):
        return _of_number(int(text, 16))
    if _DECIMAL.fullmatch(text):
        return _of_number(int(text))
    code = _named(text.upper())
    if code is None:
        raise ValueError("the name is unknown")
    return code


def of_win32(error: int) -> int:
    """A Win32 error as HRESULT (HRESULT_FROM_WIN32); an HRESULT is returned unchanged."""
    return error if error > 0xFFFF or error <= 0 else _FACILITY_WIN32 << 16 | error


def hexadecimal(code: int) -> str:
    """A code as Windows writes it: ``0x80070422``."""
    return f"0x{code & 0xFFFFFFFF:08x}"


def _of_number(number: int) -> int:
    if not -0x80000000 <= number <= 0xFFFFFFFF:
        raise ValueError("it has more than 32 bits")
    return of_win32(number) & 0xFFFFFFFF


def _named(name: str) -> int | None:
    names = _names()
    return names.get(name, names.get(_ALIASES.get(name, _WININET.sub("ERROR_WINHTTP_", name))))


def _unknown(code: int) -> Explanation:
    number = code & 0xFFFF
    if code >> 16 == _FACILITY_WIN32:
        return Explanation(
            code, "", f"Windows error {number} (run `net helpmsg {number}` to see its text).", "other", "none"
        )
    if code >> 16 == _FACILITY_HTTP:
        return Explanation(
            code, f"HTTP {number}", f"The server or proxy answered with HTTP status {number}.", "server", "server_side"
        )
    return Explanation(code, "", "This code is not in the table of wsus.client.", "other", "none")


@cache
def _table() -> Mapping[tuple[int, str], _Row]:
    with Path(__file__).with_name("error_codes.csv").open(encoding="utf-8", newline="") as file:
        return {(int(row["code"], 16), row["context"]): _row(row) for row in csv.DictReader(file)}


def _row(row: Mapping[str, str]) -> _Row:
    of_service = row["remedy"] == _SERVICE
    remedy = cast(Remedy, "none" if of_service else row["remedy"])
    name = "" if row["name"] == _NO_NAME else row["name"]
    explanation = Explanation(int(row["code"], 16), name, row["meaning"], row["cause"], remedy, row["context"])
    return _Row(explanation, of_service)


@cache
def _names() -> Mapping[str, int]:
    return {row.explanation.name.upper(): code for (code, _unused), row in _table().items() if row.explanation.name}
