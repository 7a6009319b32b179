# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with any service of svchost.exe: it does not exist, its definition is wrong, or it cannot start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..._finding import Evidence, Finding, FindingType
from ..._windows import sc
from ..._windows.service_key import SERVICES, Definition, ServiceType, StartType, shown_image_path
from . import dependency_failures
from .baseline import is_account
from .facts import ServiceFacts
from .spec import ServiceSpec

# A process of its own is a known and harmless way to isolate a service; a split svchost reports OWN_OR_SHARE_PROCESS.
_WORKING_TYPES = frozenset({ServiceType.OWN_PROCESS, ServiceType.SHARE_PROCESS, ServiceType.OWN_OR_SHARE_PROCESS})
# The attribute that a finding reports, so that drift does not report it again.
_REPORTED_BY: Mapping[str, str] = {
    "disabled": "start_type",
    "account": "account",
    "path": "image_path",
    "svchost_group": "svchost_group",
    "service_dll": "service_dll",
    "service_type": "service_type",
    "privileges": "privileges",
    "dependency_missing": "dependencies",
    "dependency_failed": "dependencies",
}


def faults(facts: ServiceFacts) -> tuple[Finding, ...]:
    """The current faults of the service; if it does not exist or its definition cannot be read, only that."""
    existence = tuple(_existence(facts))
    if facts.definition is None or not facts.state.installed:
        return existence
    return (*existence, *_definition(facts, facts.definition), *_dependencies(facts), *_state(facts))


def drift(facts: ServiceFacts, live: Iterable[Finding]) -> Iterator[Finding]:
    """The differences of the definition from the baseline that the live findings do not report."""
    service = facts.spec
    reported = {_REPORTED_BY.get(finding.id.partition(".")[2]) for finding in live}
    left = [fact for fact in facts.as_fact()["drift"] if fact["attribute"] not in reported]
    if left:
        names = ", ".join(fact["attribute"] for fact in left)
        yield service.findings.drift.found(
            f"{service.subject} differs from the default of this Windows version ({facts.baseline}) in {names}",
            cause=f"The definition was changed by a person or a tool; {service.phrase} works with it.",
            evidence=(Evidence.value(fact["attribute"], fact["actual"], expected=fact["expected"]) for fact in left),
        )


def _existence(facts: ServiceFacts) -> Iterator[Finding]:
    service = facts.spec
    if not facts.state.installed:
        evidence = [Evidence("value", {"what": f"sc.exe queryex {service.name.lower()}", "error": sc.NOT_INSTALLED})]
        if facts.definition:
            evidence.append(Evidence.value("registry key", "present, but unknown to the service control manager"))
        yield _start_fault(
            service,
            service.findings.missing,
            f"{service.subject} is not installed: the service does not exist",
            *evidence,
        )
    elif facts.definition is None:
        yield service.findings.definition_unreadable.found(
            f"The service control manager lists {service.phrase}, but its registry key is missing or unreadable",
            cause="The key was deleted after Windows started, or administrators have no permission to read it.",
            evidence=(Evidence.value(rf"{SERVICES}\{service.name}", None),),
        )
    elif not facts.definition.complete:
        yield service.findings.definition_unreadable.found(
            f"Only part of the registry key of {service.phrase} could be read: what is missing from it is not known",
            cause="Administrators are not allowed to read one of the keys below it.",
            evidence=(Evidence.value(rf"{SERVICES}\{service.name}", "listed in part"),),
        )


