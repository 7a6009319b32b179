"""What the lab itself has to say, as opposed to what Windows says."""

from __future__ import annotations

from ..machine import Execution

NOT_IMPLEMENTED = 120
"""Exit code of everything the lab cannot do: Windows' own ERROR_CALL_NOT_IMPLEMENTED."""


class NotImplementedInLab(Exception):
    """Windows could do this, the lab cannot; it must be seen, so it becomes a failed program, never an empty success."""


class WouldWaitForInput(NotImplementedInLab):
    """The program would ask a question, and nobody can answer over WinRM."""


def not_implemented(reason: object) -> Execution:
    """The failed execution that stands for a :class:`NotImplementedInLab`."""
    return Execution(b"", f"lab: not implemented: {reason}\r\n".encode(), NOT_IMPLEMENTED)
