"""Nothing that names a machine, its users or its company is left in its capture."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import diagnose
from ansible_collections.wsus.client.plugins.plugin_utils._operations.capture import Recorder
from ansible_collections.wsus.client.plugins.plugin_utils._windows import winhttp
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import DIRECT, MANUAL, WinHttp
from lab.fleet import EventSpec, MachineSpec
from lab.fleet_identity import IdentitySpec
from lab.fleet_policy import ObjectSpec, PolicySpec
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine
from support.captures import USER, capture, read, replayed, session
from support.winhttp_value import winhttp_bytes

SECRETS = {
    "computer": "KONTOR-PC7",
    "domain": "contoso",
    "site": "Hamburg-Altona",
    "gpo": "Fabrikam & Söhne Updates",
    "word of the gpo": "Fabrikam",
    "gpo in events": "Fabrikam &amp; S\ufffdhne",
    "server": "updatesrv04",
    "proxy": "squid-hh1",
    "second proxy": "wingproxy",
    "address": "10.77.31.5",
    "network": "10.77.",
    "sid": "1004336348-1177238915-682003330",
    "binary sid": "DCF4DC3B833D2B46828BA628",
    "entra": "3153026158-1124103294",
    "user": "svc-patch",
    "mail": "anna.muster",
    "person": "Anna Muster",
    "profile": "amuster",
    "share": "fileserv9",
    "password": "Geheim!9",
    "token": "sig=QWxhZGRpbg",
    "client id": "3b4e28ba-2fa1-41d2-883f-0016d3cca427",
    "serial number": "0057004400530045",
    "owner": "Kontor Nord GmbH",
    "group": "Nordlicht-Ring2",
    "mac": "00-16-D3-CC-A4-27",
}
HOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SETTINGS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
USER_SETTINGS = r"HKU\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
CLIENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"


def named_machine(windows: str = "windows-10-22h2") -> SimulatedMachine:
    """A machine that says who it is wherever an audit looks."""
    text = (
        "Anna Muster <anna.muster@contoso.com> S-1-5-21-1004336348-1177238915-682003330-1107 S-1-12-1-3153026158-1124103294-2905814440-1234567890 "
        "on kontor-pc7.ad.contoso.com, "
        r"C:\Users\amuster\AppData \\fileserv9\updates 00-16-D3-CC-A4-27 10.77.31.5, again AMUSTER and Fileserv9 and ContosoVpn"
    )
    proxy = WinHttp(
        flags=DIRECT | MANUAL, proxy="http=anna:Geheim!9@squid-hh1.ad.contoso.com:3128", bypass="*.contoso.com;10.77.*"
    )
    spec = MachineSpec(
        SECRETS["computer"],
        "test",
        windows=windows,
        users=(USER,),
        domain="ad.contoso.com",
        group_policy=PolicySpec(
            objects=(
                ObjectSpec(
                    "Fabrikam & Söhne Updates",
                    "{7D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}",
                    {POLICY: {"WUServer": "http://updatesrv04:8530", "TargetGroup": "Nordlicht-Ring2"}},
                ),
            )
        ),
        client_id=IdentitySpec(
            value=SECRETS["client id"], validation=bytes.fromhex("06020800") + b"\0\0" + "WDSE".encode("utf-16-be")
        ),
        registry={
            HOST: {
                "RegisteredOwner": "Anna Muster",
                "RegisteredOrganization": "Kontor Nord GmbH",
                "DigitalProductId": {"hex": "a4000000303035372d4f454d"},
            },
            SETTINGS: {"WinHttpSettings": {"hex": winhttp_bytes(proxy).hex()}},
            USER_SETTINGS: {
                "ProxyEnable": 1,
                "ProxyServer": "wingproxy:8080",
                "AutoConfigURL": "http://wingproxy/x.pac?sig=QWxhZGRpbg",
            },
            CLIENT: {
                "AccountDomainSid": {"hex": f"010400000000000515000000{SECRETS['binary sid']}"},
                "LastUser": r"CONTOSO\svc-patch",
                "Remark": text,
                "Site": "Hamburg-Altona",
            },
            r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine": {
                "Site-Name": "Hamburg-Altona"
            },
        },
        services={"BITS": {"values": {"ObjectName": r"CONTOSO\svc-patch"}}},
        events=(
            EventSpec(
                "System",
                "Service Control Manager",
                7038,
                60,
                (("param1", "BITS"), ("param2", r"CONTOSO\svc-patch"), ("param3", text)),
            ),
            EventSpec(
                "System",
                "Service Control Manager",
                7000,
                50,
                (("param1", "Fabrikam & Söhne Updates"), ("param2", "%%1069")),
            ),
        ),
    )
    return simulated_machine(spec)


@pytest.mark.parametrize("windows", ["windows-10-22h2", "windows-7-sp1"])
def test_nothing_that_names_the_machine_its_users_or_its_company_is_left(windows: str, tmp_path: Path) -> None:
    machine = named_machine(windows)
    now = datetime.fromtimestamp(machine.now(), timezone.utc)
    asked = session(machine, now)
    recorder = Recorder(asked.host)
    diagnose(recorder, ["all"], Context(now=now), asked.debug)
    before = json.dumps([each.lines for each in recorder.answers.values()], ensure_ascii=False)
    result = capture(machine, tmp_path, now=now)
    text = Path(result["path"]).read_text(encoding="utf-8")
    missing = [
        name
        for name, secret in SECRETS.items()
        if not _in(secret, before) and name not in ("proxy", "password", "computer")
    ]
    assert missing == [], "the machine does not say it, so the test shows nothing"
    assert [name for name, secret in SECRETS.items() if _in(secret, text)] == []
    assert "squid" not in _winhttp_of(text)
    assert result["same_findings"]
    assert replayed(result["path"]) == read(result["path"])["facts"]


def _in(secret: str, text: str) -> bool:
    return secret.casefold() in text.casefold()


def _winhttp_of(text: str) -> str:
    blobs = re.findall(r"WinHttpSettings {4}REG_BINARY {4}([0-9A-F]+)", text)
    settings = winhttp.read(bytes.fromhex(blobs[0]))
    assert re.fullmatch(r"http=redacted@\w+\.\w+\.\w+\.com:3128", settings.proxy)
    assert re.fullmatch(r"\*\.\w+\.com;10\.\d+\.\*", settings.bypass)
    return settings.proxy + settings.bypass
