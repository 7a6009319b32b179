"""Names, addresses, ports and proxies of a fleet's network."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from lab.fleet import FleetError, load_fleet
from lab.network import EndpointFaults
from unit.lab.network_fleets import CAB, PROXY, SECURE, SERVER, client
from unit.lab.simulated_machines import Shell, make

PROXIED = {"proxy": {"kind": "proxy", "names": ["proxy.example.test"], "address": "10.0.0.9"}}


def test_a_machine_without_a_fleet_reaches_its_server() -> None:
    machine = make()
    try:
        done = Shell(machine).run("curl.exe", "-sS", "-o", "NUL", "-w", "%{http_code} %{remote_ip}", SERVER)
        assert (done.exit_code, done.stdout, done.stderr) == (0, b"200 127.0.0.5", b"")
    finally:
        machine.close()


@pytest.mark.parametrize("host", ["WSUS.example.test", "wsus", "10.0.0.5", "wsus.example.test."])
def test_names_and_addresses_of_the_server(tmp_path: Path, host: str) -> None:
    with client(tmp_path) as it:
        assert it.ask(f"http://{host}:8530{CAB}") == (0, "200 31620")


def test_a_name_that_is_not_known(tmp_path: Path) -> None:
    with client(tmp_path, network={"unknown": ["WSUS.example.test"]}) as it:
        done = it.curl("-w", "%{http_code} %{num_connects} %{remote_ip}.", SERVER)
        assert (done.exit_code, done.stdout) == (6, b"000 0 .")
        assert done.stderr.rstrip() == b"curl: (6) Could not resolve host: wsus.example.test"
        assert it.ask("http://localhost/")[0] == 7
        assert it.ask("http://127.0.0.1:8530/")[0] == 7
        assert it.ask("http://example.com/")[0] == 6
        assert it.ask(SERVER, "-x", "http://none.example.test:3128")[0] == 5


def test_a_name_that_leads_elsewhere_on_one_machine(tmp_path: Path) -> None:
    endpoints = {"lost": {"kind": "drop"}, "off": {"kind": "closed", "names": ["off.example.test"]}}
    with client(tmp_path, endpoints, network={"names": {"wsus.example.test": "lost"}}) as it:
        began = time.monotonic()
        assert it.ask(SERVER, "--connect-timeout", "0.5", text="%{http_code} %{num_connects}") == (28, "000 0")
        assert time.monotonic() - began >= 0.5
        assert it.ask("http://off.example.test:8530/")[0] == 7
        assert it.ask(f"http://wsus:8530{CAB}") == (0, "200 31620")
        assert it.ask("http://wsus:99/")[0] == 7
        assert it.ask("http://10.77.0.1:8530/", "--connect-timeout", "0.3")[0] == 28


def test_redirects_stay_in_the_machines_world(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        assert it.ask(SERVER, "-L", text="%{http_code} %{num_redirects}") == (0, "200 0")


def test_a_proxy_passes_on_requests_and_connections(tmp_path: Path) -> None:
    with client(tmp_path, PROXIED) as it:
        assert it.ask(SERVER, "-x", PROXY, text="%{http_code} %{http_connect} %{remote_ip}") == (0, "200 000 127.0.0.9")
        assert it.ask(SECURE, "-x", PROXY, text="%{http_code} %{http_connect} %{remote_ip}") == (0, "200 200 127.0.0.9")
        assert it.ask(SERVER, "-x", PROXY, "-r", "0-3") == (0, "206 4")
        assert b"\r\nContent-Length: 31620\r\n" in it.curl("-I", "-x", "10.0.0.9:8080", SERVER).stdout
        assert [request.target for request in it.network.site("proxy").requests] == [
            SERVER,
            "wsus.example.test:8531",
            SERVER,
            SERVER,
        ]
        assert "via" in it.network.site("wsus").requests[-1].headers


def test_a_server_that_only_the_proxy_reaches(tmp_path: Path) -> None:
    with client(tmp_path, PROXIED, network={"unknown": ["wsus.example.test"]}) as it:
        assert it.ask(SERVER)[0] == 6
        assert it.ask(SERVER, "-x", PROXY) == (0, "200 31620")
        assert it.ask(SERVER, "-x", PROXY, "--noproxy", "*")[0] == 6


@pytest.mark.parametrize(
    ("faults", "plain", "tunnel"),
    [
        ({"authentication": True}, (0, "407 000"), (56, "000 407")),
        ({"authentication": "name:word"}, (0, "407 000"), (56, "000 407")),
        ({"status": 403}, (0, "403 000"), (56, "000 403")),
        ({"status": {"CONNECT": 502}}, (0, "200 000"), (56, "000 502")),
        ({"status": 504}, (0, "504 000"), (56, "000 504")),
        ({"captive": True}, (0, "200 000"), (56, "000 403")),
        ({"empty": True}, (52, "000 000"), (56, "000 000")),
        ({"reset": True}, (56, "000 000"), (56, "000 000")),
        ({"cut_after": 9}, (18, "200 000"), (0, "200 200")),
    ],
)
def test_faults_of_a_proxy(
    tmp_path: Path, faults: dict[str, Any], plain: tuple[int, str], tunnel: tuple[int, str]
) -> None:
    with client(tmp_path, {"proxy": PROXIED["proxy"] | {"faults": faults}}) as it:
        assert it.ask(SERVER, "-x", PROXY, text="%{http_code} %{http_connect}") == plain
        assert it.ask(SECURE, "-x", PROXY, text="%{http_code} %{http_connect}") == tunnel


def test_credentials_that_the_proxy_accepts(tmp_path: Path) -> None:
    faults = {"authentication": "name:word"}
    with client(tmp_path, {"proxy": PROXIED["proxy"] | {"faults": faults}}) as it:
        assert it.ask(SERVER, "-x", PROXY.replace("//", "//name:word@")) == (0, "200 31620")
        assert it.ask(SECURE, "-x", PROXY, "--proxy-user", "name:word") == (0, "200 31620")
        assert it.ask(SERVER, "-x", PROXY, "-U", "name:bad") == (0, "407 179")


def test_a_proxy_that_strips(tmp_path: Path) -> None:
    with client(tmp_path, PROXIED) as it:
        site = it.network.site("proxy")
        site.faults = EndpointFaults(no_range=True)
        assert it.ask(SERVER, "-x", PROXY, "-r", "0-3") == (0, "200 31620")
        assert it.ask(SECURE, "-x", PROXY, "-r", "0-3") == (0, "206 4")
        site.faults = EndpointFaults(no_length=True)
        assert b"content-length" not in it.curl("-I", "-x", PROXY, SERVER).stdout.lower()
        assert it.ask(SERVER, "-x", PROXY, "-r", "0-3") == (0, "206 4")


def test_what_a_proxy_cannot_reach(tmp_path: Path) -> None:
    endpoints = PROXIED | {"off": {"kind": "closed", "names": ["off.example.test"]}}
    with client(tmp_path, endpoints) as it:
        for host in ("off.example.test", "none.example.test"):
            assert it.ask(f"http://{host}/", "-x", PROXY, text="%{http_code}") == (0, "502")
            assert it.ask(f"https://{host}/", "-x", PROXY, text="%{http_connect}") == (56, "502")
        it.network.site("wsus").faults = EndpointFaults(cut_after=100)
        assert it.ask(SERVER, "-x", PROXY) == (18, "200 100")


@pytest.mark.parametrize(
    ("fleet", "message"),
    [
        ("endpoints: {a: {kind: web}}", "endpoints: a: kind: expected one of wsus, proxy, drop, closed, not 'web'"),
        ("endpoints: {a: {kind: wsus, generation: 4}}", "endpoints: a: generation"),
        ("endpoints: {a: {kind: wsus, tls: old}}", "endpoints: a: tls"),
        ("endpoints: {a: {kind: wsus, address: wsus}}", "endpoints: a: address: expected an IPv4 address"),
        ("endpoints: {a: {kind: wsus, ports: {80: ftp}}}", "endpoints: a: ports"),
        ("endpoints: {a: {kind: wsus, ports: {drop: 80}}}", "endpoints: a: ports: expected http, https, drop by port"),
        ("endpoints: {a: {kind: wsus, faults: {tls_required: 1}}}", "endpoints: a: faults: tls_required"),
        ("endpoints: {a: {kind: wsus, faults: {status: 99}}}", "endpoints: a: faults: status"),
        ("endpoints: {a: {kind: wsus, faults: {captive: 1}}}", "endpoints: a: faults: captive"),
        ("endpoints: {a: {kind: wsus, faults: {delay: true}}}", "endpoints: a: faults: delay"),
        ("endpoints: {a: {kind: wsus, faults: {odd: 1}}}", "unknown key 'odd'"),
        ("endpoints: {a: {kind: drop, names: [wsus]}}", "endpoints: a: wsus is also wsus's"),
        ("network: {names: {x: none}}", "machine pc: network: names: x: there is no endpoint 'none'"),
        ("network: {dns: []}", "machine pc: network: unknown key 'dns'"),
    ],
)
def test_what_a_fleet_file_may_not_say(tmp_path: Path, fleet: str, message: str) -> None:
    path = tmp_path / "fleet.yml"
    machine, top = (f", {fleet}", "") if fleet.startswith("network") else ("", f"{fleet}\n")
    path.write_text(f"{top}machines: [{{name: pc{machine}}}]\n", encoding="utf-8")
    with pytest.raises(FleetError) as raised:
        load_fleet(path)
    assert message in str(raised.value)
