"""reg.exe export and import."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import WouldWaitForInput
from ..regfile import DeleteKey, DeleteValue, NotARegistrationFile, SetValue, read_file, write_file
from ..registry import key_path
from .reg_options import InvalidSyntax, Session, parse_options


def export(session: Session, arguments: Sequence[str]) -> int:
    """``reg export KEY FILE [/y] [/reg:32|/reg:64]``: a regedit 5 file, UTF-16LE with byte order mark."""
    if len(arguments) < 2:
        raise InvalidSyntax(session.text("invalid_syntax"))
    options = parse_options(session, arguments[2:], "/y", "")
    path = session.key(arguments[0], options)
    registry = session.machine.registry
    if registry.get(session.view.readable(path)) is None:
        return session.not_found()
    target = session.machine.expand(arguments[1])
    files = session.machine.files
    if files.is_file(target) and "/y" not in options:
        raise WouldWaitForInput(f"the file {target} exists, and /y is missing")
    located = session.view.locate(path)
    keys = [((*path, *found[len(located) :]), key) for found, key in registry.walk(located)]
    if not files.write(target, write_file(keys)):
        session.output.error(session.text("cannot_write"))
        return 1
    return session.success()


def import_(session: Session, arguments: Sequence[str]) -> int:
    """``reg import FILE [/reg:32|/reg:64]``: nothing is changed unless all of the file can be read."""
    if not arguments:
        raise InvalidSyntax(session.text("invalid_syntax"))
    parse_options(session, arguments[1:], "", "")
    entry = session.machine.files.get(session.machine.expand(arguments[0]))
    if entry is None or entry.content is None:
        session.output.error(session.text("cannot_open"))
        return 1
    try:
        changes = read_file(entry.content)
        paths = [session.view.writable(key_path(change.key)) for change in changes]
    except (NotARegistrationFile, ValueError):
        session.output.error(session.text("cannot_import"))
        return 1
    registry = session.machine.registry
    for change, path in zip(changes, paths, strict=True):
        if isinstance(change, SetValue):
            registry.set(path, change.value)
        elif isinstance(change, DeleteValue):
            registry.delete_value(path, change.name)
        elif isinstance(change, DeleteKey):
            registry.delete_key(path)
        else:
            registry.create(path)
    # reg.exe writes even this to standard error, alone among its operations.
    session.output.error(session.text("success"))
    return 0
