"""The function of a batch on simulated machines, as the lab itself answers it (conformance tests hold it against a real PowerShell)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lab.fleet import FleetError
from lab.powershell import VARIABLE
from lab.simulated.batch import WEB_REQUEST
from lab.simulated.errors import NOT_IMPLEMENTED
from lab.simulated.web_request import run
from unit.lab.network_fleets import CAB, Client, client
from unit.lab.simulated_machines import TOKEN, command_line, make, script

HTTP = "http://wsus.example.test:8530"
OLD = {"windows": "server-2016"}


@pytest.fixture(autouse=True)
def without_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def batch(it: Client, *calls: tuple[str, ...]) -> list[str]:
    prologue, rest = script(calls).split("\n", 1)
    user = next(iter(it.machine.users.values()))
    done = it.machine.execute(command_line(f"{prologue}\n{WEB_REQUEST}\n{rest}"), user)
    assert done.exit_code == 0
    return done.stdout.decode().split("\r\n")[:-1]


def call(base: str = HTTP, proxy: str = "-", seconds: str = "2", content: str = "", other: str = "") -> tuple[str, ...]:
    cab = f"{content or base}{CAB}"
    return ("w", base, "ClientWebService/client.asmx,iuident.cab", cab, proxy, other or proxy, seconds)


def test_what_it_prints(tmp_path: Path) -> None:
    with client(tmp_path, **OLD) as it:
        lines = batch(it, call(), ("hostname.exe",))
        times = [line.split("|")[9] for line in lines if line.startswith("wsus|")]
        assert all(0 < float(time) < 2 for time in times)
        assert [line.replace(f"|{times.pop(0)}|", "|T|") if line.startswith("wsus|") else line for line in lines] == [
            f"wsus|{HTTP}/ClientWebService/client.asmx|200|0||7267|1|1|1|T|text/html; charset=utf-8",
            f"wsus|{HTTP}/iuident.cab|404|0||139|1|1|1|T|text/html",
            "Content-Length: 31620",
            f"wsus|{HTTP}{CAB}|200|0||0|1|1|1|T|application/vnd.ms-cab-compressed",
            "MSCF",
            f"wsus|{HTTP}{CAB}|206|0||4|1|1|1|T|application/vnd.ms-cab-compressed",
            f"{TOKEN} 0",
            "PC",
            f"{TOKEN} 0",
        ]
        assert [done.argv[0] for done in it.machine.log[-1].commands] == ["w", "hostname.exe"]


HTTPS = "https://wsus.example.test:8531"
PROXY = {"proxy": {"kind": "proxy", "names": ["p"]}}


@pytest.mark.parametrize(
    ("endpoints", "arguments", "code"),
    [
        ({}, call(HTTPS, content=HTTP), 0),
        ({}, call(HTTPS, content="http://wsus.example.test:8529", seconds="1"), 7),
        ({}, call(HTTPS, content="http://gone.example.test:8530"), 6),
        (PROXY, call(HTTPS, content=HTTP, other="http://p:8080"), 0),
        ({}, call(HTTPS, content=HTTP, other="http://p:8080"), 6),
        (PROXY, call(HTTPS, proxy="http://p:8080", content=HTTP, other="-"), 0),
    ],
)
def test_length_and_first_bytes_can_come_from_another_port(
    tmp_path: Path, endpoints: dict[str, Any], arguments: tuple[str, ...], code: int
) -> None:
    with client(tmp_path, endpoints, **OLD) as it:
        *lines, boundary = batch(it, arguments)
    assert boundary == f"{TOKEN} {code}"
    urls = [line.split("|")[1] for line in lines if line.startswith("wsus|")]
    assert urls == [f"{HTTPS}/ClientWebService/client.asmx", f"{HTTPS}/iuident.cab"] + [arguments[3]] * (
        1 if code else 2
    )


def test_the_first_failure_ends_it(tmp_path: Path) -> None:
    with client(tmp_path, {"wsus": {"kind": "wsus", "faults": {"empty": True}}}, **OLD) as it:
        first, boundary = batch(it, call())
        assert first.startswith(f"wsus|{HTTP}/ClientWebService/client.asmx|0|0||0|1|1|1|")
        assert boundary == f"{TOKEN} 56"
        assert len(it.network.site("wsus").requests) == 1


@pytest.mark.parametrize(
    ("endpoints", "machine", "arguments", "code"),
    [
        ({}, {"network": {"unknown": ["wsus.example.test"]}}, call(), 6),
        ({"off": {"kind": "closed"}}, {"network": {"names": {"wsus.example.test": "off"}}}, call(), 7),
        ({"lost": {"kind": "drop"}}, {"network": {"names": {"wsus.example.test": "lost"}}}, call(seconds="1"), 28),
        ({}, {}, call("http://10.9.9.9:8530", seconds="1"), 28),
        ({}, {}, call("http://127.0.0.1:8530"), 7),
        ({"wsus": {"kind": "wsus", "tls": "expired"}}, {}, call("https://wsus.example.test:8531"), 60),
        # A machine's DNS does not count where a proxy looks the server up.
        (
            {"proxy": {"kind": "proxy", "names": ["p"]}},
            {"network": {"unknown": ["wsus.example.test"]}},
            call(proxy="http://p:8080"),
            0,
        ),
        ({}, {}, call(proxy="http://p:8080"), 6),
    ],
)
def test_the_machines_network(
    tmp_path: Path, endpoints: dict[str, Any], machine: dict[str, Any], arguments: tuple[str, ...], code: int
) -> None:
    with client(tmp_path, endpoints, **OLD, **machine) as it:
        assert batch(it, arguments)[-1] == f"{TOKEN} {code}"


def test_constrained_language_mode_asks_nobody_and_all_else_works(tmp_path: Path) -> None:
    with client(tmp_path, **OLD, language_mode="constrained") as it:
        assert batch(it, call(), ("hostname.exe",)) == [f"{TOKEN} 9010", "PC", f"{TOKEN} 0"]
        assert it.network.site("wsus").requests == []
    with client(tmp_path, language_mode="constrained") as it:
        assert it.ask(f"{HTTP}{CAB}") == (0, "200 31620")


def test_language_modes_are_checked(tmp_path: Path) -> None:
    with (
        pytest.raises(FleetError, match="language_mode: expected one of full, constrained"),
        client(tmp_path, language_mode="none"),
    ):
        pass


def test_what_the_lab_cannot_do(tmp_path: Path) -> None:
    with client(tmp_path, **OLD) as it:
        done = run(it.machine, call("http://[::1]:8530")[1:])
        assert done.exit_code == NOT_IMPLEMENTED
        assert b"not implemented: w: the URL http://[::1]:8530" in done.stderr


def test_the_function_exists_only_where_a_batch_defines_it() -> None:
    machine = make("server-2016")
    user = next(iter(machine.users.values()))
    assert machine.execute(command_line(script([call()])), user).stdout.decode() == f"{TOKEN} 9009\r\n"


@pytest.mark.parametrize(("windows", "tag"), [("windows-7-sp1", "18"), ("windows-8.1", "28"), ("server-2025", "28")])
def test_the_proxy_settings_of_a_fresh_windows(windows: str, tag: str) -> None:
    machine = make(windows)
    state = machine.state()["registry"]
    key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
    assert state[key]["WinHttpSettings"][1].lower() == f"{tag}000000000000000100000000000000" + "00000000"


def test_proxies_of_a_fleet_file(tmp_path: Path) -> None:
    given = {"machine": "proxy.example.test:3128", "bypass": "<local>", "user": "mine.example.test:8080"}
    with client(tmp_path, proxy=given) as it:
        shown = it.out("netsh.exe", "winhttp", "show", "proxy")
        assert "proxy.example.test:3128" in shown
        assert "<local>" in shown
        assert "mine.example.test:8080" in it.out("netsh.exe", "winhttp", "import", "proxy", "source=ie")


@pytest.mark.parametrize("given", [{"server": "x"}, {"bypass": "<local>"}, {"machine": ""}, {"user": 1}, ["x"]])
def test_proxies_are_checked(tmp_path: Path, given: Any) -> None:
    with pytest.raises(FleetError, match="proxy"), client(tmp_path, proxy=given):
        pass
