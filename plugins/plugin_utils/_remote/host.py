# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows machine that is reached through an Ansible connection. Only this file performs remote I/O."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from .._exceptions import BecomeRefused, NoPowerShell, NotAdministrator, OutputEndedEarly, WsusClientError
from .._text import one_line, visible
from .._windows import batch, readable, registry
from .._windows.command import NOT_FOUND, Command, Result, command
from .._windows.query import Answers, Query
from .._windows.urls import text_without_credentials
from . import handover
from .retries import NOT_WINRM, close, renew, retried

# The profile of LocalService exists on every Windows version and is readable only by administrators.
ADMINISTRATOR_PROBE = registry.key(r"HKU\S-1-5-19").command

# A text of three scripts, which no single code page but Unicode's contains, and which cmd.exe prints in the console's.
_CANARY = "\u00fc\u6771\u20ac"
_SET_UTF_8 = command("chcp.com", "65001")
_SAY_CANARY = command("cmd.exe", "/d", "/c", "echo", _CANARY)
# Only the shell that Ansible's winrm opens has the code page 65001 (ansible-core, winrm.py: open_shell(codepage=65001)).
_BEFORE_EACH_BATCH = {"ssh": (_SET_UTF_8, _SAY_CANARY)}
_ONLY_ASCII = frozenset({"psrp"})
_LONGEST_ERROR = 600


