# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one family of errors that our code raises on purpose; an action turns each into one clear task result."""

from __future__ import annotations

from typing import TypeVar

_ErrorT = TypeVar("_ErrorT", bound="WsusClientError")


class WsusClientError(Exception):
    """Something that the user has to know, in one sentence that says what happened and what to do.

    ``reason`` is the stable name of the case, published as a field of the failed result so that playbooks need not read prose.
    """

    reason = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def extended(self: _ErrorT, *sentences: str, **details: object) -> _ErrorT:
        """The same error with what became of the machine: sentences after its message, details beside its own.

        The copy is made without the constructor, whose arguments belong to the subclass.
        """
        message = " ".join([f"{self.message.rstrip('.')}.", *filter(None, sentences)])
        copy = type(self).__new__(type(self))
        WsusClientError.__init__(copy, message, **{**self.details, **details})
        return copy


class UnquotableArgument(WsusClientError):
    """An argument that Windows PowerShell would not hand on unchanged; a command must be designed without it."""

    reason = "unquotable_argument"


class CommandTooLong(WsusClientError):
    """One command that alone exceeds what cmd.exe accepts as a command line."""

    reason = "command_too_long"


class OutputEndedEarly(WsusClientError):
    """The boundary of a command is missing: what ran after it, and whether it ran, is not known."""

    reason = "output_ended_early"


class UnexpectedOutput(WsusClientError):
    """A program answered in a form that is not its documented one."""

    reason = "unexpected_output"


class NoPowerShell(WsusClientError):
    """The machine has no PowerShell where the connection's shell looks for it, or is no Windows machine."""

    reason = "no_powershell"


class NotAdministrator(WsusClientError):
    """The connection's user is not an administrator of the machine."""

    reason = "not_administrator"


class BecomeRefused(WsusClientError):
    """The task asks for ``become``, which does not reach the carrier of our commands."""

    reason = "become_refused"


class WrongOption(WsusClientError):
    """An option of a module that does not mean anything; found before anything was sent."""

    reason = "wrong_option"
