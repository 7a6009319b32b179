"""Built-in commands of cmd.exe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...machine import Execution
from ..errors import NotImplementedInLab
from ..files import EXISTS
from .cmd_dir import dir_
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine


_MAX_PATH = 260
_NO_LIMIT = "\\\\?\\"
_PATH_TOO_LONG = 206


def ver(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    """The version line, after a blank line."""
    output = Output()
    output.line()
    output.line(machine.text.cmd["version"].format(version=machine.profile.version))
    return output.result()


def echo(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    """The rest of the line; ``echo.`` an empty one. ECHO ON and OFF have nothing to switch here."""
    if (len(words) == 1 and words[0] != "echo.") or [word.lower() for word in words[1:]] in (["on"], ["off"]):
        raise NotImplementedInLab("the state of echo")
    output = Output()
    output.line(" ".join(words[1:]))
    return output.result()


def ren(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    """``ren PATH NAME``"""
    output = Output()
    arguments = [word.strip('"') for word in words[1:]]
    if len(arguments) != 2 or "\\" in arguments[1]:
        output.error(machine.text.cmd["syntax"])
        return output.result(1)
    if "*" in "".join(arguments):
        raise NotImplementedInLab("wildcards")
    error = machine.files.rename_error(arguments[0], arguments[1])
    if error:
        output.error(machine.text.cmd["rename_failed"] if error == EXISTS else machine.text.error(error))
        return output.result(1)
    return output.result()


def rmdir(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    r"""``rd /s /q PATH``. Without /q it would ask; without /s it takes empty folders only.

    Where something in it has a path of MAX_PATH characters it fails (here before it deletes anything), unless PATH begins with \\?\.
    """
    output = Output()
    options = {word.lower() for word in words[1:] if word.startswith("/")}
    paths = [word.strip('"') for word in words[1:] if not word.startswith("/")]
    if options != {"/s", "/q"} or len(paths) != 1 or "*" in paths[0]:
        raise NotImplementedInLab(" ".join(words))
    path = paths[0].removeprefix(_NO_LIMIT)
    inside = [each for each in machine.files.entries if each.startswith(f"{path.lower()}\\")]
    if path == paths[0] and any(len(each) >= _MAX_PATH for each in inside):
        output.error(machine.text.error(_PATH_TOO_LONG))
        return output.result(_PATH_TOO_LONG)
    if error := machine.files.delete_error(path):
        output.error(machine.text.error(error))
        return output.result(error)
    return output.result()


def mkdir(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    """``mkdir PATH``, with all folders on the way."""
    output = Output()
    if len(words) < 2:
        output.error(machine.text.cmd["syntax"])
        return output.result(1)
    for path in (word.strip('"') for word in words[1:]):
        if ":" not in path:
            raise NotImplementedInLab("relative paths")
        if not machine.files.create_folder(path):
            output.error(machine.text.cmd["exists"].format(path=path))
            return output.result(1)
    return output.result()


def _not_implemented(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    raise NotImplementedInLab(" ".join(words))


Builtin = Callable[["SimulatedMachine", Sequence[str]], Execution]

_WINDOWS_ONLY = (
    "assoc call cd chdir cls copy date del erase for ftype goto move path pause popd prompt pushd rem set setlocal shift "
    "start time title type verify vol"
)
BUILTINS: Mapping[str, Builtin] = {
    **dict.fromkeys(_WINDOWS_ONLY.split(), _not_implemented),
    "ver": ver,
    "echo": echo,
    "dir": dir_,
    "ren": ren,
    "rename": ren,
    "md": mkdir,
    "mkdir": mkdir,
    "rd": rmdir,
    "rmdir": rmdir,
}
