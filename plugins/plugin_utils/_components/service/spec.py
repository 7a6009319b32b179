# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of svchost.exe that this collection keeps in order, described: what the code that holds for any of them must know."""

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
    r"""One service and how it is spoken of.

    ``phrase`` is what sentences call it, ``component`` begins the ids of its findings, ``remedy`` repairs it, and codes of its
    starts are explained in ``error_context``. ``display_name`` is the indirect string (``@library,-number``) that its key
    holds, ``localized_names`` what Windows makes of it in its languages, in lower case: events before Windows 10 name it so.
    ``dll_name`` is the file of its ServiceDll. ``related_services`` maps every service that it needs on some Windows, in its usual
    spelling, to that one's default start type; ``implied`` maps one to another that does not run without it, so that it is
    known to run where that other does. Without one of ``essential_privileges`` it does not work. ``start_faults``
    are types of findings beside those of any service that failed starts point to by their codes.
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
        """The word at the beginning of a sentence."""
        return self.phrase[:1].upper() + self.phrase[1:]

    def explain(self, code: int) -> Explanation:
        """A code with which the service failed."""
        return _error_codes.explain(code, self.error_context, self.remedy)

    @cached_property
    def findings(self) -> ServiceFindings:
        """The kinds of findings that it can have."""
        return finding_types.declare(
            self.component, self.phrase, self.remedy, lambda code: self.explain(int(code, 16)).remedy
        )

    def fault_of_start(self, code: int) -> FindingType:
        """The kind of finding that a failed start points to, by its HRESULT."""
        kinds = (*self.start_faults, *self.findings)
        return next((each for each in kinds if f"{code:#010x}" in each.codes), self.findings.start_failed)

    def spelling(self, name: str) -> str:
        """A service's usual spelling, where it is one of the related ones: commands are told apart by it."""
        return next((usual for usual in self.related_services if usual.lower() == name.lower()), name)
