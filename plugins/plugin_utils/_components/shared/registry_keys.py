# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry keys that several components read. All query them with ``registry.tree``, so that an audit sends each query once."""

from __future__ import annotations

from ..._windows import registry
from ..._windows.query import Answers
from ..._windows.readable import is_readable

POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
UPDATE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"


def wsus_server(answers: Answers) -> str | None:
    """The URL of the WSUS server that policy sets, unchanged.

    None if policy sets none or was not queried, or if the URL may be damaged: then it is not known which server is used.
    """
    return next(iter(_urls(answers, "WUServer")), None)


def download_servers(answers: Answers) -> tuple[str, ...]:
    """The URLs that WSUS downloads come from: the server, and the alternate download server.

    The alternate one is not a WSUS server: the agent downloads files from it and scans WUServer (text of the policy "Specify
    intranet Microsoft update service location"). Empty if one of them may be damaged: then it is not known which are used.
    """
    return _urls(answers, "WUServer", "UpdateServiceUrlAlternate")


def _urls(answers: Answers, *names: str) -> tuple[str, ...]:
    policy = answers.get(registry.tree(POLICY), None)
    key = policy.key(POLICY) if policy else None
    urls = tuple(url for name in names if key and (url := key.text(name)))
    return urls if all(map(is_readable, urls)) else ()