class Connection(Protocol):
    """The part of an Ansible connection plugin (winrm, psrp or ssh) that Host uses."""

    @property
    def transport(self) -> str:
        """The name of the plugin: winrm, psrp, ssh."""

    @property
    def connected(self) -> bool:
        """Whether the connection was made and not closed."""

    def close(self) -> None:
        """Close the connection; the next command opens it again."""

    def reset(self) -> None:
        """Forget the connection, and open another one."""

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command line; return its exit code, standard output and standard error."""


class Holds(Protocol):
    """The right of a run to change the machine, of which each execution is a step."""

    def step(self) -> Command:
        """What each execution begins with."""

    def require(self, step: Result) -> None:
        """Raises an exception if the result of ``step`` shows that the run lost the machine."""

    def if_held(self, change: Command) -> Command:
        """The command, which does nothing if the run lost the machine."""


def _ignore(_text: str) -> None:
    """Show nothing."""


class NoRegExe(WsusClientError):
    """reg.exe was not found on the machine."""

    reason = "no_reg_exe"


class Host:
    """Runs batches on one machine, and counts them.

    ``executions`` and ``commands`` are the numbers of remote executions and native commands so far. ``reads_unicode``: whether
    text that is not ASCII has arrived as the machine wrote it so far; where it has not, such characters are U+FFFD in the
    results. Over psrp it never does; over ssh the console is set to UTF-8, and what cmd.exe prints shows whether that worked.
    ``hold`` is the right of this run to change the machine, if it needs one.
    ``retries``: how many times queries are sent again after a temporary failure of the connection; ``tell`` receives a line for each.
    Raises BecomeRefused if the task uses become.
    """

    def __init__(
        self,
        connection: Connection,
        retries: int = 0,
        *,
        tell: Callable[[str], None] = _ignore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if getattr(connection, "become", None) is not None:
            raise BecomeRefused(
                "this module does not support become: it runs programs as the connection's user. "
                "Connect as an administrator of the machine and remove become from the task (become: false)"
            )
        self._connection = connection
        self.retries, self._tell, self._sleep = retries, tell, sleep
        self.hold: Holds | None = None
        self._administrator = False
        self._transport = connection.transport.rpartition(".")[2]
        self._before = _BEFORE_EACH_BATCH.get(self._transport, ())
        self.reads_unicode = self._transport not in _ONLY_ASCII
        self.executions = 0
        self.commands = 0

    def probe(self, queries: Iterable[Query[Any]]) -> Answers:
        """Run the queries and return their answers; a command that several queries share runs once. Raises the errors of ``run``."""
        return Answers(self.run_repeatable(tuple(dict.fromkeys(query.command for query in queries))))

    def run_repeatable(self, commands: Sequence[Command]) -> tuple[Result, ...]:
        """Run commands that may run twice, because they only read or have the same effect again: they are sent again if the connection is lost.

        Raises the errors of ``run``.
        """
        return retried(lambda: self.run(commands), self._connection, self.retries, self._sleep, self._tell)

    def close(self) -> None:
        """Close the connection at the end of the work. Raises nothing."""
        close(self._connection)

    def renew(self) -> None:
        """Close the connection; the next command opens another one. Raises nothing."""
        renew(self._connection)

    def run(self, commands: Sequence[Command]) -> tuple[Result, ...]:
        """Run commands in order, in as few remote executions as cmd.exe's command line allows.

        The first call also checks whether the user is an administrator.

        Raises NotAdministrator, NoRegExe, NoPowerShell, OutputEndedEarly, CommandTooLong, and AnsibleConnectionFailure
        if the machine cannot be reached or the connection is lost.
        """
        if not commands:
            return ()
        hold = self.hold
        sent = (hold.step(), *commands) if hold else tuple(commands)
        if not self._administrator and ADMINISTRATOR_PROBE not in sent:
            sent = (ADMINISTRATOR_PROBE, *sent)
        token = batch.new_token()
        results: list[Result] = []
        for part in batch.split(sent, token, self._before):
            results += self._execute(part, token)
            self._require_administrator(results)
        asked = tuple(results[len(sent) - len(commands) :])
        if hold:
            hold.require(results[len(sent) - len(commands) - 1])
        return asked

    def if_held(self, change: Command) -> Command:
        """The command; if this run holds the machine, in a form that does nothing after another run took the machine over."""
        return self.hold.if_held(change) if self.hold else change

    def _execute(self, asked: tuple[Command, ...], token: str) -> tuple[Result, ...]:
        commands = (*self._before, *asked)
        exit_code, stdout, stderr = self._send(handover.given(batch.render(commands, token), self._connection))
        self.executions += 1
        output = stdout.decode("utf-8", errors="replace")
        if self._transport == "psrp":
            # psrp joins the pipeline's objects; the other connections return the process's own line ends.
            output += "\n"
        try:
            results = batch.read(output, commands, token)
        except OutputEndedEarly as error:
            raise _explain(error, exit_code, output, _readable(stderr)) from error
        self.commands += len(asked)
        if self._before and results[len(self._before) - 1].lines != (_CANARY,):
            self.reads_unicode = False
        kept = results[len(self._before) :]
        return kept if self.reads_unicode else tuple(map(_ascii_only, kept))

    def _send(self, text: str) -> tuple[int, bytes, bytes]:
        try:
            return self._connection.exec_command(text, in_data=None, sudoable=False)
        except AnsibleConnectionFailure as error:
            said = visible(text_without_credentials(str(error)))
            if said.rstrip().endswith(":"):
                said = f"{said.rstrip()} {NOT_WINRM}"
            if said == str(error):
                raise
            raise AnsibleConnectionFailure(said) from None
        except AnsibleError:
            raise
        except Exception as error:
            # pywinrm and pypsrp raise their own exceptions and those of requests if a connection is refused or lost.
            said = one_line(text_without_credentials(str(error)), _LONGEST_ERROR) or type(error).__name__
            raise AnsibleConnectionFailure(
                f"the connection was lost while commands ran on the machine: {said}"
            ) from error

    def _require_administrator(self, results: Sequence[Result]) -> None:
        if self._administrator:
            return
        answer = next((each for each in results if each.command == ADMINISTRATOR_PROBE), None)
        if answer is None:
            return
        if answer.exit_code == NOT_FOUND:
            raise NoRegExe("reg.exe was not found on the machine: its PATH does not contain the Windows system folder")
        if not answer.ok:
            raise NotAdministrator(_refusal(results))
        self._administrator = True


def _ascii_only(result: Result) -> Result:
    """The result with every character marked that may be another one on the machine."""
    return replace(result, lines=tuple(readable.distrusted(line) for line in result.lines))


def _refusal(results: Sequence[Result]) -> str:
    """Why the probe was refused: reg.exe has one exit code for a right that is missing and a policy that forbids reg.exe."""
    message = (
        "the connection's user is not an administrator of the machine (or User Account Control filters its "
        "rights). Connect as a member of the local group Administrators"
    )
    if any(each.ok for each in results if each.command.program == ADMINISTRATOR_PROBE.program):
        return message  # so reg.exe itself may run
    return (
        f"{message}. If the user is one: reg.exe was denied all access, as it is if policy prevents access to registry editing "
        "tools for the user (DisableRegistryTools)"
    )


def _explain(error: OutputEndedEarly, exit_code: int, output: str, stderr: str) -> WsusClientError:
    """A more specific error if the output shows why it ended early."""
    said = f" Standard error: {stderr}" if stderr else ""
    if not output.strip() and exit_code in (1, 127, NOT_FOUND) and "powershell" in stderr.lower():
        return NoPowerShell(
            "PowerShell was not found on the machine: the host must be a Windows machine reached by winrm, psrp or ssh, "
            f"with Windows PowerShell on its PATH.{said}",
        )
    return OutputEndedEarly(f"{error.message} (exit code {exit_code}).{said}", **error.details, exit_code=exit_code)


def _readable(stderr: bytes) -> str:
    """Standard error as one short line, without the CLIXML in which Windows PowerShell wraps it."""
    text = stderr.decode("utf-8", errors="replace")
    if text.lstrip().startswith("#< CLIXML"):
        text = "".join(re.findall(r'<S S="Error">([^<]*)</S>', text)).replace("_x000D__x000A_", "\n")
    return one_line(text_without_credentials(" ".join(text.split())))
