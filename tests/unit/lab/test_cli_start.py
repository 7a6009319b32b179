"""The life of a lab process: started, ready, ended in each of its ways."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lab
import pytest
import yaml
from lab.control import Record

pytestmark = pytest.mark.slow

TESTS = str(Path(lab.__file__).parents[1])
FLEET = """\
machines:
  - {name: "PC{n}", count: 2, kind: simulated, windows: windows-10-22h2, language: de, users: [{name: admin, password: secret}]}
"""


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "lab", *arguments, "--run-dir", str(folder)]
    environment = {**os.environ, "PYTHONPATH": TESTS}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    with start(folder, *arguments) as process:
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture
def fleet(folder: Path) -> str:
    path = folder / "fleet.yml"
    path.write_text(FLEET, encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A run directory; a lab that still runs there after the test is ended."""
    yield tmp_path
    if (tmp_path / "lab.json").exists():
        os.kill(Record.read(tmp_path).pid, signal.SIGTERM)


def test_background_then_stop(folder: Path, fleet: str) -> None:
    status, out, err = run(folder, "start", fleet, "--background", "--scheme", "https")
    assert (status, err) == (0, "")
    record = Record.read(folder)
    assert out == (
        f"lab ready: {record.machines} machines at http://127.0.0.1:{record.http_port}/wsman/NAME and "
        f"https://127.0.0.1:{record.https_port}/wsman/NAME, inventory {folder / 'inventory.yml'}\n"
    )
    inventory = yaml.safe_load((folder / "inventory.yml").read_text(encoding="utf-8"))["all"]["children"]["windows"]
    assert list(inventory["hosts"]) == ["PC1", "PC2"]
    assert record.machines == 2
    assert inventory["vars"]["ansible_port"] == record.https_port

    status, out, err = run(folder, "start", fleet)
    assert (status, out) == (2, "")
    assert f"a lab (pid {record.pid}) already runs in {folder}" in err

    assert run(folder, "stop") == (0, "", "")
    for port in (record.http_port, record.https_port):
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            pass
    assert not (folder / "lab.json").exists()
    assert not (folder / "inventory.yml").exists()
    assert run(folder, "stop")[0] == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(folder: Path, fleet: str, number: signal.Signals) -> None:
    with start(folder, "start", fleet) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("lab ready: ")
        process.send_signal(number)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0
    assert not (folder / "lab.json").exists()


def test_it_ends_with_its_parent(folder: Path, fleet: str) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent,
        start(folder, "start", fleet, "--parent", str(parent.pid)) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("lab ready: ")
        assert process.poll() is None
        parent.communicate(b"\n", timeout=30)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_the_record_of_a_killed_lab_is_in_nobodys_way(folder: Path, fleet: str) -> None:
    with start(folder, "start", fleet) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=30)
    assert (folder / "lab.json").exists()
    assert run(folder, "start", fleet, "--background")[0] == 0
    assert run(folder, "stop") == (0, "", "")


@pytest.mark.parametrize("arguments", [[], ["--background"]])
def test_a_fleet_that_cannot_be(folder: Path, arguments: list[str]) -> None:
    fleet = folder / "broken.yml"
    fleet.write_text("[", encoding="utf-8")
    status, out, err = run(folder, "start", str(fleet), *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("lab: ")
    assert err.count(str(fleet)) == 1
    assert "Traceback" not in err
    status, out, err = run(folder, "start", "no-such-fleet", *arguments)
    assert (status, out) == (2, "")
    assert "no fleet file 'no-such-fleet'; the lab's own fleets are: " in err
