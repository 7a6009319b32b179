"""A machine's curl against nginx and tinyproxy, and the lab's own endpoints against them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from unit.lab.network_fleets import CAB, Client, client

from .conftest import unavailable
from .real_servers import HOST, ServerMissing, free_port, nginx, tinyproxy

PATHS = (
    CAB,
    "/selfupdate/iuident.cab",
    "/clientwebservice/client.asmx",
    "/clientwebservice/wusserverversion.xml",
    "/simpleauthwebservice/simpleauth.asmx",
    "/iuident.cab",
    "/content/",
    "/",
)


@dataclass(frozen=True)
class Real:
    """A machine whose server is nginx, and the ports of nginx and tinyproxy on this computer."""

    machine: Client
    server_port: int
    tls_port: int
    proxy: str
    guarded_proxy: str


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    endpoints = {
        "real": {"kind": "wsus", "names": ["real.example.test"], "address": HOST},
        "proxy": {"kind": "proxy", "names": ["proxy.example.test"]},
    }
    with ExitStack() as stack:
        machine = stack.enter_context(client(tmp_path, endpoints))
        folders = [tmp_path / name for name in ("nginx", "tinyproxy", "guarded")]
        for folder in folders:
            folder.mkdir()
        try:
            server_port, tls_port = stack.enter_context(nginx(folders[0], machine.network.authority))
            ports = [
                stack.enter_context(tinyproxy(folder, options))
                for folder, options in zip(folders[1:], ({}, {"BasicAuth": "name word"}), strict=True)
            ]
        except ServerMissing as missing:
            unavailable(str(missing))
        machine.network.stand_in("wsus", 8530, (HOST, server_port))
        machine.network.stand_in("wsus", 8531, (HOST, tls_port))
        for port, place in zip((3128, 8080), ports, strict=True):
            machine.network.stand_in("proxy", port, (HOST, place))
        yield Real(machine, server_port, tls_port, "http://proxy.example.test:3128", "http://proxy.example.test:8080")


@pytest.mark.parametrize("path", PATHS)
def test_the_labs_server_answers_as_nginx_does(real: Real, tmp_path: Path, path: str) -> None:
    (tmp_path / "lab").mkdir()
    with client(tmp_path / "lab") as own:
        url = f"http://wsus.example.test:8530{path}"
        text = "%{http_code} %{content_type}"
        code = real.machine.ask(url, text="%{http_code}")
        assert own.ask(url, text="%{http_code}") == code
        if code == (0, "200"):
            assert real.machine.curl(url).stdout == own.curl(url).stdout
            assert own.ask(url, text=text)[1].split(";")[0] == real.machine.ask(url, text=text)[1].split(";")[0]


@pytest.mark.parametrize("asked", ["0-3", "-5", "100-200", "31616-40000", "31620-"])
def test_ranges_are_those_of_nginx(real: Real, tmp_path: Path, asked: str) -> None:
    (tmp_path / "lab").mkdir()
    url = f"https://wsus.example.test:8531{CAB}"
    with client(tmp_path / "lab") as own:
        for it in (own, real.machine):
            it.curl("-r", asked, "-o", r"C:\Windows\Temp\part", "-D", r"C:\Windows\Temp\head", url)
        heads, parts = (
            [it.machine.files.get(rf"C:\Windows\Temp\{name}") for it in (own, real.machine)]
            for name in ("head", "part")
        )
        lines = [
            {line for line in (head.content or b"").split(b"\r\n") if line.lower().startswith(b"content-range")}
            for head in heads
            if head
        ]
        assert len(lines) == 2
        assert lines[0] == lines[1] != set()
        if asked != "31620-":
            assert parts[0] is not None
            assert parts[1] is not None
            assert parts[0].content == parts[1].content


def test_head(real: Real) -> None:
    assert b"\r\nContent-Length: 31620\r\n" in real.machine.curl("-I", f"http://wsus.example.test:8530{CAB}").stdout


def test_through_tinyproxy(real: Real) -> None:
    plain = f"http://{HOST}:{real.server_port}{CAB}"
    assert real.machine.ask(plain, "-x", real.proxy) == (0, "200 31620")
    assert real.machine.ask(plain, "-x", real.proxy, "-r", "0-3") == (0, "206 4")
    assert b"content-length: 31620\r\n" in real.machine.curl("-I", "-x", real.proxy, plain).stdout.lower()
    tunnel = f"https://{HOST}:{real.tls_port}{CAB}"
    assert real.machine.ask(tunnel, "-x", real.proxy, text="%{http_code} %{http_connect}") == (0, "200 200")


def test_tinyproxy_refuses(real: Real) -> None:
    tunnel = f"https://{HOST}:{real.tls_port}{CAB}"
    plain = f"http://{HOST}:{real.server_port}{CAB}"
    text = "%{http_code} %{http_connect}"
    assert real.machine.ask(plain, "-x", real.guarded_proxy, text=text) == (0, "407 000")
    assert real.machine.ask(tunnel, "-x", real.guarded_proxy, text=text) == (56, "000 407")
    assert real.machine.ask(plain, "-x", real.guarded_proxy, "-U", "name:word") == (0, "200 31620")
    # Where the server does not answer, tinyproxy says 500 and others 502 or 503.
    closed = f"http://{HOST}:{free_port()}/"
    assert real.machine.ask(closed, "-x", real.proxy, text="%{http_code}")[1] in ("500", "502", "503")
