"""The filter explain in a real playbook; no machine is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playing import Controller, Play

PC: dict[str, Any] = {"name": "pc", "windows": "windows-10-22h2"}


def shown(served: Controller, expression: str) -> Play:
    """A play on the controller that shows what an expression gives."""
    task = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}}
    return served.play([{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": [task]}])


@pytest.mark.smoke
def test_codes_are_explained_in_a_playbook(controller: Callable[..., Controller]) -> None:
    served = controller([PC])
    play = shown(served, "'0x80200013' | wsus.client.explain('bits_job')")
    assert play.exit_code == 0, play.output
    explanation = play.of("localhost").result["msg"]
    assert (explanation["name"], explanation["remedy"]) == ("BG_E_INSUFFICIENT_RANGE_SUPPORT", "network")
    assert explanation["context"] == "bits_job"

    # Numbers and names as they stand in YAML, through Jinja's map.
    codes = "[-2145386477, 1058, 'error_service_disabled', '0x80190194']"
    play = shown(served, codes + " | map('wsus.client.explain') | map(attribute='code')")
    assert play.of("localhost").result["msg"] == ["0x80200013", "0x80070422", "0x80070422", "0x80190194"], play.output
    assert served.lab.machines["pc"].log == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("'soon' | wsus.client.explain", "wsus.client.explain: 'soon' is not an error code: the name is unknown"),
        ("5 | wsus.client.explain('job')", "wsus.client.explain: 'job' is not a context; the contexts are"),
        ("absent | wsus.client.explain", "'absent' is undefined"),
    ],
)
def test_a_mistake_in_a_playbook_is_told(controller: Callable[..., Controller], expression: str, words: str) -> None:
    play = shown(controller([PC]), expression)
    assert (play.exit_code, play.of("localhost").status) == (2, "failed"), play.output
    assert words in play.of("localhost").result["msg"]
    assert "Traceback" not in play.output
