"""All that a command could have changed in a prefix, as plain JSON data in a canonical order."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from ..simulated.values import NONE, Value
from .prefix import LAB_FOLDER, POWERSHELL_FOLDER, Prefix
from .regfile import read_reg_file

_SOFTWARE = "HKEY_LOCAL_MACHINE\\Software"
_OTHER_HIVES = ("HKEY_LOCAL_MACHINE\\System", "HKEY_USERS")
_CLASSES = f"{_SOFTWARE}\\Classes\\".lower()
_SERVICE = re.compile(r"SERVICE_NAME: (.+?)\r\n.*?STATE +: (\d+)  ", re.DOTALL)
# Keys that are left out, and why.
_LEFT_OUT: Mapping[str, str] = {
    "hkey_local_machine\\system\\currentcontrolset\\control\\servicecurrent": "Wine's count of service processes it ever started",
    "hkey_local_machine\\software\\wow6432node": "what 32-bit programs see, and none run here; it takes long to read",
}


def registry_state(prefix: Prefix) -> dict[str, Any]:
    """Type and data of every value by key; the 5,000 keys of COM classes as one digest."""
    keys: dict[str, Any] = {}
    classes = hashlib.sha256()
    software = prefix.run(["reg.exe", "query", _SOFTWARE]).stdout.decode("utf-8").split("\r\n")
    for hive in (*(key for key in software if key.startswith(f"{_SOFTWARE}\\")), *_OTHER_HIVES):
        if hive.lower() in _LEFT_OUT:
            continue
        for name, values in read_reg_file(_export(prefix, hive)):
            data = {value.name: _data(value) for value in sorted(values, key=lambda value: value.name)}
            if name.lower().startswith(_CLASSES):
                classes.update(json.dumps([name, data]).encode())
            elif name.lower() not in _LEFT_OUT:
                keys[name] = data
    return dict(sorted(keys.items())) | {f"{_SOFTWARE}\\Classes": {"sha256 of all below": classes.hexdigest()}}


def services_state(prefix: Prefix, names: Iterable[str]) -> dict[str, int]:
    """The number of each service's state, 1 for stopped to 7 for paused. Raises RuntimeError where Wine tells of none."""
    asked = " & ".join(f"C:\\windows\\system32\\sc.exe query {name}" for name in names)
    done = prefix.run(["cmd.exe", "/d", "/c", asked])
    states = {name: int(state) for name, state in _SERVICE.findall(done.stdout.decode("utf-8", "replace"))}
    if not states:
        raise RuntimeError(f"sc.exe query told of no service: {done.stderr.decode('utf-8', 'replace').strip()}")
    return states


def files_state(prefix: Prefix) -> dict[str, str]:
    """A digest of each file that the template does not have."""
    files = {}
    for file in prefix.own_files():
        parts = PurePosixPath(file.relative_to(prefix.disk)).parts
        if parts[0] not in (LAB_FOLDER, POWERSHELL_FOLDER):
            files["C:\\" + "\\".join(parts)] = hashlib.sha256(file.read_bytes()).hexdigest()
    return files


def _export(prefix: Prefix, key: str) -> bytes:
    file = prefix.disk / LAB_FOLDER / "state.reg"
    done = prefix.run(["reg.exe", "export", key, f"C:\\{LAB_FOLDER}\\{file.name}", "/y"])
    if done.exit_code:
        raise RuntimeError(f"reg.exe export {key} failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    content = file.read_bytes()
    file.unlink()
    return content


def _data(value: Value) -> list[str]:
    return [value.type_name, value.data.hex() if value.type == NONE else value.text()]
