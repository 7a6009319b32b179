"""The report always comes, whole and true: what happened to the machines and to the disk, and an earlier file never passes for it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from broken import WAYS
from confining import on_a_full_disk, without_account
from playing import HERE, Controller, Play

SCHEMA = json.loads((HERE.parent.parent / "docs" / "schema" / "audit-1.schema.json").read_text("utf-8"))
PC: dict[str, Any] = {"name": "pc"}
PAGE = 4096
WRONG = {"ansible_password": "wrong"}
FORMATS = {
    "wsus_report_path": "reports/audit.json",
    "wsus_report_html": "reports/audit.html",
    "wsus_report_csv": "reports/audit.csv",
    "wsus_report_prometheus": "reports/audit.prom",
}


def strict(text: str) -> dict[str, Any]:
    """JSON as RFC 8259 has it: no NaN, no Infinity; and as our schema has it."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    content: dict[str, Any] = json.loads(text, parse_constant=refuse)
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    return content


@dataclass(frozen=True)
class Reports:
    """Audits of a lab into a folder that has reports of an earlier audit."""

    served: Controller
    folder: Path
    earlier: Mapping[str, str]

    def audit(self, *arguments: str, **keywords: Any) -> Play:
        return self.served.play("wsus.client.audit", "-e", json.dumps(FORMATS), *arguments, **keywords)

    @property
    def now(self) -> dict[str, str]:
        """All files of the folder, hidden ones among them."""
        return {path.name: path.read_text("utf-8") for path in self.folder.iterdir()}

    @property
    def run(self) -> str:
        """The run that the JSON file tells of."""
        return str(strict(self.now["audit.json"])["run"])


@pytest.fixture
def reports(controller: Callable[..., Controller], tmp_path: Path) -> Callable[..., Reports]:
    def make(*machines: dict[str, Any]) -> Reports:
        made = Reports(controller([*machines]), tmp_path / "reports", {})
        play = made.audit()
        assert play.exit_code == 0, play.output
        assert sorted(made.now) == ["audit.csv", "audit.html", "audit.json", "audit.prom"]
        return replace(made, earlier=made.now)

    return make


def asked(served: Controller) -> dict[str, int]:
    return {name: len(machine.log) for name, machine in served.lab.machines.items()}


def test_a_report_that_no_machine_answered_replaces_the_earlier_one_in_every_format(
    reports: Callable[..., Reports],
) -> None:
    made = reports(PC, {"name": "sick", **WAYS["disabled"].machine})
    earlier = made.run
    play = made.audit(hosts={"pc": WRONG, "sick": WRONG})
    assert play.exit_code == 4, play.output
    content = strict(made.now["audit.json"])
    assert content["run"] != earlier
    (told,) = {each.result["run"] for each in play.of_module("wsus_report") if "run" in each.result}
    assert told == content["run"]
    assert f"<code>{told}</code>" in made.now["audit.html"]
    assert {name: each["status"] for name, each in content["machines"].items()} == {
        "pc": "unreachable",
        "sick": "unreachable",
    }
    assert "bits.disabled" in "".join(made.earlier.values())
    assert "bits.disabled" not in made.now["audit.json"] + made.now["audit.csv"] + made.now["audit.prom"]
    assert sorted(made.now) == sorted(made.earlier)


