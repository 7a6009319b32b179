# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of our actions: options checked before anything is sent, one machine, every error one clear result."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ._exceptions import WrongOption, WsusClientError
from ._remote.host import Host


class WsusAction(ActionBase):
    """A task that asks or changes one Windows machine.

    A subclass declares ``ARGUMENT_SPEC`` and implements ``perform``; whatever WsusClientError that raises becomes a failed
    result with ``msg``, ``reason`` and the error's details as fields. A lost connection leaves as AnsibleConnectionFailure:
    Ansible marks the host unreachable.
    """

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    _supports_check_mode = True
    # Facts and repairs take several steps on the controller; a job handle of the first one would be no result.
    _supports_async = False

    @abstractmethod
    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Do the task with validated options and return its result."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Entry point of Ansible's task executor."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            result.update(self.perform(self._options(), task_vars or {}))
        except WsusClientError as error:
            # Since ansible-core 2.19 the message of a cause is shown beside the message that was made of it.
            raise AnsibleActionFail(error.message, result={"reason": error.reason, **_plain(error.details)}) from None
        return result

    def host(self) -> Host:
        """The machine behind the task's connection. Raises BecomeRefused."""
        return Host(self._connection)

    def _options(self) -> dict[str, Any]:
        """The task's options with types and defaults applied. Raises WrongOption for the first that does not fit."""
        validator = ArgumentSpecValidator({name: dict(spec) for name, spec in self.ARGUMENT_SPEC.items()})
        validated = validator.validate(dict(self._task.args))
        if validated.error_messages:
            name = self._task.resolved_action or self._task.action
            if isinstance(validated.errors[0], UnsupportedError):
                unknown = sorted(set(self._task.args) - set(self.ARGUMENT_SPEC))
                known = ", ".join(sorted(self.ARGUMENT_SPEC))
                raise WrongOption(
                    f"{name}: there is no option {', '.join(map(str, unknown))}; the options are: {known}"
                )
            raise WrongOption(f"{name}: {validated.error_messages[0]}")
        options: dict[str, Any] = validated.validated_parameters
        return options


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    """The details that a result can hold: numbers, text and lists."""
    return {name: value for name, value in details.items() if isinstance(value, (int, str, list))}
