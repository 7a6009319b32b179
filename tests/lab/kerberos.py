"""A throw-away Kerberos realm: MIT's KDC on loopback, with its database, keys and settings in a temporary folder."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from .machine import Machine
from .winrm.account import DOMAIN_NAME, host_name

REALM = DOMAIN_NAME.upper()
PROGRAMS = ("kdb5_util", "kadmin.local", "krb5kdc", "kinit")
PACKAGES = ("gssapi", "kerberos", "krb5")
_READY_WITHIN = 20.0
"""Seconds for the KDC to accept connections."""

_CLIENT = """[libdefaults]
    default_realm = {realm}
    dns_lookup_realm = false
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    .{domain} = {realm}
"""
_SERVER = """[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""


class KerberosUnavailable(Exception):
    """This computer cannot serve or use Kerberos; the message says what is missing."""


class KerberosRealm:
    """A domain of machines, from its making until `stop`: their users are its principals, with the same passwords.

    ``environment`` is what a client needs, and a process that serves the machines. Each machine has the service principal
    ``HTTP/NAME.lab.test``, as a Windows computer has in Active Directory. Names are compared in lower case.

    :raises KerberosUnavailable: a program or a Python package is missing, or the KDC does not start
    """

    def __init__(self, machines: Iterable[Machine]) -> None:
        self._path = f"{os.environ.get('PATH', '')}:/usr/sbin"
        if absent := [program for program in PROGRAMS if not shutil.which(program, path=self._path)]:
            raise KerberosUnavailable(
                f"there is no {', '.join(absent)} (Debian: krb5-kdc, krb5-admin-server and krb5-user)"
            )
        if absent := [package for package in PACKAGES if not importlib.util.find_spec(package)]:
            raise KerberosUnavailable(
                f"there is no Python package {', '.join(absent)} (pywinrm[kerberos], pypsrp[kerberos])"
            )
        self._process: subprocess.Popen[bytes] | None = None
        self._temporary = tempfile.TemporaryDirectory(prefix="lab-kerberos-")
        self._folder = Path(self._temporary.name)
        self.environment = {
            "KRB5_CONFIG": str(self._folder / "krb5.conf"),
            "KRB5_KTNAME": f"FILE:{self._folder}/keytab",
            # Tests log on many times a second, and from several threads.
            "KRB5RCACHENAME": "none:",
        }
        try:
            self._make(list(machines))
            self._start()
        except BaseException:
            self.stop()
            raise

    def _make(self, machines: Iterable[Machine]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        names = {"realm": REALM, "domain": DOMAIN_NAME, "port": self.port, "folder": self._folder}
        (self._folder / "krb5.conf").write_text(_CLIENT.format(**names), encoding="utf-8")
        (self._folder / "kdc.conf").write_text(_SERVER.format(**names), encoding="utf-8")
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", secrets.token_hex(16))
        lines: list[str] = []
        users: dict[str, str] = {}
        for machine in machines:
            service = f"HTTP/{host_name(machine)}"
            lines += [f"addprinc -randkey {service}", f"ktadd -k {self._folder}/keytab {service}"]
            users |= {user.name.lower(): user.password for user in machine.users.values()}
        # On standard input and not as arguments, which every user of this computer can read.
        lines += [f'addprinc -pw "{password}" {name}' for name, password in users.items()]
        self._run("kadmin.local", "-r", REALM, text="\n".join(lines) + "\n")

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.environment,
            "PATH": self._path,
            "KRB5_KDC_PROFILE": str(self._folder / "kdc.conf"),
        }

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        done = subprocess.run(
            [program, *arguments],
            input=text,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise KerberosUnavailable(f"{program} failed: {done.stderr.strip()}")

    def _start(self) -> None:
        arguments = ["krb5kdc", "-n", "-r", REALM, "-P", str(self._folder / "kdc.pid")]
        self._process = subprocess.Popen(
            arguments,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _READY_WITHIN
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise KerberosUnavailable("krb5kdc did not start")

    def stop(self) -> None:
        """End the KDC and remove everything."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
        self._temporary.cleanup()

    def __enter__(self) -> KerberosRealm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
