"""The answering side of forward.exe, spoken to as forward.exe speaks."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

import pytest
from lab.machine import Execution
from lab.wine.forward import ForwardServer


def answer(argv: Sequence[str]) -> Execution:
    if argv[-1] == "break":
        raise RuntimeError("broken")
    return Execution("|".join(argv).encode(), b"said aside", 1060)


@pytest.fixture
def server() -> Iterator[ForwardServer]:
    server = ForwardServer(answer)
    yield server
    server.close()


def ask(server: ForwardServer, message: bytes) -> bytes:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_arguments_arrive_and_both_streams_and_the_exit_code_return(server: ForwardServer) -> None:
    arguments = ["sc.exe", "queryex", "größe 日本", ""]
    sent = f"{len(arguments)}\n" + "".join(f"{each}\0" for each in arguments)
    text = "|".join(arguments).encode()
    assert ask(server, sent.encode()) == b"1060 %d 10\n" % len(text) + text + b"said aside"


@pytest.mark.parametrize("message", [b"1\nbreak\0", b"2\nsc.exe\0cut", b"nonsense\n", b""])
def test_what_cannot_be_answered_fails_with_a_reason(server: ForwardServer, message: bytes) -> None:
    head, _separator, text = ask(server, message).partition(b"\n")
    assert head.split()[:2] == [b"97", b"0"]
    assert text.startswith(b"the lab cannot answer: ")


def test_calls_at_the_same_time(server: ForwardServer) -> None:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), timeout=10):  # says nothing yet
        assert ask(server, b"1\nsc.exe\0").endswith(b"sc.exesaid aside")


def test_closed_it_answers_no_more() -> None:
    server = ForwardServer(answer)
    server.close()
    with pytest.raises(ConnectionRefusedError):
        ask(server, b"1\nsc.exe\0")
