"""The strict reader of batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.simulated.batch import QUOTES, WEB_REQUEST, NotABatch, read_batch

TOKEN = "0123456789abcdef"
PROLOGUE = f'function x($p){{$global:LASTEXITCODE=9009;& $p @args;"{TOKEN} $LASTEXITCODE"}}'
TABLE = Path(__file__).parents[4] / "shared" / "powershell" / "arguments.jsonl"


def quoted(argument: str) -> str:
    return "'" + "".join(2 * character if character in QUOTES else character for character in argument) + "'"


def call(*arguments: str) -> str:
    return "x " + " ".join(map(quoted, arguments))


def refused(argument: str) -> bool:
    return (
        not argument
        or any(character in argument for character in '"\0\r\n')
        or argument.startswith("~")
        or argument == "--%"
        or (" " in argument and argument.endswith("\\"))
    )


def test_a_batch_is_read() -> None:
    batch = read_batch(f"{PROLOGUE}\n{call('reg.exe', 'query', 'HKU')}\n{call('sc.exe')}")
    assert batch.token == TOKEN
    assert batch.commands == (("reg.exe", "query", "HKU"), ("sc.exe",))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_may_be_those_of_either_system(end: str) -> None:
    assert read_batch(end.join([PROLOGUE, call("a"), call("b"), ""])).commands == (("a",), ("b",))


@pytest.mark.parametrize(
    "script",
    [
        "",
        "whoami",
        PROLOGUE,
        f"{PROLOGUE}\n\n{call('a')}",
        f"{PROLOGUE} \n{call('a')}",
        f"{PROLOGUE}\nx reg.exe",
        f"{PROLOGUE}\nx 'a'  'b'",
        f"{PROLOGUE}\nx 'a' ",
        f"{PROLOGUE}\nx 'a'; whoami",
        f"{PROLOGUE}\nx 'a' b",
        f"{PROLOGUE}\nx 'a'b",
        f"{PROLOGUE}\nx 'a",
        f"{PROLOGUE}\nx 'a''",
        f"{PROLOGUE}\nx 'a\u2019",
        f"{PROLOGUE}\nx 'it\u2019s'",
        f"{PROLOGUE}\nx 'it'\u2019s'",
        f"{PROLOGUE}\n# comment",
        f"{PROLOGUE}\n& 'a'",
        f"{PROLOGUE}\nX 'a'",
        f"{call('a')}",
        f"{PROLOGUE.replace(TOKEN, 'short')}\n{call('a')}",
        f"{PROLOGUE.replace(TOKEN, 'a' * 65)}\n{call('a')}",
        f"{PROLOGUE.replace(TOKEN, 'aaaa $(whoami) aaaa')}\n{call('a')}",
        f"{PROLOGUE.replace('9009', '0')}\n{call('a')}",
    ],
)
def test_what_is_not_a_batch_is_refused(script: str) -> None:
    with pytest.raises(NotABatch):
        read_batch(script)


ASKING = call(
    "w", "http://wsus.example.test:8530", "a/b.asmx,c.cab", "http://wsus.example.test:8530/c.cab", "-", "-", "15"
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_second_form(end: str) -> None:
    batch = read_batch(end.join([PROLOGUE, *WEB_REQUEST.split("\n"), call("reg.exe"), ASKING]))
    assert batch.web_request
    assert [batch.asks_itself(argv) for argv in batch.commands] == [False, True]
    assert batch.commands[1][1:3] == ("http://wsus.example.test:8530", "a/b.asmx,c.cab")


def test_without_the_function_its_name_is_a_program() -> None:
    batch = read_batch(f"{PROLOGUE}\n{ASKING}")
    assert not batch.asks_itself(batch.commands[0])


@pytest.mark.parametrize(
    "rest",
    [
        WEB_REQUEST,
        f"{WEB_REQUEST}\n{call('reg.exe')}",
        f"{ASKING}\n{WEB_REQUEST}",
        f"{WEB_REQUEST}\n{WEB_REQUEST}\n{ASKING}",
        f"{WEB_REQUEST}\n\n{ASKING}",
        f"{WEB_REQUEST.replace('9010', '0')}\n{ASKING}",
        f"{WEB_REQUEST} \n{ASKING}",
        f"{WEB_REQUEST}\n{ASKING.replace('w', 'W', 1)}",
        f"{WEB_REQUEST}\n{ASKING.replace('http:', 'ftp:')}",
        f"{WEB_REQUEST}\n{ASKING.replace('http://wsus.example.test:8530/c.cab', 'c.cab')}",
        WEB_REQUEST + "\n" + ASKING.replace("'-' ", "", 1),
        f"{WEB_REQUEST}\n{ASKING.replace('http://', 'http://user:secret@')}",
        f"{WEB_REQUEST}\n{ASKING.replace('a/b.asmx,', 'HEAD a,')}",
        f"{WEB_REQUEST}\n{ASKING.replace('a/b.asmx,', ',')}",
        f"{WEB_REQUEST}\n{ASKING.replace('15', '0')}",
        f"{WEB_REQUEST}\n{ASKING.replace('15', 'soon')}",
        f"{WEB_REQUEST}\n{ASKING} 'more'",
        f"{WEB_REQUEST}\n{call('w')}",
        "function y(){}\n" + ASKING,
    ],
)
def test_nothing_but_the_second_form_is_accepted(rest: str) -> None:
    with pytest.raises(NotABatch):
        read_batch(f"{PROLOGUE}\n{rest}")


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_what_is_rendered_right_is_read_back(arguments: list[str]) -> None:
    script = f"{PROLOGUE}\n{call('tool.exe', *arguments)}"
    if any(map(refused, arguments)):
        with pytest.raises(NotABatch):
            read_batch(script)
    else:
        assert read_batch(script).commands == (("tool.exe", *arguments),)


def table() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()] if TABLE.is_file() else []


@pytest.mark.skipif(not TABLE.is_file(), reason="there is no table of argument lists beside this checkout")
def test_arguments_are_those_that_a_real_powershell_passed() -> None:
    rows = table()
    for row in rows:
        script = f"{PROLOGUE}\n{row['line']}"
        if row.get("refuse"):
            with pytest.raises(NotABatch):
                read_batch(script)
        else:
            assert read_batch(script).commands == (("tool.exe", *row["seen"]),), row
            assert row["seen"] == row["seen_legacy"], row
    assert len(rows) > 200
