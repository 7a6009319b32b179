"""One run of wsus_proxy on a machine: backup, step, check, undo."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import Unverifiable, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._operations.proxy import OPERATION
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import (
    BackupFailed,
    NotVerified,
    StepFailed,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.lab_host import Pc
from support.winhttp_value import winhttp_bytes
from unit.lab.simulated_machines import ADMINISTRATOR

SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
CONNECTIONS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
BACKUP = r"C:\Windows\Temp\wsus.client-proxy-20270115T080000Z-5eed5eed.reg"
# As no netsh.exe writes it: an unknown version, a counter, more flags, a rest.
ODD = winhttp_bytes(WinHttp(version=0x33, counter=9, flags=0x17, proxy="old:1", bypass="*.old", rest=b"\0\xfe\xff"))
GIVEN = {"state": "manual", "server": "new:3128", "bypass": ["<local>", "*.lan"]}


def machine(blob: bytes | None = ODD, user: dict[str, Any] | None = None, **spec: Any) -> Pc:
    pc = Pc(**spec)
    if blob is None:
        pc.host.run([registry.delete_value(CONNECTIONS, "WinHttpSettings")])
    else:
        pc.do(registry.add(CONNECTIONS, registry.Value("WinHttpSettings", "REG_BINARY", blob)))
    for name, data in (user or {}).items():
        kind = "REG_DWORD" if isinstance(data, int) else "REG_SZ"
        pc.do(registry.add(rf"HKCU\{SETTINGS}", registry.Value(name, kind, data)))
    pc.ran.clear()
    pc.host.executions = pc.host.commands = 0
    return pc


def run(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    return pc.perform(OPERATION, check_mode=check_mode, **options)


def failed(pc: Pc, kind: type[WsusClientError], **options: Any) -> WsusClientError:
    with pytest.raises(kind) as caught:
        run(pc, **options)
    return caught.value


def setting_another(pc: Pc) -> Pc:
    """A machine whose netsh.exe sets another proxy than it is told."""
    other = ["netsh.exe", "winhttp", "set", "proxy", "other:1"]
    pc.before["netsh.exe"] = partial(pc._run_program, other, ADMINISTRATOR)
    pc.faults["netsh.exe"] = 0
    return pc


def stored(pc: Pc) -> bytes | None:
    query = registry.value(CONNECTIONS, "WinHttpSettings")
    key = pc.host.probe([query])[query]
    return key.binary("WinHttpSettings") if key else None


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-10-22h2", "server-2025"])
def test_a_proxy_is_set_and_saved_before(windows: str, language: str) -> None:
    pc = machine(windows=windows, language=language)
    result = run(pc, **GIVEN)
    assert (result["changed"], result["backup"], result["check_mode"]) == (True, BACKUP, False)
    assert result["changes"] == [
        {"attribute": "server", "before": "old:1", "after": "new:3128"},
        {"attribute": "bypass", "before": "*.old", "after": "<local>;*.lan"},
        {"attribute": "modes", "before": ["direct", "proxy", "script", "0x10"], "after": ["direct", "proxy"]},
    ]
    assert result["diff"] == {
        "before_header": "WinHTTP proxy",
        "after_header": "WinHTTP proxy",
        "before": {"server": "old:1", "bypass": "*.old", "modes": ["direct", "proxy", "script", "0x10"]},
        "after": {"server": "new:3128", "bypass": "<local>;*.lan", "modes": ["direct", "proxy"]},
    }
    assert (result["proxy"]["winhttp"]["server"], result["proxy"]["winhttp"]["modes"]) == (
        "new:3128",
        ["direct", "proxy"],
    )
    assert (result["remote_executions"], result["native_commands"]) == (3, len(pc.ran))
    assert pc.written() == [
        rf"reg.exe export {CONNECTIONS} {BACKUP} /y",
        "netsh.exe winhttp set proxy proxy-server=new:3128 bypass-list=<local>;*.lan",
    ]
    saved = pc.machine.files.get(BACKUP)
    assert saved is not None
    again = run(pc, **GIVEN)
    assert (again["changed"], again["changes"], again["backup"]) == (False, [], None)
    assert len(pc.written()) == 2


@pytest.mark.parametrize(
    ("options", "line", "after"),
    [
        ({"state": "direct"}, "reset proxy", ("", "")),
        ({"state": "manual", "server": "http=a:1;https=b:2"}, "set proxy proxy-server=http=a:1;https=b:2", None),
        ({"state": "import"}, "import proxy source=ie", ("user:8080", "*.user")),
    ],
)
def test_each_state(options: dict[str, Any], line: str, after: tuple[str, str] | None) -> None:
    pc = machine(user={"ProxyEnable": 1, "ProxyServer": "user:8080", "ProxyOverride": "*.user"})
    result = run(pc, **options)
    assert pc.written()[1:] == [f"netsh.exe winhttp {line}"]
    facts = result["proxy"]["winhttp"]
    assert (facts["server"], facts["bypass"]) == (after or ("http=a:1;https=b:2", ""))
    assert run(pc, **options)["changed"] is False


def test_a_user_without_a_proxy_is_imported_as_direct() -> None:
    pc = machine(user={"ProxyEnable": 0, "ProxyServer": "off:1"})
    assert run(pc, state="import")["proxy"]["winhttp"]["modes"] == ["direct"]
    assert run(pc, state="import")["changed"] is False


def test_a_value_that_cannot_be_read_is_replaced() -> None:
    pc = machine(ODD[:-12])
    result = run(pc, state="direct")
    assert result["changes"] == [{"attribute": "winhttp_settings", "before": "malformed", "after": "readable"}]
    assert result["proxy"]["winhttp"]["malformed"] is None
    assert run(pc, state="direct")["changed"] is False


def test_where_nothing_is_set_there_is_nothing_to_save() -> None:
    pc = machine(None)
    result = run(pc, **GIVEN)
    assert (result["changed"], result["backup"]) == (True, None)
    assert [line.split()[0] for line in pc.written()] == ["netsh.exe"]


@pytest.mark.parametrize(
    "options", [{"state": "direct"}, GIVEN, {"state": "import"}], ids=["direct", "manual", "import"]
)
def test_check_mode_says_what_would_change_and_only_reads(options: dict[str, Any]) -> None:
    user = {"ProxyEnable": 1, "ProxyServer": "user:8080", "ProxyOverride": "*.user"}
    pc, twin = machine(user=user), machine(user=user)
    predicted = run(pc, check_mode=True, **options)
    assert (pc.written(), stored(pc)) == ([], ODD)
    assert (predicted["changed"], predicted["backup"], predicted["check_mode"]) == (True, None, True)
    assert predicted["remote_executions"] == 1
    assert predicted["proxy"]["winhttp"]["server"] == "old:1"
    done = run(twin, **options)
    assert (predicted["changes"], predicted["diff"]) == (done["changes"], done["diff"])


@pytest.mark.parametrize("state", ["direct", "import"])
def test_check_mode_where_nothing_is_to_be_done(state: str) -> None:
    pc = machine(winhttp_bytes(WinHttp()))
    assert run(pc, check_mode=True, state=state)["changed"] is False
    assert pc.written() == []


@pytest.mark.parametrize("blob", [ODD, None, ODD[:-12]], ids=["odd", "none", "malformed"])
def test_what_is_refused_leaves_the_value_as_it_was(blob: bytes | None) -> None:
    pc = machine(blob)
    pc.faults = {"netsh.exe": 1}
    error = failed(pc, StepFailed, **GIVEN)
    assert error.details["rolled_back"] is True
    assert error.details["backup"] == (None if blob is None else BACKUP)
    assert "the machine's proxy: setting" in error.message
    assert (
        "`netsh.exe winhttp set proxy proxy-server=new:3128 bypass-list=<local>;*.lan` exited with 1" in error.message
    )
    assert "All changes were rolled back." in error.message
    assert ("The previous settings are saved in" in error.message) is (blob is not None)
    assert stored(pc) == blob


@pytest.mark.parametrize("blob", [ODD, None, ODD[:-12]], ids=["odd", "none", "malformed"])
@pytest.mark.parametrize("options", [GIVEN, {"state": "manual", "server": "p:1"}])
def test_what_is_not_as_asked_is_taken_back_byte_for_byte(blob: bytes | None, options: dict[str, Any]) -> None:
    pc = setting_another(machine(blob))
    error = failed(pc, NotVerified, **options)
    assert error.details["rolled_back"] is True
    assert "do not have the requested value: server" in error.message
    assert stored(pc) == blob


def test_what_cannot_be_taken_back_is_said() -> None:
    pc = setting_another(machine())
    pc.faults["reg.exe import"] = 1
    error = failed(pc, NotVerified, **GIVEN)
    assert error.details["rolled_back"] is False
    assert "Some changes could not be rolled back." in error.message
    assert BACKUP in error.message


def test_without_a_backup_nothing_is_changed() -> None:
    pc = machine()
    error = failed(pc, BackupFailed, backup_dir=r"C:\none", **GIVEN)
    assert r"C:\none\wsus.client-proxy-20270115T080000Z-5eed5eed.reg" in error.message
    assert (stored(pc), [line for line in pc.written() if line.startswith("netsh.exe")]) == (ODD, [])


def test_the_folder_of_the_backup() -> None:
    result = run(machine(), backup_dir="C:\\Windows\\", **GIVEN)
    assert result["backup"] == r"C:\Windows\wsus.client-proxy-20270115T080000Z-5eed5eed.reg"


@pytest.mark.parametrize("fault", [None, 0, 1])
@pytest.mark.parametrize("state", ["direct", "import"])
def test_no_password_shows_whatever_happens(state: str, fault: int | None) -> None:
    secret = "http://me:hushhush@{}:80"
    blob = winhttp_bytes(WinHttp(flags=3, proxy=secret.format("old"), bypass=secret.format("x")))
    pc = machine(blob, {"ProxyEnable": 1, "ProxyServer": secret.format("user"), "ProxyOverride": "<local>"})
    if fault is None:
        shown = repr(run(pc, state=state))
    else:
        pc.faults = {"netsh.exe": fault}
        error = failed(pc, NotVerified if fault == 0 else StepFailed, state=state)
        shown = repr([error.message, error.details])
        assert stored(pc) == blob
    assert "hush" not in shown + repr(pc.ran) + repr(pc.said)
    assert b"hush".hex() not in shown.lower()


@pytest.mark.parametrize("console", ["utf-8", "oem", "psrp"])
def test_a_proxy_whose_import_could_not_be_verified_is_not_imported(console: str) -> None:
    """The value holds ANSI bytes or those of another code page: whether they are the user's text is not known."""
    pc = machine(user={"ProxyEnable": 1, "ProxyServer": "user:8080", "ProxyOverride": "büro"}, console=console)
    assert failed(pc, Unverifiable, state="import").reason == "unverifiable"
    assert pc.written() == []


def test_bytes_that_are_not_ascii_equal_nothing_and_come_back_as_they_were() -> None:
    blob = winhttp_bytes(WinHttp(flags=2, proxy="new:3128", bypass="XXXX")).replace(b"XXXX", b"b\xfcro")
    pc = machine(blob)
    before = pc.machine.state()
    assert pc.perform(OPERATION, check_mode=True, **GIVEN)["changes"] == [
        {"attribute": "bypass", "before": "b\ufffdro", "after": "<local>;*.lan"}
    ]
    pc.faults = {"netsh.exe winhttp set": 0}
    failed(pc, NotVerified, **GIVEN)
    assert pc.machine.state()["registry"] == before["registry"]
