"""What an audit costs a healthy machine, by component. A new component says here how many programs it adds."""

from __future__ import annotations

from collections.abc import Mapping

ADDED: Mapping[str, int] = {
    "system": 1,
    "policy": 4,
    "management": 1,
    "bits": 5,
    "agent": 7,
    "update_store": 2,
    "client_id": 0,
    "events": 0,
    "proxy": 3,
    "reachability": 0,
}
"""The programs of the first remote execution that no component before it asks for already."""

ADMINISTRATOR = 1
"""The question for the rights of the user, which every first remote execution contains."""

REQUEST = 1
"""The second remote execution, the request to the server: one program where there is curl.exe and no proxy."""

FIRST = sum(ADDED.values()) + ADMINISTRATOR
"""The programs of the first remote execution of a full audit."""

FULL = FIRST + REQUEST
"""The programs of a full audit."""
