"""A marker in each place where a password may be: after a full cycle it is in no output and in no file on the controller.

The cycle is an audit, a plan, a capture, a repair and a report, with -vvv and --diff, in all formats, with a log and a fact cache.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lab.simulated.from_spec import MACHINE_SID
from lab.simulated.tools.netsh import blob
from playing import Controller, Play
from repairing import CONFIRM

MARK = "Geheim"
"""What every password here begins with; the rest of it names the place."""
WSUS, PROXY, PAC = "wsus.example.test:8530", "proxy.example.test:3128", "pac.example.test"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
INTERNET = r"Microsoft\Windows\CurrentVersion\Internet Settings"
WINHTTP = rf"HKLM\SOFTWARE\{INTERNET}\Connections"
USER = rf"HKU\{MACHINE_SID}-500\Software\{INTERNET}"
HOSTS = r"C:\Windows\System32\drivers\etc"
BITS = r"HKLM\SYSTEM\CurrentControlSet\Services\BITS"
SVCHOST = r"C:\Windows\System32\svchost.exe"
SERVERS = {"WUServer": f"http://{WSUS}", "WUStatusServer": f"http://{WSUS}"}
# How a password stands in a URL, or in what somebody took for one: {s} is the server, {m} the marker.
FORMS = {
    "user": "http://anna:{m}@{s}",
    "signs": "http://anna:p@:/{m};x={m}@{s}",
    "slash": "http://anna:12/{m}@{s}",
    "semicolon": "http://{s};password={m}",
    "parameter": "http://{s}/x;token={m}",
    "query": "http://{s}/x?password={m}&sig={m}",
    "fragment": "http://{s}/x#{m}",
    "encoded": "http://{s}/x%3Bpassword%3D{m}",
    "backslash": r"http:\\anna:{m}@{s}",
    "bare": "anna:{m}@{s}",
    "bare-semicolon": "{s};pwd={m}",
    "space": "http://{s} password={m}",
    "in-path": "http://{s}/http://anna:{m}@other/",
}


def policy(**values: Any) -> dict[str, Any]:
    return {POLICY: values, rf"{POLICY}\AU": {"UseWUServer": 1}}


def with_urls(form: str) -> Iterator[dict[str, Any]]:
    """Two machines with such a text wherever Windows keeps a URL or a proxy."""

    def url(place: str, server: str) -> str:
        return FORMS[form].format(s=server, m=f"{MARK}-{place}-{form}")

    server, job = url("server", WSUS), url("job", WSUS)
    user = {"ProxyEnable": 1, "ProxyServer": url("user", PROXY), "ProxyOverride": url("user-bypass", PROXY)}
    user["AutoConfigURL"] = url("script", PAC)
    yield {
        "name": f"server-{form}",
        "domain": None,
        "registry": {**policy(WUServer=server, WUStatusServer=server), USER: user},
        "jobs": [
            {"code": 0x80190194, "age": "2h", "url": job},
            {"code": 0x80072EE7, "age": "3h", "url": job, "name": url("job-name", WSUS)},
        ],
    }
    winhttp = blob(url("winhttp", PROXY), f"{url('bypass', PROXY)};<local>", build=19045).hex()
    urls = {"UpdateServiceUrlAlternate": url("alternate", WSUS), "Elsewhere": url("elsewhere", "nowhere.invalid")}
    yield {
        "name": f"proxy-{form}",
        "domain": None,
        "registry": {**policy(**SERVERS, **urls), WINHTTP: {"WinHttpSettings": {"hex": winhttp}}},
    }


def others() -> Iterator[dict[str, Any]]:
    """Places that hold no URL, settings whose repair fails and is rolled back, and machines that are not reached."""
    secret = partial(next, (f"{MARK}-other-{number}" for number in range(100)))
    texts = {"WsusPassword": secret(), "Note": f"pw {secret()}\nand {secret()}", "DeferToken": secret()}
    lists = {"Keys": [secret()], "Blob": {"hex": secret().encode().hex()}, "Text": {"expand": secret()}}
    mistyped = {"TargetGroupEnabled": secret(), "ElevateNonAdmins": [secret()]}
    damaged = f"http://anna:{secret()}\x9b@{WSUS}"
    yield {"name": "unknown", "domain": None, "registry": policy(**SERVERS, **texts, **lists)}
    yield {"name": "mistyped", "domain": None, "registry": policy(**SERVERS, **mistyped)}
    yield {"name": "damaged", "domain": None, "registry": policy(WUServer=damaged, WUStatusServer=damaged)}
    for name, path in {
        "image": rf"C:\Tools\bits.exe --password={secret()} /p {secret()} -k netsvcs",
        "image-quoted": rf'"C:\Program Files\Tool\bits.exe" -p{secret()} "{secret()}"',
        "image-svchost": rf"{SVCHOST} -k netsvcs -p -token {secret()}",
    }.items():
        values = {"values": {"ImagePath": {"expand": path}}}
        yield {"name": name, "services": {"BITS": values, "wuauserv": values}}
        wrong = {**values, "keys": {"Parameters": {"ServiceDll": {"expand": r"C:\x.dll"}}}}
        yield {"name": f"{name}-refused", "services": {"BITS": wrong}, "read_only": [rf"{BITS}\Parameters"]}
    job = {"name": f"Job of http://anna:{secret()}@x", "url": f"http://{WSUS}/a.cab", "hr": "0x80190197"}
    channel, provider = "Microsoft-Windows-Bits-Client/Operational", "Microsoft-Windows-Bits-Client"
    yield {
        "name": "event",
        "events": [
            {"channel": channel, "provider": provider, "id": 61, "age": "2h", "data": {**job, "proxy": proxy}}
            for proxy in (f"http://anna:{secret()}@{PROXY}", f"anna:{secret()}@{PROXY}")
        ],
    }
    entries = f"http://anna:{secret()}@x wsus.example.test\r\n10.1.2.3 wsus.example.test # {secret()}\r\n"
    yield {
        "name": "hosts",
        "files": {HOSTS: {}, rf"{HOSTS}\hosts": entries},
        "agent": {"detections": [{"age": "3h", "code": 0x8024402C}]},
    }
    cut_off = blob(f"anna:{secret()}@{PROXY}", "", build=19045)[:-3].hex()
    yield {"name": "cut-off", "registry": {WINHTTP: {"WinHttpSettings": {"hex": cut_off}}}}
    yield {"name": "logon"}
    yield {"name": "no-way"}


FLEET = [*(each for form in FORMS for each in with_urls(form)), *others()]
CONNECTIONS = {
    "logon": {"ansible_password": f"{MARK}-logon"},
    "no-way": {"ansible_winrm_proxy": f"http://anna:{MARK}-no-way@[bad"},
}
ENDPOINTS = {"proxy": {"kind": "proxy", "names": ["proxy.example.test"]}}
FORMATS = ("html", "csv", "prometheus")
CONFIG = """
[defaults]
log_path = ansible.log
fact_caching = jsonfile
fact_caching_connection = facts
"""
PLANTED = {"fleet.yml", "inventory.yml"}
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")


def readings(text: str) -> Iterator[str]:
    """A text and what is encoded in it: a command line of PowerShell is base64 of UTF-16, binary data is hexadecimal."""
    yield text
    yield from (bytes.fromhex(each).decode("utf-8", "replace") for each in _HEX.findall(text))
    for each in _BASE64.findall(text):
        script = base64.b64decode(each[: len(each) // 4 * 4]).decode("utf-16-le", "replace")
        yield script
        yield from (bytes.fromhex(each).decode("utf-8", "replace") for each in _HEX.findall(script))


def leaks(text: str) -> set[str]:
    """The markers in a text, in any case."""
    return {found for reading in readings(text) for found in re.findall(rf"{MARK}[-\w]*", reading, re.IGNORECASE)}


def files(folder: Path) -> Mapping[str, str]:
    """Every file that the runs left on the controller."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and path.name not in PLANTED
    }


