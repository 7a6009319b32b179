# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a comparison of machines shows: shared client IDs, faults of a server, machines that are behind the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median

from .. import _error_codes
from .client_ids import duplicates, of_hostvars
from .fleet_finding import FleetFinding
from .machine import Machine

_OF_THE_SERVER = ("network-", "server")
"""The classes of causes that a fault of the server, or of the network before it, has on every machine."""
_ENOUGH = 3
_BEHIND = 500
"""A difference of revisions that is larger than what some months of cumulative updates make: about 85 a month on Server 2016, 120
on Windows 10 22H2 and Server 2019, 430 on Windows 11 24H2 (Microsoft's release histories, 2022 to 2025)."""


def compare(machines: Iterable[Machine], now: datetime, max_age_hours: int = 0) -> tuple[FleetFinding, ...]:
    """The findings about the fleet, those that concern the most machines first.

    Machines that were not audited for ``max_age_hours`` are one of them; 0 stands for no limit.
    """
    fleet = list(machines)
    audited = [each for each in fleet if each.facts]
    found = (
        *_server_faults(audited),
        *_shared_ids(audited),
        *_behind(audited),
        *_not_seen(fleet, now, max_age_hours),
    )
    return tuple(sorted(found, key=lambda each: (-len(each.machines), each.id, each.summary)))


def _not_seen(fleet: Sequence[Machine], now: datetime, max_age_hours: int) -> Iterator[FleetFinding]:
    ages = {each.name: each.age_hours(now) for each in fleet} if max_age_hours else {}
    names = sorted(name for name, hours in ages.items() if hours is None or hours > max_age_hours)
    if names:
        yield FleetFinding(
            "fleet.not_seen",
            f"{len(names)} of {len(fleet)} machines were not audited in the last {max_age_hours} hours",
            "Check whether these machines still exist and are switched on; remove those that do not exist from the inventory.",
            tuple(names),
        )


def _server_faults(fleet: Sequence[Machine]) -> Iterator[FleetFinding]:
    by_server: dict[str, list[Machine]] = {}
    for each in fleet:
        if server := _server(each):
            by_server.setdefault(server, []).append(each)
    for server, clients in sorted(by_server.items()):
        faults: dict[tuple[str, str], set[str]] = {}
        for client in clients:
            for fault in _faults(client):
                faults.setdefault(fault, set()).add(client.name)
        for (identifier, code), names in sorted(faults.items()):
            if len(names) >= _ENOUGH and 2 * len(names) >= len(clients):
                what = f"{identifier} {code}".rstrip()
                yield FleetFinding(
                    "fleet.server_fault",
                    f"{len(names)} of {len(clients)} machines of {server} have {what}",
                    "Check the server and the network in front of it first: this many machines rarely have the same fault independently.",
                    tuple(sorted(names)),
                )


def _faults(client: Machine) -> set[tuple[str, str]]:
    """The open findings of a machine that a fault of its server explains, each with its first code."""
    faults = set()
    for finding in client.findings:
        codes = finding.get("codes") or []
        of_connection = finding["id"].startswith("reachability.")
        if finding["severity"] == "info" or finding.get("resolved"):
            continue
        if of_connection or (
            codes and _error_codes.explain(int(codes[0], 16), "scan").cause.startswith(_OF_THE_SERVER)
        ):
            faults.add((finding["id"], codes[0] if codes else ""))
    return faults


def _shared_ids(fleet: Sequence[Machine]) -> Iterator[FleetFinding]:
    for identifier, names in duplicates([of_hostvars({each.name: each.facts for each in fleet})]).items():
        yield FleetFinding(
            "fleet.shared_client_id",
            f"{len(names)} machines share the client ID {identifier}",
            "Run the playbook wsus.client.regenerate_client_ids: the server shows only one of these machines at a time.",
            tuple(names),
        )


def _behind(fleet: Sequence[Machine]) -> Iterator[FleetFinding]:
    """Machines far below the others of their build: their scans may succeed and offer nothing.

    Causes are a missing servicing stack, a group without approvals, or a server that lacks a product.
    """
    builds: dict[tuple[str, int], dict[str, int]] = {}
    for each in fleet:
        system = each.fact("system")
        build, revision = system.get("build"), system.get("revision")
        if isinstance(build, int) and isinstance(revision, int) and revision > 0:
            builds.setdefault((str(system.get("product") or "Windows"), build), {})[each.name] = revision
    for (product, build), revisions in sorted(builds.items()):
        usual = int(median(revisions.values()))
        names = sorted(name for name, revision in revisions.items() if usual - revision >= _BEHIND)
        if len(revisions) >= _ENOUGH and names:
            lowest, highest = min(revisions.values()), max(revisions[name] for name in names)
            where = f"{build}.{lowest}" if lowest == highest else f"{build}.{lowest} to {build}.{highest}"
            yield FleetFinding(
                "fleet.behind",
                f"{len(names)} of {len(revisions)} machines with {product} are at {where}, most others at {build}.{usual} or later",
                "Check which updates are approved for the group of these machines, and whether they lack a servicing stack update.",
                tuple(names),
            )


def _server(machine: Machine) -> str:
    """The URL of the server that a machine uses, in lower case; empty if it uses none."""
    settings = machine.fact("policy").get("settings")
    url = settings.get("server_url") if isinstance(settings, Mapping) else None
    return url.lower().rstrip("/") if isinstance(url, str) else ""
