"""netsh.exe, its context winhttp only: the proxy of WinHTTP (``netsh winhttp show | set | reset | import proxy``).

Sources: Microsoft's page on netsh winhttp for the commands, KB4494447 for the registry value. Its layout, and that the counter stays 0,
are public samples and not documented; so are the words in other languages than English and Japanese.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from ..registry import AccessDenied, key_path
from ..values import BINARY, DWORD, STRINGS, Value
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

SETTINGS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"
CONNECTIONS = key_path(rf"HKLM\{SETTINGS}\Connections")
VALUE = "WinHttpSettings"
_BUILD_OF_WINDOWS_8 = 9200
_DIRECT, _PROXY = 1, 2
_PARAMETERS = ("proxy-server", "bypass-list")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache
def _texts(language: str) -> Mapping[str, str]:
    texts: Mapping[str, Mapping[str, str]] = yaml.load(
        Path(__file__).with_name("netsh.yml").read_text(encoding="utf-8"), Loader=_LOADER
    )
    return texts[language]


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Run netsh.exe with the arguments after its name."""
    words = [word.lower() for word in arguments[:3]]
    if words[:1] != ["winhttp"]:
        raise NotImplementedInLab(
            "the lab has the context winhttp only" if words else "netsh without a command waits for input"
        )
    texts = _texts(machine.text.code)
    output = Output()
    command, rest = words[1:], list(arguments[3:])
    if command == ["show", "proxy"] and not rest:
        _show(machine, texts, output)
    elif command in (["set", "proxy"], ["reset", "proxy"], ["import", "proxy"]):
        settings = _wanted(machine, command[0], rest, user)
        if settings is None:
            output.lines(texts[f"usage_{command[0]}"])
            return output.result(1)
        try:
            path = machine.view(user).writable(CONNECTIONS)
        except AccessDenied:
            output.line()
            output.line(texts["access_denied"].format(error=machine.text.error(5)))
            return output.result(1)
        machine.registry.set(path, Value(VALUE, BINARY, blob(*settings, build=machine.profile.build)))
        _show(machine, texts, output)
    elif command[:1] in (["show"], ["set"]) and command[1:] in (["advproxy"], ["tracing"]):
        raise NotImplementedInLab(" ".join(arguments))
    else:
        output.line(texts["not_found"].format(command=" ".join(arguments)))
        return output.result(1)
    return output.result()


def blob(server: str, bypass: str, *, build: int) -> bytes:
    """The registry value of a proxy, or of direct access where ``server`` is empty."""
    tag = 0x28 if build >= _BUILD_OF_WINDOWS_8 else 0x18
    flags = _DIRECT | (_PROXY if server else 0)
    texts = [text.encode("ascii") for text in (server, bypass)]
    return struct.pack("<III", tag, 0, flags) + b"".join(struct.pack("<I", len(text)) + text for text in texts)


def _wanted(machine: SimulatedMachine, command: str, rest: list[str], user: User) -> tuple[str, str] | None:
    """Proxy and bypass list that a command asks for, None where its arguments are wrong."""
    if command == "reset":
        return None if rest else ("", "")
    if command == "import":
        source = [word.lower().removeprefix("source=") for word in rest]
        return _of_the_user(machine, user) if source == ["ie"] else None
    values: dict[str, str] = {}
    for position, word in enumerate(rest):
        name, equals, value = word.partition("=")
        # A list of proxies by protocol, http=a;https=b, has an equals sign too.
        if not equals or name.lower() not in _PARAMETERS:
            name, value = _PARAMETERS[position] if position < len(_PARAMETERS) else "", word
        if not name or name.lower() in values:
            return None
        values[name.lower()] = value.strip('"')
    server, bypass = (values.get(name, "") for name in _PARAMETERS)
    if not server or not (server + bypass).isascii():
        return None
    return server, bypass


def _of_the_user(machine: SimulatedMachine, user: User) -> tuple[str, str]:
    """The manual proxy of the calling user's Internet Settings; a script or automatic detection is not taken over."""
    path = ("HKEY_USERS", machine.sid(user), *SETTINGS.replace("SOFTWARE", "Software", 1).split("\\"))
    values = {name: machine.registry.value(path, name) for name in ("ProxyEnable", "ProxyServer", "ProxyOverride")}
    enabled = values["ProxyEnable"]
    texts = [
        value.string() if value is not None and value.type in STRINGS else ""
        for value in (values["ProxyServer"], values["ProxyOverride"])
    ]
    if enabled is None or enabled.type != DWORD or not enabled.number() or not texts[0]:
        return "", ""
    return texts[0], texts[1]


def _show(machine: SimulatedMachine, texts: Mapping[str, str], output: Output) -> None:
    value = machine.registry.value(CONNECTIONS, VALUE)
    server, bypass = _read(value.data if value else b"")
    output.line()
    output.line(texts["title"])
    output.line()
    if server:
        output.line(texts["server"].format(server=server))
        output.line(texts["bypass"].format(bypass=bypass or texts["none"]))
    else:
        output.line(texts["direct"])
    output.line()


def _read(data: bytes) -> tuple[str, str]:
    """Proxy and bypass list of a registry value; what is damaged counts as direct access."""
    if len(data) < 12 or not struct.unpack_from("<I", data, 8)[0] & _PROXY:
        return "", ""
    texts, position = [], 12
    for _unused in _PARAMETERS:
        length = int.from_bytes(data[position : position + 4], "little")
        text = data[position + 4 : position + 4 + length]
        if len(text) < length:
            return "", ""
        texts.append(text.decode("ascii", "replace"))
        position += 4 + length
    return texts[0], texts[1]
