"""The fleet of faults on the way to the server: each machine's own programs show the fault that its name tells, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lab.fleet import load_fleet, read_fleet
from lab.powershell import VARIABLE
from lab.simulated import web_request
from lab.simulated.machine import SimulatedMachine
from lab.simulated.registry import key_path
from lab.simulated.tools import netsh
from unit.lab.simulated_machines import Shell

FLEETS = Path(__file__).parents[2] / "lab" / "fleets"
POLICIES = key_path(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate")
CAB = "selfupdate/wuident.cab"
CLIENT = "ClientWebService/client.asmx"

FINDINGS = {
    "server": "name_resolution connect proxy tls answer captive forbidden not_wsus error unavailable range_support file_size "
    "content_port untested only_way",
    "proxy": "malformed user_only credentials",
}
# The exit code and status of a request for the service on the way that the machine's own proxy settings tell.
SHOWN: Mapping[str, set[tuple[int, int]]] = {
    "server-name_resolution": {(6, 0)},
    "server-connect-closed": {(7, 0)},
    "server-connect-drop": {(28, 0)},
    "server-connect-user_proxy": {(28, 0)},
    "server-proxy-407": {(0, 407)},
    "server-proxy-407-https": {(56, 0)},
    "server-proxy-closed": {(7, 0)},
    "server-proxy-unknown": {(5, 0), (6, 0)},
    "server-proxy-direct_works": {(7, 0)},
    "server-tls": {(60, 0)},
    "server-answer-cut": {(18, 200)},
    "server-answer-empty": {(52, 0), (56, 0)},
    "server-answer-reset": {(56, 0)},
    "server-answer-slow": {(28, 0)},
    "server-captive": {(0, 200)},
    "server-forbidden-401": {(0, 401)},
    "server-forbidden-403": {(0, 403)},
    "server-not_wsus": {(0, 404)},
    "server-error": {(0, 500)},
    "server-unavailable": {(0, 503)},
    "server-content_port": {(0, 200)},
    "server-untested": {(9009, 0), (9010, 0)},
    "proxy-credentials-machine": {(0, 200)},
}
WELL = {(0, 200)}


@pytest.fixture(scope="module")
def fleet() -> Iterator[dict[str, SimulatedMachine]]:
    machines = {each.name: each for each in load_fleet(FLEETS / "server_tables.yml")}
    assert all(isinstance(each, SimulatedMachine) for each in machines.values())
    yield machines  # type: ignore[misc]
    for each in machines.values():
        each.close()


NAMES = [spec.name for spec in read_fleet(FLEETS / "server_tables.yml")]


def server(machine: SimulatedMachine) -> str:
    value = machine.registry.value(POLICIES, "WUServer")
    assert value is not None
    return value.string()


def proxy(machine: SimulatedMachine) -> str:
    """The machine's proxy, unless the server is on its bypass list; without user and password."""
    value = machine.registry.value(netsh.CONNECTIONS, netsh.VALUE)
    assert value is not None
    given = re.search(rb"\x00([\w.:@-]+:\d+)", value.data)
    if not given or b"*.example.test" in value.data:
        return ""
    return given[1].decode().rpartition("@")[2]


def content(machine: SimulatedMachine) -> str:
    """Where the server of a machine has its files: as Microsoft documents it, the HTTP port that belongs to its TLS port."""
    scheme, _separator, host = server(machine).partition("://")
    name, _colon, port = host.partition(":")
    if scheme == "http":
        return f"http://{host}"
    return f"http://{name}:{int(port) - 1}" if port else f"http://{name}"


def ask(machine: SimulatedMachine, seconds: int) -> tuple[int, int]:
    """One request in the way that this Windows can, along the way that its settings tell."""
    url, by = server(machine), proxy(machine)
    if machine.profile.build < 17134:
        way_of_both = (f"http://{by}" if by else "-",) * 2
        arguments = (url, CLIENT, f"{url}/{CAB}", *way_of_both, str(seconds))
        done = web_request.run(machine, arguments)
        line = next((line for line in done.stdout.decode().splitlines() if f"/{CLIENT}|" in line), "|||")
        return done.exit_code, int(line.split("|")[2] or 0)
    way = ("-x", f"http://{by}") if by else ("--noproxy", "*")
    done = Shell(machine).run(
        *("curl.exe", "-s", "-m", str(seconds), *way, "-o", "NUL", "-w", "%{http_code}", f"{url}/{CLIENT}")
    )
    return done.exit_code, int(done.stdout or b"0")