def test_no_password_is_shown_or_kept_in_a_full_cycle(controller: Callable[..., Controller], tmp_path: Path) -> None:
    (tmp_path / "ansible.cfg").write_text(CONFIG, encoding="utf-8")
    served = controller(FLEET, ENDPOINTS)
    hosts: dict[str, dict[str, Any]] = {
        name: {
            "wsus_proxy_state": "import" if name.startswith("server") else "direct",
            "wsus_policy_settings": {"server_url": f"http://{WSUS}", "status_server_url": f"http://{WSUS}"},
            **CONNECTIONS.get(name, {}),
        }
        for name in served.lab.machines
    }
    plays: dict[str, Play] = {}

    def play(name: str, playbook: str, *arguments: str) -> None:
        formats = (word for each in FORMATS for word in ("-e", f"wsus_report_{each}={name}.{each}"))
        loud = ("-vvv", "--diff", "--forks", "10", "-e", f"wsus_report_path={name}.json", *formats)
        plays[name] = served.play(playbook, *arguments, *loud, hosts=hosts)
        (tmp_path / "record.jsonl").rename(tmp_path / f"{name}.jsonl")

    play("look", "wsus.client.audit")
    play("plan", "wsus.client.repair", "--check")
    play("capture", "wsus.client.capture")
    play("repair", "wsus.client.repair", *CONFIRM)
    play("report", "wsus.client.report")

    written = files(tmp_path)
    found = {f"output of {name}": leaks(each.output) for name, each in plays.items()}
    found |= {name: leaks(text) for name, text in written.items()}
    assert {where: sorted(markers) for where, markers in found.items() if markers} == {}

    # The search finds what is there, and the places were looked at.
    secret = f"reg add /d {MARK.encode().hex()} {MARK}".encode("utf-16-le")
    assert leaks(base64.b64encode(secret).decode()) == {MARK}
    expected = {f"{name}.{each}" for name in ("look", "plan", "repair", "report") for each in ("json", *FORMATS)}
    captures = {f"captures/{name}.json" for name in served.lab.machines if name not in CONNECTIONS}
    assert (expected | captures | {"ansible.log"}) - set(written) == set()
    assert any(name.startswith("facts/") and name.endswith("event") for name in written)
    seen = {name: text for name, text in written.items() if name in ("look.json", "repair.json")}
    for each in ("policy.server_url", "proxy.credentials", "proxy.malformed", "policy.text_unreadable", "bits.path"):
        assert f'"{each}"' in seen["look.json"], each
    for each in ("wsus.example.test:8530", "proxy.example.test:3128", "pac.example.test", r"C:\\Tools\\bits.exe ..."):
        assert each in seen["look.json"], each
    assert {"failed", "repaired"} <= set(re.findall(r'"outcome": "(\w+)"', seen["repair.json"]))


def test_only_the_connection_shows_what_a_machine_answered(controller: Callable[..., Controller]) -> None:
    """The guide says so: with -vvvvv, in the lines of Ansible's connection plugin."""
    served = controller([each for each in FLEET if each["name"] == "server-user"])
    play = served.play("wsus.client.audit", "-vvvvv")
    lines = {line for line in play.output.splitlines() if MARK in line}
    assert lines
    assert {line.split(">")[1].split()[1] for line in lines} <= {"RESULT", "STDOUT", "EXEC"}
