# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base classes of the actions: they validate options before anything is sent, and turn errors into results."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ._exceptions import WrongOption, WsusClientError
from ._operations import attempts
from ._operations.operation import Operation
from ._options import Options, Range, Spec
from ._remote.host import Host
from ._remote.retries import MOST_RETRIES
from ._remote.session import Session
from ._text import has_hidden, json_text, lone_surrogate, one_line, shown, visible

_LONGEST_MESSAGE = 4000

_RETRIES = Range("attempts", 0, MOST_RETRIES)
_OWNER_TIMEOUT = Range("seconds", 0, 86400)


class WsusAction(ActionBase):
    """A task of this collection.

    A subclass declares ``OPTIONS`` and implements ``perform``. A WsusClientError becomes a failed result with ``msg``,
    ``reason`` and the error's details as fields. AnsibleConnectionFailure is not caught, so that Ansible marks the host
    as unreachable.
    """

    OPTIONS: ClassVar[type[Options]]
    _supports_check_mode = True
    # Modules take several steps on the controller, so the job ID of the first one would not be a result.
    _supports_async = False

    @abstractmethod
    def perform(self, options: Any, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Run the task with its options, an instance of ``OPTIONS``, and return its result."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The entry point for Ansible's task executor."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            result.update(
                _printed(
                    self.perform(self._options(), task_vars or {}), _text((task_vars or {}).get("inventory_hostname"))
                )
            )
        except WsusClientError as error:
            failure = AnsibleActionFail(
                one_line(error.message, _LONGEST_MESSAGE),
                result={"reason": error.reason, **shown(_plain(error.details))},
            )
            # Before ansible-core 2.19 the traceback in the result is shown in addition to the message; since then the message
            # of a cause is.
            failure.result.pop("exception", None)
            raise failure from None
        return result

    def _options(self) -> Options:
        """The task's options with types and defaults applied. Raises WrongOption for the first invalid one.

        An empty text is an option that is not given: surveys of AWX pass it for a question without an answer.
        """
        spec = self.OPTIONS.SPEC
        for name, value in self._task.args.items():
            if lone_surrogate(value):
                raise WrongOption(f"{name}: the text contains half of a surrogate pair, which is no character")
        validator = ArgumentSpecValidator(
            {name: dict(argument) for name, argument in spec.arguments.items()}, required_if=spec.required_if
        )
        validated = validator.validate({name: value for name, value in self._task.args.items() if value != ""})
        if validated.error_messages:
            raise WrongOption(self._wrong_option(validated.errors[0], validated.error_messages[0], spec))
        return self.OPTIONS(**validated.validated_parameters)

    def _wrong_option(self, error: Exception, message: str, spec: Spec) -> str:
        name = self._task.resolved_action or self._task.action
        if not isinstance(error, UnsupportedError):
            return f"{name}: {message}"
        unknown = sorted(set(self._task.args) - set(spec.arguments))
        known = ", ".join(sorted(spec.arguments))
        return f"{name}: unknown option {', '.join(map(str, unknown))}; the options are: {known}"


class MachineAction(WsusAction):
    """A task that reads or changes one Windows machine. A subclass declares its ``OPERATION``."""

    OPERATION: ClassVar[Operation[Any]]

    def __init_subclass__(cls) -> None:
        """Set ``OPTIONS`` to the options of the operation."""
        cls.OPTIONS = cls.OPERATION.options

    def perform(self, options: Any, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Run the operation on the machine of the task's connection. Raises BecomeRefused if the task uses become."""
        check_mode = bool(self._task.check_mode)
        host = Host(self._connection, self._number("wsus_retries", 3, _RETRIES, task_vars), tell=_tell)
        names = tuple(name for key in ("inventory_hostname", "ansible_host") if (name := _text(task_vars.get(key))))
        session = Session(
            host,
            datetime.now(timezone.utc),
            progress=_tell,
            debug=lambda text: Display().vvv(visible(text)),
            names=names,
            user=_text(task_vars.get("ansible_user")),
            owner_timeout=self._number("wsus_owner_timeout", 120, _OWNER_TIMEOUT, task_vars),
        )
        try:
            outcome = attempts.run(self.OPERATION, session, options, check_mode=check_mode)
        finally:
            host.close()
        return outcome.as_result(host, check_mode=check_mode, machine=names[0] if names else "")

    def _number(self, variable: str, default: int, allowed: Range, task_vars: Mapping[str, Any]) -> int:
        """A variable that concerns every task on a machine, like those of a connection. Raises WrongOption if it is no such number."""
        given = self._templar.template(task_vars.get(variable, ""))
        if given in ("", None):
            return default
        try:
            number = int(str(given))
        except ValueError:
            raise WrongOption(f"the variable {variable} is {given!r}; it must be a number of {allowed.unit}") from None
        allowed.require(f"the variable {variable}", number)
        return number


def _tell(text: str) -> None:
    """Show a line of progress with -v."""
    Display().v(one_line(text, _LONGEST_MESSAGE))


def _printed(result: dict[str, Any], machine: str | None) -> dict[str, Any]:
    """A result as Ansible may print it with -v.

    Its JSON escapes only the controls below U+0020. A result with others is data all the same, so it is printed here, escaped.
    """
    if not has_hidden(result):
        return result
    Display().v(json_text(result, indent=None), host=machine and one_line(machine))
    return {**result, "_ansible_verbose_override": True}


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    """The details that a result can contain: numbers, text and lists."""
    return {name: value for name, value in details.items() if isinstance(value, (int, str, list))}


def _text(variable: object) -> str | None:
    """A variable's text; None for one that is not set, or is a template, which nothing here needs rendered."""
    return variable if isinstance(variable, str) and variable and "{{" not in variable else None
