"""curl.exe on simulated machines: the real curl, in the machine's world and of its age."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.lab.network_fleets import SERVER, client
from unit.lab.simulated_machines import TOKEN, Shell, command_line, make, script

GONE = "http://gone.example.test/"
FORBIDDEN = "http://wsus.example.test:8530/"
OLD = {"windows": "server-2019"}


def test_windows_without_curl() -> None:
    assert Shell(make("server-2016")).run("curl.exe", SERVER).exit_code == 9009


def test_files_are_the_machines(tmp_path: Path) -> None:
    with client(tmp_path) as it:
        done = it.curl("-o", r"C:\Windows\Temp\X.cab", "-D", r"C:/Windows/Temp/head.txt", SERVER)
        assert (done.exit_code, done.stdout) == (0, b"")
        cab, head = (it.machine.files.get(rf"C:\Windows\Temp\{name}") for name in ("x.cab", "head.txt"))
        assert cab is not None
        assert cab.content is not None
        assert (cab.name, cab.content[:4], len(cab.content)) == ("X.cab", b"MSCF", 31620)
        assert head is not None
        assert (head.content or b"").startswith(b"HTTP/1.1 200 OK\r\n")
        before = it.machine.state()
        assert it.curl("-o", r"C:\none\x.cab", SERVER).exit_code == 23
        assert it.curl("-o", r"C:\Windows\Temp\y", GONE).exit_code == 6
        assert it.curl("-o", "nul", SERVER).stdout == b""
        assert it.machine.state() == before


def test_settings_of_this_computer_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".curlrc").write_text('write-out = "from curlrc"\n', encoding="utf-8")
    for name in ("HOME", "CURL_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with client(tmp_path) as it:
        assert it.ask(SERVER) == (0, "200 31620")


@pytest.mark.parametrize(
    "arguments",
    [
        ["file:///etc/passwd"],
        ["ftp://wsus.example.test/"],
        ["-K", "file", SERVER],
        ["-T", "file", SERVER],
        ["--cacert", "file", SERVER],
        ["--resolve", "a:80:1.2.3.4", SERVER],
        ["--interface", "eth0", SERVER],
        ["--unix-socket", "/x", SERVER],
        ["-x", "socks5://proxy.example.test", SERVER],
        ["-x", "http://proxy.example.test:3128", "--noproxy", "example.test", SERVER],
        ["-x", "http://proxy.example.test:3128", "file:///etc/passwd"],
        ["-o", "relative", SERVER],
        ["-w", "@file", SERVER],
        ["http://{wsus,proxy}.example.test/"],
        ["http://[::1]/"],
        ["-o"],
    ],
)
def test_what_could_leave_the_lab_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    with client(tmp_path) as it:
        done = it.curl(*arguments)
        assert done.exit_code == 120
        assert b"not implemented: curl.exe" in done.stderr


def test_several_urls_and_sections(tmp_path: Path) -> None:
    text = ["-sS", "-o", "NUL", "-w", "%{http_code};"]
    with client(tmp_path) as it:
        assert it.curl(*text, SERVER, "-o", "NUL", FORBIDDEN).stdout == b"200;403;"
        head = ["--next", "-sSI", "-o", "NUL", "-w", "%{size_download};", SERVER]
        done = it.curl(*text, GONE, *head, "--next", "-r0-3", "-sw", ";%{http_code}", SERVER)
        assert (done.exit_code, done.stdout) == (0, b"000;0;MSCF;206")
        assert it.curl("--fail-early", *text, GONE, *head).exit_code == 6


def test_patterns_in_a_url(tmp_path: Path) -> None:
    url = "http://wsus.example.test:8530/{selfupdate/wuident.cab,iuident.cab,Content/}"
    for release in ({}, OLD):
        with client(tmp_path, **release) as it:
            assert it.ask(url, text=r"%{http_code} %{url_effective}\n")[1].splitlines() == [
                f"200 {SERVER}",
                "404 http://wsus.example.test:8530/iuident.cab",
                "403 http://wsus.example.test:8530/Content/",
            ]


def test_the_old_curl_ends_with_a_section_that_failed(tmp_path: Path) -> None:
    text = ["-o", "NUL", "-w", "%{http_code};"]
    after = ["--next", "-sS", *text, SERVER]
    with client(tmp_path, **OLD) as it:
        done = it.curl(*text, GONE, *after)
        assert (done.exit_code, done.stdout) == (6, b"000;")
        done = it.curl(*text, GONE, "-o", "NUL", FORBIDDEN, *after)
        assert (done.exit_code, done.stdout) == (0, b"000;403;200;")


def test_variables_that_the_old_curl_lacks(tmp_path: Path) -> None:
    text = r"a%{http_code}%{exitcode}%%{x}%header{server}\n"
    with client(tmp_path, **OLD) as it:
        done = it.curl("-o", "NUL", "-w", text, "-w", text, SERVER)
        assert done.stdout == b"a200%{x}%header{server}\n"
        assert b"curl: unknown --write-out variable: 'exitcode'\r\n" in done.stderr
    with client(tmp_path) as it:
        assert it.ask(GONE, text="%{http_code} %{exitcode}") == (6, "000 6")


def test_the_order_of_text_and_error_on_one_stream(tmp_path: Path) -> None:
    words = ["--stderr", "-", "-w", r"<%{http_code}>\n", "-o", "NUL", GONE, "-o", "NUL", SERVER]
    error = b"curl: (6) Could not resolve host: gone.example.test\n"
    with client(tmp_path) as it:
        assert it.curl(*words).stdout == error + b"<000>\n<200>\n"
    with client(tmp_path, **OLD) as it:
        assert it.curl(*words).stdout == b"<000>\n" + error + b"<200>\n"


@pytest.mark.parametrize(
    "options", [["--no-progress-meter"], ["--fail-with-body"], ["--parallel"], ["-Z"], ["--output-dir", r"C:\Windows"]]
)
def test_options_that_the_old_curl_lacks(tmp_path: Path, options: list[str]) -> None:
    with client(tmp_path, **OLD) as it:
        done = it.curl(*options, "-o", "NUL", SERVER)
        assert (done.exit_code, done.stdout) == (2, b"")
        assert done.stderr.startswith(f"curl: option {options[0]}: is unknown\r\n".encode())
        assert it.network.site("wsus").requests == []


def test_the_version() -> None:
    assert Shell(make("server-2019")).out("curl", "-V").startswith("curl 7.55.1 (Windows)")
    assert Shell(make()).out("curl", "--version").startswith("curl 8.")


def test_through_a_batch(tmp_path: Path) -> None:
    with client(tmp_path, language="ja") as it:
        batch = script([("curl.exe", "-sS", "-o", "NUL", "-w", r"%{http_code}\n", SERVER), ("hostname",)])
        done = it.machine.execute(command_line(batch), next(iter(it.machine.users.values())))
        assert done.stdout.decode().split("\r\n") == ["200", f"{TOKEN} 0", "PC", f"{TOKEN} 0", ""]
        assert it.machine.log[-1].commands[0].argv[0] == "curl.exe"
