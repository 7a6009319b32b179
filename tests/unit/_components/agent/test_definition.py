"""The update agent as each Windows has it. That of BITS is tried with its plan, both with real machines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import definition as _agent
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import baseline as _baselines
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import (
    Definition,
    FailureAction,
    FailureActions,
)

PATH = r"%systemroot%\system32\svchost.exe -k netsvcs"
AGENT = Definition(
    image_path=PATH,
    type=0x20,
    start=3,
    delayed=False,
    error_control=1,
    account="LocalSystem",
    dependencies=("rpcss",),
    privileges=("SeAuditPrivilege",),
    sid_type=1,
    failure_actions=FailureActions(
        86400, (FailureAction("restart", 60_000), FailureAction("none", 0), FailureAction("none", 0))
    ),
    service_dll=r"%systemroot%\system32\wuaueng.dll",
)


def drift(definition: Definition, build: int) -> set[str]:
    found = _baselines.drift(definition, _agent.baseline(build), ["wuauserv"], "wuauserv", r"C:\Windows")
    return {each.attribute for each in found}


@pytest.mark.parametrize(
    ("build", "name", "start_type", "image_path", "may_have_p"),
    [
        (7601, "windows-7", "delayed_auto", PATH, False),
        (9200, "windows-7", "demand", PATH, False),
        (9600, "windows-7", "demand", PATH, False),
        (10240, "windows-10-1507", "demand", PATH, True),
        (16299, "windows-10-1507", "demand", PATH, True),
        (17134, "windows-10-1803", "demand", f"{PATH} -p", True),
        (18362, "windows-10-1803", "demand", f"{PATH} -p", True),
        (19041, "windows-10-2004", "demand", f"{PATH} -p", True),
        (26100, "windows-10-2004", "demand", f"{PATH} -p", True),
    ],
)
def test_the_agent(build: int, name: str, start_type: str, image_path: str, may_have_p: bool) -> None:
    baseline = _agent.baseline(build)
    assert (baseline.name, baseline.image_path, _agent.start_type(build)) == (name, image_path, start_type)
    assert drift(AGENT, build) == set()
    assert drift(replace(AGENT, image_path=f"{PATH} -p"), build) == (set() if may_have_p else {"image_path"})


@pytest.mark.parametrize("build", [7601, 9600, 19045])
@pytest.mark.parametrize(
    ("start", "delayed", "right"), [(2, True, True), (2, False, True), (3, False, True), (4, False, False)]
)
def test_every_start_type_of_the_agent_is_right_but_disabled(
    build: int, start: int, delayed: bool, right: bool
) -> None:
    assert drift(replace(AGENT, start=start, delayed=delayed), build) == (set() if right else {"start_type"})


@pytest.mark.parametrize("privileges", [None, (), ("SeTcbPrivilege",)])
def test_privileges_of_the_agent_are_not_compared(privileges: tuple[str, ...] | None) -> None:
    assert drift(replace(AGENT, privileges=privileges), 19045) == set()


@pytest.mark.parametrize(
    ("attribute", "broken"),
    [
        ("image_path", replace(AGENT, image_path=r"%systemroot%\system32\svchost.exe -k other")),
        ("service_type", replace(AGENT, type=0x10)),
        ("error_control", replace(AGENT, error_control=0)),
        ("account", replace(AGENT, account=r".\x")),
        ("dependencies", replace(AGENT, dependencies=())),
        ("sid_type", replace(AGENT, sid_type=0)),
        ("failure_actions", replace(AGENT, failure_actions=None)),
        ("service_dll", replace(AGENT, service_dll=r"C:\x.dll")),
    ],
)
def test_what_differs_of_the_agent_is_drift(attribute: str, broken: Definition) -> None:
    assert drift(broken, 19045) == {attribute}
