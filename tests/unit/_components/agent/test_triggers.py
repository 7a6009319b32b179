"""What triggers the agent, by build."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import Trigger
from support.triggers import OLD_RENEWED_SCAN, OLD_REPORT, OLD_SCAN, RENEWAL, SCAN


def lines(triggers: tuple[Trigger, ...]) -> list[str]:
    return [str(each.command) for each in triggers]


@pytest.mark.parametrize(
    ("build", "renew", "line"),
    [
        (7601, False, OLD_SCAN),
        (9600, False, OLD_SCAN),
        (9600, True, OLD_RENEWED_SCAN),
        (10239, False, OLD_SCAN),
        (10240, False, SCAN),
        (10240, True, SCAN),
        (26100, False, SCAN),
    ],
)
def test_a_detection(build: int, renew: bool, line: str) -> None:
    triggers = agent.start_scan(build, renew_authorization=renew)
    assert lines(triggers) == [line]
    assert triggers[0].program in line


@pytest.mark.parametrize(("build", "expected"), [(7601, [OLD_REPORT]), (9600, [OLD_REPORT]), (10240, [])])
def test_a_report(build: int, expected: list[str]) -> None:
    assert lines(agent.send_report(build)) == expected


@pytest.mark.parametrize(("build", "expected"), [(9600, []), (10240, [RENEWAL]), (26100, [RENEWAL])])
def test_an_authorization_is_dropped_by_itself_from_windows_10_on(build: int, expected: list[str]) -> None:
    assert lines(agent.drop_authorization(build)) == expected


@pytest.mark.parametrize(
    ("exit_code", "code"), [(0, None), (5, None), (9009, None), (-2147024809, 0x80070057), (-1073741819, 0xC0000005)]
)
def test_only_a_negative_exit_code_is_a_failure(exit_code: int, code: int | None) -> None:
    assert agent.failure(exit_code) == code
