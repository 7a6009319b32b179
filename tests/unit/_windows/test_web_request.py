"""The function that asks a web server where there is no curl.exe."""

from __future__ import annotations

import re

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import requests, responses
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch, web_request
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command
from lab.simulated import batch as batch_of_the_lab

FUNCTION = web_request.FUNCTION
KEYWORDS = {"function", "if", "else", "try", "catch", "foreach", "in", "while", "return"}
TOKEN = "0123456789abcdef"
_STRINGS = re.compile(r"'[^']*'")
_OPERATORS = {"eq", "ne", "gt", "and", "is", "isnot", "contains"}


def test_the_lab_has_it_word_for_word() -> None:
    assert batch_of_the_lab.WEB_REQUEST == FUNCTION


def test_minified() -> None:
    source = """
    # What it does.
    function f($first, $second) {

        if ($first -eq 'a, b = c') {
            $second += 1
            "$first : $(1 + 2)"
        }
        @($second) + $first -gt - $third

        return
    }
    """
    names = {"first": "x", "second": "y"}
    expected = [
        "function f($x,$y){",
        """if($x -eq 'a, b = c'){$y+=1;"$x : $(1 + 2)"};@($y)+$x -gt-$third""",
        "return}",
    ]
    assert web_request.minify(source, names).split("\n") == expected


def bare() -> str:
    """The function without the text of strings; what a double-quoted one computes stays."""
    without = _STRINGS.sub("''", FUNCTION)
    return re.sub(
        r'"((?:[^"$]|\$\w+|\$\((?:[^()]|\([^()]*\))*\))*)"',
        lambda match: " ".join(re.findall(r"\$\w+|\$\((?:[^()]|\([^()]*\))*\)", match[1])),
        without,
    )


def test_no_cmdlet_is_used() -> None:
    text = re.sub(r"\$(?:global:)?\w+", " ", bare())
    text = re.sub(r"\[[A-Za-z.]+(?:\[\])?\]", " ", text)
    members = re.sub(r"(?:\.|::)[A-Za-z]+", " ", text)
    words = set(re.findall(r"[A-Za-z][A-Za-z-]*", members))
    # PowerShell's operators begin with a dash, which is no part of the words.
    assert words - KEYWORDS - _OPERATORS - {"LASTEXITCODE"} == {"w"}


def test_it_calls_no_program_and_loads_nothing() -> None:
    assert not re.search(r"(?<!\w)(?:&|iex|Add-Type|New-Object|Invoke-\w+)(?!\w)", bare())


def test_no_name_is_used_twice() -> None:
    """What the call and the loop give is never set again, and no name differs from another by case alone."""
    parameters = re.match(r"function w\(([^)]*)\)", FUNCTION)
    assert parameters is not None
    taken = re.findall(r"\$(\w+)", parameters[1]) + re.findall(r"foreach\(\$(\w+)", FUNCTION)
    assert len(taken) == len(set(taken)) == 7
    assigned = set(re.findall(r"\$(\w+)(?=(?:[,=]\$[\w.]+)*\+?=[^=])", FUNCTION))
    assert not assigned & set(taken)
    names = set(re.findall(r"\$(\w+)", FUNCTION)) - {"_", "null", "false", "ExecutionContext", "global"}
    assert all(re.fullmatch("[a-z]", name) for name in names)
    assert names == assigned | set(taken)


def test_the_form_of_a_line_is_curls() -> None:
    line = re.search(r'^"(wsus\|[^\n]*)"$', FUNCTION, re.MULTILINE)
    assert line is not None
    assert line[1].count("|") == requests.FORMAT.count("|") == requests.FIELDS


@pytest.mark.parametrize("code", [1, 2, 14, 15, 9, 10, 8, 12])
def test_every_status_that_is_told_apart_has_a_code_of_curl(code: int) -> None:
    table = re.search(r"@\{(1=6;[^}]*)\}", FUNCTION)
    assert table is not None
    codes = {int(key): int(value) for key, value in re.findall(r"(\d+)=(\d+)", table[1])}
    assert set(codes.values()) <= {*responses._STAGES, responses.TIMEOUT, 52}
    assert code in codes


def test_it_is_defined_only_where_it_is_called() -> None:
    asked = command("hostname.exe")
    call = command(web_request.NAME, "http://wsus:8530", "a,b", "http://wsus:8530/b", "-", "-", "15")
    assert FUNCTION not in batch.render([asked], TOKEN)
    lines = batch.render([asked, call, call], TOKEN)
    assert lines.count(FUNCTION) == 1
    assert lines.index(FUNCTION) < lines.index("x 'hostname.exe'")
    assert lines.endswith("x 'w' 'http://wsus:8530' 'a,b' 'http://wsus:8530/b' '-' '-' '15'")


def test_it_asks_nobody_in_constrained_language_mode() -> None:
    before, _mark, after = FUNCTION.partition("return}")
    assert "LanguageMode -ne 'FullLanguage'" in before
    assert f"$global:LASTEXITCODE={web_request.LANGUAGE_MODE}" in before
    assert "[" not in before
    assert "[Net.WebRequest]" in after


def test_a_batch_is_below_the_limit_with_both_ways() -> None:
    calls = [
        requests.request(f"http://{'w' * 63}.{'e' * 63}.example.com:8530", requests.Proxies(way, way), 9600, 300)
        for way in (f"{'p' * 63}.{'e' * 63}.example.com:3128", None)
    ]
    assert len(batch.split(calls, TOKEN)) == 1
