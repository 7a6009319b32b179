# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the actions: what an error's details become in a failed result."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.wsus.client.plugins.plugin_utils._action import WsusAction
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly


class Failing(WsusAction):
    def __init__(self, **details: Any) -> None:
        self._details = details

    def _options(self) -> dict[str, Any]:
        return {}

    def perform(self, options: Any, task_vars: Any) -> dict[str, Any]:
        raise OutputEndedEarly("It broke off.", **self._details)


def test_only_plain_details_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible.plugins.action.ActionBase.run", lambda *_arguments: {})
    action = Failing(command="sc.exe", count=2, names=["a"], rolled_back=True, results=(object(),), backup=None)
    with pytest.raises(AnsibleActionFail) as raised:
        action.run()
    assert raised.value.result == {
        "reason": "output_ended_early",
        "command": "sc.exe",
        "count": 2,
        "names": ["a"],
        "rolled_back": True,
    } | {name: value for name, value in raised.value.result.items() if name in ("failed", "msg", "exception")}
    assert raised.value.__cause__ is None
