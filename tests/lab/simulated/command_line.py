"""The command line that arrives at a machine: cmd.exe's start of PowerShell with an encoded script."""

from __future__ import annotations

import base64
import binascii
import re

_POWERSHELL = re.compile(r"\s*(?:powershell|powershell\.exe)((?:\s+-\w+(?:\s+(?!-)\S+)?)+)\s*", re.IGNORECASE)
_OPTION = re.compile(r"-(\w+)(?:\s+(?!-)(\S+))?")
_SWITCHES = frozenset({"noprofile", "noninteractive"})


class NotEncodedPowerShell(ValueError):
    """The command line is something else than PowerShell with an encoded script."""


def decode_script(command_line: str) -> str:
    """The script of ``PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand <base64>``.

    Case, blanks and the order of the options do not matter, as on Windows.

    :raises NotEncodedPowerShell: the command line has another form, or its base64 is none
    """
    match = _POWERSHELL.fullmatch(command_line)
    if match is None:
        raise NotEncodedPowerShell("only PowerShell with -EncodedCommand is run here")
    options = {name.lower(): value for name, value in _OPTION.findall(match[1])}
    encoded = options.pop("encodedcommand", "")
    if options.pop("executionpolicy", "unrestricted").lower() not in ("unrestricted", "bypass"):
        raise NotEncodedPowerShell("the execution policy must be Unrestricted or Bypass")
    strange = [name for name, value in options.items() if name not in _SWITCHES or value]
    if strange or not encoded:
        raise NotEncodedPowerShell(f"unknown option -{strange[0]}" if strange else "no -EncodedCommand")
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotEncodedPowerShell(f"-EncodedCommand does not hold base64 of UTF-16LE: {error}") from error
