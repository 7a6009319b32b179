"""Steps of plans, as tests look at them."""

from __future__ import annotations

from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step

EVERY_ATTRIBUTE = {
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
"""The attributes that a whole profile manages."""


def only(steps: tuple[Step, ...]) -> Step:
    """The one step of a plan that has one."""
    assert len(steps) == 1, [step.name for step in steps]
    return steps[0]


def undo_of(step: Step) -> list[str]:
    """The command lines that take a step back."""
    return [str(command) for command in step.undo]


def lines(steps: tuple[Step, ...]) -> list[str]:
    """The command lines of a plan."""
    return [str(step.do) for step in steps]
