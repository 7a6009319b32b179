# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Isolates the components of an audit from each other."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import TypeVar

from .._exceptions import WsusClientError
from .._finding import Evidence, Finding, FindingType

T = TypeVar("T")


class Border:
    """Isolates components: an error in component X becomes its finding ``X.unreadable``, and the others continue."""

    def __init__(self, types: Mapping[str, FindingType], debug: Callable[[str], None]) -> None:
        """``types`` are the findings that a component cannot be read, by component; ``debug`` is given the tracebacks."""
        self._types, self._debug = types, debug
        self.findings: dict[str, Finding] = {}

    def attempt(self, name: str, work: Callable[[], T]) -> T | None:
        """Return what ``work`` returns, or None if it fails; then record the component's finding."""
        try:
            return work()
        except Exception as error:
            self._debug(_trace(error))
            # The text of any other exception may contain arbitrary output of the machine.
            said = error.message if isinstance(error, WsusClientError) else f"{type(error).__name__} in its parser"
            self.findings[name] = self._types[name].found(
                f"{name.replace('_', ' ').capitalize()}: the machine's output could not be parsed: {said}",
                cause="A value on the machine is damaged, or a program's output has an unknown format. "
                "The state of this component is unknown; run with -vvv to see where parsing failed.",
                evidence=(Evidence.value("error", type(error).__name__),),
            )
            return None


def _trace(error: BaseException) -> str:
    """Where an error and its causes were raised. Their texts are left out: they may contain arbitrary output of the machine."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_trace(cause)}\n" if cause else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}Traceback (most recent call last):\n{frames}{type(error).__name__}"
