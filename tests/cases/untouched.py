"""The words of ``untouched`` in a case: each is a part of a lab machine's state, which a repair must leave as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_STORE = "c:\\windows\\softwaredistribution"
_LOG = f"{_STORE}\\reportingevents.log"
_AGENT = r"hkey_local_machine\software\microsoft\windows\currentversion\windowsupdate"
_ID = {"susclientid", "susclientidvalidation", "pingid", "accountdomainsid"}
_POLICY = r"hkey_local_machine\software\policies"
_SERVICES = r"hkey_local_machine\system\controlset001\services"
_PROXY = r"hkey_local_machine\software\microsoft\windows\currentversion\internet settings\connections"

State = Mapping[str, Any]


def _keys(state: State, below: str) -> dict[str, Any]:
    return {key: each for key, each in state["registry"].items() if f"{key.lower()}\\".startswith(f"{below}\\")}


def _store(state: State) -> dict[str, Any]:
    """All files whose path begins like the store's, thus its renamed copies too; a scan writes to its log only."""
    files = state["files"].items()
    return {path: each for path, each in files if path.lower().startswith(_STORE) and path.lower() != _LOG}


def _client_id(state: State) -> dict[str, Any]:
    values = next(iter(values for key, values in state["registry"].items() if key.lower() == _AGENT), {})
    return {name: value for name, value in values.items() if name.lower() in _ID}


def _definitions(state: State) -> dict[str, Any]:
    """What is configured of services; whether they run is left out, since each scan starts some."""
    return _keys(state, _SERVICES)


WORDS: Mapping[str, Callable[[State], Any]] = {
    "store": _store,
    "client_id": _client_id,
    "policy": lambda state: _keys(state, _POLICY),
    "services": _definitions,
    "proxy": lambda state: _keys(state, _PROXY),
    "machine": dict,
}
"""What each word takes from ``Machine.state()``."""
