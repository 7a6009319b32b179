# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error family: what is added to an error stays with it, whatever its class."""

from __future__ import annotations

from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.journal import JournalFailed
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError


def test_an_extended_error_says_what_became_of_the_machine() -> None:
    error = WsusClientError("It was refused.", step="start", backup="old")
    extended = error.extended("Everything is as before.", "", "Saved in F.", rolled_back=True, backup="F")
    assert extended.message == str(extended) == "It was refused. Everything is as before. Saved in F."
    assert extended.details == {"step": "start", "rolled_back": True, "backup": "F"}
    assert (error.message, error.details) == ("It was refused.", {"step": "start", "backup": "old"})


def test_an_error_with_a_constructor_of_its_own_can_be_extended() -> None:
    extended = JournalFailed().extended("BITS is stopped.", service="BITS")
    assert isinstance(extended, JournalFailed)
    assert extended.message.endswith("free disk space. BITS is stopped.")
    assert extended.details == {"service": "BITS"}
