"""The ways to one and the same machine: the inventories of the guide 'Connecting', with the addresses of the lab."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from lab.kerberos import REALM, KerberosRealm, KerberosUnavailable
from lab.powershell import VARIABLE, find_powershell
from lab.serve import Lab
from lab.ssh import OpenSSHServer, OpenSSHUnavailable
from lab.winrm.account import host_name

GUIDE = Path(__file__).parents[2] / "docs" / "docsite" / "rst" / "guide_connecting.rst"
_BLOCK = re.compile(r"^\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", re.MULTILINE)
_NAME = re.compile(r"# ([\w-]+)\.yml\n")


class Unavailable(Exception):
    """This computer lacks what a way needs; the message says what."""


@dataclass
class Doors:
    """A running lab, and what else was started for single ways; ``stack`` ends it."""

    lab: Lab
    stack: ExitStack
    environment: dict[str, str] = field(default_factory=dict)


def inventories() -> dict[str, dict[str, Any]]:
    """The inventory variables of the guide by the name of the file."""
    found = {}
    for block in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        text = re.sub(r"^   ", "", block, flags=re.MULTILINE)
        if name := _NAME.match(text):
            (group,) = yaml.safe_load(text).values()
            found[name[1]] = group["vars"]
    return found


def _winrm(doors: Doors, name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    https = written["ansible_port"] == 5986
    user = next(iter(doors.lab.machines[name].users.values()))
    variables = {
        "ansible_host": doors.lab.host,
        "ansible_port": doors.lab.https_port if https else doors.lab.http_port,
        # The scheme follows from the two ports of Windows; the lab's are others.
        "ansible_winrm_scheme": "https" if https else "http",
        "ansible_winrm_path": f"/wsman/{name}",
        "ansible_password": user.password,
    }
    if "ansible_user" in written:
        variables["ansible_user"] = user.name
    if "ansible_winrm_ca_trust_path" in written:
        variables["ansible_winrm_ca_trust_path"] = str(doors.lab.certificate)
    if "ansible_winrm_cert_pem" in written:
        certificate, key = doors.lab.server.client_certificate(f"{user.name}@localhost")
        variables |= {"ansible_winrm_cert_pem": str(certificate), "ansible_winrm_cert_key_pem": str(key)}
        del variables["ansible_password"]
    return variables


def _kerberos(doors: Doors, name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    if not doors.environment:
        try:
            realm = doors.stack.enter_context(KerberosRealm(doors.lab.machines.values()))
        except KerberosUnavailable as missing:
            raise Unavailable(str(missing)) from missing
        doors.environment |= realm.environment
    user = next(iter(doors.lab.machines[name].users.values()))
    return {
        **_winrm(doors, name, written),
        "ansible_user": f"{user.name}@{REALM}",
        # The lab has no DNS server that would name 127.0.0.1 by the host's name.
        "ansible_winrm_kerberos_hostname_override": host_name(doors.lab.machines[name]),
        "ansible_winrm_kinit_env_vars": ["KRB5_CONFIG"],
    }


def _powershell() -> Path:
    real = find_powershell()
    if real is None or real.linux is None:
        raise Unavailable(f"no real PowerShell: {VARIABLE} is not set")
    return real.linux


def _psrp(doors: Doors, name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    doors.lab.server.serve_remoting(name, _powershell())
    user = next(iter(doors.lab.machines[name].users.values()))
    return {
        "ansible_host": doors.lab.host,
        "ansible_port": doors.lab.http_port,
        "ansible_psrp_path": f"/wsman/{name}",
        "ansible_user": user.name,
        "ansible_password": user.password,
    }


def _ssh(doors: Doors, name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    powershell = _powershell() if written["ansible_shell_type"] == "powershell" else None
    try:
        server = OpenSSHServer([doors.lab.machines[name]], powershell=powershell)
    except OpenSSHUnavailable as missing:
        raise Unavailable(str(missing)) from missing
    doors.stack.enter_context(server)
    return server.variables(name)


OPENERS: Mapping[str, Callable[[Doors, str, Mapping[str, Any]], dict[str, Any]]] = {
    "kerberos": _kerberos,
    "ntlm": _winrm,
    "https": _winrm,
    "certificate": _winrm,
    "psrp": _psrp,
    "ssh-cmd": _ssh,
    "ssh-powershell": _ssh,
}
"""By the name of an inventory of the guide, what opens the way that it describes and gives the addresses of the lab."""
