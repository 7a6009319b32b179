"""What reg.exe answers to a query, from keys and values in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry as _registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result

from support.windows_output import answer, registry

Values: TypeAlias = Mapping[str, tuple[str, str]]
Keys: TypeAlias = Mapping[str, Values]
"""Values by the path of their key, as commands spell it; the keys above exist as well."""


def reg_query(keys: Keys, command: Command) -> Result:
    """The answer to the query of a key, of a key with all below it (``/s``), or of one value (``/v``)."""
    path, *options = command.arguments[1:]
    own = keys.get(path, {})
    below = [name for name in keys if name.startswith(path + "\\")]
    if not below and path not in keys:
        return answer(command, "", 1)
    if options[:1] == ["/v"]:
        found = {name: value for name, value in own.items() if name == options[1]}
        return answer(command, registry(_registry.full_path(path), found)) if found else answer(command, "", 1)
    if options == ["/s"]:
        further = "".join(registry(_registry.full_path(name), dict(keys[name])) for name in below)
    else:
        children = dict.fromkeys(name[len(path) + 1 :].split("\\")[0] for name in below)
        further = "\n".join(rf"{_registry.full_path(path)}\{child}" for child in children)
    return answer(command, registry(_registry.full_path(path), dict(own), further=further))
