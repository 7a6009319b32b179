"""Pieces of pages in reStructuredText."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def escaped(text: str) -> str:
    """Text for a page in reStructuredText."""
    return text.replace("\\", "\\\\").replace("*", r"\*")


def literals(names: Iterable[str]) -> str:
    """Names as literals, with commas."""
    return ", ".join(f"``{name}``" for name in names)


def headed(title: str, line: str) -> list[str]:
    """A heading with a blank line after it."""
    return [title, line * len(title), ""]


def page(source: str, label: str, title: str) -> list[str]:
    """The beginning of a page that is written from other files."""
    label = f".. _ansible_collections.wsus.client.docsite.{label}:"
    return [f".. Written by tools/tables from {source}. Do not edit it.", "", label, "", *headed(title, "=")]


def list_table(widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table whose first row is its head."""
    yield from (".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", "")
    for row in rows:
        yield f"   * - {row[0]}"
        yield from (f"     - {cell}" for cell in row[1:])
    yield ""


def csv_table(widths: Sequence[int], head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A long table, a line for each row."""
    yield from (".. csv-table::", f"   :header: {_line(head)}", f"   :widths: {' '.join(map(str, widths))}", "")
    yield from (f"   {_line(row)}" for row in rows)
    yield ""


def _line(cells: Iterable[str]) -> str:
    return ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)
