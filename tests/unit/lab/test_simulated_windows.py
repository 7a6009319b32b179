"""The releases and languages of the lab: complete, and different where Windows is."""

from __future__ import annotations

import pytest
from lab.fleet import FleetError
from lab.simulated.language import LANGUAGES, Language, load_language
from lab.simulated.profile import load_profile, profile_names
from unit.lab.simulated_machines import SERVICES, Shell, make

VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
NEIGHBORS = {
    "BITS",
    "wuauserv",
    "CryptSvc",
    "RpcSs",
    "RpcEptMapper",
    "DcomLaunch",
    "EventSystem",
    "SENS",
    "HTTP",
    "LanmanWorkstation",
    "Netlogon",
    "TrustedInstaller",
    "WinRM",
}


def value(it: Shell, key: str, name: str) -> str | None:
    done = it.run("reg", "query", key, "/v", name)
    return None if done.exit_code else done.stdout.decode().split("\r\n")[2].split("    ")[3]


def test_there_are_ten_builds_of_clients_and_servers() -> None:
    builds = {load_profile(name).build for name in profile_names()}
    assert builds == {7601, 9600, 14393, 17763, 19045, 20348, 22631, 26100}
    assert len(profile_names()) == 12


@pytest.mark.parametrize("windows", profile_names())
def test_a_release_tells_what_it_is(windows: str) -> None:
    it = Shell(make(windows))
    build = it.machine.profile.build
    assert value(it, VERSION, "CurrentBuild") == value(it, VERSION, "CurrentBuildNumber") == str(build)
    assert value(it, VERSION, "InstallationType") == ("Server" if windows.startswith("server") else "Client")
    assert value(it, VERSION, "CurrentVersion") == ("6.1" if build == 7601 else "6.3")
    assert value(it, VERSION, "CurrentMajorVersionNumber") == ("0xa" if build >= 10240 else None)
    assert value(it, VERSION, "CSDVersion") == ("Service Pack 1" if build == 7601 else None)
    assert (value(it, VERSION, "UBR") is None) == (build == 7601)
    assert (value(it, VERSION, "ReleaseId") is None) == (build < 10240)
    assert (value(it, VERSION, "DisplayVersion") is None) == (build < 19041)
    assert ".amd64fre." in (value(it, VERSION, "BuildLabEx") or "")
    assert value(it, VERSION, "SystemRoot") == "C:\\Windows"
    assert value(it, r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName", "ComputerName") == "PC"


@pytest.mark.parametrize("windows", profile_names())
def test_a_release_has_its_services_and_all_of_them_start(windows: str) -> None:
    machine = make(windows)
    services = machine.state()["services"]
    modern = machine.profile.build >= 10240
    assert services.keys() >= NEIGHBORS
    assert ({"UsoSvc", "DoSvc"} <= services.keys()) == modern
    for name in services:
        assert machine.services.start(name) in (0, 1056), name
    machine.services.advance()
    assert [event["id"] for event in machine.state()["events"]["System"] if event["level"] < 4] == []


@pytest.mark.parametrize(
    ("windows", "start", "path", "depends", "privileges"),
    [
        ("windows-7-sp1", "0x3", "-k netsvcs", r"RpcSs\0EventSystem", 5),
        ("server-2012-r2", "0x2", "-k netsvcs", r"RpcSs\0EventSystem", 5),
        ("server-2016", "0x3", "-k netsvcs", "RpcSs", 6),
        ("server-2019", "0x3", "-k netsvcs -p", "RpcSs", 6),
        ("windows-11-24h2", "0x3", "-k netsvcs -p", "RpcSs", 6),
    ],
)
def test_bits_by_release(windows: str, start: str, path: str, depends: str, privileges: int) -> None:
    it = Shell(make(windows))
    key = rf"{SERVICES}\BITS"
    assert value(it, key, "Start") == start
    assert value(it, key, "ImagePath") == rf"%SystemRoot%\System32\svchost.exe {path}"
    assert value(it, key, "DependOnService") == depends
    assert len((value(it, key, "RequiredPrivileges") or "").split(r"\0")) == privileges


def placeholders(language: Language) -> dict[str, set[str]]:
    texts = {
        **language.reg,
        **language.cmd,
        **language.dir,
        **language.findstr,
        **language.wevtutil,
        **language.powershell,
    }
    names = ("operation", "count", "count:>16", "program", "version", "path", "option", "drive", "serial")
    return {key: {name for name in names if f"{{{name}}}" in text} for key, text in texts.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_everything(code: str) -> None:
    english, language = load_language("en"), load_language(code)
    for part in (
        "reg",
        "sc",
        "events",
        "cmd",
        "dir",
        "gpupdate",
        "findstr",
        "wevtutil",
        "powershell",
        "errors",
        "resources",
    ):
        assert getattr(language, part).keys() == getattr(english, part).keys(), part
    assert placeholders(language) == placeholders(english)
    assert language.error(4711) == "Unknown error 4711"


def test_the_languages_differ() -> None:
    for part in ("reg", "errors", "events", "dir", "gpupdate"):
        texts = [tuple(getattr(load_language(code), part).values()) for code in LANGUAGES]
        assert len(set(texts)) == len(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("windows", profile_names())
def test_every_service_has_a_display_name(windows: str, code: str) -> None:
    machine = make(windows, code)
    for name in machine.state()["services"]:
        # Only Netlogon's name is its key name, in some languages.
        assert machine.services.display_name(name) != name or name == "Netlogon", name
        assert name.lower() != "netlogon" or machine.text.resource("netlogon.dll,-102")


def test_what_the_lab_does_not_know_is_an_error() -> None:
    with pytest.raises(
        FleetError, match=r"fleet.yml: machine pc: unknown Windows 'windows-95', expected one of windows-7-sp1"
    ):
        make("windows-95")
    with pytest.raises(FleetError, match="unknown language 'fr', expected one of en, ja, de, es"):
        make(language="fr")
