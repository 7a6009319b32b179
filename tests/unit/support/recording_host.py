"""A host that answers from a Windows in memory, and counts as a real one does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query

from support.windows_answers import CONTEXT, Windows


class MemoryHost:
    """A host that answers from a Windows in memory."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self.executions = self.commands = 0
        self.asked: list[Command] = []

    @property
    def session(self) -> Session:
        """A run on it."""
        return Session(self, CONTEXT.now)  # type: ignore[arg-type]

    def probe(self, queries: Iterable[Query[Any]]) -> Answers:
        asked = list(dict.fromkeys(query.command for query in queries))
        self.executions += bool(asked)
        self.commands += len(asked)
        self.asked += asked
        return Answers(map(self._windows.answer, asked))
