"""A WinRM service (WS-Management shell protocol, MS-WSMV) in front of any `Machine`."""

from __future__ import annotations

from .server import WinRMServer

__all__ = ["WinRMServer"]
