"""Blocks on pages that are neither YAML nor commands of the controller: settings of Ansible, templates, JSON, commands of Windows."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Callable, Iterator, Mapping

from ansible import constants
from jinja2 import Environment, TemplateSyntaxError

_WINDOWS_PROGRAMS = frozenset({"curl.exe", "dir", "netsh", "reg", "sc", "shutdown", "wevtutil", "winrm"})
_PAIRS = {")": "(", "]": "[", "}": "{"}
_POWERSHELL_TEXT = re.compile(r"'(?:[^']|'')*'" + r'|"(?:[^"`]|`.|"")*"|#.*$', re.MULTILINE)


def _ini(text: str) -> Iterator[str]:
    """Settings of ansible.cfg, which Ansible knows by their section and key."""
    known = {
        (each["section"], each["key"])
        for setting in constants.config.get_configuration_definitions().values()
        for each in setting.get("ini", ())
    }
    known |= {
        (each["section"], each["key"])
        for kind in ("cache", "connection")
        for name in ("jsonfile", "psrp", "ssh", "winrm")
        for setting in constants.config.get_configuration_definitions(kind, name).values()
        for each in setting.get("ini", ())
    }
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        yield str(error)
        return
    for section in parser.sections():
        yield from (f"[{section}] {key}: no such setting" for key in parser[section] if (section, key) not in known)


def _jinja(text: str) -> Iterator[str]:
    try:
        Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        yield str(error)


def _json(text: str) -> Iterator[str]:
    try:
        json.loads(text)
    except ValueError as error:
        yield str(error)


def _bat(text: str) -> Iterator[str]:
    for line in text.splitlines():
        program = line.split()[0].lower()
        if program.removesuffix(".exe") not in {each.removesuffix(".exe") for each in _WINDOWS_PROGRAMS}:
            yield f"{program}: no test knows this program"
        if line.count('"') % 2:
            yield f"{line}: a quote is open"


def _powershell(text: str) -> Iterator[str]:
    """Brackets that match; the tests of conformance have a real PowerShell parse it."""
    opened: list[str] = []
    bare = _POWERSHELL_TEXT.sub("", text)
    for character in bare:
        if character in _PAIRS.values():
            opened.append(character)
        elif character in _PAIRS and (not opened or opened.pop() != _PAIRS[character]):
            yield f"{character} closes nothing"
            return
    yield from (f"{each} is open" for each in opened)
    if "'" in bare or '"' in bare:
        yield "a quote is open"


CHECKS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "bat": _bat,
    "ini": _ini,
    "jinja": _jinja,
    "json": _json,
    "powershell": _powershell,
}
"""By language, what is wrong with a block."""
