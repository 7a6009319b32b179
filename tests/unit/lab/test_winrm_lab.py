"""`Lab`: its inventory leads the untouched Ansible to the machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab.machine import Execution, Faults, User
from lab.serve import Lab
from unit.lab.winrm_fakes import PASSWORD, FakeMachine

pytestmark = pytest.mark.slow


class AnyCommand(FakeMachine):
    """Answers every command line with its own name."""

    def execute(self, command_line: str, user: User) -> Execution:
        self.answers[command_line] = Execution(f"I am {self.name}\r\n".encode())
        return super().execute(command_line, user)


def ansible_raw(inventory: dict[str, Any], folder: Path) -> tuple[int, str]:
    """Run two tasks of ansible's raw module on every machine; the play's exit status and what it printed."""
    hosts = folder / "inventory.yml"
    hosts.write_text(yaml.safe_dump(inventory), encoding="utf-8")
    task = {"ansible.builtin.raw": "hostname"}
    playbook = folder / "play.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task, task]}]), encoding="utf-8"
    )
    settings = {"ANSIBLE_HOME": str(folder), "ANSIBLE_STDOUT_CALLBACK": "minimal", "NO_PROXY": "*"}
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", hosts, playbook],
        env={**os.environ, **settings},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("transport", "scheme"), [("basic", "http"), ("ntlm", "http"), ("ntlm", "https")])
def test_ansible_runs_on_every_machine(tmp_path: Path, transport: str, scheme: str) -> None:
    with Lab(
        [
            AnyCommand("PC1", users=[User("Administrator", "plain")]),
            AnyCommand("büro-2", users=[User("Admin", "x y:z")]),
        ]
    ) as lab:
        status, printed = ansible_raw(lab.inventory(transport, scheme), tmp_path)
        assert status == 0, printed
        assert printed.count("I am PC1") == 2
        assert printed.count("I am büro-2") == 2
        # Two tasks over one connection each.
        counts = {"Create": 2, "Command": 2, "Receive": 2, "Signal": 2, "Delete": 2}
        assert lab.requests == {"PC1": counts, "büro-2": counts}
        assert [len(machine.log) for machine in lab.machines.values()] == [2, 2]
        transferred = sum(traffic["received"] + traffic["sent"] for traffic in lab.traffic.values())
        assert lab.counts() == {"executions": 4, "requests": 20, "bytes": transferred}


def test_ansible_meets_a_quota_with_a_new_shell(tmp_path: Path) -> None:
    machine = AnyCommand("PC1", users=[User("Administrator", "plain")])
    machine.faults = Faults(quota=1)
    with Lab([machine]) as lab:
        status, printed = ansible_raw(lab.inventory(), tmp_path)
        assert status == 0, printed
        assert len(machine.log) == 2
        assert lab.requests["PC1"]["Command"] == 3


def test_ansible_reports_a_wrong_password_as_unreachable(tmp_path: Path) -> None:
    machine = AnyCommand("PC1", users=[User("Administrator", "plain")])
    with Lab([machine]) as lab:
        inventory = lab.inventory()
        machine.users = {"Administrator": User("Administrator", "changed")}
        status, printed = ansible_raw(inventory, tmp_path)
    assert status == 4
    assert "the specified credentials were rejected by the server" in printed
    assert machine.log == []


def test_inventory() -> None:
    one, two = FakeMachine("PC1"), FakeMachine("PC2", users=[User("second", "2"), User("third", "3")])
    one.groups = ["clients", "windows"]
    two.groups = ["clients", "german"]
    with Lab([one, two]) as lab:
        assert lab.inventory("ntlm", "https") == {
            "all": {
                "children": {
                    "windows": {
                        "hosts": {
                            "PC1": {
                                "ansible_winrm_path": "/wsman/PC1",
                                "ansible_user": "Administrator",
                                "ansible_password": PASSWORD,
                            },
                            "PC2": {
                                "ansible_winrm_path": "/wsman/PC2",
                                "ansible_user": "second",
                                "ansible_password": "2",
                            },
                        },
                        "vars": {
                            "ansible_connection": "winrm",
                            "ansible_host": "127.0.0.1",
                            "ansible_port": lab.https_port,
                            "ansible_winrm_scheme": "https",
                            "ansible_winrm_transport": "ntlm",
                            "ansible_winrm_server_cert_validation": "ignore",
                        },
                    },
                    "clients": {"hosts": {"PC1": {}, "PC2": {}}},
                    "german": {"hosts": {"PC2": {}}},
                }
            }
        }
        with pytest.raises(ValueError, match="kerberos"):
            lab.inventory("kerberos")


@pytest.mark.parametrize(
    ("names", "text"),
    [([], "without machines"), (["A", "A"], "two machines"), (["A", "a"], "two machines"), (["a/b"], "part of a URL")],
)
def test_a_lab_that_cannot_be(names: list[str], text: str) -> None:
    with pytest.raises(ValueError, match=text), Lab([FakeMachine(name) for name in names]):
        pass


def test_machines_are_closed_even_when_one_fails() -> None:
    class Stuck(FakeMachine):
        def close(self) -> None:
            raise OSError("stuck")

    good = FakeMachine("B")
    with pytest.raises(RuntimeError, match=r"did not close.*stuck"), Lab([Stuck("A"), good]):
        pass
    assert good.closed
