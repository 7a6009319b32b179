"""OpenSSH's own server on loopback, with keys, configuration and accounts of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from ..machine import Machine
from .door import Door

_BRIDGE = Path(__file__).with_name("bridge.py")
_READY_WITHIN = 20.0
"""Seconds for sshd to accept connections."""


class OpenSSHUnavailable(Exception):
    """This computer cannot run an OpenSSH server; the message says what is missing."""


class OpenSSHServer:
    """Serves machines from its making until `stop`: each has a key of its own, and the key chooses the machine.

    The Linux account is the one that runs the lab; what a key may run is one forced command, the shell of its machine:
    ``cmd.exe`` if ``powershell`` is None, as Windows has it by default. Otherwise the real PowerShell ``powershell`` runs each
    command line, as ``DefaultShell`` in the registry of Windows makes it, and finds the machine's PowerShell on its PATH.

    :raises OpenSSHUnavailable: no sshd, or it does not start
    """

    host = "127.0.0.1"

    def __init__(self, machines: Iterable[Machine], *, powershell: Path | None = None) -> None:
        self._sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if not self._sshd or not shutil.which("ssh-keygen"):
            raise OpenSSHUnavailable("there is no sshd or no ssh-keygen (Debian: openssh-server)")
        self._process: subprocess.Popen[bytes] | None = None
        self._door: Door | None = None
        self._temporary = tempfile.TemporaryDirectory(prefix="lab-ssh-")
        self._folder = Path(self._temporary.name)
        served = list(machines)
        try:
            self._door = Door(self._folder / "door", served)
            self._write(served, powershell)
            self._start()
        except BaseException:
            self.stop()
            raise

    def _write(self, machines: Iterable[Machine], powershell: Path | None) -> None:
        _make_key(self._folder / "host")
        lines = []
        for machine in machines:
            key = self._key(machine.name)
            _make_key(key)
            command = self._shell(machine.name, powershell).replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'command="{command}",restrict {key.with_suffix(".pub").read_text(encoding="utf-8")}')
        (self._folder / "authorized_keys").write_text("".join(lines), encoding="utf-8")

    def _shell(self, name: str, powershell: Path | None) -> str:
        bridge = shlex.join([sys.executable, "-I", "-S", str(_BRIDGE), str(self._folder / "door"), name])
        if powershell is None:
            return bridge
        programs = self._folder / f"programs-{name}"
        programs.mkdir()
        program = programs / "PowerShell"
        program.write_text(f'#!/bin/sh\nexec {bridge} PowerShell "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        return f'PATH={shlex.quote(str(programs))} LC_ALL=C.UTF-8 {shlex.quote(str(powershell))} -Command "$SSH_ORIGINAL_COMMAND"'

    def _start(self) -> None:
        with socket.socket() as free:
            free.bind((self.host, 0))
            self.port = int(free.getsockname()[1])
        root = os.geteuid() == 0
        if root:
            # The folder of privilege separation, which the service's start makes on Debian.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        settings = {
            "ListenAddress": f"{self.host}:{self.port}",
            "HostKey": self._folder / "host",
            "AuthorizedKeysFile": self._folder / "authorized_keys",
            "PidFile": "none",
            "StrictModes": "no",
            # Without PAM, sshd refuses an account without a password, as root's often is.
            "UsePAM": "yes" if root else "no",
            "PermitRootLogin": "forced-commands-only",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "MaxStartups": "200",
            "PrintMotd": "no",
        }
        (self._folder / "sshd_config").write_text(
            "".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8"
        )
        public = (self._folder / "host.pub").read_text(encoding="utf-8")
        (self._folder / "known_hosts").write_text(f"[{self.host}]:{self.port} {public}", encoding="utf-8")
        log = self._folder / "sshd.log"
        assert self._sshd
        self._process = subprocess.Popen(
            [self._sshd, "-D", "-f", str(self._folder / "sshd_config"), "-E", str(log)], stdin=subprocess.DEVNULL
        )
        end = time.monotonic() + _READY_WITHIN
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            time.sleep(0.05)
        raise OpenSSHUnavailable(f"sshd did not start: {log.read_text(encoding='utf-8')}")

    def _key(self, name: str) -> Path:
        return self._folder / f"user-{name}"

    @property
    def log(self) -> str:
        """What sshd has written."""
        return (self._folder / "sshd.log").read_text(encoding="utf-8")

    def variables(self, name: str) -> dict[str, Any]:
        """The inventory variables that lead to that machine; the shell's type is not among them."""
        return {
            "ansible_host": self.host,
            "ansible_port": self.port,
            "ansible_user": pwd.getpwuid(os.geteuid()).pw_name,
            "ansible_ssh_private_key_file": str(self._key(name)),
            "ansible_ssh_common_args": f"-F none -o IdentitiesOnly=yes -o UserKnownHostsFile={self._folder}/known_hosts",
        }

    def stop(self) -> None:
        """End sshd and every connection to a machine."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
        if self._door:
            self._door.close()
        self._temporary.cleanup()

    def __enter__(self) -> OpenSSHServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _make_key(path: Path) -> None:
    arguments = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(path)]
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, timeout=60)
