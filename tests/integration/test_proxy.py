"""The machine's proxy set by wsus_proxy: predicted exactly, done once, saved before, and put back when it goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lab.machine import Execution, Faults, Machine, User
from lab.simulated.from_spec import MACHINE_SID
from lab.simulated.tools.netsh import blob
from playing import Controller, module, modules
from repairing import changes
from test_policy_settings import disturb

HIVE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
KEY = HIVE.replace("HKLM", "HKEY_LOCAL_MACHINE")
VALUE = "WinHttpSettings"
USER = rf"HKU\{MACHINE_SID}-500\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
BACKUP = "C:\\Windows\\Temp\\wsus.client-proxy-"
PROXY, OTHER = "proxy.example.test:3128", "old.example.test:8080"
BYPASS = ["<local>", "*.example.test"]
LIST = f"http={PROXY};https={OTHER}"
CUT_OFF = "28000000000000000300000017000000707266"
# By a script that is named, and whatever the network names.
SCRIPT = "2800000000000000050000000000000000000000"
FORKS = ("--forks", "10")
Changes = tuple[tuple[str, Any, Any], ...]


def held(data: str | None, **further: Any) -> dict[str, Any]:
    """A machine whose setting holds these bytes; None where there is none."""
    return {**further, "registry": {HIVE: {VALUE: None if data is None else {"hex": data}}}}


def given(server: str, bypass: list[str] | None = None) -> dict[str, Any]:
    return {"state": "manual", "server": server, **({"bypass": bypass} if bypass else {})}


DIRECT = {"state": "direct"}
IMPORT = {"state": "import"}
BY_OTHER = {"machine": OTHER}
TO_PROXY: Changes = (("server", "", PROXY),)
# Machine, options, changes, proxy and bypass list afterwards.
MACHINES: Mapping[str, tuple[dict[str, Any], dict[str, Any], Changes, tuple[str, str]]] = {
    "direct": ({"language": "ja", "proxy": BY_OTHER}, DIRECT, (("server", OTHER, ""),), ("", "")),
    "direct-7": (
        {"windows": "windows-7-sp1", "proxy": {**BY_OTHER, "bypass": "*.test"}},
        DIRECT,
        (("server", OTHER, ""), ("bypass", "*.test", "")),
        ("", ""),
    ),
    "direct-already": ({"language": "de"}, DIRECT, (), ("", "")),
    "direct-nothing": (held(None), DIRECT, (), ("", "")),
    "direct-malformed": (
        held(CUT_OFF, windows="server-2019"),
        DIRECT,
        (("winhttp_settings", "malformed", "readable"),),
        ("", ""),
    ),
    "direct-script": (held(SCRIPT), DIRECT, (("modes", ["direct", "script"], ["direct"]),), ("", "")),
    "manual": ({"windows": "windows-11-24h2", "language": "es"}, given(PROXY), TO_PROXY, (PROXY, "")),
    "given-nothing": (held(None, windows="server-2012-r2"), given(PROXY), TO_PROXY, (PROXY, "")),
    "given-already": ({"proxy": {"machine": PROXY}}, given(PROXY), (), (PROXY, "")),
    "given-bypass": (
        {"windows": "server-2016", "language": "de", "proxy": {"machine": PROXY}},
        given(PROXY, BYPASS),
        (("bypass", "", ";".join(BYPASS)),),
        (PROXY, ";".join(BYPASS)),
    ),
    "given-other": (
        {"language": "ja", "proxy": {**BY_OTHER, "bypass": "<local>"}},
        given(PROXY),
        (("server", OTHER, PROXY), ("bypass", "<local>", "")),
        (PROXY, ""),
    ),
    "given-list": (
        {"windows": "server-2025"},
        given(LIST, ["<local>"]),
        (("server", "", LIST), ("bypass", "", "<local>")),
        (LIST, "<local>"),
    ),
    "given-malformed": (
        held(CUT_OFF, windows="windows-8.1", language="ja"),
        given(PROXY),
        (("winhttp_settings", "malformed", "readable"), *TO_PROXY),
        (PROXY, ""),
    ),
    "import": (
        {"language": "de", "proxy": {"user": PROXY}, "registry": {USER: {"ProxyOverride": "<local>"}}},
        IMPORT,
        (*TO_PROXY, ("bypass", "", "<local>")),
        (PROXY, "<local>"),
    ),
    "import-7": (
        {"windows": "windows-7-sp1", "proxy": {"user": PROXY, **BY_OTHER}},
        IMPORT,
        (("server", OTHER, PROXY),),
        (PROXY, ""),
    ),
    "import-already": ({"proxy": {"user": PROXY, "machine": PROXY}}, IMPORT, (), (PROXY, "")),
    "import-none": ({"proxy": BY_OTHER}, IMPORT, (("server", OTHER, ""),), ("", "")),
}
ASKED = {
    "state": "{{ state }}",
    "server": "{{ server | default(omit) }}",
    "bypass": "{{ bypass | default(omit) }}",
    "backup_dir": "{{ backup_dir | default(omit) }}",
}


def setting(machine: Machine) -> str | None:
    """The bytes of the machine's setting, None where there is none."""
    value = machine.state()["registry"].get(KEY, {}).get(VALUE)
    return value[1] if value else None


