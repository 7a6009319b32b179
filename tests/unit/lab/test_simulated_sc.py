"""sc.exe on simulated machines: layout, exit codes, words in each language."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.lab.simulated_machines import BITS, READER, Clock, Shell, lines, make

REAL = Path(__file__).parents[4] / "shared" / "real"


def test_query_of_a_stopped_service() -> None:
    # As captured on Windows 11, also where lines end in blanks.
    assert Shell(make()).out("sc", "query", "BiTs") == lines(
        "",
        "SERVICE_NAME: BiTs",
        "        TYPE               : 20  WIN32_SHARE_PROCESS  ",
        "        STATE              : 1  STOPPED ",
        "        WIN32_EXIT_CODE    : 1077  (0x435)",
        "        SERVICE_EXIT_CODE  : 0  (0x0)",
        "        CHECKPOINT         : 0x0",
        "        WAIT_HINT          : 0x0",
    )


@pytest.mark.parametrize(
    ("windows", "type_"),
    [
        ("windows-7-sp1", "20  WIN32_SHARE_PROCESS"),
        ("server-2016", "20  WIN32_SHARE_PROCESS"),
        ("server-2019", "30  WIN32"),
    ],
)
def test_queryex_of_a_running_service(windows: str, type_: str) -> None:
    output = Shell(make(windows, services={"BITS": {"state": "running"}})).out("sc", "queryex", "bits").split("\r\n")
    assert output[2:5] == [
        f"        TYPE               : {type_}  ",
        "        STATE              : 4  RUNNING ",
        "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_PRESHUTDOWN)",
    ]
    assert output[9].startswith("        PID                : 1")
    assert output[10:] == ["        FLAGS              : ", ""]


def test_qc_looks_as_on_a_real_windows() -> None:
    assert Shell(make("windows-8.1", "de")).out("sc", "qc", "BITS") == lines(
        "[SC] QueryServiceConfig ERFOLG",
        "",
        "SERVICE_NAME: BITS",
        "        TYPE               : 20  WIN32_SHARE_PROCESS ",
        "        START_TYPE         : 2   AUTO_START  (DELAYED)",
        "        ERROR_CONTROL      : 1   NORMAL",
        "        BINARY_PATH_NAME   : C:\\Windows\\System32\\svchost.exe -k netsvcs",
        "        LOAD_ORDER_GROUP   : ",
        "        TAG                : 0",
        "        DISPLAY_NAME       : Intelligenter Hintergrundübertragungsdienst",
        "        DEPENDENCIES       : RpcSs",
        "                           : EventSystem",
        "        SERVICE_START_NAME : LocalSystem",
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="there are no captures beside this checkout")
def test_labels_stand_where_they_stand_on_a_real_windows() -> None:
    def shape(text: str) -> list[str]:
        return [
            line.split(":")[0]
            for line in text.split("\r\n")
            if line.startswith("        ") and "(" not in line.split(":")[0]
        ]

    real_query = (REAL / "sc-query-windows-11-24h2-de.txt").read_bytes().decode()
    real_qc = (REAL / "sc-qc-windows-11-25h2-de.txt").read_bytes().decode()
    it = Shell(make("windows-11-24h2", "de"))
    block = real_query.split("\r\n\r\n")[0]
    assert shape(it.out("sc", "query", "bits")) == shape(block)
    dependencies = [label for label in shape(real_qc) if label.strip()]
    assert shape(it.out("sc", "qc", "bits")) == dependencies


@pytest.mark.parametrize(
    ("language", "failed", "message"),
    [
        ("en", "FAILED", "The specified service does not exist as an installed service."),
        ("ja", "FAILED", "指定されたサービスはインストールされたサービスとして存在しません。"),
        ("de", "FEHLER", "Der angegebene Dienst ist kein installierter Dienst."),
        ("es", "ERROR", "El servicio especificado no existe como servicio instalado."),
    ],
)
def test_a_service_that_does_not_exist(language: str, failed: str, message: str) -> None:
    it = Shell(make(language=language))
    calls = {
        ("query", "x"): "EnumQueryServicesStatus:OpenService",
        ("start", "x"): "StartService: OpenService",
        ("stop", "x"): "OpenService",
        ("qc", "x"): "OpenService",
        ("config", "x", "start=", "auto"): "OpenService",
        ("delete", "x"): "OpenService",
        ("privs", "x", "SeTcbPrivilege"): "OpenService",
        ("qfailure", "x"): "OpenService",
        ("GetDisplayName", "x"): "GetServiceDisplayName",
    }
    for arguments, call in calls.items():
        assert it.out("sc", *arguments, code=1060) == lines(f"[SC] {call} {failed} 1060:", "", message, "")


def test_spanish_translates_the_labels() -> None:
    it = Shell(make(language="es"))
    assert it.out("sc", "query", "bits") == lines(
        "",
        "NOMBRE_SERVICIO: bits",
        "        TIPO               : 20  WIN32_SHARE_PROCESS  ",
        "        ESTADO             : 1  STOPPED ",
        "        CÓD_SALIDA_WIN32   : 1077  (0x435)",
        "        CÓD_SALIDA_SERVICIO: 0  (0x0)",
        "        PUNTO_COMPROB.     : 0x0",
        "        INDICACIÓN_INICIO  : 0x0",
    )
    assert "        NOMBRE_INICIO_SERVICIO: LocalSystem\r\n" in it.out("sc", "qc", "bits")


@pytest.mark.parametrize(
    ("language", "success"), [("en", "SUCCESS"), ("ja", "SUCCESS"), ("de", "ERFOLG"), ("es", "CORRECTO")]
)
def test_success_and_display_names(language: str, success: str) -> None:
    machine = make(language=language)
    it = Shell(machine)
    first, second = it.out("sc", "GetDisplayName", "bits").splitlines()
    assert first == f"[SC] GetServiceDisplayName {success}"
    assert second.endswith(f" = {machine.text.resources['qmgr.dll,-1000']}")
    assert it.out("sc", "config", "bits", "start=", "auto") == f"[SC] ChangeServiceConfig {success}\r\n"
    assert it.out("sc", "GetKeyName", second.split(" = ")[1]).splitlines()[1].endswith("= BITS")


def test_enumerating() -> None:
    it = Shell(make())

    def names(*options: str) -> list[str]:
        output = it.out("sc", "query", *options)
        return [line.split(": ")[1] for line in output.split("\r\n") if line.startswith("SERVICE_NAME")]

    assert "BITS" not in names()
    assert "RpcSs" in names()
    assert {"BITS", "wuauserv"} <= set(names("state=", "inactive"))
    assert names("state=", "all") == sorted(names() + names("state=", "inactive"), key=str.lower)
    assert names("type=", "driver") == ["bowser", "HTTP", "mrxsmb20"]
    assert it.out("sc", "queryex", "state=", "all").count("DISPLAY_NAME: ") == len(names("state=", "all"))


def test_only_administrators_reach_the_service_control_manager() -> None:
    it = Shell(make(), READER)
    assert it.out("sc", "query", "bits", code=5) == lines("[SC] OpenSCManager FAILED 5:", "", "Access is denied.", "")


def shown(it: Shell, name: str) -> str:
    output = it.out("reg", "query", BITS, "/v", name)
    return output.split("\r\n")[2].split("    ", 2)[2]


@pytest.mark.parametrize(
    ("options", "values"),
    [
        (["start=", "disabled"], {"Start": "REG_DWORD    0x4"}),
        (["start=", "delayed-auto"], {"Start": "REG_DWORD    0x2", "DelayedAutostart": "REG_DWORD    0x1"}),
        (["start=", "auto"], {"Start": "REG_DWORD    0x2", "DelayedAutostart": "REG_DWORD    0x0"}),
        (["start=", "demand"], {"Start": "REG_DWORD    0x3", "DelayedAutostart": "REG_DWORD    0x1"}),
        (["type=", "own"], {"Type": "REG_DWORD    0x10"}),
        (["type=", "interact", "type=", "own"], {"Type": "REG_DWORD    0x110"}),
        (
            ["error=", "severe", "obj=", "NT AUTHORITY\\LocalService"],
            {"ErrorControl": "REG_DWORD    0x2", "ObjectName": "REG_SZ    NT AUTHORITY\\LocalService"},
        ),
        (["binPath=", "%SystemRoot%\\x.exe -k y"], {"ImagePath": "REG_EXPAND_SZ    %SystemRoot%\\x.exe -k y"}),
        (["depend=", "RpcSs/EventSystem"], {"DependOnService": "REG_MULTI_SZ    RpcSs\\0EventSystem"}),
        (["DisplayName=", "My BITS"], {"DisplayName": "REG_SZ    My BITS"}),
    ],
)
def test_config_writes_the_registry(options: list[str], values: dict[str, str]) -> None:
    it = Shell(make())
    it.out("sc", "config", "bits", *options)
    assert {name: shown(it, name) for name in values} == values


def test_config_takes_dependencies_away() -> None:
    it = Shell(make())
    it.out("sc", "config", "bits", "depend=", "/")
    assert it.run("reg", "query", BITS, "/v", "DependOnService").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["config", "bits"],
        ["config", "bits", "start=demand"],
        ["config", "bits", "start", "demand"],
        ["config", "bits", "start="],
        ["config", "bits", "start=", "sometimes"],
        ["config", "bits", "type=", "interact", "type=own"],
        ["config", "bits", "type=", "interact"],
        ["config", "bits", "frobnicate=", "x"],
        ["config"],
        ["create", "x", "start=", "auto"],
        ["failure", "bits", "actions=", "restart/60000"],
        ["failure", "bits", "reset=", "60", "actions=restart/60000/restart/120000"],
        ["failure", "bits", "reset=", "60", "actions=", "restart"],
        ["failure", "bits", "reset=", "60", "actions=", "resume/1"],
        ["failure", "bits", "reset=", "soon", "actions=", "restart/1"],
        ["sidtype", "bits", "always"],
        ["privs", "bits"],
        ["query", "bits", "wuauserv"],
        ["start"],
        ["frobnicate", "bits"],
        [],
    ],
)
def test_wrong_command_lines(arguments: list[str]) -> None:
    it = Shell(make())
    before = it.machine.state()
    assert "USAGE:" in it.out("sc", *arguments, code=1639)
    assert it.machine.state() == before


@pytest.mark.parametrize(
    "arguments",
    [["config", "bits", "obj=", ".\\nobody"], ["create", "x", "binPath=", "x.exe", "obj=", "DOMAIN\\nobody"]],
)
def test_an_account_must_exist(arguments: list[str]) -> None:
    it = Shell(make())
    before = it.machine.state()
    assert " FAILED 1057:" in it.out("sc", *arguments, code=1057)
    assert it.machine.state() == before


def test_privileges() -> None:
    it = Shell(make())
    assert it.out("sc", "privs", "bits", "SeTcbPrivilege/SeDebugPrivilege") == "[SC] ChangeServiceConfig2 SUCCESS\r\n"
    assert it.out("sc", "qprivs", "bits") == lines(
        "[SC] QueryServiceConfig2 SUCCESS",
        "",
        "SERVICE_NAME: bits",
        "        PRIVILEGES       : SeTcbPrivilege",
        "                         : SeDebugPrivilege",
    )
    assert shown(it, "RequiredPrivileges") == "REG_MULTI_SZ    SeTcbPrivilege\\0SeDebugPrivilege"


@pytest.mark.parametrize(("word", "number"), [("none", 0), ("unrestricted", 1), ("restricted", 3)])
def test_sid_type(word: str, number: int) -> None:
    it = Shell(make())
    it.out("sc", "sidtype", "bits", word)
    assert it.out("sc", "qsidtype", "bits").endswith(lines("SERVICE_NAME: bits", f"SERVICE_SID_TYPE:  {word.upper()}"))
    assert shown(it, "ServiceSidType") == f"REG_DWORD    0x{number}"


@pytest.mark.parametrize(
    ("actions", "data"),
    [
        ("restart/60000/restart/120000", "02000000140000000100000060EA000001000000C0D40100"),
        ("restart/60000/restart/120000//0", "03000000140000000100000060EA000001000000C0D401000000000000000000"),
        ('restart/60000/restart/120000/""/0', "03000000140000000100000060EA000001000000C0D401000000000000000000"),
        ("reboot/1000/run/5", "020000001400000002000000E80300000300000005000000"),
        ("", "0000000014000000"),
    ],
)
def test_failure_actions(actions: str, data: str) -> None:
    it = Shell(make())
    it.out("sc", "failure", "bits", "reset=", "86400", "actions=", actions)
    assert shown(it, "FailureActions") == f"REG_BINARY    805101000000000000000000{data}"


def test_failure_actions_are_shown_without_those_that_do_nothing() -> None:
    assert Shell(make()).out("sc", "qfailure", "bits") == lines(
        "[SC] QueryServiceConfig2 SUCCESS",
        "",
        "SERVICE_NAME: bits",
        "        RESET_PERIOD (in seconds)    : 86400",
        "        REBOOT_MESSAGE               : ",
        "        COMMAND_LINE                 : ",
        "        FAILURE_ACTIONS              : RESTART -- Delay = 60000 milliseconds.",
        "                                       RESTART -- Delay = 120000 milliseconds.",
    )


def test_description_and_security() -> None:
    it = Shell(make())
    it.out("sc", "description", "bits", "What it does")
    assert shown(it, "Description") == "REG_SZ    What it does"
    descriptor = "D:(A;;CCLCSWRPLORC;;;AU)"
    it.out("sc", "sdset", "bits", descriptor)
    assert it.out("sc", "sdshow", "bits") == lines("", descriptor)
    assert it.out("sc", "sdset", "bits", "nonsense", code=87)


def test_creating_a_service_that_was_deleted() -> None:
    clock = Clock()
    it = Shell(make("windows-8.1", clock=clock, services={"BITS": {"deleted": True}}))
    it.out(
        "sc",
        "create",
        "BITS",
        "binPath=",
        "%SystemRoot%\\System32\\svchost.exe -k netsvcs",
        "type=",
        "share",
        "start=",
        "demand",
        "depend=",
        "RpcSs",
    )
    assert it.out("sc", "create", "bits", "binPath=", "x", code=1073)
    it.out(
        "reg",
        "add",
        rf"{BITS}\Parameters",
        "/v",
        "ServiceDll",
        "/t",
        "REG_EXPAND_SZ",
        "/d",
        "%SystemRoot%\\System32\\qmgr.dll",
        "/f",
    )
    it.out("sc", "start", "bits")
    clock.time += 1
    assert "RUNNING" in it.out("sc", "query", "bits")
    event = it.machine.state()["events"]["System"][-2]
    assert (event["id"], event["data"][0], event["data"][3]) == (
        7045,
        ["ServiceName", "BITS"],
        ["StartType", "demand start"],
    )


def test_a_key_alone_is_no_service_until_windows_starts_again() -> None:
    it = Shell(make())
    it.out("reg", "copy", BITS, BITS + "2", "/s")
    it.out("sc", "query", "BITS2", code=1060)


@pytest.mark.parametrize(
    "arguments",
    [
        ["qdescription", "bits"],
        ["\\\\other", "query"],
        ["failureflag", "bits", "1"],
        ["query", "group=", "x"],
        ["start", "bits", "argument"],
    ],
)
def test_what_the_lab_lacks_fails_loudly(arguments: list[str]) -> None:
    done = Shell(make()).run("sc", *arguments)
    assert (done.exit_code, done.stdout) == (120, b"")
