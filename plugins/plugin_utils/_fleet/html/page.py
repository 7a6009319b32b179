# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the page of its template, style and script, which lie beside this file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from . import sections
from .filters import filters, place, server_name
from .fleet import machines
from .model import OUTCOMES, STATUSES
from .reading import machine_time, mapping, moment, text
from .texts import Texts

_FOLDER = Path(__file__).parent
_PARTS = ("page.html.j2", "parts.html.j2", "machines.html.j2", "page.css", "page.js")


def render(document: Mapping[str, Any], language: str = "en") -> str:
    """The report as one HTML page in this language: ``en`` or ``ja``.

    What the document lacks, the page omits. Raises ValueError for another language.
    """
    words = Texts(language)
    fleet = machines(document, words)
    servers = sections.by_server(fleet)
    counted = Counter(each.status for each in fleet)
    found = [each for machine in fleet for each in machine.open]
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            t=words,
            policy=_policy(),
            time=moment(document.get("time")),
            run=text(document.get("run"), 60),
            machine_time=machine_time(document.get("time")),
            collection=mapping(document.get("collection")),
            options=[(text(name, 60), text(value)) for name, value in mapping(document.get("options")).items()],
            text=text,
            statuses=STATUSES,
            outcomes=OUTCOMES,
            counted=counted,
            bar=sections.segments(counted),
            errors=sum(each.severity == "error" for each in found),
            warnings=sum(each.severity != "error" for each in found),
            attention=len(fleet) - counted["healthy"],
            stale=sum(each.stale for each in fleet),
            fleet=fleet,
            kinds=sections.by_finding(fleet),
            duties=sections.by_remedy(fleet),
            of_fleet=sections.of_fleet(document, fleet, words),
            servers=servers,
            trend=sections.trend(document, fleet),
            repairs=sections.repairs(fleet),
            filters=filters(fleet, servers, words),
            blocks=_Blocks(),
            place=place,
            server_name=server_name,
        )
    )


class _Blocks:
    """Parts of the page that occur many times: each is kept once, and has a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def add(self, block: str) -> int:
        """The number of a part that the template has made, and with that escaped."""
        return self._numbers.setdefault(block, len(self._numbers))

    @property
    def content(self) -> list[str]:
        """The parts in the order of their numbers."""
        return list(self._numbers)


@cache
def _environment() -> Environment:
    # A final newline would be lost, and with it the hash.
    parts = {name: (_FOLDER / name).read_text(encoding="utf-8").rstrip("\n") for name in _PARTS}
    environment = Environment(
        loader=DictLoader(parts), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters["grouped"] = "{:,}".format
    return environment


@cache
def _policy() -> str:
    """The content security policy: nothing but the style and the script of this page, which it names by their hashes."""
    environment = _environment()
    style, script = (_hash(environment.get_template(name).render()) for name in ("page.css", "page.js"))
    return f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
