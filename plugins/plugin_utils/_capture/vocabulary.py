# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the same on every Windows machine, so that a capture keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")

RESERVED = frozenset(
    """
    about access account action agent application auto client clients computer computers content context data default detect
    device disabled domain download downloads driver enabled error event events example false file files host http https
    install installer local localhost machine manual microsoft network none offline online password policy port program
    programdata proxy public registry root security server servers service services setting settings software source start state
    status stopped system system32 temp test true type update updates user users version volume wcp web windows workstation
    component connections currentversion extension history list lookup packages parameters pending progress reboot required results
    security servicing sessions svchost
    wsus wuserver www bits sus20clientdatastore wu job jobs pending running msc mscf edb dll exe cab xml log yes
    """.split()
)
"""Words that also stand in the output of programs and in paths of Windows.

A machine or a user with such a name is replaced only where the place shows that it is a name.
"""

ACCOUNTS = frozenset(
    {
        "administrator",
        "all users",
        "default",
        "default user",
        "defaultaccount",
        "guest",
        "local service",
        "localhost",
        "localservice",
        "localsystem",
        "network service",
        "networkservice",
        "public",
        "system",
        "systemprofile",
        "wdagutilityaccount",
    }
)
"""Built-in accounts and profiles."""

AUTHORITIES = frozenset({".", "builtin", "font driver host", "iis apppool", "nt service", "window manager"})
"""What stands before the names of built-in accounts, besides NT AUTHORITY in many languages."""

NAMES = frozenset(
    {
        "default domain controllers policy",
        "default domain policy",
        "default-first-site-name",
        "local group policy",
    }
)
"""Names of objects and sites that every domain begins with."""

GUIDS = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        "31b2f340-016d-11d2-945f-00c04fb984f9",
        "6ac1786c-016f-11d2-945f-00c04fb984f9",
        "35378eac-683f-11d2-a89a-00c04fbbcfa2",
        "3da21691-e39d-4da6-8a4b-b43877bcb1b7",
        "9482f4b4-e343-43b6-b170-9a65bc822c77",
        "7971f918-a847-4430-9279-4a52d1efe18d",
        "855e8a7c-ecb4-4ca3-b045-1dfa50104289",
        "117cab2d-82b1-4b5a-a08c-4d62dbee7782",
        "8b24b027-1dee-babb-9a95-3517dfb9c552",
    }
)
"""The two policies of every domain ([MS-GPOD] 1.1.1), the registry extension of Group Policy, and the update services."""

GUID_FIELDS = frozenset({"serviceguid", "updateguid"})
"""Fields of events whose GUIDs are the same on every machine: of an update service, of an update."""

_MICROSOFT = ("microsoft.com", "msftconnecttest.com", "msftncsi.com", "windows.com", "windowsupdate.com")

# A top-level domain does not identify anybody, and keeps a name recognizable as one.
_TOP = frozenset(
    "arpa biz com corp edu example gov home info int internal intra intranet invalid lan local mil net org private test".split()
)


def of_microsoft(host: str) -> bool:
    """Whether a host name is one of Microsoft's update services and portals."""
    name = host.casefold()
    return any(name == each or name.endswith(f".{each}") for each in _MICROSOFT)


def is_top_level(label: str) -> bool:
    """Whether the last label of a host name is a common top-level domain, or has two letters as those of countries have."""
    return label.casefold() in _TOP or (len(label) == 2 and label.isalpha())


def looks_like_host(text: str) -> bool:
    """Whether a word with dots is a host name by its top-level domain, and no name of a file or a version.

    Two labels before the rarer ones are required: ``ASP.NET`` and ``mfc.tr`` are no hosts.
    """
    labels = text.split(".")
    least = 3 if len(labels[-1]) == 2 or labels[-1].casefold() == "net" else 2
    return len(labels) >= least and is_top_level(labels[-1]) and any(not each.isdigit() for each in labels[:-1])


def is_authority(name: str) -> bool:
    """Whether the part before a backslash is that of built-in accounts: ``NT AUTHORITY``, ``NT-AUTORIT\u00c4T``, ``AUTORITE NT``."""
    words = {each.casefold() for each in _WORD.findall(name)}
    return name.casefold() in AUTHORITIES or ("nt" in words and any(each.startswith(("aut",)) for each in words))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of texts, in lower case."""
    return frozenset(each.casefold() for text in texts for each in _WORD.findall(text))
