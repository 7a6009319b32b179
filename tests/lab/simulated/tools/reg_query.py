"""reg.exe query.

Layout as captured on Windows 11: a blank line, the key's name as it was typed behind the long name of its hive, values
indented by four blanks, a blank line, then the subkeys' names. With ``/s`` every key has its block, also one without values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..registry import AccessDenied, Key, KeyPath
from ..values import TYPE_NUMBERS, Value
from .reg_options import InvalidSyntax, Session, parse_options, value_name

Matcher = Callable[[str], bool]


def query(session: Session, arguments: Sequence[str]) -> int:
    """``reg query KEY [/v [NAME] | /ve] [/s] [/f DATA [/k] [/d] [/c] [/e]] [/t TYPE] [/z] [/se SEPARATOR] [/reg:32|/reg:64]``"""
    if not arguments:
        raise InvalidSyntax(session.text("invalid_syntax"))
    options = parse_options(session, arguments[1:], "/ve /s /k /d /c /e /z", "/f /t /se", "/v")
    refused = ("/v" in options and "/ve" in options) or (
        "/f" not in options and {"/k", "/d", "/c", "/e"} & options.keys()
    )
    if refused or ("/v" in options and options["/v"] is None and "/f" not in options):
        raise InvalidSyntax(session.text("invalid_syntax"))
    if len(options.get("/se") or "1") != 1:
        raise InvalidSyntax(session.text("invalid_syntax"))
    path = session.key(arguments[0], options)
    if session.machine.registry.get(session.view.readable(path)) is None:
        return session.not_found()
    name = value_name(options)
    if "/f" in options or "/t" in options:
        return _search(session, path, options, name)
    if name is None:
        return _show_all(session, path, options)
    return (
        _show_recursive(session, path, name, options) if "/s" in options else _show_value(session, path, name, options)
    )


def _show_value(session: Session, path: KeyPath, name: str, options: Mapping[str, str | None]) -> int:
    value = session.machine.registry.value(session.view.locate(path), name)
    if value is None and name:
        return session.not_found()
    session.output.line()
    session.output.line("\\".join(path))
    if value is None:
        session.output.line(f"    {session.text('default_value')}    REG_SZ    {session.text('not_set')}")
    else:
        # The name is printed as it was asked for: reg.exe never reads it from the registry here.
        _print_value(session, Value(name, value.type, value.data), options)
    session.output.line()
    return 0


def _show_all(session: Session, path: KeyPath, options: Mapping[str, str | None]) -> int:
    session.output.line()
    if "/s" in options:
        exit_code = 0
        for key_path, key in _walk(session, path):
            session.output.line("\\".join(key_path))
            if key is None:
                session.output.error(session.text("access_denied"))
                exit_code = 1
            _print_values(session, key, options)
            session.output.line()
        return exit_code
    key = session.machine.registry.get(session.view.locate(path))
    if key and key.values:
        session.output.line("\\".join(path))
        _print_values(session, key, options)
        session.output.line()
    for subkey in session.machine.registry.subkeys(session.view.locate(path)):
        session.output.line("\\".join((*path, subkey)))
    return 0


def _show_recursive(session: Session, path: KeyPath, name: str, options: Mapping[str, str | None]) -> int:
    found = 0
    session.output.line()
    for key_path, key in _walk(session, path):
        value = key.values.get(name.lower()) if key else None
        if value is not None:
            found += 1
            session.output.line("\\".join(key_path))
            _print_value(session, value, options)
            session.output.line()
    return _end_of_search(session, found)


def _search(session: Session, path: KeyPath, options: Mapping[str, str | None], name: str | None) -> int:
    matches = _matcher(options)
    types = _types(session, options.get("/t"))
    everywhere = not {"/k", "/d", "/v", "/ve"} & options.keys()
    in_names = everywhere or ("/v" in options and name is None)
    in_data = everywhere or "/d" in options or name is not None
    found = 0
    session.output.line()
    for key_path, key in _walk(session, path) if "/s" in options else _here(session, path):
        hits = []
        for value in key.values.values() if key else ():
            wanted = (types is None or value.type in types) and (name is None or value.name.lower() == name.lower())
            if wanted and ((in_names and matches(value.name)) or (in_data and matches(value.text()))):
                hits.append(value)
        named = (
            len(key_path) > len(path) and (everywhere or "/k" in options) and types is None and matches(key_path[-1])
        )
        if named or hits:
            found += named + len(hits)
            session.output.line("\\".join(key_path))
            for value in hits:
                _print_value(session, value, options)
            if hits:
                session.output.line()
    return _end_of_search(session, found)


def _end_of_search(session: Session, found: int) -> int:
    session.output.line(session.text("matches", count=found))
    return 0 if found else 1


def _walk(session: Session, path: KeyPath) -> Iterator[tuple[KeyPath, Key | None]]:
    """A key and all below it; a key that the user may not read comes without content."""
    registry = session.machine.registry
    try:
        key = registry.get(session.view.readable(path))
    except AccessDenied:
        yield path, None
        return
    yield path, key
    for name in registry.subkeys(session.view.locate(path)):
        yield from _walk(session, (*path, name))


def _here(session: Session, path: KeyPath) -> Iterator[tuple[KeyPath, Key | None]]:
    """A key with its values, and its subkeys by name only."""
    yield path, session.machine.registry.get(session.view.locate(path))
    for name in session.machine.registry.subkeys(session.view.locate(path)):
        yield (*path, name), None


def _matcher(options: Mapping[str, str | None]) -> Matcher:
    pattern = options.get("/f")
    if pattern is None:
        pattern = ""  # Found in everything: what decides is the type.
    parts = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    expression = re.compile(parts, re.DOTALL if "/c" in options else re.DOTALL | re.IGNORECASE)
    return lambda text: bool(expression.fullmatch(text) if "/e" in options else expression.search(text))


def _types(session: Session, names: str | None) -> set[int] | None:
    if names is None:
        return None
    numbers = {TYPE_NUMBERS.get(name.strip().upper()) for name in names.split(",")}
    if None in numbers:
        raise InvalidSyntax(session.text("invalid_syntax"))
    return {number for number in numbers if number is not None}


def _print_values(session: Session, key: Key | None, options: Mapping[str, str | None]) -> None:
    for value in key.values.values() if key else ():
        _print_value(session, value, options)


def _print_value(session: Session, value: Value, options: Mapping[str, str | None]) -> None:
    type_name = f"{value.type_name} ({value.type})" if "/z" in options else value.type_name
    name = value.name or session.text("default_value")
    session.output.line(f"    {name}    {type_name}    {value.text(options.get('/se') or chr(92) + '0')}")
