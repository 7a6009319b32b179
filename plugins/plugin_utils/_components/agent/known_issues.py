# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known issues of single updates or Windows versions: a code has another cause there than elsewhere.

The table is ``known_issues.csv`` beside this file, each row with its source and its date. A row applies only to the builds
that it names: the same code on a neighboring version has another cause.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from ..._finding import Remedy


@dataclass(frozen=True)
class KnownIssue:
    """One row. ``article`` is the KB number of the update, empty for any update; the builds are inclusive.

    ``code`` 0 is success that has no effect.
    """

    code: int
    article: str
    first_build: int
    last_build: int
    remedy: Remedy
    cause: str
    action: str
    source: str
    date: str


def find(code: int, article: str, build: int) -> KnownIssue | None:
    """The known issue behind a failure of an update (its KB number, empty if unknown) on a Windows build, if there is one."""
    matching = (
        each
        for each in known_issues()
        if each.code == code and each.first_build <= build <= each.last_build and each.article in ("", article)
    )
    return max(matching, key=lambda each: bool(each.article), default=None)


@cache
def known_issues() -> tuple[KnownIssue, ...]:
    """All rows of the table."""
    with Path(__file__).with_name("known_issues.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            KnownIssue(
                int(row["code"], 16),
                row["article"],
                int(row["first_build"]),
                int(row["last_build"]),
                cast(Remedy, row["remedy"]),
                row["cause"],
                row["action"],
                row["source"],
                row["date"],
            )
            for row in csv.DictReader(file)
        )
