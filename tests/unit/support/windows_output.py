"""Answers of Windows programs for unit tests: what a healthy machine says, to be changed line by line."""

from __future__ import annotations

from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Query


def answer(asked: Command | Query[Any], text: str = "", exit_code: int = 0) -> Result:
    """The result of a command, or of a query's, that printed the text."""
    command = asked.command if isinstance(asked, Query) else asked
    return Result(command, exit_code, tuple(text.split("\n")) if text else ())


def registry(path: str, values: dict[str, tuple[str, str]], *, further: str = "") -> str:
    """What reg.exe prints for a key: name -> (type, data as printed)."""
    lines = ["", path, *(f"    {name}    {kind}    {data}" for name, (kind, data) in values.items()), ""]
    return "\n".join(lines) + further


def queryex(
    name: str,
    state: int,
    word: str,
    *,
    win32: int = 0,
    specific: int = 0,
    pid: int = 0,
    labels: tuple[str, str] = ("TYPE", "STATE"),
) -> str:
    """What ``sc.exe queryex`` prints; the labels are the translated ones of the language."""
    kind, status = labels
    return "\n".join(
        [
            "",
            f"SERVICE_NAME: {name} ",
            f"        {kind:<19}: 20  WIN32_SHARE_PROCESS  ",
            f"        {status:<19}: {state}  {word} ",
            *(["                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_PRESHUTDOWN)"] if state == 4 else []),
            f"        WIN32_EXIT_CODE    : {win32}  (0x{win32:x})",
            f"        SERVICE_EXIT_CODE  : {specific}  (0x{specific:x})",
            "        CHECKPOINT         : 0x0",
            "        WAIT_HINT          : 0x0",
            f"        PID                : {pid}",
            "        FLAGS              : ",
        ]
    )


def dword(value: int) -> tuple[str, str]:
    """A number, as ``registry`` takes it."""
    return ("REG_DWORD", f"{value:#x}")


def multi(*names: str) -> tuple[str, str]:
    """A list of strings, as ``registry`` takes it."""
    return ("REG_MULTI_SZ", r"\0".join(names))


def text(data: str) -> tuple[str, str]:
    """A string, as ``registry`` takes it."""
    return ("REG_SZ", data)
