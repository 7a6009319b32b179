"""Every filter is one file, with the documentation of what it does and takes."""

from __future__ import annotations

import inspect

import pytest
import yaml
from ansible.errors import AnsibleFilterError, AnsibleUndefinedVariable
from jinja2 import Undefined
from support.documentation import COLLECTION, FILTERS, documentation, load


def test_a_file_is_a_filter() -> None:
    assert [
        path.name for path in (COLLECTION / "plugins" / "filter").iterdir() if path.suffix in (".yml", ".yaml")
    ] == []
    assert {name: list(load("filter", name).FilterModule().filters()) for name in FILTERS} == {n: [n] for n in FILTERS}


@pytest.mark.parametrize("name", FILTERS)
def test_options_are_the_arguments(name: str) -> None:
    plugin = load("filter", name)
    documented = documentation(name, "filter")
    function = plugin.FilterModule().filters()[name]
    options = documented["options"]
    assert documented["name"] == name
    assert documented.get("positional", "_input").split(", ") == list(options)
    assert [each.lstrip("_") for each in list(options)[1:]] == list(inspect.signature(function).parameters)[1:]
    for option, parameter in zip(options.values(), inspect.signature(function).parameters.values(), strict=True):
        required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
        assert bool(option.get("required")) == required, parameter.name
    assert yaml.safe_load(plugin.RETURN)["_value"]["description"]


@pytest.mark.parametrize("name", FILTERS)
def test_an_error_names_the_filter_once_and_has_no_cause(name: str) -> None:
    plugin = load("filter", name)
    wrong = [None] * sum(
        parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is parameter.empty
        for parameter in inspect.signature(plugin.FilterModule().filters()[name]).parameters.values()
    )
    with pytest.raises(AnsibleFilterError) as error:
        plugin.FilterModule().filters()[name](*wrong)
    assert str(error.value).count(f"wsus.client.{name}: ") == 1
    assert error.value.__cause__ is None


@pytest.mark.parametrize("name", FILTERS)
def test_an_undefined_input_is_no_wrong_one(name: str) -> None:
    """What reads a playbook without its variables (ansible-lint, --syntax-check) on ansible-core before 2.19."""
    plugin = load("filter", name)
    if "names" in documentation(name, "filter")["options"]:
        assert plugin.FilterModule().filters()[name](Undefined(), []) == []
        return
    with pytest.raises(AnsibleUndefinedVariable, match=f"wsus.client.{name}: its input is undefined"):
        plugin.FilterModule().filters()[name](Undefined())
