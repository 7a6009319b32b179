# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a service of svchost.exe that this collection manages, for the code that is common to all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ... import _error_codes
from ..._error_codes import CodeContext, Explanation
from ..._finding import FindingType, Remedy
from . import finding_types
from .finding_types import ServiceFindings


@dataclass(frozen=True)
class ServiceSpec:
    r"""One service, and its names in messages.

    ``phrase`` is its name in a sentence, ``component`` is the prefix of its finding IDs, ``remedy`` repairs it, and the codes
    of its starts are explained in ``error_context``. ``display_name`` is the indirect string (``@library,-number``) in its
    registry key; ``localized_names`` are the names that Windows displays for it, in lower case: events before Windows 10
    contain these. ``dll_name`` is the file name of its ServiceDll. ``related_services`` maps every service that it requires
    on any Windows version, in its usual spelling, to the default start type of that service. ``implied`` maps a service to
    one that depends on it: if that one is running, the first is too. The service requires all ``essential_privileges``.
    ``start_faults`` are additional finding types that the code of a failed start can indicate.
    """

    name: str
    phrase: str
    component: str
    remedy: Remedy
    display_name: str
    localized_names: frozenset[str]
    dll_name: str
    related_services: Mapping[str, str]
    implied: Mapping[str, str] = field(default_factory=dict)
    essential_privileges: frozenset[str] = frozenset()
    error_context: CodeContext = ""
    start_faults: tuple[FindingType, ...] = ()
    group: str = "netsvcs"
    account: str = "LocalSystem"

    @property
    def subject(self) -> str:
        """The phrase for the beginning of a sentence."""
        return self.phrase[:1].upper() + self.phrase[1:]

    def explain(self, code: int) -> Explanation:
        """The explanation of a code with which the service failed."""
        return _error_codes.explain(code, self.error_context, self.remedy)

    @cached_property
    def findings(self) -> ServiceFindings:
        """The types of findings that it can have."""
        return finding_types.declare(
            self.component, self.phrase, self.remedy, lambda code: self.explain(int(code, 16)).remedy
        )

    def fault_of_start(self, code: int) -> FindingType:
        """The finding type that the HRESULT of a failed start indicates."""
        kinds = (*self.start_faults, *self.findings)
        return next((each for each in kinds if f"{code:#010x}" in each.codes), self.findings.start_failed)

    def spelling(self, name: str) -> str:
        """The usual spelling of a related service, any other name unchanged: equal queries must have equal commands."""
        return next((usual for usual in self.related_services if usual.lower() == name.lower()), name)
