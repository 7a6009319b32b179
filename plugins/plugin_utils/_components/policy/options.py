# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..._exceptions import WrongOption
from ..._options import BACKUP, EVENTS, Options, Range, Spec
from . import settings
from .server_url import SERVER, require_server

_OWN = Spec(
    {
        "refresh": {"type": "bool", "default": False},
        "settings": {"type": "dict"},
        "force": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 300},
    },
    {"timeout": Range("seconds")},
)


@dataclass(frozen=True)
class PolicyOptions(Options):
    """The module options."""

    SPEC: ClassVar[Spec] = _OWN | SERVER | BACKUP | EVENTS

    refresh: bool
    settings: Mapping[str, Any] | None
    force: bool
    server_url: str | None
    timeout: int
    backup_dir: str | None
    event_days: int

    def validate(self) -> None:
        """Raises WrongOption, or UnquotableArgument if a setting cannot be quoted on a command line."""
        if self.refresh and self.settings:
            raise WrongOption("refresh and settings are mutually exclusive")
        require_server("server_url", self.server_url)
        settings.check(self.settings or {})
