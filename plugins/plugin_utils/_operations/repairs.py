# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each role that repairs can change: the findings, and the classes of cause of error codes, that may name it as their remedy.

A role that cannot change what is wrong is no remedy: the same finding would be in every later report. What a person or a domain
decided is for an administrator, even if a role reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._finding import Remedy


@dataclass(frozen=True)
class Repairs:
    """What one role can change; ``work`` is how. ``findings`` are IDs, ``causes`` classes of cause in the table of codes."""

    work: str
    findings: frozenset[str]
    causes: frozenset[str]


def _of_service(component: str) -> frozenset[str]:
    faults = (
        "missing",
        "svchost_group",
        "disabled",
        "dependency_missing",
        "dependency_failed",
        "service_dll",
        "account",
    )
    return frozenset(
        f"{component}.{name}" for name in (*faults, "privileges", "path", "service_type", "state", "drift")
    )


REPAIRS: Mapping[Remedy, Repairs] = {
    "policy": Repairs(
        "refreshes Group Policy, which brings a setting that is missing or was overwritten, or writes given settings",
        frozenset(
            f"policy.{name}"
            for name in (
                "not_configured",
                "not_targeted",
                "unreachable",
                "no_server",
                "server_unused",
                "server_url",
                "server_port",
                "status_server",
                "unexpected_server",
                "updates_blocked",
            )
        ),
        frozenset({"policy"}),
    ),
    "bits": Repairs(
        "restores the definition of BITS and the folder of its jobs, and starts the services that it requires",
        _of_service("bits") | {"bits.path_not_found", "bits.sens"},
        frozenset({"service", "permissions"}),  # permissions: a missing entry in the list of required privileges
    ),
    "agent": Repairs(
        "restores the definition of wuauserv, enables its helpers, and starts a scan, whose success ends a failed scan",
        _of_service("agent") | {"agent.helper_disabled", "agent.no_scan"},
        frozenset({"service", "transient", "other", "identity"}),  # identity: the next scan gets a new cookie
    ),
    "reachability": Repairs(
        "sets the proxy of the machine, and tests the connection",
        frozenset(
            f"reachability.{name}"
            for name in (
                "name_resolution",
                "connect",
                "proxy",
                "tls",
                "answer",
                "captive",
                "forbidden",
                "not_wsus",
                "unavailable",
                "error",
                "content_port",
                "automatic_proxy",
            )
        )
        | {"proxy.malformed", "proxy.credentials"}
        | {"bits.job_proxy_settings"},
        frozenset({"network-proxy"}),
    ),
    "update_store": Repairs(
        "renames the update store, so that the agent creates a new one",
        frozenset({"update_store.unfinished", "update_store.damaged"}),
        frozenset({"store-corruption", "disk", "permissions", "service", "update"}),
    ),
    "client_id": Repairs(
        "deletes the client ID, so that the agent creates a new one and registers again",
        frozenset({"client_id.unfinished", "client_id.missing", "client_id.malformed"}),
        frozenset({"identity"}),
    ),
}
