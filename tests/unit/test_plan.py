"""A plan as published."""

from __future__ import annotations

from ansible_collections.wsus.client.plugins.plugin_utils._plan import Change, Step, changes_of, diff_of
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command

ACCOUNT = Change("account", r".\backup", "LocalSystem")
START = Change("start_type", "disabled", "demand")
DLL = Change("service_dll", None, "qmgr.dll")
STEPS = (Step((ACCOUNT, START), command("sc.exe", "config")), Step((DLL,), command("reg.exe", "add")))


def test_a_step_is_called_after_what_it_changes() -> None:
    assert [step.name for step in STEPS] == ["account, start_type", "service_dll"]


def test_the_changes_keep_their_order() -> None:
    assert changes_of(STEPS) == (ACCOUNT, START, DLL)
    assert ACCOUNT.as_result() == {"attribute": "account", "before": r".\backup", "after": "LocalSystem"}


def test_the_diff_is_attribute_by_attribute() -> None:
    assert diff_of(iter(changes_of(STEPS)), "BITS") == {
        "before_header": "BITS",
        "after_header": "BITS",
        "before": {"account": r".\backup", "start_type": "disabled", "service_dll": None},
        "after": {"account": "LocalSystem", "start_type": "demand", "service_dll": "qmgr.dll"},
    }
    assert diff_of((), "x") == {"before_header": "x", "after_header": "x", "before": {}, "after": {}}
