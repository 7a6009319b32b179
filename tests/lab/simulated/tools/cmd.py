"""cmd.exe /c, as far as it makes sense in a batch: a few built-in commands, ``if exist``, ``&``, ``&&``, ``||``, ``|``, native programs.

Redirection into files is not there and fails loudly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from . import cmd_builtin

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_SWITCHES = frozenset({"/d", "/q", "/a", "/v:off", "/e:on"})
# What stands in quotes is one piece; so are the operators and a redirection that only silences.
_PIECE = re.compile(
    r"""\s*(2>&1|[12]?>\s*nul(?![^\s&|()])|\d?[<>]+|(?:"[^"]*"?|[^\s"&|<>()])+|&&|\|\||[&|()])""", re.IGNORECASE
)


def main(
    machine: SimulatedMachine, arguments: Sequence[str], user: User, standard_input: bytes | None = None
) -> Execution:
    """Run cmd.exe with the arguments after its name; what it runs shares its standard input."""
    rest = list(arguments)
    while rest and rest[0].lower() in _SWITCHES:
        rest.pop(0)
    if not rest or rest[0].lower() != "/c" or len(rest) < 2:
        raise NotImplementedInLab("cmd.exe without /c would wait for input" if len(rest) < 2 else " ".join(arguments))
    # PowerShell quotes an argument with blanks; of a line in one pair of quotes cmd.exe takes the quotes away.
    line = (
        rest[1]
        if len(rest) == 2
        else " ".join(f'"{argument}"' if " " in argument else argument for argument in rest[1:])
    )
    return _Shell(machine, user, standard_input).run(line)


class _Shell:
    def __init__(self, machine: SimulatedMachine, user: User, standard_input: bytes | None) -> None:
        self._machine = machine
        self._user = user
        self._input = standard_input
        self._stdout = b""
        self._stderr = b""
        self._code = 0
        self._exited = False
        self._pieces: list[str] = []

    def run(self, line: str) -> Execution:
        line = self._machine.expand(line)
        self._pieces = _PIECE.findall(line)
        if _PIECE.sub("", line).strip():
            raise NotImplementedInLab(line)
        self._sequence(active=True)
        if self._pieces:
            raise NotImplementedInLab(f"unbalanced parentheses in {line!r}")
        return Execution(self._stdout, self._stderr, self._code)

    def _sequence(self, *, active: bool) -> None:
        """Commands up to a closing parenthesis or an ``else``; those that are skipped are still read."""
        self._pipeline(active=active)
        while self._pieces and self._pieces[0].lower() not in (")", "else"):
            separator = self._pieces.pop(0)
            wanted = {"&": True, "&&": self._code == 0, "||": self._code != 0}.get(separator)
            if wanted is None:
                raise NotImplementedInLab(f"cmd.exe: {separator}")
            self._pipeline(active=active and wanted)

    def _pipeline(self, *, active: bool) -> None:
        """Commands joined by ``|``: each reads what the one before wrote, and the last one's exit code counts.

        Each runs in a cmd.exe of its own, which is all that an ``exit`` in it ends.
        """
        outer, exited = self._input, self._exited
        start = len(self._stdout)
        self._command(active=active)
        while self._pieces and self._pieces[0] == "|":
            self._pieces.pop(0)
            self._input, self._stdout, self._exited = self._stdout[start:], self._stdout[:start], exited
            self._command(active=active)
            self._exited = exited
        self._input = outer

    def _command(self, *, active: bool) -> None:
        active = active and not self._exited
        if self._pieces and self._pieces[0] == "(":
            self._pieces.pop(0)
            self._sequence(active=active)
            if not self._pieces or self._pieces.pop(0) != ")":
                raise NotImplementedInLab("unbalanced parentheses")
            return
        if self._pieces and self._pieces[0].lower() == "if":
            self._if(active=active)
            return
        words: list[str] = []
        quiet_out = quiet_error = False
        while self._pieces and self._pieces[0] not in ("&", "&&", "||", "|", ")"):
            word = self._pieces.pop(0)
            if re.fullmatch(r"[12]?>\s*nul", word, re.IGNORECASE):
                quiet_error |= word[0] == "2"
                quiet_out |= word[0] != "2"
            elif word == "2>&1":
                raise NotImplementedInLab("cmd.exe: 2>&1")
            elif re.fullmatch(r"\d?[<>]+", word) or word == "(":
                raise NotImplementedInLab(f"cmd.exe: {word}")
            else:
                words.append(word)
        if not words:
            raise NotImplementedInLab("cmd.exe: an empty command")
        if active:
            result = self._program(words)
            self._stdout += b"" if quiet_out else result.stdout
            self._stderr += b"" if quiet_error else result.stderr
            self._code = result.exit_code

    def _if(self, *, active: bool) -> None:
        self._pieces.pop(0)
        negated = bool(self._pieces) and self._pieces[0].lower() == "not"
        if negated:
            self._pieces.pop(0)
        if len(self._pieces) < 3 or self._pieces.pop(0).lower() != "exist":
            raise NotImplementedInLab("cmd.exe: if without exist")
        path = self._pieces.pop(0).strip('"')
        if "*" in path or "?" in path:
            raise NotImplementedInLab("cmd.exe: if exist with wildcards")
        exists = self._machine.files.get(path) is not None
        # All that follows belongs to the condition: with & as well as with |.
        self._sequence(active=active and exists != negated)
        if self._pieces and self._pieces[0].lower() == "else":
            self._pieces.pop(0)
            self._sequence(active=active and exists == negated)

    def _program(self, words: list[str]) -> Execution:
        name = words[0].strip('"')
        if name.lower() == "exit":
            self._exited = True
            number = words[-1] if words[-1].lstrip("-").isdigit() else str(self._code)
            return Execution(exit_code=int(number))
        builtin = cmd_builtin.BUILTINS.get(name.lower().removesuffix("."))
        if builtin is not None:
            return builtin(self._machine, words)
        if self._machine.find_program(name) is None:
            text = self._machine.text.cmd["not_recognized"].format(program=name)
            return Execution(b"", "".join(f"{line}\r\n" for line in text.split("\n")).encode(), 9009)
        return self._machine.run_program(
            [name, *(word.replace('"', "") for word in words[1:])], self._user, self._input
        )
