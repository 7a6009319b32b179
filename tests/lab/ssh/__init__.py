"""A real OpenSSH server in front of machines: its forced command is the machine's shell."""

from __future__ import annotations

from .server import OpenSSHServer, OpenSSHUnavailable

__all__ = ["OpenSSHServer", "OpenSSHUnavailable"]