def test_lost_machines_and_junk_are_in_the_report_and_the_totals_are_those_of_its_machines(
    controller: Callable[..., Controller],
) -> None:
    served = controller(
        [
            {"name": "well"},
            {"name": "sick", **WAYS["disabled"].machine},
            {"name": "lost"},
            {"name": "dropped", "faults": {"drop_after_command": 5}},
            {"name": "junk", "faults": {"garbage_output": True}},
            {"name": "half", "faults": {"truncate_output": 2000}},
            # What made a job fail is past, so it is information.
            {"name": "recovered", "jobs": [{"code": 0x80072F78, "age": "5h"}]},
        ]
    )
    play = served.play("wsus.client.audit", *("-e", "wsus_report_path=report.json"), hosts={"lost": WRONG})
    assert play.exit_code == 4, play.output
    content = strict((served.folder / "report.json").read_text("utf-8"))
    machines = content["machines"]
    assert {name: each["status"] for name, each in machines.items() if name != "recovered"} == {
        "well": "healthy",
        "sick": "broken",
        "lost": "unreachable",
        "dropped": "unreachable",
        "junk": "failed",
        "half": "failed",
    }
    totals = content["totals"]
    statuses = Counter(each["status"] for each in machines.values())
    assert {name: totals[name] for name in statuses} == statuses
    assert totals["machines"] == sum(statuses.values()) == len(machines)
    every = [(name, finding) for name, each in machines.items() for finding in each.get("findings", ())]
    left_out = [finding for _name, finding in every if finding["severity"] == "info"]
    assert left_out
    counted = Counter(identifier for _name, identifier in {(n, f["id"]) for n, f in every if f["severity"] != "info"})
    assert totals["findings"] == dict(counted)
    assert f"7 machines: 1 broken, 2 failed, 2 unreachable, {statuses['healthy']} healthy" in play.output