def rest(machine: Machine) -> dict[str, Any]:
    """Everything else of the machine's state, without backups."""
    state = machine.state()
    state["registry"][KEY] = {name: data for name, data in state["registry"].get(KEY, {}).items() if name != VALUE}
    state["files"] = {name: data for name, data in state["files"].items() if not name.startswith(BACKUP)}
    return state


@pytest.mark.smoke
def test_the_proxy_is_set_once_and_predicted_exactly(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, **machine} for name, (machine, *_rest) in MACHINES.items()])
    options = {name: asked for name, (_machine, asked, *_rest) in MACHINES.items()}
    expected = {name: made for name, (_machine, _options, made, _after) in MACHINES.items() if made}
    machines = served.lab.machines
    before, blobs = served.state(), {name: setting(machine) for name, machine in machines.items()}
    others = {name: rest(machine) for name, machine in machines.items()}

    predicted = served.play(module("wsus_proxy", ASKED), "--check", "--diff", *FORKS, hosts=options)
    assert served.state() == before
    done = served.play(module("wsus_proxy", ASKED), "--diff", *FORKS, hosts=options)
    after = served.state()
    again = served.play(module("wsus_proxy", ASKED), *FORKS, hosts=options)
    assert [play.exit_code for play in (predicted, done, again)] == [0, 0, 0], done.output
    assert changes(predicted, "wsus_proxy") == changes(done, "wsus_proxy") == expected
    assert set(predicted.changed) == set(done.changed) == set(expected)
    assert (changes(again, "wsus_proxy"), again.changed) == ({}, {})
    assert served.state() == after

    for play in (predicted, done):
        for each in play.of_module("wsus_proxy"):
            made = expected.get(each.host, ())
            assert each.result["diff"] == {
                "before_header": f"WinHTTP proxy on {each.host}",
                "after_header": f"WinHTTP proxy on {each.host}",
                "before": {name: old for name, old, _new in made},
                "after": {name: new for name, _old, new in made},
            }
            assert each.result["check_mode"] is (play is predicted)
    assert f'+    "server": "{PROXY}"' in predicted.output
    assert f'-    "server": "{OTHER}"' in predicted.output

    for each in done.of_module("wsus_proxy"):
        machine = machines[each.host]
        server, bypass = MACHINES[each.host][3]
        winhttp = each.result["proxy"]["winhttp"]
        assert (winhttp["server"], winhttp["bypass"], winhttp["malformed"]) == (server, bypass, None), each.host
        saved = [name for name in machine.state()["files"] if name.startswith(BACKUP)]
        if each.host in expected:
            bytes_now = blob(server, bypass, build=machine.profile.build).hex().upper()  # type: ignore[attr-defined]
            assert setting(machine) == bytes_now, each.host
            assert saved == ([each.result["backup"]] if blobs[each.host] else []), each.host
        else:
            assert (setting(machine), saved, each.result["backup"]) == (blobs[each.host], [], None), each.host
        assert rest(machine) == others[each.host], each.host

    # What was saved brings back what was there, byte for byte.
    for each in done.of_module("wsus_proxy"):
        if file := each.result["backup"]:
            machine = machines[each.host]
            user = next(iter(machine.users.values()))
            assert machine.run_program(("reg.exe", "import", file), user).exit_code == 0  # type: ignore[attr-defined]
            assert setting(machine) == blobs[each.host], each.host


