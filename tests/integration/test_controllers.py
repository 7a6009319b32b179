"""Controllers without free space, rights, a terminal, a locale, docstrings or MD5: the same audit, or Ansible's own refusal."""

from __future__ import annotations

import json
import locale
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from broken import WAYS
from comparing import OF_A_REPORT, differences
from confining import WITH_TERMINAL, WITHOUT_TERMINAL, on_a_full_disk, with_umask, without_account
from lab.fleet import load_fleet
from lab.serve import Lab
from playing import HERE, Controller, Play
from repairing import statuses

TOP = HERE.parent.parent
FIPS = HERE / "fips"
CLONE = "5b4e28ba-2fa1-41d2-883f-0016d3cca427"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
FLEET: list[dict[str, Any]] = [
    {"name": "well"},
    {"name": "sick", **WAYS["disabled"].machine},
    {
        "name": "tokyo",
        "windows": "windows-7-sp1",
        "language": "ja",
        "registry": {POLICY: {"TargetGroup": "本社 Zürich"}},
    },
    {"name": "lost"},
    {"name": "dumb", "faults": {"no_powershell": True}},
]
LOST: Mapping[str, Mapping[str, Any]] = {"lost": {"ansible_password": "wrong"}}
STATUSES = {"well": "healthy", "sick": "broken", "tokyo": "healthy", "lost": "unreachable", "dumb": "failed"}


@dataclass(frozen=True)
class Usual:
    """A fleet, and its audit on a controller that lacks nothing."""

    lab: Lab
    play: Play


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Usual]:
    folder = tmp_path_factory.mktemp("usual")
    described = {"defaults": {"users": [{"name": "lab", "password": "Lab-Passw0rd"}]}, "machines": FLEET}
    (folder / "fleet.yml").write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
    lab = Lab(load_fleet(folder / "fleet.yml"))
    lab.start()
    try:
        play = Controller(lab, folder).play(hosts=LOST)
        assert statuses(play) == STATUSES
        assert "本社 Zürich" in json.dumps(play.audit, ensure_ascii=False)
        yield Usual(lab, play)
    finally:
        lab.stop()


def printed(play: Play) -> list[str]:
    """The lines of the report, without colors."""
    text = re.sub(r"\x1b\[[0-9;]*m|\r", "", play.output)
    (found,) = re.findall(r"^TASK \[[^\n]*fleet: report\][ *]*\n(.*?)^ok: ", text, re.MULTILINE | re.DOTALL)
    return str(found).splitlines()


def require_same(play: Play, usual: Usual) -> None:
    assert play.exit_code == usual.play.exit_code == 4, play.output
    assert "Traceback" not in play.output
    assert play.audit is not None
    assert usual.play.audit is not None
    assert differences(usual.play.audit | OF_A_REPORT, play.audit | OF_A_REPORT) == []
    assert printed(play) == printed(usual.play)


NO_LOCALE = dict.fromkeys(("LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME"))
ENVIRONMENTS: dict[str, Mapping[str, str | None]] = {
    "LANG=C, MD5 is forbidden": {**NO_LOCALE, "LANG": "C", "PYTHONPATH": str(FIPS)},
    "no locale, half an hour off, python -OO": {
        **NO_LOCALE,
        "LANG": None,
        "TZ": "America/St_Johns",
        "PYTHONOPTIMIZE": "2",
    },
    "LC_ALL=de_DE.UTF-8": {"LC_ALL": "de_DE.UTF-8"},
    "LC_ALL=ja_JP.UTF-8": {"LC_ALL": "ja_JP.UTF-8"},
}


@pytest.mark.parametrize("condition", ENVIRONMENTS)
def test_the_environment_changes_nothing(usual: Usual, tmp_path: Path, condition: str) -> None:
    environment = ENVIRONMENTS[condition]
    if (name := environment.get("LC_ALL")) and not installed(name):
        pytest.skip(f"the locale {name} is not installed")
    play = Controller(usual.lab, tmp_path).play(hosts=LOST, environment=environment)
    require_same(play, usual)


