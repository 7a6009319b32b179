# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with BITS: every row of the article's tables, and what its repair section would mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ... import _errors
from ..._baselines import BITS_ESSENTIAL_PRIVILEGES, is_account
from ..._finding import Finding, Remedy
from ..._service_definition import Definition
from ._facts import Bits
from ._jobs import job_evidence, job_findings
from ._starts import START_FINDINGS, past_and_present

_CODES: Mapping[str, int] = {name: code for code, name in reversed(list(START_FINDINGS.items()))}
# Own process (0x10) is a known, harmless way to isolate a service; 0x30 is what a split svchost reports.
_WORKING_TYPES = frozenset({0x10, 0x20, 0x30})
_TELLS_OF: Mapping[str, str] = {
    "bits.disabled": "start_type",
    "bits.account": "account",
    "bits.path": "image_path",
    "bits.svchost_group": "svchost_group",
    "bits.service_dll": "service_dll",
    "bits.service_type": "service_type",
    "bits.privileges": "privileges",
    "bits.dependency_missing": "dependencies",
    "bits.dependency_failed": "dependencies",
}
_QMGR = "qmgr.dll"


def findings(bits: Bits) -> tuple[Finding, ...]:
    """All that is wrong with BITS on a machine, or worth knowing."""
    live = tuple(_existence(bits)) or (*_definition(bits), *_dependencies(bits), *_running(bits))
    return (*past_and_present(bits, live), *job_findings(bits), *_drift(bits, live), *_logs(bits))


def _existence(bits: Bits) -> Iterator[Finding]:
    if not bits.state.installed:
        evidence = [{"what": "sc.exe queryex bits", "error": 1060}]
        if bits.definition:
            evidence.append({"what": "registry key", "value": "present: the service control manager does not know it"})
        yield _start_finding("bits.missing", "BITS is not installed: the service does not exist", *evidence)
    elif bits.definition is None:
        yield Finding(
            "bits.definition_unreadable",
            "error",
            "The service control manager knows BITS but its registry key is absent or unreadable",
            "The key was deleted since the machine started, or its permissions keep administrators out.",
            "administrator",
            ({"what": r"HKLM\SYSTEM\CurrentControlSet\Services\BITS", "value": None},),
        )


def _definition(bits: Bits) -> Iterator[Finding]:
    definition = bits.definition
    if definition is None:
        return
    if definition.start == 4:
        yield _start_finding("bits.disabled", "BITS is disabled", _attribute("start_type", "disabled"))
    if not is_account(definition.account, "LocalSystem"):
        yield _start_finding(
            "bits.account",
            f"BITS runs as {definition.account}, it must run as LocalSystem",
            _attribute("account", definition.account),
        )
    if (definition.svchost_group or "").lower() != "netsvcs":
        yield _broken_definition(
            "bits.path",
            f"The program of BITS is not svchost.exe with -k netsvcs but {definition.image_path}",
            "The image path was changed; one pasted from the article holds a dash (U+2013) in place of the hyphen.",
            _attribute("image_path", definition.image_path),
        )
    if bits.in_group is False:
        yield _start_finding(
            "bits.svchost_group",
            "BITS is not listed in the svchost group netsvcs",
            _attribute("in_svchost_group", False),
        )
    if not (definition.service_dll or "").lower().endswith("\\" + _QMGR):
        said = f"names {definition.service_dll}" if definition.service_dll else "is missing"
        yield _start_finding(
            "bits.service_dll",
            rf"Parameters\ServiceDll of BITS {said}",
            _attribute("service_dll", definition.service_dll),
        )
    if definition.type is None or definition.type & ~0x100 not in _WORKING_TYPES:
        yield _broken_definition(
            "bits.service_type",
            f"The service type of BITS is {definition.service_type}, it must be share_process",
            "The service type was changed to one that svchost.exe does not run.",
            _attribute("service_type", definition.service_type),
        )
    yield from _privileges(definition)


