"""What the operations of reg.exe share: options, key names, views of a 64-bit registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import NotImplementedInLab
from ..registry import KeyPath, RegistryView, key_path
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_SHARED_WITH_32_BIT = frozenset({"classes", "policies", "wow6432node"})


class InvalidSyntax(Exception):
    """The command line is wrong; the message is the localized first line of the complaint."""


@dataclass(frozen=True)
class Session:
    """One run of reg.exe."""

    machine: SimulatedMachine
    view: RegistryView
    output: Output

    def text(self, name: str, **values: object) -> str:
        """A localized text of reg.exe."""
        return self.machine.text.reg[name].format(**values)

    def key(self, name: str, options: Mapping[str, str | None]) -> KeyPath:
        """The key of that name, in the 32-bit view where ``/reg:32`` asks for it.

        :raises InvalidSyntax: it is no key's name
        """
        if name.startswith("\\\\"):
            raise NotImplementedInLab("the registry of another computer")
        try:
            path = key_path(name)
        except ValueError:
            raise InvalidSyntax(self.text("invalid_key")) from None
        # The 32-bit view of SOFTWARE lies below Wow6432Node, apart from keys that both views share.
        software = len(path) > 2 and path[0] == "HKEY_LOCAL_MACHINE" and path[1].lower() == "software"
        if "/reg:32" in options and software and path[2].lower() not in _SHARED_WITH_32_BIT:
            return (*path[:2], "WOW6432Node", *path[2:])
        return path

    def not_found(self) -> int:
        """Say that the key or value does not exist; returns the exit code."""
        self.output.error(self.text("not_found"))
        return 1

    def success(self) -> int:
        """Say that all went well; returns the exit code."""
        self.output.line(self.text("success"))
        return 0


def parse_options(
    session: Session, arguments: Sequence[str], flags: str, valued: str, optional: str = ""
) -> dict[str, str | None]:
    """The options of an operation by their lower-case name with the slash; switches have the value None.

    :param flags: names of switches, separated by blanks
    :param valued: names of options that a value must follow
    :param optional: names of options that a value may follow, unless it looks like one of the options
    :raises InvalidSyntax: an unknown or repeated option, a missing value, or both views at once
    """
    known_flags = {"/reg:32", "/reg:64", *flags.split()}
    known = known_flags | set(valued.split()) | set(optional.split())
    options: dict[str, str | None] = {}
    rest = list(arguments)
    while rest:
        name = rest.pop(0).lower()
        if name.startswith("-"):
            name = f"/{name[1:]}"
        if name not in known or name in options:
            raise InvalidSyntax(session.text("invalid_syntax"))
        options[name] = None
        if name in known_flags:
            continue
        if rest and (name in valued.split() or rest[0].lower() not in known):
            options[name] = rest.pop(0)
        elif name in valued.split():
            raise InvalidSyntax(session.text("invalid_syntax"))
    if {"/reg:32", "/reg:64"} <= options.keys():
        raise InvalidSyntax(session.text("invalid_syntax"))
    return options


def value_name(options: Mapping[str, str | None]) -> str | None:
    """The value that ``/v`` or ``/ve`` names; the default value's name is empty; None where neither is given."""
    return "" if "/ve" in options else options.get("/v")
