# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error says if the connection is lost in the middle of a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ansible.errors import AnsibleConnectionFailure


@contextmanager
def begun(what: str, services: Iterable[str]) -> Iterator[None]:
    """Extend the error of a connection that is lost in this block with what was begun, and which services may be stopped.

    The error stays an AnsibleConnectionFailure, so that Ansible marks the host as unreachable.
    """
    try:
        yield
    except AnsibleConnectionFailure as error:
        names = ", ".join(services)
        stopped = f" These services may be stopped: {names}." if names else ""
        raise AnsibleConnectionFailure(
            f"{error}. {what} was begun on the machine and is not finished.{stopped} "
            "The next run finishes it or rolls it back: run the same task or playbook again as soon as the machine can be reached"
        ) from None