@pytest.mark.parametrize("room", ["for nothing", "for the JSON file only"])
def test_a_full_disk_leaves_every_earlier_file_and_the_table_is_printed(
    reports: Callable[..., Reports], room: str
) -> None:
    made = reports(PC, {"name": "sick", **WAYS["disabled"].machine})
    sizes = {path.suffix: path.stat().st_size for path in made.folder.iterdir()}
    assert sizes[".html"] > 2 * PAGE
    free = 0 if room == "for nothing" else (sizes[".json"] // PAGE + 2) * PAGE
    play = made.audit(through=on_a_full_disk(made.folder, free))
    assert play.exit_code == 2, play.output
    failed = "audit.json" if room == "for nothing" else "audit.html"
    assert f"reports/{failed} cannot be written: No space left on device" in play.output
    assert "Traceback" not in play.output
    assert "2 machines: 1 broken, 1 healthy" in play.output
    assert made.now == made.earlier


PLACES = {
    "a folder": ("folder", "folder cannot be written: it is a folder"),
    "a file as a folder": ("file/audit.json", "file is not a folder"),
    "a pipe": ("pipe", "pipe cannot be written: it is not a regular file"),
    "a link to a pipe": ("link", "link cannot be written: it is not a regular file"),
    "a folder that is not writable": ("read-only/audit.json", "no permission to write in"),
    "below a folder that is not writable": ("read-only/new/audit.json", "no permission to write in"),
    "a folder that cannot be entered": ("closed/inner/audit.json", "cannot be written"),
    "a null character": ("a\0b/audit.json", "it contains a null character"),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("places")
    (folder / "folder").mkdir()
    (folder / "file").write_text("", "utf-8")
    (folder / "read-only").mkdir(mode=0o555)
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed").chmod(0o000)
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("pipe")
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_cannot_be_written_is_told_before_a_machine_is_asked(
    controller: Callable[..., Controller], places: Path, place: str
) -> None:
    path, words = PLACES[place]
    served = controller([PC])
    play = served.play(
        "wsus.client.audit", "-e", json.dumps({"wsus_report_html": f"{places}/{path}"}), through=without_account()
    )
    assert play.exit_code == 2, play.output
    assert words in play.output
    assert "Traceback" not in play.output
    assert (asked(served), play.audit) == ({"pc": 0}, None)


def test_two_formats_in_one_file_are_refused(controller: Callable[..., Controller]) -> None:
    served = controller([PC])
    play = served.play("wsus.client.audit", "-e", "wsus_report_path=./audit.txt wsus_report_csv=audit.txt")
    assert play.exit_code == 2, play.output
    assert "several of path, html, csv and prometheus name the same file" in play.output
    assert asked(served) == {"pc": 0}


def test_missing_folders_are_made_and_a_link_is_replaced_itself(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    (tmp_path / "other.json").write_text("other", "utf-8")
    (tmp_path / "link.html").symlink_to("other.json")
    named = {"wsus_report_path": "new/folder/audit.json", "wsus_report_html": "link.html"}
    play = controller([PC]).play("wsus.client.audit", "-e", json.dumps(named))
    assert play.exit_code == 0, play.output
    assert strict((tmp_path / "new" / "folder" / "audit.json").read_text("utf-8"))["totals"]["healthy"] == 1
    assert (tmp_path / "other.json").read_text("utf-8") == "other"
    assert not (tmp_path / "link.html").is_symlink()


def test_a_folder_that_vanishes_while_machines_are_asked_is_made_again(
    reports: Callable[..., Reports], tmp_path: Path
) -> None:
    made = reports(PC)
    machine = made.served.lab.machines["pc"]
    machine.faults = replace(machine.faults, delay=3)
    before = len(machine.log)
    gone = threading.Thread(target=_when, args=(lambda: len(machine.log) > before, lambda: _remove(made.folder)))
    gone.start()
    play = made.audit()
    gone.join()
    assert play.exit_code == 0, play.output
    assert sorted(made.now) == sorted(made.earlier)
    assert made.run != strict(made.earlier["audit.json"])["run"]


def test_an_interrupted_run_leaves_the_earlier_files_and_their_run(reports: Callable[..., Reports]) -> None:
    made = reports(PC)
    machine = made.served.lab.machines["pc"]
    machine.faults = replace(machine.faults, delay=60)
    play = made.audit(through=("timeout", "--signal=INT", "--kill-after=60", "12"))
    assert play.exit_code not in (0, 2, 4), play.output
    assert made.now == made.earlier


def test_files_are_written_though_the_output_cannot_be(controller: Callable[..., Controller], tmp_path: Path) -> None:
    """Ansible itself may wait forever: it loses the thread that reads results if the text of a task cannot be printed."""
    until_written = (
        '"$@" >/dev/full & n=0;'
        "while kill -0 $! 2>/dev/null && [ ! -e report.json ] && [ $n -lt 900 ]; do sleep .1; n=$((n+1)); done;"
        "sleep 1; kill -KILL $! 2>/dev/null; wait $!"
    )
    served = controller([PC])
    served.play("wsus.client.audit", *("-e", "wsus_report_path=report.json"), through=("sh", "-c", until_written, "sh"))
    assert strict((tmp_path / "report.json").read_text("utf-8"))["totals"]["healthy"] == 1


def test_two_runs_that_write_the_same_files_leave_those_of_one(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    """Whoever reads meanwhile sees a whole report of one of them."""
    served = controller([{"name": name, "faults": {"delay": 2}} for name in ("one", "two")])
    target, ended, seen = tmp_path / "reports" / "audit.json", threading.Event(), []
    named = json.dumps({"wsus_report_path": str(target), "wsus_report_html": str(target.with_suffix(".html"))})

    def watch() -> None:
        last = ""
        while not ended.is_set():
            text = target.read_text("utf-8") if target.exists() else last
            if text != last:
                seen.append(text)
            last = text
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    plays: dict[str, Play] = {}

    def run(name: str) -> None:
        (tmp_path / name).mkdir()
        plays[name] = Controller(served.lab, tmp_path / name).play(
            "wsus.client.audit", *("--limit", name), *("-e", named)
        )

    runs = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    ended.set()
    watcher.join()
    assert [play.exit_code for play in plays.values()] == [0, 0], [play.output for play in plays.values()]
    known = {
        next(each.result["run"] for each in play.of_module("wsus_report") if "run" in each.result): name
        for name, play in plays.items()
    }
    assert len(known) == 2
    assert seen
    for text in seen:
        content = strict(text)
        assert list(content["machines"]) == [known[content["run"]]]
    assert sorted(path.name for path in target.parent.iterdir()) == ["audit.html", "audit.json"]


def _when(condition: Callable[[], bool], act: Callable[[], None]) -> None:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    act()


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
