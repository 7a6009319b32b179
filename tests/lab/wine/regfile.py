"""Registry files (``.reg``): written for ``reg.exe import``, read from ``reg.exe export``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ..simulated.values import DWORD, SZ, Value

HEADER = "Windows Registry Editor Version 5.00"
_VALUE = re.compile(r'(@|"(?:[^"\\]|\\.)*")=(.*)', re.DOTALL)
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:([0-9a-f, ]*)", re.IGNORECASE)


def reg_file(
    keys: Mapping[str, Iterable[Value]],
    without_keys: Collection[str] = (),
    without_values: Mapping[str, Collection[str]] | None = None,
) -> bytes:
    """A file for ``reg.exe import``: first what is to be removed, then the values to be written, by full key name.

    It is UTF-16 with a byte order mark; Wine's ``reg.exe`` takes anything else for text in the machine's code page.
    """
    lines = [HEADER, ""]
    for key in without_keys:
        lines += [f"[-{key}]", ""]
    for key, names in (without_values or {}).items():
        lines += [f"[{key}]", *(f"{_name(name)}=-" for name in names), ""]
    for key, values in keys.items():
        lines += [f"[{key}]", *(f"{_name(value.name)}={_hex(value)}" for value in values), ""]
    return "\r\n".join(lines).encode("utf-16")


def read_reg_file(content: bytes) -> Iterator[tuple[str, list[Value]]]:
    """The keys of an exported file with their values, in the file's order. Raises ValueError for what is not one."""
    text = content.decode("utf-16")
    if not text.startswith(HEADER):
        raise ValueError("not an exported registry file")
    key, values = "", list[Value]()
    # A string may hold line ends, so a line that starts nothing new belongs to the value before it.
    for line in re.split(r'\r\n(?=[\[@"\r]|$)', re.sub(r"\\\r\n\s*", "", text.removeprefix(HEADER))):
        if line.startswith("[") and line.endswith("]"):
            if key:
                yield key, values
            key, values = line[1:-1], []
        elif match := _VALUE.fullmatch(line):
            values.append(_value("" if match[1] == "@" else _unescape(match[1]), match[2]))
        elif line.strip():
            raise ValueError(f"not a line of a registry file: {line!r}")
    if key:
        yield key, values


def _value(name: str, data: str) -> Value:
    if data.startswith('"') and data.endswith('"'):
        return Value(name, SZ, (_unescape(data) + "\0").encode("utf-16-le", "surrogatepass"))
    if data.startswith("dword:"):
        return Value(name, DWORD, int(data[6:], 16).to_bytes(4, "little"))
    if match := _HEX.fullmatch(data):
        return Value(name, int(match[1] or "3", 16), bytes.fromhex(match[2].replace(",", " ")))
    raise ValueError(f"not the data of a registry value: {data!r}")


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def _name(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if name else "@"


def _hex(value: Value) -> str:
    return f"hex({value.type:x}):" + ",".join(f"{byte:02x}" for byte in value.data)
