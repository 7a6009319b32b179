"""The network on Wine machines: curl.exe and netsh.exe that the lab lends, and the function of a batch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from lab.fleet import load_fleet
from lab.machine import Execution, User
from lab.simulated.batch import WEB_REQUEST
from lab.wine.machine import WineMachine
from lab.wine.prefix import wine_version
from lab.wine.unavailable import WineUnavailable
from unit.lab.simulated_machines import TOKEN, command_line, script

pytestmark = [pytest.mark.wine, pytest.mark.slow]

USER = User("lab", "secret")
CONNECTIONS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
SETTINGS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
SERVER = "http://wsus.example.test:8530"
CALL = ("w", SERVER, "ClientWebService/client.asmx", f"{SERVER}/selfupdate/wuident.cab", "-", "-", "5")
FLEET = {
    "endpoints": {"off": {"kind": "closed", "names": ["off.example.test"]}},
    "machines": [
        {
            "name": "pc",
            "kind": "wine",
            "windows": "windows-10-22h2",
            "users": [{"name": "lab", "password": "secret"}],
            "proxy": {"machine": "proxy.example.test:3128", "user": "mine.example.test:8080"},
        }
    ],
}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WineMachine]:
    try:
        wine_version()
    except WineUnavailable as missing:
        if os.environ.get("WSUS_LAB_STRICT") == "1":
            pytest.fail(f"WSUS_LAB_STRICT is set, and {missing}")
        pytest.skip(str(missing))
    path: Path = tmp_path_factory.mktemp("fleet") / "fleet.yml"
    path.write_text(yaml.safe_dump(FLEET), encoding="utf-8")
    (built,) = load_fleet(path)
    assert isinstance(built, WineMachine)
    yield built
    built.close()


def run(machine: WineMachine, *calls: tuple[str, ...]) -> list[str]:
    """The lines that a batch prints."""
    text = script(calls)
    if any(argv[0] == "w" for argv in calls):
        prologue, rest = text.split("\n", 1)
        text = f"{prologue}\n{WEB_REQUEST}\n{rest}"
    done: Execution = machine.execute(command_line(text), USER)
    return done.stdout.decode("utf-8", "replace").split("\r\n")[:-1]


def test_curl_asks_the_machines_network(machine: WineMachine) -> None:
    url = "http://wsus.example.test:8530/selfupdate/wuident.cab"
    words = ("curl.exe", "-sS", "-w", r"%{http_code} %{url_effective}\n", "-o")
    assert run(machine, (*words, "NUL", url)) == [f"200 {url}", f"{TOKEN} 0"]
    assert run(machine, (*words, "NUL", "http://off.example.test/"))[-1] == f"{TOKEN} 7"
    file = r"C:\Windows\Temp\wuident.cab"
    assert run(machine, (*words, file, url))[-1] == f"{TOKEN} 0"
    assert machine.prefix.path(file).read_bytes()[:4] == b"MSCF"


def test_netsh_reads_and_writes_wines_registry(machine: WineMachine) -> None:
    query = ("reg.exe", "query", CONNECTIONS, "/v", "WinHttpSettings")
    show = ("netsh.exe", "winhttp", "show", "proxy")
    assert b"proxy.example.test:3128".hex().upper() in "".join(run(machine, query))
    assert "proxy.example.test:3128" in "".join(run(machine, show))
    printed = run(machine, ("netsh.exe", "winhttp", "set", "proxy", "proxy-server=new.example.test:80"), query)
    assert b"new.example.test:80".hex().upper() in "".join(printed)
    # What Wine's registry says counts, not what was declared.
    direct = (
        "reg.exe",
        "add",
        CONNECTIONS,
        "/v",
        "WinHttpSettings",
        "/t",
        "REG_BINARY",
        "/d",
        "28" + "00" * 7 + "01" + "00" * 11,
        "/f",
    )
    assert "new.example.test:80" not in "".join(run(machine, direct, show))


def test_the_users_proxy_is_that_of_wines_user(machine: WineMachine) -> None:
    assert any("mine.example.test:8080" in line for line in run(machine, ("reg.exe", "query", SETTINGS)))
    source = ("netsh.exe", "winhttp", "import", "proxy", "source=ie")
    assert "mine.example.test:8080" in "".join(run(machine, source))
    run(machine, ("reg.exe", "add", SETTINGS, "/v", "ProxyServer", "/d", "other.example.test:81", "/f"))
    assert "other.example.test:81" in "".join(run(machine, source))


def test_the_function_of_a_batch(machine: WineMachine) -> None:
    gone = (*CALL[:1], "http://gone.example.test:8530", *CALL[2:])
    lines = run(machine, ("reg.exe", "query", "HKCU\\none"), CALL, gone)
    assert [line for line in lines if line.startswith(TOKEN)] == [f"{TOKEN} {code}" for code in (1, 0, 6)]
    assert [line.rsplit("|", 2)[0] for line in lines if line.startswith("wsus|")] == [
        f"wsus|{CALL[1]}/{CALL[2]}|200|0||7267|1|1|1",
        f"wsus|{CALL[3]}|200|0||0|1|1|1",
        f"wsus|{CALL[3]}|206|0||4|1|1|1",
        f"wsus|{gone[1]}/{CALL[2]}|0|0||0|1|1|1",
    ]
    assert [done.argv[0] for done in machine.log[-1].commands] == ["reg.exe", "w", "w"]


def test_constrained_language_mode(machine: WineMachine) -> None:
    machine.declared.constrained = True
    try:
        lines = run(machine, CALL, ("reg.exe", "query", "HKCU\\none"), ("curl.exe", "-V"))
    finally:
        machine.declared.constrained = False
    assert lines[0] == f"{TOKEN} 9010"
    assert [line for line in lines[1:] if line.startswith(TOKEN)] == [f"{TOKEN} 1", f"{TOKEN} 0"]
    assert any(line.startswith("curl 8") for line in lines)


def test_without_the_function_there_is_no_such_program(machine: WineMachine) -> None:
    done = machine.execute(command_line(script([CALL])), USER)
    assert done.stdout.decode() == f"{TOKEN} 9009\r\n"
