"""The one error for what this computer lacks."""

from __future__ import annotations


class WineUnavailable(OSError):
    """Wine machines cannot run on this computer; the message says in one line what is missing."""
