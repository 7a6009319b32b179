# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures of a connection are temporary, so that what only reads is sent again, and which are not.

A connection that was made and lost is temporary. A connection that could not be made is not: a machine that is switched off would
cost the time-out of the connection plugin again, and each logon with a wrong password counts toward the lockout of the account. The
exceptions are answers of an HTTP server or proxy between controller and machine, and quotas. Connection plugins report all of these as
text only (ansible-core, winrm.py: _winrm_connect), so they are recognized by the texts of requests, urllib3 and pywinrm, which are English.
For XML that is no answer of WinRM, such as the sign-in page of a network, they have no text (pywinrm, protocol.py: StopIteration);
``Host`` says NOT_WINRM then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from ansible.errors import AnsibleConnectionFailure

from .._exceptions import OutputEndedEarly

T = TypeVar("T")

MOST_RETRIES = 10
NOT_WINRM = "the answer did not come from WinRM"
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_CLOSES = 4

# Access denied (Win32 error 5) is an HTTP 500 too, and stays denied.
_DENIED = re.compile(r"credentials were rejected|'wsmanfault_code': '?5\b|[Aa]ccess is denied")
_TEMPORARY = re.compile(
    r"Code 5[0-9][0-9]\b|'http_status_code': 5[0-9][0-9]\b|Connection aborted|Connection broken|reset by peer|Remote end closed|"
    r"ended prematurely|Broken pipe|(?:syntax error|no element found|mismatched tag|not well-formed[^:]{0,40}): line [0-9]|"
    + NOT_WINRM
)
# ERROR_WSMAN_UNEXPECTED_SELECTORS, 0x8033805B: the shell is closed already, and only the answer was lost.
_NO_SHELL = re.compile(r"'wsmanfault_code': '?2150858843\b")


def is_denied(error: AnsibleConnectionFailure) -> bool:
    """Whether the machine refused the user: then every further attempt may count toward the lockout of the account."""
    return bool(_DENIED.search(str(error)))


def is_temporary(error: AnsibleConnectionFailure, *, connected: bool) -> bool:
    """Whether the next attempt may succeed; ``connected`` is whether the connection was made before it failed."""
    if connected:
        return True
    return bool(_TEMPORARY.search(str(error))) and not is_denied(error)


def close(connection: Any) -> bool:
    """Close a connection that may be broken: a shell that is not deleted stays open on the machine for hours.

    False if the connection plugin still believes in its shell. Raises nothing.
    """
    for _attempt in range(_CLOSES):
        try:
            connection.close()
        except (
            Exception
        ) as error:  # of pywinrm, pypsrp and requests; the request that deletes the shell may be lost as well
            if _NO_SHELL.search(str(error)):
                return False
            continue
        return True
    return False


def renew(connection: Any) -> None:
    """Close a connection so that the next command opens another one, even if its shell cannot be deleted. Raises nothing."""
    if not close(connection):
        with suppress(Exception):  # those of connecting: the next command connects again, and raises them
            connection.reset()


def retried(
    read: Callable[[], T],
    connection: Any,
    retries: int,
    sleep: Callable[[float], None],
    tell: Callable[[str], None],
) -> T:
    """What ``read`` returns, which changes nothing on the machine: after a temporary failure it is called again, up to ``retries`` times.

    ``sleep`` pauses for seconds, ``tell`` receives a line for the user. Raises the last AnsibleConnectionFailure or OutputEndedEarly.
    """
    pause = _FIRST_PAUSE_S
    for left in range(retries, 0, -1):
        try:
            return read()
        except AnsibleConnectionFailure as error:
            if not is_temporary(error, connected=connection.connected):
                raise
            reason: Exception = error
        except OutputEndedEarly as error:
            reason = error
        tell(f"{reason}; asking again, attempts left: {left}")
        renew(connection)
        sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)
    return read()
