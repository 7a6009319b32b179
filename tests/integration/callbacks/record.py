"""A callback plugin that writes every task result to a file, so that tests read results and not printed text."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Write every task result as a line of JSON
description:
  - The file is named by the environment variable RECORD_FILE.
requirements: []
"""


class CallbackModule(CallbackBase):
    """One line per result: host, task, action, status, and the result itself."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"

    def _record(self, status: str, result: Any) -> None:
        # Before ansible-core 2.19 these have other names.
        host, task, outcome = (
            getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
            for name in ("host", "task", "result")
        )
        line = {
            "host": host.get_name(),
            "task": task.get_name(),
            "action": task.action,
            "status": status,
            "result": outcome,
        }
        with open(os.environ["RECORD_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("skipped", result)
