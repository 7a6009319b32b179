"""What becomes of a batch before the PowerShell inside Wine runs it.

As a rule nothing. Of a batch of the second form the calls of its function become calls of a program that forwards them to the lab,
which has the declared machine answer them (``simulated/web_request.py``): by the same function, run by the PowerShell of this computer
where there is one. So Wine needs neither the machine's names nor its trusted authority. Constrained Language Mode, which on Windows a
policy sets, is set by a line before the batch.
"""

from __future__ import annotations

import base64
import re

from ..simulated.batch import WEB_REQUEST_NAME, Batch
from ..simulated.web_request import CONSTRAINED

WEB_REQUEST_PROGRAM = "lab-web-request.exe"
"""forward.exe under the name by which the function is called."""

_ENCODED = re.compile(r"(-EncodedCommand\s+)\S+", re.IGNORECASE)
_LINE_END = re.compile("\r\n|\n|\r")
_CALL = f"x '{WEB_REQUEST_NAME}' "


def carried(command_line: str, script: str, batch: Batch, commands: int | None, *, constrained: bool) -> str:
    """The command line for Wine, with only the first ``commands`` where it is cut."""
    if commands is None and not constrained and not batch.web_request:
        return command_line
    lines = _LINE_END.split(script.rstrip("\r\n"))
    calls = lines[-len(batch.commands) :][:commands]
    if batch.web_request:
        calls = [
            f"x '{WEB_REQUEST_PROGRAM}' {line[len(_CALL) :]}" if line.startswith(_CALL) else line for line in calls
        ]
    text = "\n".join([*([CONSTRAINED] if constrained else []), lines[0], *calls])
    encoded = base64.b64encode(text.encode("utf-16-le")).decode("ascii")
    return _ENCODED.sub(lambda match: match[1] + encoded, command_line)
