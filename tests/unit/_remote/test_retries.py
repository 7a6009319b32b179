"""What is sent again after a failure of the connection, how often, and what is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly
from ansible_collections.wsus.client.plugins.plugin_utils._remote.retries import (
    NOT_WINRM,
    close,
    is_temporary,
    renew,
    retried,
)

# What Ansible's winrm makes of the exceptions of requests 2.32, urllib3 2.5 and pywinrm 0.5, as Python 3.12 words them.
TEMPORARY = (
    "basic: Bad HTTP response returned from server. Code 500",
    "ntlm: Bad HTTP response returned from server. Code 503",
    "basic: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    "basic: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    "basic: ('Connection broken: IncompleteRead(10 bytes read, 700 more expected)', IncompleteRead(10 bytes read))",
    "basic: syntax error: line 1, column 0",
    "basic: no element found: line 1, column 0",
    f"basic: {NOT_WINRM}",
    (
        "kerberos: The WS-Management service cannot process the request. The user load quota (extended fault data: "
        "{'transport_message': 'Bad HTTP response returned from server. Code 500', 'http_status_code': 500, 'wsmanfault_code': '2150859174'})"
    ),
)
LASTING = (
    "basic: the specified credentials were rejected by the server",
    (
        "basic: HTTPConnectionPool(host='192.0.2.1', port=5985): Max retries exceeded with url: /wsman (Caused by "
        "NewConnectionError('<...>: Failed to establish a new connection: [Errno 111] Connection refused'))"
    ),
    (
        "basic: HTTPConnectionPool(host='192.0.2.1', port=5985): Max retries exceeded with url: /wsman (Caused by "
        "ConnectTimeoutError(<...>, 'Connection to 192.0.2.1 timed out. (connect timeout=30)'))"
    ),
    (
        "ssl: HTTPSConnectionPool(host='pc', port=5986): Max retries exceeded with url: /wsman (Caused by SSLError("
        "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1000)')))"
    ),
    (
        "kerberos: Access is denied.  (extended fault data: {'transport_message': 'Bad HTTP response returned from server. Code 500', "
        "'http_status_code': 500, 'wsmanfault_code': '5', 'fault_code': 's:Sender', 'fault_subcode': 'w:AccessDenied'})"
    ),
    "Failed to connect to the host via ssh: ssh: connect to host pc port 22: No route to host",
)


class Link:
    """A connection that fails in turn with what ``failures`` says, and then answers; ``refusals`` are those of closing it."""

    def __init__(
        self, failures: Sequence[Exception], *, connected: bool = True, refusals: Sequence[Exception] = ()
    ) -> None:
        self.failures, self.connected, self.refusals = list(failures), connected, list(refusals)
        self.closed = self.asked = self.tried = self.forgotten = 0
        self.pauses: list[float] = []
        self.told: list[str] = []

    def close(self) -> None:
        self.tried += 1
        if self.refusals:
            raise self.refusals.pop(0)
        self.closed += 1

    def reset(self) -> None:
        self.forgotten += 1
        raise AnsibleConnectionFailure("the machine does not answer")

    def read(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"

    def retried(self, retries: int) -> str:
        return retried(self.read, self, retries, self.pauses.append, self.told.append)


@pytest.mark.parametrize("text", TEMPORARY)
def test_a_server_between_or_a_quota_is_temporary(text: str) -> None:
    assert is_temporary(AnsibleConnectionFailure(text), connected=False)


@pytest.mark.parametrize("text", LASTING)
def test_a_machine_that_is_off_or_refuses_the_user_is_not(text: str) -> None:
    assert not is_temporary(AnsibleConnectionFailure(text), connected=False)


@pytest.mark.parametrize("text", [*TEMPORARY, *LASTING])
def test_a_connection_that_was_made_is_temporary_whatever_ends_it(text: str) -> None:
    assert is_temporary(AnsibleConnectionFailure(text), connected=True)


@pytest.mark.parametrize("error", [AnsibleConnectionFailure("lost"), OutputEndedEarly("ended early")])
def test_it_is_asked_again_over_a_new_connection(error: Exception) -> None:
    link = Link([error, error])
    assert link.retried(2) == "answer"
    assert (link.asked, link.closed, link.pauses) == (3, 2, [0.5, 1.0])
    assert [line.partition("; ")[2] for line in link.told] == [
        "asking again, attempts left: 2",
        "asking again, attempts left: 1",
    ]


def test_the_last_failure_is_raised() -> None:
    link = Link([AnsibleConnectionFailure(f"lost {number}") for number in range(3)])
    with pytest.raises(AnsibleConnectionFailure, match="lost 1"):
        link.retried(1)
    assert (link.asked, link.closed) == (2, 1)


def test_a_machine_that_is_off_is_asked_once() -> None:
    link = Link([AnsibleConnectionFailure(LASTING[1])], connected=False)
    with pytest.raises(AnsibleConnectionFailure, match="refused"):
        link.retried(3)
    assert (link.asked, link.closed, link.pauses) == (1, 0, [])


def test_any_other_error_is_not_one_of_the_connection() -> None:
    link = Link([ValueError("ours")])
    with pytest.raises(ValueError, match="ours"):
        link.retried(3)
    assert link.asked == 1


LOST = ConnectionResetError()
# pywinrm 0.5: the text of its WSManFaultError.
NO_SHELL = RuntimeError(
    "The shell with ShellId A6DA85DE-213D-42CE-AF84-BD104E300EE3 was not found on the server. (extended fault data: "
    "{'transport_message': 'Bad HTTP response returned from server. Code 500', 'http_status_code': 500, "
    "'wsmanfault_code': 2150858843, 'fault_code': 's:Sender', 'fault_subcode': 'w:InvalidSelectors'})"
)


@pytest.mark.parametrize(("refusals", "closed"), [(0, 1), (3, 1), (9, 0)])
def test_a_lost_request_to_close_the_shell_is_sent_again_and_raises_nothing(refusals: int, closed: int) -> None:
    link = Link([], refusals=[LOST] * refusals)
    assert close(link) == bool(closed)
    assert (link.closed, link.forgotten) == (closed, 0)


@pytest.mark.parametrize(
    ("refusals", "tried", "forgotten"),
    [([], 1, 0), ([LOST], 2, 0), ([LOST, NO_SHELL], 2, 1), ([NO_SHELL], 1, 1), ([LOST] * 9, 4, 1)],
)
def test_a_shell_that_is_gone_is_not_used_again(refusals: list[Exception], tried: int, forgotten: int) -> None:
    link = Link([], refusals=refusals)
    renew(link)
    assert (link.tried, link.forgotten) == (tried, forgotten)


def test_a_deleted_shell_whose_answer_was_lost_does_not_fail_the_next_attempts() -> None:
    link = Link([AnsibleConnectionFailure("lost")], refusals=[LOST, NO_SHELL])
    assert link.retried(3) == "answer"
    assert (link.asked, link.forgotten) == (2, 1)
