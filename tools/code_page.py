"""The page of the error codes, from what the filter `wsus.client.explain` says of each code in the table of the collection."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._error_codes import CodeContext, Explanation
from rst import csv_table, escaped, headed, list_table, literals, page

TABLE = Path(__file__).resolve().parent.parent / "plugins" / "plugin_utils" / "error_codes.csv"
_INTRODUCTION = """The codes with which Windows Update, BITS, WinHTTP, services, the database of the update store and Delivery Optimization fail,
as the audit and the filter :ansplugin:`wsus.client.explain#filter` explain them. The first sections say what a code means anywhere. The last ones have the
codes that mean something else in one place, such as a job of BITS.

The class is that of the cause. The last column says who can fix it: a role of this collection (``policy``, ``bits``, ``agent``, ``reachability``,
``update_store``, ``client_id``), or ``network``, ``server_side``, ``administrator``; ``retry`` if it is temporary, or ``none``. *The service* is the role
of the service that reported the code, ``bits`` or ``agent``. Class and responsible are the judgment of this collection. *Name only*: Microsoft documents
the name, and the meaning is derived from it. *Inferred*: reports or experience have the meaning, not a document.

A code that is not here is explained by its number: ``0x8007`` plus a Windows error, whose text ``net helpmsg`` shows, and ``0x8019`` plus an HTTP status.
"""
_SOURCES: Mapping[str, str] = {"documented": "", "name-only": " *Name only.*"}
_INFERRED = " *Inferred.*"
_SERVICE = "the service"

_WINDOWS = "Windows and its services"
_FAMILIES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Windows Update", ("0x8024", "0x0024", "0x87d0")),
    ("BITS", ("0x8020", "0x0020")),
    ("HTTP status, as BITS reports it", ("0x8019",)),
    ("WinHTTP: the connection to the server", ("0x80072e", "0x80072f")),
    (_WINDOWS, ("",)),
    ("Certificates, signatures and TLS", ("0x8009", "0x800b")),
    ("Component store and installation", ("0x800f",)),
    ("Database of the update store", ("0xc800",)),
    ("Delivery Optimization", ("0x80d0",)),
)
"""The sections of the general meanings, by how a code begins; what begins otherwise is with Windows."""
_PLACES: Mapping[CodeContext, tuple[str, str]] = {
    "bits_start": ("A start of BITS", "BITS failed to start with it, or a service command on BITS failed with it."),
    "service_start": ("A start of another service", "A service other than BITS and the agent failed to start with it."),
    "bits_job": ("A job of BITS", "A transfer failed with it."),
    "scan": ("A scan", "A scan by the agent failed with it."),
    "download": ("A download", "A download of an update by the agent failed with it."),
    "install": ("An installation", "An installation of an update failed with it."),
}


@dataclass(frozen=True)
class _Row:
    explanation: Explanation
    source: str
    of_service: bool

    @property
    def family(self) -> str:
        code = self.explanation.hex
        named = (title for title, begins in _FAMILIES if begins != ("",) and code.startswith(begins))
        return next(named, _WINDOWS)

    def cells(self) -> tuple[str, ...]:
        said = self.explanation
        responsible = _SERVICE if self.of_service else f"``{said.remedy}``"
        code = f"0x{said.hex[2:].upper()}"
        return code, said.name or "-", escaped(said.meaning) + self.source, said.cause, responsible


def error_codes() -> str:
    """The page: the classes, the general meanings by family, then the meanings that hold in one place only."""
    rows = list(_rows())
    lines = [*page("plugins/plugin_utils/error_codes.csv", "guide_error_codes", "Error codes"), _INTRODUCTION]
    lines += [".. contents::", "   :local:", "   :depth: 1", ""]
    lines += [*headed("Classes of causes", "-"), *list_table((20, 80), [("class", "what to do"), *_classes(rows)])]
    for title, _begins in _FAMILIES:
        lines += _section(title, (row for row in rows if not row.explanation.context and row.family == title))
    for place in get_args(CodeContext):
        if place:
            title, sentence = _PLACES[place]
            sentence = f"{sentence} The name of this place for the filter is {literals([place])}."
            lines += _section(title, (row for row in rows if row.explanation.context == place), sentence)
    return "\n".join(lines)


def _rows() -> Iterator[_Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            explanation = _error_codes.explain(int(row["code"], 16), row["context"])  # type: ignore[arg-type]
            yield _Row(explanation, _SOURCES.get(row["basis"], _INFERRED), row["remedy"] == "service")


def _classes(rows: Iterable[_Row]) -> list[tuple[str, str]]:
    actions = {row.explanation.cause: escaped(row.explanation.action) for row in rows}
    return sorted((f"``{cause}``", action) for cause, action in actions.items())


def _section(title: str, rows: Iterable[_Row], sentence: str = "") -> Iterator[str]:
    yield from headed(title, "-")
    if sentence:
        yield from (sentence, "")
    head = ("code", "name", "meaning", "class", "who acts")
    yield from csv_table((11, 24, 45, 10, 10), head, (row.cells() for row in rows))
