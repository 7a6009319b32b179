"""What shall go wrong at an endpoint, on order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYWHERE = "*"
CONNECT = "CONNECT"


@dataclass(frozen=True)
class EndpointFaults:
    """Faults of a WSUS endpoint or a proxy; an endpoint's record may be replaced while it runs.

    ``status``: answer with that status, by beginning of the path (without case), ``*`` for everything; of a proxy also
    ``CONNECT``. The longest beginning decides.
    ``captive``: a page of text/html with status 200 in place of everything.
    ``delay``: seconds that pass before an answer.
    ``cut_after``: close the connection after so many bytes of a body.
    ``no_range``: an endpoint answers a Range request with the whole, a proxy does not pass Range on.
    ``tls_required``: over HTTP every path is answered with 403, as IIS does where TLS is required (403.4).
    ``no_length``: no Content-Length: bodies are chunked, and the answer to HEAD does not tell the size.
    ``empty``: close the connection in place of an answer.
    ``reset``: reset it (RST) in place of an answer.
    ``authentication``: a proxy demands these credentials, ``name:password``, with 407; ``*`` accepts none.
    """

    status: Mapping[str, int] = field(default_factory=dict)
    captive: bool = False
    delay: float = 0.0
    cut_after: int | None = None
    no_range: bool = False
    tls_required: bool = False
    no_length: bool = False
    empty: bool = False
    reset: bool = False
    authentication: str | None = None

    def status_of(self, path: str) -> int | None:
        """The status that was ordered for a path, if any."""
        found = [key for key in self.status if key == EVERYWHERE or path.lower().startswith(key.lower())]
        return self.status[max(found, key=lambda key: (key != EVERYWHERE, len(key)))] if found else None
