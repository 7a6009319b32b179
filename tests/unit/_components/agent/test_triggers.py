"""What triggers the agent, by build."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent


@pytest.mark.parametrize(
    ("build", "renew", "line"),
    [
        (7601, False, "wuauclt.exe /detectnow"),
        (9600, False, "wuauclt.exe /detectnow"),
        (9600, True, "wuauclt.exe /resetauthorization /detectnow"),
        (10239, False, "wuauclt.exe /detectnow"),
        (10240, False, "UsoClient.exe StartScan"),
        (10240, True, "UsoClient.exe StartScan"),
        (26100, False, "UsoClient.exe StartScan"),
    ],
)
def test_a_detection(build: int, renew: bool, line: str) -> None:
    assert [str(each) for each in agent.start_scan(build, renew_authorization=renew)] == [line]


@pytest.mark.parametrize(
    ("build", "lines"), [(7601, ["wuauclt.exe /reportnow"]), (9600, ["wuauclt.exe /reportnow"]), (10240, [])]
)
def test_a_report(build: int, lines: list[str]) -> None:
    assert [str(each) for each in agent.send_report(build)] == lines
