"""reg.exe on simulated machines."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.simulated.values import TYPE_NAMES
from unit.lab.simulated_machines import BITS, READER, SERVICES, Shell, lines, make

LAB = r"HKLM\SOFTWARE\Lab"
FULL = r"HKEY_LOCAL_MACHINE\SOFTWARE\Lab"
REAL = Path(__file__).parents[4] / "shared" / "real"


def shell(values: object = None, **keywords: object) -> Shell:
    registry = {LAB: values if values is not None else {"Text": "a b", "Number": 32}}
    return Shell(make(registry=registry, **keywords))  # type: ignore[arg-type]


def test_a_key_with_values_and_subkeys() -> None:
    it = Shell(make(registry={LAB: {"Text": "a b", "Number": 32}, rf"{LAB}\two": {}, rf"{LAB}\One": {}}))
    assert it.out("reg", "query", LAB) == lines(
        "", FULL, "    Text    REG_SZ    a b", "    Number    REG_DWORD    0x20", "", rf"{FULL}\One", rf"{FULL}\two"
    )


def test_a_key_without_values_shows_its_subkeys_only() -> None:
    assert (
        Shell(make()).out("reg", "query", "HKU").startswith(lines("", r"HKEY_USERS\.DEFAULT", r"HKEY_USERS\S-1-5-18"))
    )
    assert shell({}).out("reg", "query", LAB) == lines("")


def test_with_s_every_key_has_its_block() -> None:
    it = Shell(make(registry={LAB: {"Text": "x"}, rf"{LAB}\Empty": {}, rf"{LAB}\Empty\Full": {"": "default"}}))
    assert it.out("reg", "query", LAB, "/s") == lines(
        "",
        FULL,
        "    Text    REG_SZ    x",
        "",
        rf"{FULL}\Empty",
        "",
        rf"{FULL}\Empty\Full",
        "    (Default)    REG_SZ    default",
        "",
    )


def test_every_type() -> None:
    data = {
        "None": {"type": "REG_NONE", "hex": "0aff"},
        "Text": "",
        "Path": {"expand": "%SystemRoot%\\x"},
        "Bytes": {"hex": "00ff"},
        "NoBytes": {"hex": ""},
        "Number": 4294967295,
        "Big": {"type": "REG_DWORD_BIG_ENDIAN", "hex": "00000102"},
        "Link": {"type": "REG_LINK", "hex": "41004200"},
        "List": ["a", "b c"],
        "NoList": [],
        "Resources": {"type": "REG_RESOURCE_LIST", "hex": "01"},
        "Descriptor": {"type": "REG_FULL_RESOURCE_DESCRIPTOR", "hex": "01"},
        "Requirements": {"type": "REG_RESOURCE_REQUIREMENTS_LIST", "hex": "01"},
        "Long": {"qword": 1 << 40},
    }
    shown = dict(line.strip(" ").split("    ", 1) for line in shell(data).out("reg", "query", LAB).split("\r\n")[2:-2])
    assert shown == {
        "None": "REG_NONE    0AFF",
        "Text": "REG_SZ",
        "Path": "REG_EXPAND_SZ    %SystemRoot%\\x",
        "Bytes": "REG_BINARY    00FF",
        "NoBytes": "REG_BINARY",
        "Number": "REG_DWORD    0xffffffff",
        "Big": "REG_DWORD_BIG_ENDIAN    0x102",
        "Link": "REG_LINK    41004200",
        "List": "REG_MULTI_SZ    a\\0b c",
        "NoList": "REG_MULTI_SZ",
        "Resources": "REG_RESOURCE_LIST    01",
        "Descriptor": "REG_FULL_RESOURCE_DESCRIPTOR    01",
        "Requirements": "REG_RESOURCE_REQUIREMENTS_LIST    01",
        "Long": "REG_QWORD    0x10000000000",
    }
    assert {text.split("    ")[0] for text in shown.values()} == set(TYPE_NAMES.values())
    assert "    Text    REG_SZ    \r\n" in shell(data).out("reg", "query", LAB)


def test_one_value_shows_the_names_as_they_were_typed() -> None:
    assert shell().out("REG.EXE", "QUERY", r"hklm\software\lab", "/V", "text") == lines(
        "", r"HKEY_LOCAL_MACHINE\software\lab", "    text    REG_SZ    a b", ""
    )


@pytest.mark.parametrize(
    ("language", "default", "unset"),
    [
        ("en", "(Default)", "(value not set)"),
        ("ja", "(既定)", "(値の設定なし)"),
        ("de", "(Standard)", "(Wert nicht festgelegt)"),
        ("es", "(Predeterminado)", "(valor no establecido)"),
    ],
)
def test_the_default_value(language: str, default: str, unset: str) -> None:
    assert shell(language=language).out("reg", "query", LAB, "/ve") == lines(
        "", FULL, f"    {default}    REG_SZ    {unset}", ""
    )
    it = shell({"": "x"}, language=language)
    assert it.out("reg", "query", LAB, "/ve") == lines("", FULL, f"    {default}    REG_SZ    x", "")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "unable to find"), ("ja", "見つかりません"), ("de", "nicht gefunden"), ("es", "no ha podido encontrar")],
)
def test_what_is_not_there(language: str, text: str) -> None:
    it = shell(language=language)
    assert text in it.error("reg", "query", rf"{LAB}\none")
    assert text in it.error("reg", "query", LAB, "/v", "none")
    assert text in it.error("reg", "delete", LAB, "/v", "none", "/f")


def test_access_is_for_administrators_where_windows_says_so() -> None:
    machine = make()
    admin, reader = Shell(machine), Shell(machine, READER)
    closed = [
        r"HKU\S-1-5-19",
        r"HKU\S-1-5-20",
        r"HKLM\SAM\SAM",
        r"HKLM\SECURITY",
        rf"{BITS}\Security",
        r"HKLM\SYSTEM\ControlSet001\Services\BITS\Security",
    ]
    for key in closed:
        assert admin.run("reg", "query", key).exit_code == 0
        assert reader.error("reg", "query", key) == "ERROR: Access is denied.\r\n"
    assert reader.out("reg", "query", BITS, "/v", "Start")
    assert (
        reader.error("reg", "add", BITS, "/v", "Start", "/t", "REG_DWORD", "/d", "4", "/f")
        == "ERROR: Access is denied.\r\n"
    )
    assert reader.error("reg", "delete", BITS, "/f") == "ERROR: Access is denied.\r\n"
    assert reader.out("reg", "add", r"HKCU\Software\Own", "/v", "x", "/d", "y")
    assert reader.out("reg", "query", r"HKCU\Software\Own", "/v", "x")
    assert admin.error("reg", "query", r"HKCU\Software\Own")


def test_a_listing_goes_on_behind_a_key_that_may_not_be_read() -> None:
    done = Shell(make("windows-8.1"), READER).run("reg", "query", rf"{SERVICES}\wuauserv", "/s")
    assert done.exit_code == 1
    assert done.stderr == b"ERROR: Access is denied.\r\n"
    assert rb"wuauserv\TriggerInfo\0" in done.stdout


def test_hives_and_links() -> None:
    it = Shell(make())
    assert it.out("reg", "query", r"HKEY_LOCAL_MACHINE\system\controlset001\services\bits", "/v", "Type").endswith(
        lines("    Type    REG_DWORD    0x20", "")
    )
    it.out("reg", "add", r"HKCR\CLSID\{x}", "/ve", "/d", "class")
    assert "class" in it.out("reg", "query", r"HKLM\SOFTWARE\Classes\CLSID\{x}", "/ve")
    it.out("reg", "add", r"HKCU\Software\Own", "/v", "x", "/d", "mine")
    assert "mine" in it.out("reg", "query", r"HKU\S-1-5-21-1004336348-1177238915-682003330-500\Software\Own")
    assert r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet" in it.out("reg", "query", r"HKLM\SYSTEM")


def test_the_32_bit_view_of_software() -> None:
    it = shell()
    assert it.run("reg", "query", LAB, "/reg:32").exit_code == 1
    it.out("reg", "add", LAB, "/v", "x", "/d", "32", "/reg:32")
    assert "32" in it.out("reg", "query", r"HKLM\SOFTWARE\WOW6432Node\Lab", "/v", "x")
    assert "a b" in it.out("reg", "query", LAB, "/reg:64")
    assert it.out("reg", "query", BITS, "/v", "Start", "/reg:32")
    assert it.run("reg", "query", LAB, "/reg:32", "/reg:64").exit_code == 1


@pytest.mark.parametrize(
    ("options", "names", "code"),
    [
        (["/f", "mgr"], ["DisplayName", "Description"], 0),
        (["/f", "mgr", "/s"], ["DisplayName", "Description", "ServiceDll"], 0),
        (["/f", "MGR", "/s", "/c"], [], 1),
        (["/f", "Start", "/v"], ["Start", "DelayedAutoStart"], 0),
        (["/f", "start", "/v", "/e"], ["Start"], 0),
        (["/f", "Local*", "/d"], ["ObjectName"], 0),
        (["/f", "0x?0", "/d", "/e"], ["Type"], 0),
        (["/f", "svchost", "/v", "ImagePath"], ["ImagePath"], 0),
        (["/f", "svchost", "/v", "Start"], [], 1),
        (["/t", "REG_MULTI_SZ"], ["DependOnService", "RequiredPrivileges"], 0),
        (["/s", "/v", "ServiceDll"], ["ServiceDll"], 0),
        (["/f", "nothing", "/s"], [], 1),
    ],
)
def test_searching(options: list[str], names: list[str], code: int) -> None:
    output = Shell(make()).out("reg", "query", BITS, *options, code=code).split("\r\n")
    assert [line.split("    ")[1] for line in output if line.startswith("    ")] == names
    assert output[-2:] == [f"End of search: {len(names)} match(es) found.", ""]


def test_searching_for_keys() -> None:
    it = Shell(make())
    assert it.out("reg", "query", SERVICES, "/f", "bits", "/k") == lines(
        "", r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\BITS", "End of search: 1 match(es) found."
    )


def test_more_ways_to_show() -> None:
    it = shell({"List": ["a", "b"]})
    assert "    List    REG_MULTI_SZ (7)    a#b\r\n" in it.out("reg", "query", LAB, "/z", "/se", "#")


@pytest.mark.parametrize(
    "argv",
    [
        ["query"],
        ["query", "HKXX"],
        ["query", "HKLM\\\\x"],
        ["query", LAB, "/v"],
        ["query", LAB, "/nonsense"],
        ["query", LAB, "/s", "/s"],
        ["query", LAB, "/k"],
        ["query", LAB, "/t", "REG_X"],
        ["query", LAB, "/v", "x", "/ve"],
        ["query", LAB, "/se", "ab"],
        ["add", LAB, "/t", "REG_DWORD"],
        ["add", LAB, "/v", "x", "/t", "REG_DWORD", "/d", "abc", "/f"],
        ["add", LAB, "/v", "x", "/t", "REG_DWORD", "/d", "4294967296", "/f"],
        ["add", LAB, "/v", "x", "/t", "REG_BINARY", "/d", "0g", "/f"],
        ["add", LAB, "/v", "x", "/t", "REG_MULTI_SZ", "/d", r"a\0\0b", "/f"],
        ["add", LAB, "/v", "x", "/t", "REG_LINK", "/d", "00", "/f"],
        ["delete", LAB, "/v", "x", "/va", "/f"],
        ["delete"],
        ["export", LAB],
        ["frobnicate"],
        [],
    ],
)
def test_wrong_command_lines(argv: list[str]) -> None:
    it = shell()
    before = it.machine.state()
    assert "ERROR: Invalid" in it.error("reg", *argv)
    assert it.machine.state() == before


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["/v", "x", "/d", "it's größer"], "x    REG_SZ    it's größer"),
        (["/v", "x"], "x    REG_SZ    "),
        (["/ve", "/d", "d"], "(Default)    REG_SZ    d"),
        (["/v", "x", "/t", "reg_expand_sz", "/d", "%TEMP%"], "x    REG_EXPAND_SZ    %TEMP%"),
        (["/v", "x", "/t", "REG_DWORD", "/d", "0x10"], "x    REG_DWORD    0x10"),
        (["/v", "x", "/t", "REG_DWORD", "/d", "10"], "x    REG_DWORD    0xa"),
        (["/v", "x", "/t", "REG_QWORD", "/d", "0x1ffffffff"], "x    REG_QWORD    0x1ffffffff"),
        (["/v", "x", "/t", "REG_BINARY", "/d", "00ff"], "x    REG_BINARY    00FF"),
        (["/v", "x", "/t", "REG_NONE", "/d", "00"], "x    REG_NONE    00"),
        (["/v", "x", "/t", "REG_MULTI_SZ", "/d", r"a\0b"], r"x    REG_MULTI_SZ    a\0b"),
        (["/v", "x", "/t", "REG_MULTI_SZ", "/d", "a;b", "/s", ";"], r"x    REG_MULTI_SZ    a\0b"),
        (["/v", "x", "/t", "REG_MULTI_SZ", "/d", ""], "x    REG_MULTI_SZ    "),
    ],
)
def test_adding(options: list[str], shown: str) -> None:
    it = Shell(make())
    assert it.out("reg", "add", LAB, *options) == "The operation completed successfully.\r\n"
    assert it.out("reg", "query", LAB) == lines("", FULL, f"    {shown}", "")


def test_adding_again_keeps_place_and_case_of_the_name() -> None:
    it = shell()
    it.out("reg", "add", LAB, "/v", "TEXT", "/d", "new", "/f")
    assert it.out("reg", "query", LAB) == lines(
        "", FULL, "    Text    REG_SZ    new", "    Number    REG_DWORD    0x20", ""
    )


def test_a_key_alone_can_be_added_twice() -> None:
    it = Shell(make())
    for _unused in range(2):
        it.out("reg", "add", rf"{LAB}\Deep\Deeper")
    assert it.out("reg", "query", LAB) == lines("", rf"{FULL}\Deep")


@pytest.mark.parametrize(
    "argv",
    [["add", LAB, "/v", "Text", "/d", "x"], ["delete", LAB], ["delete", LAB, "/v", "Text"], ["copy", LAB, LAB + "2"]],
)
def test_questions_that_nobody_answers_fail_loudly(argv: list[str]) -> None:
    it = shell()
    it.out("reg", "copy", LAB, LAB + "2")
    before = it.machine.state()
    assert b"not implemented" in it.run("reg", *argv).stderr
    assert it.run("reg", *argv).exit_code == 120
    assert it.machine.state() == before


def test_deleting() -> None:
    it = shell({"": "d", "Text": "a", "Number": 1})
    it.out("reg", "delete", LAB, "/v", "text", "/f")
    it.out("reg", "delete", LAB, "/ve", "/f")
    assert it.out("reg", "query", LAB) == lines("", FULL, "    Number    REG_DWORD    0x1", "")
    it.out("reg", "delete", LAB, "/va", "/f")
    assert it.out("reg", "query", LAB) == lines("")
    it.out("reg", "delete", LAB, "/f")
    assert it.run("reg", "query", LAB).exit_code == 1
    assert it.run("reg", "delete", r"HKLM\SYSTEM", "/f").exit_code == 1


def test_copying() -> None:
    it = Shell(make())
    it.out("reg", "copy", BITS, LAB, "/s", "/f")
    copied, original = (
        it.machine.state()["registry"][key] for key in (FULL, r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\BITS")
    )
    assert copied == original
    assert "qmgr.dll" in it.out("reg", "query", rf"{LAB}\Parameters")


def test_export_and_import_bring_everything_back() -> None:
    it = shell(
        {
            'Quote"s \\ back': 'a "b" \\c',
            "": "d",
            "Bytes": {"hex": "00" * 60},
            "List": ["a", "ü日本"],
            "Odd": {"type": 77, "hex": "0102"},
            "Number": 7,
        }
    )
    before = it.machine.state()["registry"]
    assert it.out("reg", "export", LAB, r"C:\Windows\Temp\lab.reg") == "The operation completed successfully.\r\n"
    entry = it.machine.files.get(r"C:\Windows\Temp\lab.reg")
    assert entry is not None
    assert entry.content is not None
    text = entry.content.decode("utf-16")
    assert entry.content.startswith(b"\xff\xfe")
    assert text.startswith(f"Windows Registry Editor Version 5.00\r\n\r\n[{FULL}]\r\n")
    assert max(map(len, text.split("\r\n"))) <= 80
    it.out("reg", "delete", LAB, "/f")
    # The one operation that says so on standard error.
    assert it.error("reg", "import", r"%TEMP%\lab.reg", code=0) == "The operation completed successfully.\r\n"
    assert it.machine.state()["registry"] == before
    assert it.run("reg", "export", LAB, r"C:\Windows\Temp\lab.reg").exit_code == 120
    assert it.run("reg", "export", LAB, r"C:\Windows\Temp\lab.reg", "/y").exit_code == 0
    assert it.run("reg", "export", LAB, r"C:\nowhere\lab.reg").exit_code == 1


def test_importing_deletes_too_and_changes_nothing_when_a_line_means_nothing() -> None:
    text = lines(
        "Windows Registry Editor Version 5.00",
        "",
        "; comment",
        f"[{FULL}]",
        '"Text"=-',
        '"New"=dword:0000000a',
        r"[-HKEY_LOCAL_MACHINE\SOFTWARE\Other]",
    )
    files = {r"C:\good.reg": text, r"C:\bad.reg": text + "nonsense\r\n", r"C:\old.reg": "REGEDIT4\r\n"}
    it = Shell(make(registry={LAB: {"Text": "x"}, r"HKLM\SOFTWARE\Other": {}}, files=files))
    before = it.machine.state()
    for file in ("bad", "old", "none"):
        it.error("reg", "import", rf"C:\{file}.reg")
    assert it.machine.state() == before
    it.error("reg", "import", r"C:\good.reg", code=0)
    assert it.out("reg", "query", LAB) == lines("", FULL, "    New    REG_DWORD    0xa", "")
    assert it.run("reg", "query", r"HKLM\SOFTWARE\Other").exit_code == 1


@pytest.mark.skipif(not REAL.is_dir(), reason="there are no captures beside this checkout")
@pytest.mark.parametrize(
    ("windows", "file"),
    [("windows-7-sp1", "services-windows-7-sp1-7601.reg"), ("windows-10-22h2", "services-windows-10-1903-18362.reg")],
)
def test_bits_is_defined_as_on_a_real_machine(windows: str, file: str) -> None:
    it = Shell(make(windows))
    own = {
        name: value
        for name, value in it.machine.state()["registry"].items()
        if "\\Services\\BITS" in name and "Security" not in name
    }
    it.machine.files.write(r"C:\real.reg", (REAL / file).read_bytes())
    it.out("reg", "delete", BITS, "/f")
    it.error("reg", "import", r"C:\real.reg", code=0)
    real = {name: value for name, value in it.machine.state()["registry"].items() if "\\Services\\BITS" in name}

    def comparable(keys: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
        return {
            key: {name.lower(): data for name, data in values.items() if name != "Start"}
            for key, values in keys.items()
        }

    assert comparable(own) == comparable(real)


@pytest.mark.parametrize(
    "argv", [["save", LAB, "x"], ["compare", LAB, LAB], ["query", "/?"], ["query", rf"\\other\{LAB}"]]
)
def test_what_the_lab_lacks_fails_loudly(argv: list[str]) -> None:
    done = Shell(make()).run("reg", *argv)
    assert (done.exit_code, done.stdout) == (120, b"")