def installed(name: str) -> bool:
    """Whether the computer has a locale."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


@pytest.mark.parametrize("through", [WITHOUT_TERMINAL, WITH_TERMINAL], ids=["without", "with"])
def test_a_terminal_changes_nothing(usual: Usual, tmp_path: Path, through: Sequence[str]) -> None:
    play = Controller(usual.lab, tmp_path).play(hosts=LOST, through=through, environment={"TERM": "xterm"})
    require_same(play, usual)


def test_a_full_folder_for_temporary_files_changes_nothing(usual: Usual, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    # What Ansible keeps in the home folder is there as well: only the report and the inventory have room.
    environment = {"TMPDIR": str(full), "HOME": str(full), "ANSIBLE_HOME": None}
    play = Controller(usual.lab, tmp_path).play(hosts=LOST, through=on_a_full_disk(full), environment=environment)
    require_same(play, usual)
    assert "No space left" in (tmp_path / "full.outside.log").read_text("utf-8")


@pytest.mark.parametrize("home", ["absent", "read-only", "unset"])
def test_a_user_without_a_home_needs_another_folder_for_ansible(usual: Usual, tmp_path: Path, home: str) -> None:
    (tmp_path / "read-only").mkdir(mode=0o555)
    homes = {"absent": str(tmp_path / "read-only" / "nobody"), "read-only": str(tmp_path / "read-only"), "unset": None}
    environment = {"HOME": homes[home], "ANSIBLE_HOME": str(tmp_path / "ansible")}
    play = Controller(usual.lab, tmp_path).play(hosts=LOST, through=without_account(), environment=environment)
    require_same(play, usual)
    assert not list((tmp_path / "read-only").iterdir())


REFUSALS: dict[str, tuple[Mapping[str, str | None], str]] = {
    "a locale without UTF-8": ({"LC_ALL": "C"}, "Ansible requires the locale encoding to be UTF-8"),
    "no folder for temporary files": ({"ANSIBLE_HOME": "read-only/ansible"}, "Unable to create local directories"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_ansible_refuses_asks_no_machine_and_leaves_the_earlier_report(
    usual: Usual, tmp_path: Path, reason: str
) -> None:
    environment, words = REFUSALS[reason]
    (tmp_path / "read-only").mkdir(mode=0o555)
    earlier = tmp_path / "earlier.json"
    earlier.write_text("earlier", "utf-8")
    before = asked(usual.lab)
    environment = {
        name: str(tmp_path / value) if value and "/" in value else value for name, value in environment.items()
    }
    play = Controller(usual.lab, tmp_path).play(
        "wsus.client.audit",
        *("-e", "wsus_report_path=earlier.json"),
        hosts=LOST,
        through=without_account(),
        environment=environment,
    )
    assert play.exit_code not in (0, 2, 4), play.output
    assert words in play.output
    assert (earlier.read_text("utf-8"), asked(usual.lab)) == ("earlier", before)


def asked(lab: Lab) -> dict[str, int]:
    return {name: len(machine.log) for name, machine in lab.machines.items()}


def test_ntlm_needs_md5(usual: Usual, tmp_path: Path) -> None:
    assert refuses_md5()
    controller, forbidden = Controller(usual.lab, tmp_path), {"PYTHONPATH": str(FIPS)}
    play = controller.play("wsus.client.audit", "--limit", "well", transport="ntlm")
    assert statuses(play) == {"well": "healthy"}
    play = controller.play("wsus.client.audit", "--limit", "well", transport="ntlm", environment=forbidden)
    assert (play.exit_code, statuses(play)) == (4, {"well": "unreachable"}), play.output
    assert play.audit is not None
    assert "digital envelope routines" in play.audit["machines"]["well"]["message"]


def refuses_md5() -> bool:
    """Whether the imitation of FIPS mode is in force, and lets MD5 pass that serves no security."""
    code = "import hashlib; hashlib.md5(usedforsecurity=False); hashlib.new('sha256'); hashlib.md5()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(FIPS)}, capture_output=True, text=True, check=False
    )
    return done.returncode == 1 and "unsupported" in done.stderr


def test_paths_with_blanks_and_beyond_ascii(usual: Usual, tmp_path: Path) -> None:
    """The collection, the project, the inventory, Ansible's folder and the reports; the collection is read-only as well."""
    folder = tmp_path / "Büro Zürich" / "東京 本社's {x}"
    collection = folder / "Meine Sammlungen" / "ansible_collections" / "wsus" / "client"
    for name in ("meta", "playbooks", "plugins", "roles"):
        shutil.copytree(TOP / name, collection / name, ignore=shutil.ignore_patterns("__pycache__"))
    described = yaml.safe_load((TOP / "galaxy.yml").read_text("utf-8")) | {"version": "7.8.9"}
    (collection / "galaxy.yml").write_text(yaml.safe_dump(described), "utf-8")
    for path in (collection, *collection.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    reports = folder / "Berichte 2026 №1"
    options = {
        "wsus_report_path": str(reports / "Prüfung 監査.json"),
        "wsus_report_html": str(reports / "Prüfung 監査.html"),
        "wsus_report_csv": "Neue Liste/é.csv",
    }
    imported = [{"name": "Audit", "ansible.builtin.import_playbook": "wsus.client.audit"}]
    play = Controller(usual.lab, folder).play(
        imported,
        *("-e", json.dumps(options)),
        hosts=LOST,
        through=without_account(),
        environment={"ANSIBLE_COLLECTIONS_PATH": str(folder / "Meine Sammlungen"), "HOME": str(folder / "home")},
    )
    assert play.exit_code == 4, play.output
    assert sorted(path.name for path in reports.iterdir()) == ["Prüfung 監査.html", "Prüfung 監査.json"]
    audit = json.loads((reports / "Prüfung 監査.json").read_text("utf-8"))
    # This is the copy, and not the collection of the environment.
    assert audit.pop("collection") == {"name": "wsus.client", "version": "7.8.9"}
    assert usual.play.audit is not None
    assert differences(usual.play.audit | OF_A_REPORT | {"collection": None}, audit | OF_A_REPORT) == []
    assert len((folder / "Neue Liste" / "é.csv").read_text("utf-8-sig").splitlines()) == 1 + len(FLEET)


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_another_strategy_changes_nothing(usual: Usual, tmp_path: Path, strategy: str) -> None:
    """Under it a task that runs once would run for each machine, as soon as that machine is done."""
    environment = {"ANSIBLE_STRATEGY": strategy}
    require_same(Controller(usual.lab, tmp_path).play(hosts=LOST, environment=environment), usual)


def test_another_strategy_still_compares_all_client_ids(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, "client_id": {"value": CLONE}} for name in ("one", "two", "three")])
    # The first machine answers long before the others do.
    for name in ("two", "three"):
        machine = served.lab.machines[name]
        machine.faults = machine.faults.__class__(delay=3)
    play = served.play(
        "wsus.client.regenerate_client_ids", "--check", environment={"ANSIBLE_STRATEGY": "ansible.builtin.free"}
    )
    assert play.exit_code == 0, play.output
    assert re.findall(r"new one: ([a-z, ]+)", play.output) == ["one, three, two"]


