"""The filter explain, its documentation and its errors."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.wsus.client.plugins.filter import explain as plugin
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes

explain = plugin.FilterModule().filters()["explain"]


def test_an_explanation_is_complete() -> None:
    assert explain("0x80200013", "bits_job") == {
        "code": "0x80200013",
        "name": "BG_E_INSUFFICIENT_RANGE_SUPPORT",
        "meaning": "The server or a proxy on the path ignores requests for a range of a file (Range, Content-Range): configure the proxy to pass them.",
        "cause": "network-proxy",
        "remedy": "network",
        "context": "bits_job",
    }


@pytest.mark.parametrize("code", ["0x80200013", 2149580819, -2145386477, "bg_e_insufficient_range_support"])
def test_the_way_a_code_is_written_makes_no_difference(code: object) -> None:
    assert explain(code, context="scan") == explain("0x80200013", "scan")


def test_the_context_of_the_answer_is_the_one_whose_meaning_it_is() -> None:
    assert explain(1058)["context"] == ""
    assert explain(1058, "bits_start")["context"] == "bits_start"
    assert explain("0x80240022", "bits_start") == explain("0x80240022")


def test_an_unknown_code_is_explained_as_far_as_its_number_tells() -> None:
    explanation = explain(43981)
    assert (explanation["code"], explanation["name"]) == ("0x8007abcd", "")
    assert "net helpmsg 43981" in explanation["meaning"]


@pytest.mark.parametrize("value", ["nonsense", None, 1.5, True, 1 << 32, [1058], {}])
def test_a_wrong_value_is_named_with_what_is_accepted(value: object) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        explain(value)
    message = str(error.value)
    assert message.startswith(f"wsus.client.explain: {value!r} is not an error code: ")
    assert message.count(_error_codes.ACCEPTED) == 1


@pytest.mark.parametrize("context", ["bits", "BITS_JOB", None, ["scan"], 0])
def test_a_wrong_context_is_named_with_the_right_ones(context: object) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        explain("0x80200013", context)
    message = str(error.value)
    assert message == (
        f"wsus.client.explain: {context!r} is not a context; the contexts are '', 'bits_start', 'service_start', "
        "'bits_job', 'scan', 'download', 'install'"
    )


def test_the_documentation_is_what_the_filter_does() -> None:
    options: dict[str, Any] = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    assert set(options) == {"_input", "context"}
    assert set(options["context"]["choices"]) == set(get_args(_error_codes.CodeContext))
    returned = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    assert set(returned) == set(explain(5))
    sample = {name: field["sample"] for name, field in returned.items()}
    assert sample == explain(sample["name"], sample["context"])