def test_there_is_a_machine_for_each_finding_and_one_in_japanese() -> None:
    specs = read_fleet(FLEETS / "server_tables.yml")
    for component, findings in FINDINGS.items():
        found = {
            match[1]: [spec.language for spec in specs if spec.name.startswith(f"{component}-{match[1]}")]
            for spec in specs
            if (match := re.match(rf"{component}-([a-z_]+)(?:-|$)", spec.name))
        }
        assert set(found) == set(findings.split())
        assert [name for name, languages in found.items() if "ja" not in languages] == []
    assert len({spec.windows for spec in specs}) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_each_machine_shows_its_fault(
    name: str, fleet: dict[str, SimulatedMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    longest = max((start for start in SHOWN if name == start or name.startswith(f"{start}-")), key=len, default="")
    assert ask(fleet[name], 1 if "drop" in name or "slow" in name else 5) in SHOWN.get(longest, WELL)


@pytest.mark.parametrize(
    ("name", "statuses", "length"),
    [
        ("server-range_support", (200, 200), True),
        ("server-range_support-proxy", (200, 206), True),
        ("server-file_size", (206, 206), False),
        ("server-file_size-proxy", (206, 206), False),
        ("healthy-proxy", (206, 206), True),
    ],
)
def test_ranges_and_lengths(
    name: str, statuses: tuple[int, int], length: bool, fleet: dict[str, SimulatedMachine]
) -> None:
    """Along the machine's way, and directly."""
    machine = fleet[name]
    url, by = f"{server(machine)}/{CAB}", proxy(machine)
    shell = Shell(machine)
    way = ("-x", f"http://{by}") if by else ("--noproxy", "*")
    ways = (way, ("--noproxy", "*"))
    part = ("curl.exe", "-s", "-r", "0-3", "-o", "NUL", "-w", "%{http_code}")
    assert tuple(int(shell.run(*part, *each, url).stdout) for each in ways) == statuses
    assert (b"content-length:" in shell.run("curl.exe", "-sI", *way, url).stdout.lower()) is length


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("server-content_port-closed", (7, 0)),
        ("server-content_port-closed-custom", (7, 0)),
        ("server-content_port-dropped", (28, 0)),
        ("server-content_port-forbidden", (0, 403)),
        ("server-content_port-proxy", (0, 407)),
        ("server-range_support-https", (0, 200)),
        ("server-file_size-https", (0, 200)),
        ("healthy-https", (0, 200)),
        ("healthy-https-custom_port", (0, 200)),
        ("healthy-https-default_port", (0, 200)),
    ],
)
def test_the_port_of_update_files(name: str, shown: tuple[int, int], fleet: dict[str, SimulatedMachine]) -> None:
    machine = fleet[name]
    way = ("-x", "http://logon.example.test:3128") if name.endswith("proxy") else ("--noproxy", "*")
    words = ("curl.exe", "-s", "-m", "2", *way, "-o", "NUL", "-w", "%{http_code}", f"{content(machine)}/{CAB}")
    done = Shell(machine).run(*words)
    assert (done.exit_code, int(done.stdout)) == shown


def test_slow_means_longer_than_a_request_waits_by_default(fleet: dict[str, SimulatedMachine]) -> None:
    assert fleet["server-answer-slow"].network.network.endpoints["slow"].faults.delay > 15


def test_the_demonstration_has_a_live_fault_for_each_failed_job_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    machines = {each.name: each for each in load_fleet(FLEETS / "demo.yml")}
    shown = {}
    for name in ("win10-proxy-name", "win11-name-lookup", "win10-forbidden", "srv2019-bad-answer", "win10-lyon"):
        machine = machines[name]
        assert isinstance(machine, SimulatedMachine)
        shown[name] = ask(machine, 5)
    assert shown == {
        "win10-proxy-name": (5, 0),
        "win11-name-lookup": (6, 0),
        "win10-forbidden": (0, 403),
        "srv2019-bad-answer": (0, 200),
        "win10-lyon": (0, 200),
    }
    for name, line in (("win7-no-range", "|200|0||31620|"), ("srv2016-no-length", "Content-Length: -1\r\n")):
        machine = machines[name]
        assert isinstance(machine, SimulatedMachine)
        printed = web_request.run(
            machine, (server(machine), CLIENT, f"{server(machine)}/{CAB}", "-", "-", "5")
        ).stdout.decode()
        assert line in printed, name
    for each in machines.values():
        each.close()
