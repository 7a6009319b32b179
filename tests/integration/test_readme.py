"""README.md is followed against the lab: its inventory over NTLM, its commands in their order, and the output that it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from playing import Controller

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^ansible-playbook -i inventory\.yml (wsus\.client\.\w+) -k(.*)$", re.MULTILINE)
SERVER = "http://wsus.example.com:8530"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SETTINGS = {
    POLICY: {"WUServer": SERVER, "WUStatusServer": SERVER},
    rf"{POLICY}\AU": {"UseWUServer": 1, "NoAutoUpdate": 0, "AUOptions": 4},
}
MACHINES: list[dict[str, Any]] = [
    {"name": "pc-berlin-2", "windows": "windows-11-24h2"},
    {
        "name": "pc-tokyo-7",
        "windows": "windows-10-22h2",
        "language": "ja",
        "network": {"unknown": ["wsus.example.com"]},
    },
    {"name": "srv-files", "windows": "server-2019", "services": {"BITS": {"values": {"Start": 4}}}},
]
"""The machines of the page, with what its output says of them."""


def blocks(language: str) -> list[str]:
    return [text for named, text in _BLOCK.findall(TEXT) if named == language]


def written() -> dict[str, Any]:
    """The inventory of the page."""
    (text,) = [each for each in blocks("yaml") if each.startswith("# inventory.yml\n")]
    inventory: dict[str, Any] = yaml.safe_load(text)
    return inventory


def commands() -> list[tuple[str, list[str]]]:
    """The playbooks that the page runs on this inventory, and their arguments without the question for the password."""
    text = "\n".join(blocks("shell"))
    found = [(playbook, shlex.split(rest, comments=True)) for playbook, rest in _COMMAND.findall(text)]
    assert len(found) == text.count("inventory.yml") > 4
    return found


@pytest.fixture
def fleet(controller: Callable[..., Controller]) -> Controller:
    objects = [{"name": "WSUS clients", "settings": SETTINGS}]
    machines = [{**each, "group_policy": {"objects": objects}} for each in MACHINES]
    return controller(machines, {"server": {"kind": "wsus", "names": ["wsus.example.com"]}})


def addressed(fleet: Controller) -> Mapping[str, Any]:
    """The inventory of the page with the addresses and the account of the lab."""
    inventory = written()
    (group,) = inventory.values()
    user = next(iter(fleet.lab.machines["pc-berlin-2"].users.values()))
    group["hosts"] = {
        name: {"ansible_host": fleet.lab.host, "ansible_winrm_path": f"/wsman/{name}"} for name in group["hosts"]
    }
    # The scheme follows from the two ports of Windows; the lab's are others.
    group["vars"] |= {
        "ansible_port": fleet.lab.http_port,
        "ansible_winrm_scheme": "http",
        "ansible_user": user.name,
    }
    (fleet.folder / "password").write_text(user.password, encoding="utf-8")
    return {"all": {"children": inventory}}


@dataclass(frozen=True)
class Run:
    """A command of the page, what it printed, and the machines before and after it."""

    playbook: str
    arguments: list[str]
    output: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def changed(self) -> set[str]:
        return {name for name, state in self.before.items() if self.after[name] != state}


def follow(fleet: Controller) -> list[Run]:
    """Run the commands of the page, one after the other."""
    inventory, runs = addressed(fleet), []
    for playbook, arguments in commands():
        before = fleet.state()
        # -k asks on a terminal; this option has the same effect.
        play = fleet.play(playbook, *arguments, "--connection-password-file", "password", inventory=inventory)
        assert play.exit_code == 0, play.output
        runs.append(Run(playbook, arguments, play.output, before, fleet.state()))
    return runs


def test_what_the_page_says_is_what_happens(fleet: Controller) -> None:
    assert set(written()["windows"]["hosts"]) == set(fleet.lab.machines)
    runs = follow(fleet)

    (sample,) = blocks("console")
    entered, shown = sample.split("\n", 1)
    assert entered == "$ ansible-playbook -i inventory.yml wsus.client.audit -k"
    assert shown in runs[0].output

    (page,) = [each.partition("=")[2] for run in runs for each in run.arguments if each.startswith("wsus_report_html=")]
    assert "</html>" in (fleet.folder / page).read_text(encoding="utf-8")

    (plan,) = [run for run in runs if "--check" in run.arguments]
    assert re.search(r"^srv-files +bits +start_type ", plan.output, re.MULTILINE)
    limited, *rest = [run for run in runs if "wsus_confirm=true" in run.arguments]
    assert limited.changed == {"srv-files"}
    assert "1 repaired" in limited.output
    assert [run.changed for run in runs if run is not limited] == [set()] * (len(runs) - 1)
    assert all("3 machines: 1 broken, 2 healthy" in run.output for run in rest)
