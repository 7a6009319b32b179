"""The WSUS endpoint: the documented URLs, ranges, and faults, as the real curl sees them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from lab.network import EndpointFaults
from unit.lab.network_fleets import CAB, SECURE, SERVER, client

HTTP = "http://wsus.example.test"


@pytest.mark.parametrize(
    ("path", "status", "type_"),
    [
        ("/selfupdate/wuident.cab", 200, "application/vnd.ms-cab-compressed"),
        ("/SelfUpdate/iuident.cab", 200, "application/vnd.ms-cab-compressed"),
        ("/iuident.cab", 404, "text/html"),
        ("/ClientWebService/client.asmx", 200, "text/html; charset=utf-8"),
        ("/SimpleAuthWebService/SimpleAuth.asmx", 200, "text/html; charset=utf-8"),
        ("/ReportingWebService/ReportingWebService.asmx", 200, "text/html; charset=utf-8"),
        ("/ClientWebService/wusserverversion.xml", 200, "text/xml"),
        ("/Content/", 403, "text/html"),
        ("/", 403, "text/html"),
        ("/nothing", 404, "text/html"),
    ],
)
def test_documented_urls(tmp_path: Path, path: str, status: int, type_: str) -> None:
    with client(tmp_path) as it:
        assert it.ask(f"{HTTP}:8530{path}", text="%{http_code} %{content_type}") == (0, f"{status} {type_}")


def test_the_root_file_of_a_server_of_the_old_generation(tmp_path: Path) -> None:
    old = {"kind": "wsus", "generation": "3.0", "names": ["old.example.test"]}
    with client(tmp_path, {"old": old}) as it:
        done = it.curl("http://old.example.test/iuident.cab")
        assert done.stdout[:4] == b"MSCF"
        assert len(done.stdout) == int.from_bytes(done.stdout[8:12], "little")
        assert it.ask("https://old.example.test/iuident.cab") == (0, f"200 {len(done.stdout)}")


def test_bodies_are_cabinets_of_a_real_size(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        for name in ("wuident", "iuident"):
            body = it.curl(f"{HTTP}:8530/selfupdate/{name}.cab").stdout
            assert body[:4] == b"MSCF"
            assert 20_000 < len(body) < 60_000


@pytest.mark.parametrize(
    ("asked", "status", "size"),
    [
        ("0-3", 206, 4),
        ("31616-", 206, 4),
        ("-5", 206, 5),
        ("100-40000", 206, 31520),
        ("31620-", 416, 0),
        ("0-1,5-6", 200, 31620),
    ],
)
def test_ranges(tmp_path: Path, asked: str, status: int, size: int) -> None:
    with client(tmp_path) as it:
        assert it.ask(SERVER, "-r", asked) == (0, f"{status} {size}")
        assert it.network.site("wsus").requests[-1].headers["range"] == f"bytes={asked}"


def test_a_range_says_where_it_lies(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        done = it.curl("-r", "0-3", "-D", "-", SERVER)
        head, _blank, body = done.stdout.partition(b"\r\n\r\n")
        assert b"\r\nContent-Range: bytes 0-3/31620" in head
        assert body == b"MSCF"


def test_what_a_program_makes_has_no_ranges(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        assert it.ask(f"{HTTP}:8530/ClientWebService/client.asmx", "-r", "0-3")[1].startswith("200 7")


def test_head_tells_the_size(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        assert b"\r\nContent-Length: 31620\r\n" in it.curl("-I", SERVER).stdout


@pytest.mark.parametrize(
    ("faults", "exit_code", "text"),
    [
        ({"status": 401}, 0, "401"),
        ({"status": 503}, 0, "503"),
        ({"status": {"/selfupdate": 403, "*": 500}}, 0, "403"),
        ({"status": {"/selfupdate/wuident": 404, "/selfupdate": 403}}, 0, "404"),
        ({"status": {"/content": 500}}, 0, "200"),
        ({"captive": True}, 0, "200"),
        ({"cut_after": 1000}, 18, "200"),
        ({"cut_after": 1000, "no_length": True}, 18, "200"),
        ({"no_length": True}, 0, "200"),
        ({"empty": True}, 52, "000"),
        ({"reset": True}, 56, "000"),
        ({"delay": 30}, 28, "000"),
    ],
)
@pytest.mark.parametrize("url", [SERVER, SECURE])
def test_faults(tmp_path: Path, url: str, faults: dict[str, object], exit_code: int, text: str) -> None:
    with client(tmp_path, {"wsus": {"kind": "wsus", "faults": faults}}) as it:
        assert it.ask(url, "--max-time", "1", text="%{http_code}") == (exit_code, text)


def test_a_captive_page_is_no_cabinet(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        it.network.site("wsus").faults = EndpointFaults(captive=True)
        assert it.ask(SERVER, text="%{http_code} %{content_type}") == (0, "200 text/html")
        assert it.curl("-r", "0-3", SERVER).stdout.startswith(b"<!DOCTYPE")
        it.network.site("wsus").faults = EndpointFaults()
        assert it.ask(SERVER) == (0, "200 31620")


def test_no_ranges_and_no_length(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        it.network.site("wsus").faults = EndpointFaults(no_range=True)
        assert it.ask(SERVER, "-r", "0-3") == (0, "200 31620")
        it.network.site("wsus").faults = EndpointFaults(no_length=True)
        head = it.curl("-I", SERVER).stdout.lower()
        assert head.startswith(b"http/1.1 200 ok\r\n")
        assert b"content-length" not in head
        assert it.ask(SERVER, "-r", "0-3") == (0, "206 4")


@pytest.mark.parametrize(
    ("tls", "exit_code", "verify"), [("unknown", 60, "20"), ("expired", 60, "10"), ("other_name", 60, "1")]
)
def test_certificates_that_are_refused(tmp_path: Path, tls: str, exit_code: int, verify: str) -> None:
    with client(tmp_path, {"wsus": {"kind": "wsus", "tls": tls}}) as it:
        assert it.ask(SECURE, text="%{http_code} %{ssl_verify_result}") == (exit_code, f"000 {verify}")
        assert it.ask(SECURE, "-k") == (0, "200 31620")
        assert it.ask(SERVER) == (0, "200 31620")


def test_the_wrong_protocol_on_a_port(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        assert it.ask(f"https://wsus.example.test:8530{CAB}")[0] == 35
        assert it.ask(f"http://wsus.example.test:8531{CAB}")[0] == 52


def test_everything_closes_with_the_last_machine(tmp_path: Path) -> None:
    others = set(threading.enumerate())  # of machines of other tests that were not collected yet
    with client(tmp_path) as it:
        it.ask(SECURE)
        place = it.machine.network.locate("wsus.example.test", 8531)
        assert place is not None
        folder = it.network.trusted.parent
        assert folder.is_dir()
    assert not folder.exists()
    deadline = time.monotonic() + 5
    while any(thread.name == "lab-endpoint" for thread in set(threading.enumerate()) - others):
        assert time.monotonic() < deadline
        time.sleep(0.01)
