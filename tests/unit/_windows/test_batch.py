"""The wire format: what is rendered, and what is read back."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import (
    CommandTooLong,
    OutputEndedEarly,
    UnquotableArgument,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch, web_request
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, command
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.simulated.batch import QUOTES, NotABatch, read_batch
from lab.simulated.command_line import decode_script

TOKEN = "0123456789abcdef"
ARGUMENTS = Path(__file__).parents[4] / "shared" / "powershell" / "arguments.jsonl"
TWO = (command("reg.exe", "query", "HKLM"), command("sc.exe", "queryex", "bits"))


def test_a_batch_is_the_prologue_and_one_line_per_command() -> None:
    assert batch.render(TWO, TOKEN).split("\n") == [
        'function x($p){$global:LASTEXITCODE=9009;& $p @args;"0123456789abcdef $LASTEXITCODE"}',
        "x 'reg.exe' 'query' 'HKLM'",
        "x 'sc.exe' 'queryex' 'bits'",
    ]


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"])
def test_each_of_the_five_quotes_is_doubled(quote: str) -> None:
    assert batch.render([command("a.exe", f"b{quote}c")], TOKEN).endswith(f"'b{quote}{quote}c'")


@pytest.mark.skipif(not ARGUMENTS.exists(), reason="../shared is absent: the recorded argument lists are not here")
def test_recorded_argument_lists_are_rendered_or_refused_as_a_real_powershell_needs_it() -> None:
    cases = [json.loads(line) for line in ARGUMENTS.read_text(encoding="utf-8").splitlines()]
    assert len(cases) > 200
    for case in cases:
        if case.get("refuse"):
            with pytest.raises(UnquotableArgument):
                Command("tool.exe", tuple(case["args"]))
        else:
            assert batch.render([Command("tool.exe", tuple(case["args"]))], TOKEN).split("\n", 1)[1] == case["line"]


def test_the_command_line_holds_the_script_as_utf16() -> None:
    line = batch.command_line("x 'ä'")
    assert line.startswith("PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand ")
    assert base64.b64decode(line.rpartition(" ")[2]).decode("utf-16-le") == "x 'ä'"


def test_every_batch_has_a_token_of_its_own() -> None:
    assert len({batch.new_token() for _unused in range(100)}) == 100


@given(st.lists(st.integers(1, 2500), max_size=12))
def test_split_keeps_order_and_the_limit_and_wastes_no_batch(sizes: list[int]) -> None:
    commands = tuple(command("reg.exe", f"{number:04}" + "k" * size) for number, size in enumerate(sizes))
    batches = batch.split(commands, TOKEN)
    assert tuple(each for part in batches for each in part) == commands
    for part in batches:
        assert len(batch.command_line(batch.render(part, TOKEN))) < batch.COMMAND_LINE_LIMIT
    for left, right in pairwise(batches):
        assert len(batch.command_line(batch.render((*left, right[0]), TOKEN))) > batch.COMMAND_LINE_LIMIT - 76


def test_a_command_that_never_fits_is_refused() -> None:
    with pytest.raises(CommandTooLong):
        batch.split((command("reg.exe", "k" * 3100),), TOKEN)


def test_results_carry_exit_codes_and_lines() -> None:
    output = f"\r\none\r\n two \r\n{TOKEN} 0\r\n{TOKEN} -1073741510\r\n"
    first, second = batch.read(output, TWO, TOKEN)
    assert (first.command, first.exit_code, first.lines, first.ok) == (TWO[0], 0, ("", "one", " two "), True)
    assert (second.exit_code, second.lines, second.ok) == (-1073741510, (), False)


def test_no_output_imitates_a_boundary() -> None:
    output = f"fedcba9876543210 0\r\n {TOKEN} 0\r\n{TOKEN} 0 \r\n{TOKEN} 5\r\n"
    (result,) = batch.read(output, TWO[:1], TOKEN)
    assert result.exit_code == 5
    assert len(result.lines) == 3


@pytest.mark.parametrize("output", ["", "nothing of ours", f"{TOKEN} 0\r\nhalf a li", f"{TOKEN} 0\r\n{TOKEN} 106"])
def test_output_that_ends_early_names_the_command(output: str) -> None:
    with pytest.raises(OutputEndedEarly) as ended:
        batch.read(output, TWO, TOKEN)
    expected = 1 if output.startswith(TOKEN) else 0
    assert ended.value.details["command"] == str(TWO[expected])
    assert f"command {expected + 1} of 2" in ended.value.message


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=200),
    st.integers(-(2**31), 2**31 - 1),
)
def test_any_line_comes_back_as_it_was(line: str, code: int) -> None:
    (result,) = batch.read(f"{line}\r\n{TOKEN} {code}\r\n", TWO[:1], TOKEN)
    assert (result.lines, result.exit_code) == ((line,), code)


def _fits(commands: tuple[Command, ...], token: str) -> bool:
    """Whether the whole command line, with what ssh of ansible-core 2.17 adds, is one that cmd.exe accepts."""
    line = batch.command_line(batch.render(commands, token))
    return len(rf'C:\Windows\system32\cmd.exe /C "chcp.com 65001 >nul 2>&1 && {line}"') < batch.COMMAND_LINE_LIMIT


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reg.exe", "sc.exe", web_request.NAME]), st.text("a'\u2019é😀", min_size=1, max_size=900)
        ),
        max_size=30,
    )
)
def test_batches_are_the_fewest_that_fit(words: list[tuple[str, str]]) -> None:
    token = batch.new_token()
    commands = [
        Command(program, (argument,)) for program, argument in words if _fits((Command(program, (argument,)),), token)
    ]
    batches = batch.split(commands, token)
    assert [each for part in batches for each in part] == commands
    assert all(_fits(part, token) for part in batches)
    assert all(not _fits((*batch, after[0]), token) for batch, after in pairwise(batches))


def test_digits_of_other_scripts_are_no_boundary() -> None:
    asked = command("sc.exe", "queryex", "bits")
    with pytest.raises(OutputEndedEarly):
        batch.read("t ٣\nt ³\nt 99999999999\n", [asked], "t")


# What has changed arguments on their way: quotes, wildcards, variables, operators of cmd.exe, backslashes, line ends, tokens, CLIXML.
KINDS = (
    *(
        "'",
        "\u2018",
        "\u2019",
        "\u201a",
        "\u201b",
        "''",
        '"',
        '""',
        "`",
        "$x",
        "$(x)",
        "@x",
        "*",
        "?",
        "[a]",
        "%PATH%",
        "%%",
        "!x!",
    ),
    *(
        "^",
        "&",
        "|",
        "<",
        ">",
        "&&",
        ";",
        ",",
        "(",
        ")",
        "{",
        "}",
        "#",
        "=",
        "~",
        "--%",
        "--",
        "-x",
        "/f",
        "-",
        "\\",
        "\\\\",
        '\\"',
    ),
    *(
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\x0b",
        "\x1a",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ud800",
        "\U0001f600",
        "\u00e9",
        " ",
        "\t",
    ),
    *("#< CLIXML", '<S S="Error">', "_x000D__x000A_", f"{TOKEN} 0", "x 'a'", "a" * 500),
)
WORDS = st.lists(st.sampled_from(KINDS) | st.text(max_size=3), max_size=6).map("".join)


def _refused_by_powershell(word: str) -> bool:
    """Whether the lab's reader, which knows what a real PowerShell changes, takes no such argument however it is quoted."""
    quoted = "".join(2 * character if character in QUOTES else character for character in word)
    try:
        read_batch(f"{batch.render(TWO[:1], TOKEN)}\nx 'tool.exe' '{quoted}'")
    except NotABatch:
        return True
    return False


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6))
def test_every_argument_arrives_unchanged_or_is_refused(words: list[str]) -> None:
    cannot_be_encoded = any("\ud800" <= each <= "\udfff" for each in "".join(words))
    try:
        sent = Command("tool.exe", tuple(words))
    except UnquotableArgument:
        assert cannot_be_encoded or any(map(_refused_by_powershell, words))
        return
    assert not cannot_be_encoded
    seen = read_batch(decode_script(batch.command_line(batch.render([TWO[0], sent, TWO[1]], TOKEN))))
    assert seen.commands == tuple((each.program, *each.arguments) for each in (TWO[0], sent, TWO[1]))
    assert seen.token == TOKEN