def test_an_output_that_cannot_be_written_does_not_stop_a_run_that_prints_no_report(
    usual: Usual, tmp_path: Path
) -> None:
    """What a task prints itself on a full disk makes Ansible wait forever: it loses the thread that reads results."""
    play = Controller(usual.lab, tmp_path).play(
        "wsus.client.audit",
        *("-e", "wsus_report_show=none"),
        hosts=LOST,
        through=("timeout", "120", "sh", "-c", 'exec "$@" >/dev/full', "sh"),
    )
    assert play.exit_code == 4, play.output
    assert statuses(play) == STATUSES


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o027, 0o640), (0o002, 0o664)])
def test_files_heed_the_umask(usual: Usual, tmp_path: Path, mask: int, mode: int) -> None:
    named = {f"wsus_report_{kind}": f"reports/audit.{kind}" for kind in ("html", "csv")}
    named["wsus_report_path"] = "reports/audit.json"
    play = Controller(usual.lab, tmp_path).play(
        "wsus.client.audit", "-e", json.dumps(named), "--limit", "well", through=with_umask(mask)
    )
    assert play.exit_code == 0, play.output
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "reports").iterdir()}
    assert modes == dict.fromkeys(("audit.json", "audit.html", "audit.csv"), mode)
    assert (tmp_path / "reports").stat().st_mode & 0o777 == 0o777 & ~mask