def _definition(facts: ServiceFacts, definition: Definition) -> Iterator[Finding]:
    service, kinds = facts.spec, facts.spec.findings
    if definition.start == StartType.DISABLED:
        yield _start_fault(
            service, kinds.disabled, f"{service.subject} is disabled", Evidence.value("start_type", "disabled")
        )
    if definition.knows(definition.account) and not is_account(definition.account, service.account):
        yield _start_fault(
            service,
            kinds.account,
            f"{service.subject} runs as {definition.account}; it must run as {service.account}",
            Evidence.value("account", definition.account),
        )
    if definition.knows(definition.image_path) and (definition.svchost_group or "").lower() != service.group.lower():
        image_path = shown_image_path(definition.image_path)
        yield kinds.path.found(
            f"The image path of {service.phrase} is not svchost.exe with -k {service.group} but {image_path}",
            cause="The image path was changed; the path in the article contains a dash (U+2013) instead of a hyphen.",
            evidence=(Evidence.value("image_path", image_path),),
        )
    if facts.in_group is False:
        yield _start_fault(
            service,
            kinds.svchost_group,
            f"{service.subject} is not listed in the svchost group {service.group}",
            Evidence.value("in_svchost_group", False),
        )
    has_dll = (definition.service_dll or "").lower().endswith("\\" + service.dll_name)
    if definition.knows(definition.service_dll) and not has_dll:
        said = f"is {definition.service_dll}" if definition.service_dll else "is missing"
        yield _start_fault(
            service,
            kinds.service_dll,
            rf"Parameters\ServiceDll of {service.phrase} {said}",
            Evidence.value("service_dll", definition.service_dll),
        )
    if definition.knows(definition.type) and definition.process_type not in _WORKING_TYPES:
        yield kinds.service_type.found(
            f"The service type of {service.phrase} is {definition.service_type}; it must be share_process",
            cause="The service type was changed to one that svchost.exe cannot run.",
            evidence=(Evidence.value("service_type", definition.service_type),),
        )
    yield from _privileges(service, definition)


def _privileges(service: ServiceSpec, definition: Definition) -> Iterator[Finding]:
    if definition.privileges is None:
        return  # without the list the service has all privileges of its account: drift, not a fault
    missing = sorted(service.essential_privileges - set(definition.privileges))
    if missing:
        yield service.findings.privileges.found(
            f"{service.subject} lacks {', '.join(missing)}",
            cause="The list of required privileges was changed; the list in the article misspells SeIncreaseQuotaPrivilege.",
            severity="error",
            remedy=service.remedy,
            evidence=(Evidence.value("privileges", list(definition.privileges)),),
            codes=(),
        )


def _dependencies(facts: ServiceFacts) -> Iterator[Finding]:
    service = facts.spec
    missing = [each for each in facts.dependencies if each.readable and not each.state.installed]
    if missing:
        names = ", ".join(each.name for each in missing)
        yield _start_fault(
            service,
            service.findings.dependency_missing,
            f"{service.subject} depends on {names}, which does not exist",
            *(Evidence("value", each.as_fact()) for each in missing),
        )
    failed = [
        each
        for each in facts.dependencies
        if each.state.installed and not each.state.running and (each.disabled or each.state.failed_with)
    ]
    if failed:
        names = ", ".join(f"{each.name} ({'disabled' if each.disabled else each.state.name})" for each in failed)
        fault = _start_fault(
            service,
            service.findings.dependency_failed,
            f"{service.subject} depends on {names}, which cannot start",
            *(Evidence("value", each.as_fact()) for each in failed),
        )
        by_hand = dependency_failures.needs_administrator(failed)
        yield replace(
            fault,
            cause=f"{fault.cause} {dependency_failures.cause(failed)}".rstrip(),
            remedy="administrator" if by_hand else fault.remedy,
            action=dependency_failures.action(failed) if by_hand else fault.action,
        )


def _state(facts: ServiceFacts) -> Iterator[Finding]:
    service, state = facts.spec, facts.state
    if state.pending or state.name in ("paused", "unreadable"):
        yield service.findings.state.found(
            f"{service.subject} is {state.name}",
            cause="The service is stuck while starting or stopping, was paused, or its state cannot be queried.",
            evidence=(Evidence.value("state", state.name, error=state.error),),
        )


def _start_fault(service: ServiceSpec, kind: FindingType, summary: str, *evidence: Evidence) -> Finding:
    """A live fault that makes a start fail with the code of its type."""
    explanation = service.explain(int(kind.codes[0], 16))
    return kind.found(
        summary,
        cause=explanation.meaning,
        severity="error",
        remedy=service.remedy,
        evidence=evidence,
        codes=(explanation.hex,),
    )
