# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about failures of Group Policy processing: one for each cause, with the object, the file and the code of its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ... import _error_codes
from ..._finding import Evidence, Finding, FindingType
from ..._windows.timestamps import event_time
from . import finding_types
from .group_policy import GroupPolicy
from .processing import LOCAL, ProcessingFailure, Stage

_TYPES: Mapping[Stage, FindingType] = {
    "controller": finding_types.PROCESSING_FAILED,
    "clock": finding_types.CLOCK,
    "account": finding_types.ACCOUNT,
    "other": finding_types.PROCESSING_INCOMPLETE,
    "sysvol": finding_types.SYSVOL,
    "local_file": finding_types.LOCAL_FILE,
}
_CAUSES: Mapping[Stage, str] = {
    "controller": "The machine cannot reach a domain controller: name resolution, network, or the domain controller itself.",
    "clock": "The clock of the machine differs from that of the domain controller by more than five minutes, so Kerberos refuses it.",
    "account": "The domain does not accept or does not find the computer account: it was deleted, disabled or reset, its password or the "
    "trust relationship is broken, it may not read its own object, or the clocks differ.",
    "other": "Windows reports that processing failed, without a more specific cause; the event contains the code.",
    "sysvol": "A file or the list of GPOs could not be read in the domain: it is missing or damaged in SYSVOL, its permissions deny the "
    "computer, or SYSVOL is not replicated. Until this is resolved, no new setting is applied.",
    "local_file": "The file of the local policy on this machine is missing, damaged or locked. Until this is resolved, no setting of "
    "administrative templates is applied, whether it is local or from the domain. If it is renamed or deleted instead of replaced, the local "
    "settings in it are lost.",
}
_MANAGER = (
    " Configuration Manager keeps its settings for the update client in this file: after the file is replaced, its service CcmExec must "
    "be restarted."
)
_PENDING = frozenset({0, 997, 1274, 0x8000000A})
"""Win32 codes and HRESULTs of an extension that is not a failure: success, pending, or waiting for the next start of Windows."""


def processing(group_policy: GroupPolicy, *, configuration_manager: bool) -> Iterator[Finding]:
    """A warning for each cause that has not been disproved: the settings that are applied may be out of date."""
    if group_policy.joined is False:
        return
    yield from _failures(group_policy, "the settings may be out of date", configuration_manager, error=False)
    if group_policy.status not in (None, 0) and not group_policy.open_failures and group_policy.manages:
        yield finding_types.PROCESSING_FAILED.found(
            f"Processing of Group Policy{of_domain(group_policy)} fails: the settings may be out of date",
            cause=_CAUSES["controller"],
            evidence=group_policy_evidence(group_policy),
        )
    status = group_policy.registry_status
    if status is not None and status not in _PENDING and not group_policy.open_failures:
        yield finding_types.EXTENSION.found(
            f"The extension of Group Policy that applies administrative templates failed (error {status})",
            cause="The last processing applied the settings of the update client incompletely or not at all.",
            evidence=(Evidence.value("status of the registry extension", status), *group_policy_evidence(group_policy)),
            codes=(_error_codes.hexadecimal(_error_codes.of_win32(status)),),
        )


def without_settings(group_policy: GroupPolicy, *, configuration_manager: bool) -> Finding | None:
    """The reason why a machine has no settings, if events name one other than the way to a domain controller."""
    found = list(
        _failures(
            group_policy,
            "no Windows Update policy is set",
            configuration_manager,
            error=True,
            skip="controller",
        )
    )
    return found[0] if found else None


def in_words(failure: ProcessingFailure, group_policy: GroupPolicy) -> str:
    """What an event says: the part of processing, the object or file, and the code."""
    words = [f"event {failure.event_id}"]
    if failure.code is not None:
        explained = _error_codes.explain(failure.code)
        words.append(f"{explained.hex} {explained.name}".rstrip())
    elif failure.description:
        words.append(failure.description)
    return f"{_what(failure, group_policy)} ({' '.join(words)})"