def refused(machine: Machine) -> None:
    """Have netsh.exe fail on the machine, as something that guards the setting may."""
    _netsh(machine, lambda _run: Execution(b"", b"Denied\r\n", 1))


def overruled(machine: Machine) -> None:
    """Have another program set its own proxy whenever netsh.exe has set one."""

    def run(ours: Callable[[], Execution]) -> Execution:
        execution = ours()
        user = next(iter(machine.users.values()))
        theirs = blob("theirs.example.test:1", "", build=machine.profile.build).hex()  # type: ignore[attr-defined]
        command = ("reg.exe", "add", HIVE, "/v", VALUE, "/t", "REG_BINARY", "/d", theirs, "/f")
        assert machine.run_program(command, user).exit_code == 0  # type: ignore[attr-defined]
        return execution

    _netsh(machine, run)


def guarded(machine: Machine) -> None:
    """The same, and nobody else can put it back."""
    overruled(machine)
    inner = machine.run_program  # type: ignore[attr-defined]

    def run_program(argv: Any, user: User, *further: Any) -> Execution:
        added = argv[0] == "reg.exe" and argv[1] == "add" and "theirs" not in bytes.fromhex(argv[8]).decode("latin-1")
        if added or tuple(argv[:2]) == ("reg.exe", "import"):
            return Execution(b"", b"Denied\r\n", 1)
        return inner(argv, user, *further)

    machine.run_program = run_program  # type: ignore[attr-defined]


def _netsh(machine: Machine, instead: Callable[[Callable[[], Execution]], Execution]) -> None:
    run_program = machine.run_program  # type: ignore[attr-defined]

    def run(argv: Any, user: User, *further: Any) -> Execution:
        if argv[0] == "netsh.exe":
            return instead(lambda: run_program(argv, user, *further))
        return run_program(argv, user, *further)  # type: ignore[no-any-return]

    machine.run_program = run  # type: ignore[attr-defined]


# How a machine is disturbed (in which of its executions: the look, the backup, the change), what is told, whether all is as before.
DISTURBED: Mapping[str, tuple[int, Faults, str, bool]] = {
    "truncated-look": (1, Faults(truncate_output=700), "output_ended_early", True),
    "truncated-backup": (2, Faults(truncate_output=0), "output_ended_early", True),
    "truncated-change": (3, Faults(truncate_output=100), "output_ended_early", True),
    "garbage-change": (3, Faults(garbage_output=True), "output_ended_early", True),
    "lost-look": (1, Faults(drop_after_command=2), "unreachable", True),
    "lost-backup": (2, Faults(drop_after_command=1), "unreachable", True),
    "no-powershell": (1, Faults(no_powershell=True), "no_powershell", True),
}
HINDERED: Mapping[str, tuple[Callable[[Machine], None], str, bool]] = {
    "refused": (refused, "step_failed", True),
    "overruled": (overruled, "not_verified", True),
    "guarded": (guarded, "not_verified", False),
}


