"""What the options of wsus_bits ask for."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import BitsOptions, definition, desired
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.desired import Desired
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import FailureAction, FailureActions
from support.task_options import options as given
from support.windows_answers import Windows

EVERYTHING = {
    "image_path",
    "service_type",
    "start_type",
    "error_control",
    "account",
    "dependencies",
    "privileges",
    "sid_type",
    "failure_actions",
    "service_dll",
    "svchost_group",
}


def want(build: int = 19045, **options: object) -> Desired:
    return desired(given(BitsOptions, **options), Windows(build=build).system())


@pytest.mark.parametrize(
    ("build", "baseline", "start_type"),
    [
        (7601, "windows-7", "delayed_auto"),
        (9600, "windows-7", "delayed_auto"),
        (10240, "windows-10-1507", "delayed_auto"),
        (10586, "windows-10-1507", "demand"),
        (14393, "windows-10-1507", "demand"),
        (16299, "windows-10-1709", "demand"),
        (26100, "windows-10-1709", "demand"),
    ],
)
def test_the_default_is_the_one_of_the_build(build: int, baseline: str, start_type: str) -> None:
    wanted = want(build)
    assert wanted.definition == definition.baseline(build)
    assert (wanted.definition.name, wanted.start_type, wanted.state) == (baseline, start_type, "startable")
    assert wanted.managed == EVERYTHING


@pytest.mark.parametrize("build", [7601, 26100])
def test_the_article_is_the_same_on_every_windows(build: int) -> None:
    wanted = want(build, definition="kb10132")
    definition = wanted.definition
    assert wanted.managed == EVERYTHING
    assert (definition.image_path, definition.type, definition.account) == (
        r"%SystemRoot%\System32\svchost.exe -k netsvcs",
        0x110,
        "LocalSystem",
    )
    assert definition.dependencies == ("RpcSs", "EventSystem")
    assert definition.privileges == (
        "SeCreateGlobalPrivilege",
        "SeImpersonatePrivilege",
        "SeTcbPrivilege",
        "SeAssignPrimaryTokenPrivilege",
        "SeIncreaseQuotaPrivilege",
    )
    assert (definition.sid_type, definition.error_control, definition.starts) == (
        "unrestricted",
        "normal",
        {"auto", "delayed_auto", "demand"},
    )
    assert definition.failure_actions == FailureActions(
        86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000))
    )


def test_unmanaged_asks_for_nothing() -> None:
    assert want(definition="unmanaged").managed == frozenset()
