# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that the collection raises on purpose; an action turns each into a failed task result."""

from __future__ import annotations

from typing import TypeVar

_ErrorT = TypeVar("_ErrorT", bound="WsusClientError")


class WsusClientError(Exception):
    """An error for the user; its message says what happened and what to do.

    ``reason`` is its stable identifier, a field of the failed result, so that playbooks need not parse the message.
    """

    reason = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def extended(self: _ErrorT, *sentences: str, **details: object) -> _ErrorT:
        """A copy of the error with more sentences and details, such as the state of the machine after the failure.

        The copy is made without the constructor, because subclasses may change its arguments.
        """
        message = " ".join([f"{self.message.rstrip('.')}.", *filter(None, sentences)])
        copy = type(self).__new__(type(self))
        WsusClientError.__init__(copy, message, **{**self.details, **details})
        return copy


class UnquotableArgument(WsusClientError):
    """An argument that Windows PowerShell would not pass unchanged; a command must not contain it."""

    reason = "unquotable_argument"


class CommandTooLong(WsusClientError):
    """A single command exceeds the length of a command line that cmd.exe accepts."""

    reason = "command_too_long"


class OutputEndedEarly(WsusClientError):
    """The boundary of a command is missing, so it is unknown whether this command and those after it ran."""

    reason = "output_ended_early"


class UnexpectedOutput(WsusClientError):
    """The output of a program does not have its documented format."""

    reason = "unexpected_output"


class AnswerTooLong(WsusClientError):
    """A program wrote more than is read of it."""

    reason = "answer_too_long"


class NoPowerShell(WsusClientError):
    """The connection's shell does not find PowerShell, or the machine does not run Windows."""

    reason = "no_powershell"


class NotAdministrator(WsusClientError):
    """The connection's user is not an administrator of the machine."""

    reason = "not_administrator"


class BecomeRefused(WsusClientError):
    """The task uses ``become``, which does not apply to the commands of this collection."""

    reason = "become_refused"


class WrongOption(WsusClientError):
    """An option of a module is invalid; nothing was sent to the machine."""

    reason = "wrong_option"


class Unverifiable(WsusClientError):
    """A text is to be written that the connection does not read back, so it could not be verified; nothing was changed."""

    reason = "unverifiable"