def _privileges(definition: Definition) -> Iterator[Finding]:
    if definition.privileges is None:
        return  # without the list the service has all privileges of its account: drift, not a fault
    missing = sorted(BITS_ESSENTIAL_PRIVILEGES - set(definition.privileges))
    if missing:
        yield _broken_definition(
            "bits.privileges",
            f"BITS lacks {', '.join(missing)}",
            "The list of required privileges was changed; the article's own list misspells SeIncreaseQuotaPrivilege.",
            _attribute("privileges", list(definition.privileges)),
        )


def _dependencies(bits: Bits) -> Iterator[Finding]:
    missing = [each for each in bits.dependencies if not each.state.installed]
    if missing:
        names = ", ".join(each.name for each in missing)
        yield _start_finding(
            "bits.dependency_missing",
            f"BITS depends on {names}, which does not exist",
            *(each.as_fact() for each in missing),
        )
    failed = [
        each
        for each in bits.dependencies
        if each.state.installed and not each.state.running and (each.disabled or each.state.failed_with)
    ]
    if failed:
        names = ", ".join(f"{each.name} ({'disabled' if each.disabled else each.state.name})" for each in failed)
        yield _start_finding(
            "bits.dependency_failed",
            f"BITS depends on {names}, which cannot start",
            *(each.as_fact() for each in failed),
        )


def _running(bits: Bits) -> Iterator[Finding]:
    if bits.state.name.endswith("_pending") or bits.state.name in ("paused", "unreadable"):
        yield Finding(
            "bits.state",
            "warning",
            f"BITS is {bits.state.name}",
            "The service hangs between two states, was paused, or may not be asked for its state.",
            "bits",
            ({"what": "state", "value": bits.state.name, "error": bits.state.error},),
        )
    if not bits.sens.state.running:
        yield Finding(
            "bits.sens",
            "warning",
            f"System Event Notification (SENS) is {bits.sens.state.name}: BITS gets no notice of logons",
            _errors.explain(0x800704DD, "bits_job").meaning,
            "bits",
            (
                bits.sens.as_fact(),
                *(job_evidence(job) for job in bits.job_failures if job.code == 0x800704DD and job.wsus),
            ),
            (_errors.hexadecimal(0x800704DD),),
        )


def _drift(bits: Bits, live: Iterable[Finding]) -> Iterator[Finding]:
    told = {_TELLS_OF.get(finding.id) for finding in live}
    left = [fact for fact in bits.as_fact()["drift"] if fact["attribute"] not in told]
    if left:
        yield Finding(
            "bits.drift",
            "info",
            f"BITS differs from the default of this Windows ({bits.baseline}) in {', '.join(fact['attribute'] for fact in left)}",
            "Somebody or some tool changed the definition; BITS works with it.",
            "bits",
            tuple({"what": fact["attribute"], "value": fact["actual"], "expected": fact["expected"]} for fact in left),
        )


def _logs(bits: Bits) -> Iterator[Finding]:
    if bits.unreadable_logs or bits.damaged_events:
        yield Finding(
            "bits.events_unreadable",
            "info",
            "Not all events of BITS could be read: failures may have gone unseen",
            "The channel is disabled or missing, or its text arrived damaged.",
            "none",
            (
                *({"what": channel, "error": code} for channel, code in bits.unreadable_logs),
                {"what": "damaged events", "value": bits.damaged_events},
            ),
        )


def _start_finding(identifier: str, summary: str, *evidence: Mapping[str, Any]) -> Finding:
    """A live fault that a row of the article's first table describes."""
    explanation = _errors.explain(_CODES[identifier], "bits_start")
    return Finding(identifier, "error", summary, explanation.meaning, explanation.remedy, evidence, (explanation.hex,))


def _broken_definition(
    identifier: str, summary: str, cause: str, *evidence: Mapping[str, Any], remedy: Remedy = "bits"
) -> Finding:
    return Finding(identifier, "error", summary, cause, remedy, evidence)


def _attribute(name: str, value: Any) -> dict[str, Any]:
    return {"what": name, "value": value}
