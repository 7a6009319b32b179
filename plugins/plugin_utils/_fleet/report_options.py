# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_report."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from .._exceptions import WrongOption
from .._options import Options, Range, Spec
from .html import LANGUAGES
from .table import Show

FailOn = Literal["never", "broken", "degraded", "unreachable"]


@dataclass(frozen=True)
class ReportOptions(Options):
    """The options of wsus_report."""

    SPEC: ClassVar[Spec] = Spec(
        {
            "path": {"type": "path"},
            "html": {"type": "path"},
            "csv": {"type": "path"},
            "prometheus": {"type": "path"},
            "hosts": {"type": "list", "elements": "str"},
            "audits": {"type": "list", "elements": "str", "default": ["wsus_audit_result"]},
            "repair": {"type": "bool", "default": False},
            "audit_files": {"type": "list", "elements": "path", "default": []},
            "previous": {"type": "path"},
            "server_computers": {"type": "path"},
            "report_overdue_days": {"type": "int", "default": 30},
            "max_age_hours": {"type": "int", "default": 0},
            "show": {"type": "str", "choices": ["all", "problems", "totals", "none"], "default": "all"},
            "language": {"type": "str", "choices": list(LANGUAGES), "default": "en"},
            "fail_on": {"type": "str", "choices": ["never", "broken", "degraded", "unreachable"], "default": "never"},
            "validate_only": {"type": "bool", "default": False},
        },
        {"report_overdue_days": Range("days"), "max_age_hours": Range("hours", 0)},
    )

    path: str | None
    html: str | None
    csv: str | None
    prometheus: str | None
    hosts: list[str] | None
    audits: list[str]
    repair: bool
    audit_files: list[str]
    previous: str | None
    server_computers: str | None
    report_overdue_days: int
    max_age_hours: int
    show: Show
    language: Literal["en", "ja"]
    fail_on: FailOn
    validate_only: bool

    def validate(self) -> None:
        """Raises WrongOption if one file is named for several formats: only one of them would remain."""
        places = [os.path.normpath(Path(path).absolute()) for path in self.files.values()]
        if twice := [path for path, place in zip(self.files.values(), places, strict=True) if places.count(place) > 1]:
            raise WrongOption(f"several of path, html, csv and prometheus name the same file: {' and '.join(twice)}")

    @property
    def published(self) -> dict[str, Any]:
        """The options that decide what is in the report, as an audit file contains them."""
        return {
            "repair": self.repair,
            "report_overdue_days": self.report_overdue_days,
            "max_age_hours": self.max_age_hours,
            "server_computers": self.server_computers,
            "previous": self.previous,
            "audit_files": self.audit_files,
        }

    @property
    def files(self) -> dict[str, str]:
        """The files to write, by format."""
        formats = {"json": self.path, "html": self.html, "csv": self.csv, "prometheus": self.prometheus}
        return {name: path for name, path in formats.items() if path}