def cause_of(failure: ProcessingFailure) -> str:
    """The cause of a failure, in a sentence."""
    return _CAUSES[failure.stage]


def action_of(failure: ProcessingFailure) -> str:
    """What to do about a failure."""
    return _TYPES[failure.stage].action


def _failures(
    group_policy: GroupPolicy, effect: str, manager: bool, *, error: bool, skip: Stage | None = None
) -> Iterator[Finding]:
    groups: dict[tuple[Stage, str], list[ProcessingFailure]] = {}
    for each in group_policy.open_failures:
        if each.stage == skip:
            continue
        # One finding for each object whose files cannot be read; one for each other cause.
        groups.setdefault((each.stage, each.object if each.stage == "sysvol" else ""), []).append(each)
    for (stage, _object), failures in list(groups.items()):
        newest = failures[0]
        many = f", {len(failures)} times" if len(failures) > 1 else ""
        yield _TYPES[stage].found(
            f"{in_words(newest, group_policy)}{many}: {effect}",
            cause=_CAUSES[stage] + (_MANAGER if manager and stage == "local_file" else ""),
            severity="error" if error else "warning",
            evidence=group_policy_evidence(group_policy, failures),
            codes=codes_of(failures),
        )


def _what(failure: ProcessingFailure, group_policy: GroupPolicy) -> str:
    name = _name(failure.object, group_policy)
    if failure.stage == "local_file":
        return f"The file of the local policy{_of_file(failure)} could not be read"
    if failure.stage == "sysvol":
        return f"The {f'GPO {name}' if name else 'GPOs'}{of_domain(group_policy)}{_of_file(failure)} could not be read"
    if failure.stage == "account":
        return f"The domain{_named(group_policy)} did not accept or find the account of this computer"
    if failure.stage == "clock":
        return f"The clock of this machine differs from that of the domain{_named(group_policy)}"
    if failure.stage == "controller":
        file = f", which has {failure.file}" if failure.file else ""
        return f"Processing of Group Policy{of_domain(group_policy)} fails: no domain controller can be reached{file}"
    return f"Processing of Group Policy{of_domain(group_policy)} fails" + (f" at the GPO {name}" if name else "")


def _of_file(failure: ProcessingFailure) -> str:
    return f", {failure.file}," if failure.file else ""


def _name(gpo: str, group_policy: GroupPolicy) -> str:
    """The display name of the GPO that an event names by its distinguished name, if it is known."""
    if gpo == LOCAL:
        return gpo
    named = (each for each in group_policy.objects if each.id and each.id.lower() in gpo.lower())
    known = next(named, None)
    return f"{known.name} {known.id}" if known else gpo


def of_domain(group_policy: GroupPolicy) -> str:
    """The domain, for a summary."""
    return f" of the domain {group_policy.domain}" if group_policy.domain else " of the domain"


def _named(group_policy: GroupPolicy) -> str:
    return f" {group_policy.domain}" if group_policy.domain else ""


def group_policy_evidence(
    group_policy: GroupPolicy, failures: list[ProcessingFailure] | tuple[ProcessingFailure, ...] | None = None
) -> Iterator[Evidence]:
    """The state of Group Policy, and the newest failures."""
    processed = None if group_policy.processed is None else event_time(group_policy.processed, "microseconds")
    yield Evidence.value("domain", group_policy.domain)
    yield Evidence.value("last processed", processed, status=group_policy.status)
    for each in group_policy.objects:
        yield Evidence.value("group policy object", each.name, applied=each.applied, reason=each.reason)
    for failure in (group_policy.open_failures if failures is None else failures)[:3]:
        yield Evidence.event(failure.as_fact())


def codes_of(failures: list[ProcessingFailure] | tuple[ProcessingFailure, ...]) -> tuple[str, ...]:
    """The codes of failures, each once."""
    codes = (failure.code for failure in failures)
    return tuple(dict.fromkeys(_error_codes.hexadecimal(code) for code in codes if code is not None))
