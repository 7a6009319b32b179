"""wevtutil.exe and the queries of the event log."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from lab.fleet import AttemptSpec, EventSpec, JobSpec
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import READER, Shell, make

BITS_LOG = "Microsoft-Windows-Bits-Client/Operational"
SCM = "Service Control Manager"
REAL = Path(__file__).parents[4] / "shared" / "real"
NS = "{http://schemas.microsoft.com/win/2004/08/events/event}"


def event(number: int, age: float, level: int = 4, **data: str) -> EventSpec:
    return EventSpec("System", SCM, number, age, tuple(data.items()), level, None)


@pytest.fixture(scope="module")
def machine() -> SimulatedMachine:
    return make(
        events=(
            event(7036, 300, param1="BITS", param2="running"),
            event(7000, 200, 2, param1="BITS", param2="%%1058"),
            event(7023, 100, 2, param1='it\'s <a> & "b"', param2="7"),
            event(7040, 50, 4, param1="0"),
        ),
        jobs=(JobSpec(0x80190193, 3600),),
    )


def found(machine: SimulatedMachine, query: str, channel: str = "System", *options: str) -> list[int]:
    output = Shell(machine).out("wevtutil", "qe", channel, "/f:xml", "/e:Events", f"/q:{query}", *options)
    return [int(element.findtext(f"{NS}System/{NS}EventID") or 0) for element in ET.fromstring(output)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("*", [7036, 7000, 7023, 7040]),
        ("Event", [7036, 7000, 7023, 7040]),
        ("*[System[EventID=7000]]", [7000]),
        ("*[System[(EventID=7000 or EventID=7023) and Level=2]]", [7000, 7023]),
        ("*[System[EventID=7000 or EventID=7023 and Level=4]]", [7000]),
        ("*[System[EventID>=7023 and EventID<7040]]", [7036, 7023]),
        ("*[System[EventID!=7000 and not_there]]", []),
        ("*[System[Provider[@Name='Service Control Manager'] and (Level=1 or Level=2)]]", [7000, 7023]),
        ('*[System[Provider[@Name="Other"]]]', []),
        ("*[System/EventID=7040]", [7040]),
        ("Event/System[Level=2]", [7000, 7023]),
        ("Event[System[Level=2]]", [7000, 7023]),
        ("*[System[TimeCreated[timediff(@SystemTime) <= 150000]]]", [7023, 7040]),
        ("*[System[TimeCreated[timediff(@SystemTime) > 250000]]]", [7036]),
        ("*[System[TimeCreated[@SystemTime >= 'x']]]", []),
        ("*[EventData[Data[@Name='param2']='%%1058']]", [7000]),
        ("*[EventData[Data[@Name='param2']!=0]]", [7036, 7000, 7023]),
        ("*[EventData[Data[@Name='param1']=0]]", [7040]),
        ("*[EventData[Data='running']]", [7036]),
        ("*[EventData[Data]]", [7036, 7000, 7023, 7040]),
        ("*[EventData/Data[@Name='param2']='7' and System[Level=2]]", [7023]),
        ("*[System[EventID[@Qualifiers=49152]]]", [7000, 7023]),
        ("*[System[band(Keywords, 36028797018963968)]]", [7036, 7000, 7023, 7040]),
        ("*[System[band(Keywords, 1)]]", []),
        ("*[System[band(Level, 2) = 2]]", [7000, 7023]),
        ("*[UserData]", []),
        ("  *  [ System [ EventID = 7000 ] ]  ", [7000]),
        ("*[System[EventID=7000]][System[Level=2]]", [7000]),
        ("*[System[Provider[@Name='Service Control Manager' and @Guid]]]", [7036, 7000, 7023, 7040]),
    ],
)
def test_queries(machine: SimulatedMachine, query: str, ids: list[int]) -> None:
    assert found(machine, query) == ids


@pytest.mark.parametrize(
    "query",
    [
        "",
        "*[",
        "*[System[EventID=]]",
        "*[System[EventID=1 or]]",
        "*[System[EventID=1]",
        "*[System[EventID=1]]]",
        "*[System[not(EventID=1)]]",
        "*[System[contains(Provider, 'x')]]",
        "System[EventID=1]",
        "*[1]",
        "*['a']",
        "*[System[EventID=1 && Level=2]]",
        "*[System[EventID='1]]",
        "*[System[band(Keywords, 0x80)]]",
        "*[System[TimeCreated[timediff(@SystemTime)]]]",
        "*[System[" + " or ".join(f"EventID={number}" for number in range(23)) + "]]",
    ],
)
def test_bad_queries(machine: SimulatedMachine, query: str) -> None:
    error = Shell(machine).error("wevtutil", "qe", "System", f"/q:{query}", code=15001)
    assert error == "Failed to read events.\r\nThe specified query is invalid.\r\n"


def test_as_many_comparisons_as_windows_takes(machine: SimulatedMachine) -> None:
    query = "*[System[" + " or ".join(f"EventID={number}" for number in range(6979, 7001)) + "]]"
    assert found(machine, query) == [7000]


@pytest.mark.parametrize(
    ("language", "query", "channel"),
    [
        ("en", "The specified query is invalid.", "The specified channel could not be found."),
        ("ja", "指定されたクエリは無効です。", "指定されたチャネルが見つかりませんでした。"),
        ("de", "Die angegebene Abfrage ist ungültig.", "Der angegebene Kanal wurde nicht gefunden."),
        ("es", "La consulta especificada no es válida.", "No se pudo encontrar el canal especificado."),
    ],
)
def test_failures_in_each_language(language: str, query: str, channel: str) -> None:
    it = Shell(make(language=language))
    assert it.error("wevtutil", "qe", "System", "/q:*[", code=15001).endswith(f"{query}\r\n")
    assert it.error("wevtutil", "qe", "No-Such/Channel", code=15007).endswith(f"{channel}\r\n")


def test_order_and_number(machine: SimulatedMachine) -> None:
    assert found(machine, "*", "system", "/rd:true") == [7040, 7023, 7000, 7036]
    assert found(machine, "*", "System", "/rd:true", "/c:2") == [7040, 7023]
    assert found(machine, "*", "System", "/c:1", "/rd:false") == [7036]
    long = Shell(machine).out(
        "wevtutil.exe",
        "query-events",
        "System",
        "/format:xml",
        "/reversedirection:true",
        "/count:1",
        "/query:*",
        "/element:root",
    )
    assert long.startswith("<root><Event ")
    assert "7040</EventID>" in long


@pytest.mark.parametrize(
    "option", ["/x:1", "/rd:maybe", "/c:0", "/c:x", "/f:json", "/rd", "rd:true", "/rd:true /rd:true"]
)
def test_wrong_options(machine: SimulatedMachine, option: str) -> None:
    assert "Invalid option" in Shell(machine).error("wevtutil", "qe", "System", *option.split(" "), code=87)


@pytest.mark.parametrize(
    "arguments",
    [
        ["el"],
        ["gl", "System"],
        ["cl", "System"],
        ["qe", "System", "/f:text"],
        ["qe", "System", "/lf:true"],
        ["qe", "System", "/q:*[System[position()=1]]"],
        ["qe", "System", "/q:<QueryList/>"],
        ["qe", "System", "/q:*[//x]"],
    ],
)
def test_what_the_lab_lacks_fails_loudly(machine: SimulatedMachine, arguments: list[str]) -> None:
    done = Shell(machine).run("wevtutil", *arguments)
    assert (done.exit_code, done.stdout) == (120, b"")


def test_the_security_log_is_for_administrators(machine: SimulatedMachine) -> None:
    assert Shell(machine).out("wevtutil", "qe", "Security") == ""
    assert Shell(machine, READER).error("wevtutil", "qe", "Security", code=5)
    assert Shell(machine, READER).out("wevtutil", "qe", "System")


def test_the_xml_is_one_line_without_a_root(machine: SimulatedMachine) -> None:
    output = Shell(machine).out("wevtutil", "qe", "System", "/q:*[System[EventID=7023]]")
    assert "\n" not in output
    assert output.startswith(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Service Control Manager' "
    )
    element = ET.fromstring(output)
    assert [data.text for data in element.iter(f"{NS}Data")] == ['it\'s <a> & "b"', "7"]


@pytest.mark.skipif(not REAL.is_dir(), reason="there are no captures beside this checkout")
def test_an_event_is_built_as_on_a_real_windows() -> None:
    def shape(element: ET.Element) -> list[tuple[str, list[str]]]:
        return [(each.tag, list(each.attrib)) for each in element.iter()]

    text = (REAL / "wevtutil-system-windows-11-25h2-de.xml").read_text(encoding="utf-8")
    real = ET.fromstring(f"<r>{text}</r>")[0]
    failing = make(
        "windows-11-24h2", "de", services={"BITS": {"keys": {"Parameters": None}}}, attempts=(AttemptSpec("BITS", 60),)
    )
    done = Shell(failing).run("wevtutil", "qe", "System", "/q:*[System[EventID=7023]]")
    assert shape(ET.fromstring(done.stdout.decode("cp1252"))) == shape(real)
    assert "\x27" in text
    assert '"' not in text


def test_times_are_utc_with_seven_decimals(machine: SimulatedMachine) -> None:
    output = Shell(machine).out("wevtutil", "qe", "System", "/c:1")
    assert "<TimeCreated SystemTime='2027-01-15T07:55:00.0000000Z'/>" in output


@pytest.mark.parametrize(
    ("language", "encoding"), [("en", "cp1252"), ("ja", "cp932"), ("de", "cp1252"), ("es", "cp1252")]
)
def test_the_ansi_code_page_whatever_the_consoles_is(language: str, encoding: str) -> None:
    it = Shell(make(language=language))
    it.out("sc", "config", "bits", "start=", "disabled")
    argv = ("wevtutil", "qe", "System", "/q:*[System[EventID=7040]]")
    text = it.machine.text
    wanted = f"<Data Name='param3'>{text.events['disabled']}</Data>"
    assert wanted in it.run(*argv).stdout.decode(encoding)
    assert wanted in it.run(*argv, "/uni:true").stdout.decode("utf-16-le")


@pytest.mark.parametrize(("windows", "fields"), [("windows-7-sp1", 11), ("windows-8.1", 17), ("server-2025", 17)])
def test_a_failed_job_leaves_its_events(windows: str, fields: int) -> None:
    machine = make(
        windows, jobs=(JobSpec(0x80200013, 3600), JobSpec(0x80190194, 60, name="Other", owner="A\\b", url="http://x/y"))
    )
    output = Shell(machine).out("wevtutil", "qe", BITS_LOG, "/e:r", "/q:*[EventData[Data[@Name='hr']!=0]]")
    events = ET.fromstring(output)
    data = [{each.get("Name"): each.text for each in one.iter(f"{NS}Data")} for one in events]
    ids = [one.findtext(f"{NS}System/{NS}EventID") for one in events]
    assert ids == ["202", "61", "61"]
    assert [each["hr"] for each in data] == ["2149580819", "2149580819", "2149122452"]
    assert len(data[1]) == fields
    assert data[1]["name"] == "WU Client Download"
    assert str(data[1]["url"]).startswith("http://wsus.example.test:8530/Content/")
    created = ET.fromstring(Shell(machine).out("wevtutil", "qe", BITS_LOG, "/e:r", "/q:*[System[EventID=3]]"))
    owners = [each.text for one in created for each in one.iter(f"{NS}Data") if each.get("Name") == "jobOwner"]
    assert owners == ["NT AUTHORITY\\SYSTEM", "A\\b"]
    assert machine.state()["services"]["BITS"]["exit_code"] == 0
