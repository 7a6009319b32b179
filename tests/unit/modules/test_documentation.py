"""Every module's documentation is what its action does: options, defaults, choices, check mode, returned keys."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins import plugin_utils
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import MalformedWinHttp
from support.documentation import COLLECTION, NAMES, documentation, load

EVERY_ATTRIBUTE = {
    "action",
    "async",
    "bypass_host_loop",
    "check_mode",
    "connection",
    "delegation",
    "diff_mode",
    "idempotent",
    "platform",
}


def test_every_action_has_a_module_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py")) == NAMES


def compare(documented: Mapping[str, Any], declared: Mapping[str, Any], path: str = "") -> None:
    """Documented options are the declared ones, with all that is below them."""
    assert set(documented) == set(declared), path
    for option, spec in declared.items():
        for field, default in {
            "type": "str",
            "elements": None,
            "choices": None,
            "default": None,
            "required": False,
        }.items():
            assert documented[option].get(field, default) == spec.get(field, default), (path, option, field)
        assert documented[option].get("description"), (path, option)
        compare(documented[option].get("suboptions", {}), spec.get("options", {}), f"{path}.{option}")


@pytest.mark.parametrize("name", NAMES)
def test_options(name: str) -> None:
    compare(documentation(name)["options"], load("action", name).ActionModule.OPTIONS.SPEC.arguments)


def test_suboptions_are_compared() -> None:
    documented = documentation("wsus_bits")["options"]
    actions = documented["failure_actions"]["suboptions"]["actions"]["suboptions"]
    declared = load("action", "wsus_bits").ActionModule.OPTIONS.SPEC.arguments
    actions["action"]["choices"] = ["none"]
    with pytest.raises(AssertionError, match="action"):
        compare(documented, declared)


@pytest.mark.parametrize("name", NAMES)
def test_attributes(name: str) -> None:
    attributes = documentation(name)["attributes"]
    action = load("action", name).ActionModule
    assert set(attributes) >= EVERY_ATTRIBUTE
    assert all({"description", "support"} <= set(attribute) for attribute in attributes.values())
    assert (attributes["check_mode"]["support"] == "full") == action._supports_check_mode
    assert (attributes["async"]["support"] == "full") == action._supports_async


def reasons() -> dict[str, type[WsusClientError]]:
    """Every reason that a failed result can have, by the classes that carry it."""
    for module in pkgutil.walk_packages(plugin_utils.__path__, f"{plugin_utils.__name__}."):
        importlib.import_module(module.name)
    classes, seen = [WsusClientError], {}
    while classes:
        each = classes.pop()
        classes += each.__subclasses__()
        if each is not WsusClientError and each.__module__.startswith(plugin_utils.__name__):
            seen[each.reason] = each
    return seen


def test_every_reason_of_a_failure_is_documented() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (COLLECTION / "plugins" / "modules").glob("*.py"))
    internal = {MalformedWinHttp.reason}  # becomes the fact ``malformed`` and a finding; it leaves no module
    known = reasons()
    assert WsusClientError.reason not in known, "a class without a reason of its own"
    assert sorted(reason for reason in known if f"V({reason})" not in pages) == sorted(internal)


def test_the_base_of_the_errors_is_never_raised_itself() -> None:
    folder = COLLECTION / "plugins"
    raised = [
        f"{path.relative_to(folder)}:{node.lineno}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "WsusClientError"
    ]
    assert raised == []
