# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server that policy sets can be none, so that updates are disabled: then it is not tested, and no scan is expected."""

from __future__ import annotations

from ..._windows import registry, sc
from ..._windows.query import Answers
from ..._windows.readable import is_readable
from .placeholder import is_itself, placeholder
from .registry_keys import POLICY

SERVER_ROLE = sc.state("WsusService")
"""The service of a WSUS server."""


def blocked(answers: Answers) -> str | None:
    """Why WUServer can be no server; None if it may be one, if it is not set, or if policy was not queried.

    A machine may name itself if it is a WSUS server: as long as that was not queried, the answer is None.
    """
    tree = answers.get(registry.tree(POLICY), None)
    key = tree.key(POLICY) if tree else None
    url = key.text("WUServer") if key else None
    if url is None or not is_readable(url):
        return None
    if is_itself(url):
        role = answers.get(SERVER_ROLE, None)
        return None if role is None or role.installed else placeholder(url)
    return placeholder(url)


def blocks(answers: Answers) -> bool:
    """Whether such a server is also used (UseWUServer is 1), so that no scan can succeed."""
    tree = answers.get(registry.tree(POLICY), None)
    automatic = tree.key(rf"{POLICY}\AU") if tree else None
    return automatic is not None and automatic.number("UseWUServer") == 1 and blocked(answers) is not None
