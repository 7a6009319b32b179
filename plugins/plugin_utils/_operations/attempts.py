# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an operation, and continues it if the connection is lost in the middle of a change.

No command that changes something is repeated: the operation begins again, and each operation begins with a look at the machine. Its
journal and its plan then show what remains. So it continues as the next run of the task would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from .._remote.retries import is_denied
from .._remote.session import Begun, Session
from .operation import Operation, Outcome

_PAUSES_S = (1.0, 3.0, 9.0)


def run(operation: Operation[Any], session: Session, options: Any, *, check_mode: bool) -> Outcome:
    """The outcome of the operation, with the changes that it made before it was interrupted.

    Raises the errors of the operation. If the connection stays lost, AnsibleConnectionFailure says what was begun; it stays this
    exception, so that Ansible marks the host as unreachable.
    """
    try:
        return _attempts(operation, session, options, check_mode=check_mode)
    finally:
        session.host.hold = None


def _attempts(operation: Operation[Any], session: Session, options: Any, *, check_mode: bool) -> Outcome:
    number = 0
    while True:
        earlier = tuple(session.begun)
        try:
            return _continued(operation.run(session, options, check_mode=check_mode), earlier)
        except AnsibleConnectionFailure as error:
            if not session.begun:
                raise
            what = session.begun[-1]
            if number == session.host.retries or is_denied(error):
                raise _explained(error, what) from None
            session.progress(f"{error}; {what.what} was started, so the machine is read again")
        session.host.renew()
        session.sleep(_PAUSES_S[min(number, len(_PAUSES_S) - 1)])
        number += 1


def _continued(outcome: Outcome, earlier: Sequence[Begun]) -> Outcome:
    """The outcome of the last attempt, extended with what earlier attempts changed and the last one found changed."""
    if not earlier or outcome.changes is None:
        return outcome
    own = tuple(change for change in outcome.changes if change.attribute != "unfinished")
    again = {change.attribute for change in own}
    before = {change.attribute: change for each in reversed(earlier) for change in each.changes}
    made = tuple(change for attribute, change in before.items() if attribute not in again)
    if not made:
        return Outcome(outcome.values, own, outcome.subject)
    values = {name: value for each in reversed(earlier) for name, value in each.values.items()}
    return Outcome({**outcome.values, **values}, (*made, *own), outcome.subject)


def _explained(error: AnsibleConnectionFailure, begun: Begun) -> AnsibleConnectionFailure:
    """The error, extended with what was begun, and which services may be stopped."""
    names = ", ".join(begun.services)
    stopped = f" These services may be stopped: {names}." if names else ""
    if begun.journaled:
        then = "The next run finishes it or rolls it back, and starts the services"
    else:
        then = "The next run changes what remains" + (", and does not start the services" if names else "")
    return AnsibleConnectionFailure(
        f"{error}. {begun.what} was started on the machine and is not finished.{stopped} "
        f"{then}: run the same task or playbook again as soon as the machine can be reached"
    )
