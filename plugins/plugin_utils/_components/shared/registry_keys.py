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


def servers(answers: Answers) -> tuple[str, ...]:
    """The server URLs that policy sets, unchanged, WUServer first.

    None if policy was not queried, or if one of them may be damaged: then it is not known which server is used.
    """
    policy = answers.get(registry.tree(POLICY), None)
    key = policy.key(POLICY) if policy else None
    urls = tuple(url for name in ("WUServer", "UpdateServiceUrlAlternate") if key and (url := key.text(name)))
    return urls if all(map(is_readable, urls)) else ()