def test_what_goes_wrong_leaves_the_old_setting_byte_for_byte(controller: Callable[..., Controller]) -> None:
    users = [{"name": "operator", "password": "Secret-1", "administrator": False}]
    # One that netsh.exe would not have written so: an unusual counter, and text behind it.
    strange = f"{blob(OTHER, '<local>', build=19045).hex()}00000000ff"
    strange = f"{strange[:8]}07000000{strange[16:]}"
    kinds = {"strange": held(strange, language="ja"), "malformed": held(CUT_OFF), "nothing": held(None)}
    fleet = [
        *({"name": f"{name}-{kind}", **machine} for name in HINDERED for kind, machine in kinds.items()),
        *({"name": name, **kinds["strange"]} for name in (*DISTURBED, "no-folder")),
        {"name": "operator", **kinds["strange"], "users": users},
    ]
    served = controller(fleet)
    machines = served.lab.machines
    before = {name: setting(machine) for name, machine in machines.items()}
    for name, (number, faults, *_told) in DISTURBED.items():
        disturb(machines[name], number, faults)
    for name, (hinder, *_told) in HINDERED.items():
        for kind in kinds:
            hinder(machines[f"{name}-{kind}"])
    play = served.play(
        module("wsus_proxy", {**given(PROXY), "backup_dir": "{{ backup_dir | default(omit) }}"}),
        *FORKS,
        hosts={"no-folder": {"backup_dir": "C:\\No such folder"}},
    )
    expected = {name: reason for name, (_number, _faults, reason, _same) in DISTURBED.items()}
    expected |= {f"{name}-{kind}": reason for name, (_hinder, reason, _same) in HINDERED.items() for kind in kinds}
    told = {each.host: each.result.get("reason", each.status) for each in play.results}
    assert told == expected | {"operator": "not_administrator", "no-folder": "backup_failed"}
    assert "Traceback" not in play.output
    now = {name: setting(machine) for name, machine in machines.items()}
    # Where there was nothing, taking the value away again is nobody's to refuse.
    spoilt = {"guarded-strange", "guarded-malformed"}
    assert {name for name in now if now[name] != before[name]} == spoilt
    results = {each.host: each.result for each in play.results}
    for name in HINDERED:
        for kind in kinds:
            result = results[f"{name}-{kind}"]
            assert result["rolled_back"] is (f"{name}-{kind}" not in spoilt), result
            files = [file for file in machines[f"{name}-{kind}"].state()["files"] if file.startswith(BACKUP)]
            assert files == ([] if kind == "nothing" else [result["backup"]]), result
    assert results["refused-strange"]["step"] == "server, bypass"
    assert "All changes were rolled back." in results["overruled-strange"]["msg"]
    assert "these do not have the requested value" in results["overruled-strange"]["msg"]
    assert "Some changes could not be rolled back." in results["guarded-strange"]["msg"]
    assert "nothing was changed" in results["no-folder"]["msg"]

    # What was only disturbed is set by the next run.
    again = served.play(module("wsus_proxy", given(PROXY)), *FORKS, "-l", ",".join((*DISTURBED, "no-folder")))
    assert set(again.changed) == {*DISTURBED, "no-folder"}, again.output


def test_what_is_wrong_is_told_before_anything_is_sent(controller: Callable[..., Controller]) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "state"),
        ({"state": "off"}, "state"),
        ({"state": "manual"}, "all of the following are missing: server"),
        ({**DIRECT, "server": PROXY}, "server and bypass require state=manual"),
        ({**IMPORT, "bypass": ["<local>"]}, "server and bypass require state=manual"),
        (given(f"http://{PROXY}"), "it must be host:port"),
        (given(f"anna:Never-Shown-1@{PROXY}"), "it must be host:port"),
        (given("proxy bypass-list=x"), "is not host:port"),
        (given(PROXY, ["a b"]), "bypass: 'a b' is not a name"),
        ({**DIRECT, "proxy": PROXY}, "unknown option proxy"),
    )
    served = controller([{"name": "pc"}])
    play = served.play(modules("wsus_proxy", [options for options, _words in wrong]))
    told = [(each.result.get("reason"), each.result["msg"]) for each in play.of_module("wsus_proxy")]
    assert [reason for reason, _message in told] == ["wrong_option"] * len(wrong)
    for (_options, words), (_reason, message) in zip(wrong, told, strict=True):
        assert words in message, message
    assert served.lab.machines["pc"].log == []
    assert "Never-Shown-1" not in json.dumps(told)
