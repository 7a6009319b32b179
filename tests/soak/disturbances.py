"""The kinds of disturbance, and which request meets which: decided by a seed, the machine and the number of its request."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lab.winrm import envelope, fault

RESET, CUT, LATE = "reset", "cut", "late"


@dataclass(frozen=True)
class Kind:
    """A disturbance.

    ``carried_out``: whether the machine gets the request; None: either, as the seed says. ``answer`` is what the client gets:
    ``reset``, ``cut`` (half of the machine's body), ``late``, or an HTTP answer as bytes.
    """

    name: str
    carried_out: bool | None
    answer: str | bytes


def _http(status: str, body: bytes, content_type: str, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", *headers, f"Content-Type: {content_type}", f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _fault(problem: fault.WSManFault) -> bytes:
    return _http("500 Internal Server Error", envelope.fault(problem), "application/soap+xml;charset=UTF-8")


_PAGE = b"<html><head><title>Sign in</title></head><body><h1>Sign in to the guest network</h1></body></html>"
KINDS = (
    Kind("reset before", False, RESET),
    Kind("reset after", True, RESET),
    Kind("status 500", None, _http("500 Internal Server Error", b"<h1>Internal error</h1>", "text/html")),
    Kind("status 401", False, _http("401 Unauthorized", b"", "text/plain", 'WWW-Authenticate: Basic realm="WSMAN"')),
    Kind("body cut", True, CUT),
    Kind("late", True, LATE),
    Kind("fault: quota", False, _fault(fault.quota_exceeded())),
    Kind("fault: timeout", False, _fault(fault.timed_out())),
    Kind("html with 200", None, _http("200 OK", _PAGE, "text/html")),
    Kind("empty 200", None, _http("200 OK", b"", "application/soap+xml;charset=UTF-8")),
)


@dataclass(frozen=True)
class Disturbance:
    """What one request meets."""

    kind: Kind
    carried_out: bool


@dataclass(frozen=True)
class Plan:
    """``share`` of the requests are disturbed, each by one of ``kinds``; with the same seed the same requests meet the same."""

    share: float = 0.0
    seed: str = ""
    kinds: Sequence[Kind] = KINDS

    def of(self, machine: str, number: int) -> Disturbance | None:
        """What the n-th request to a machine meets; None for nothing."""
        chance = random.Random(f"{self.seed} {machine} {number}")
        if chance.random() >= self.share:
            return None
        kind = chance.choice(self.kinds)
        return Disturbance(kind, chance.random() < 0.5 if kind.carried_out is None else kind.carried_out)


QUIET = Plan()
"""Nothing is disturbed."""


def named(names: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of these names; all without any. Raises ValueError for an unknown one."""
    known = {kind.name: kind for kind in KINDS}
    if strange := [name for name in names if name not in known]:
        raise ValueError(f"there is no disturbance {strange[0]!r}; there are: {', '.join(known)}")
    return tuple(known[name] for name in names) or KINDS
