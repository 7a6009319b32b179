# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_client_id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..._exceptions import WrongOption
from ..._options import BACKUP, JOURNALED, Options, Spec
from .formats import is_id

_OWN = Spec(
    {
        "duplicates": {"type": "list", "elements": "str", "default": []},
        "force": {"type": "bool", "default": False},
        "restore_on_failure": {"type": "bool", "default": True},
    }
)


@dataclass(frozen=True)
class ClientIdOptions(Options):
    """The module options."""

    SPEC: ClassVar[Spec] = _OWN | JOURNALED | BACKUP

    duplicates: list[str]
    force: bool
    restore_on_failure: bool
    timeout: int
    service_timeout: int
    backup_dir: str | None

    def validate(self) -> None:
        """Raises WrongOption."""
        for entry in self.duplicates:
            if not is_id(entry):
                raise WrongOption(
                    f"duplicates: {entry!r} is not a client ID; an ID is a GUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427"
                )
