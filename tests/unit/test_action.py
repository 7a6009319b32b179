# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the actions: what an error's details become in a failed result, and what reaches the terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display
from ansible_collections.wsus.client.plugins.plugin_utils._action import MachineAction, WsusAction
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FactsOptions
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation, Outcome
from ansible_collections.wsus.client.plugins.plugin_utils._options import Options
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Change
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from support.control_characters import KINDS, RAW
from support.lab_host import Pc


class Failing(WsusAction):
    def __init__(self, message: str = "It broke off.", **details: Any) -> None:
        self._message, self._details = message, details

    def _options(self) -> dict[str, Any]:
        return {}

    def perform(self, options: Any, task_vars: Any) -> dict[str, Any]:
        raise OutputEndedEarly(self._message, **self._details)


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


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is given to Ansible's display."""
    lines: list[str] = []
    monkeypatch.setattr("ansible.plugins.action.ActionBase.run", lambda *_arguments: {})
    for name in ("v", "vvv"):
        monkeypatch.setattr(Display, name, lambda _display, text, host=None: lines.append(f"{host}{text}"))
    return lines


@pytest.mark.parametrize("kind", KINDS)
def test_no_control_character_is_in_a_failed_result(kind: str, printed: list[str]) -> None:
    text = f"a{KINDS[kind]}z"
    with pytest.raises(AnsibleActionFail) as raised:
        Failing(text, command=text, names=[text]).run()
    shown = [raised.value.result["command"], *raised.value.result["names"]]
    assert not RAW & set(str(raised.value.message))
    assert not (RAW - set("\n\t")) & set("".join(shown))
    assert all(each.startswith("a") and each.endswith("z") for each in shown)


def talk(session: Session, _options: Options, *, check_mode: bool) -> Outcome:
    """Say everything that a module can say, all of it from a machine."""
    session.progress(Talking.text)
    session.debug(Talking.text)
    return Outcome({"fact": Talking.text}, (Change("name", Talking.text, check_mode),), Talking.text)


class Talking(MachineAction):
    OPERATION = Operation(Options, talk)
    text = ""

    def __init__(self, **arguments: Any) -> None:
        name = "wsus.client.wsus_facts"
        self._connection = Pc()
        self._task = SimpleNamespace(args=arguments, check_mode=True, action=name, resolved_action=name)
        self._templar = SimpleNamespace(template=lambda value: value)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "line ends"])
def test_what_ansible_would_print_raw_is_printed_here_and_stays_data(
    kind: str, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Talking, "text", f"a{KINDS[kind]}z")
    result = Talking().run(task_vars={"inventory_hostname": "pc\u202e"})
    assert result["fact"] == result["changes"][0]["before"] == Talking.text
    assert not RAW & set(str(result["diff"]))
    assert result["_ansible_verbose_override"] is True  # Ansible prints nothing of it
    progress, debug, data = printed
    assert not RAW & set(progress + debug + data)
    assert progress.endswith("z")
    assert data.startswith("pc\\u202e{")


def test_an_ordinary_result_is_printed_by_ansible(printed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Talking, "text", "B\u00fcro \u6771\u4eac\n")
    result = Talking().run(task_vars={"inventory_hostname": "pc"})
    assert "_ansible_verbose_override" not in result
    assert len(printed) == 2


@pytest.mark.parametrize("value", ["\ud800", ["x\udc00"], {"a": "\ud800"}, {"\ud800": 1}])
def test_half_of_a_surrogate_pair_in_an_option_is_one_clear_error(value: Any) -> None:
    action = Talking(server_url=value)
    action.OPTIONS = FactsOptions  # type: ignore[misc]
    with pytest.raises(WrongOption, match="server_url: the text contains half of a surrogate pair") as raised:
        action._options()
    raised.value.message.encode()
