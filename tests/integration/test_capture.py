"""The playbook that captures machines, and the real audit of machines that replay the captures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.fleet import load_fleet
from lab.serve import Lab
from playing import Controller, module

MACHINES = (
    "win7-tokyo",
    "win11-browser",
    "win10-account",
    "win10-proxy-name",
    "win7-scan-proxy",
    "win11-policy-denied",
    "win10-store-damaged",
    "srv2019-id-missing",
)
AUTHORED = Path(__file__).parents[1] / "captures"
PLAYBOOK = "wsus.client.capture"


@pytest.fixture
def replays(tmp_path: Path) -> Iterator[Callable[[list[Path]], Controller]]:
    """Serve machines that replay these files."""
    labs: list[Lab] = []

    def serve(files: list[Path]) -> Controller:
        folder = tmp_path / "replays"
        folder.mkdir()
        described = {
            "defaults": {"users": [{"name": "lab", "password": "Lab-Passw0rd"}]},
            "machines": [{"name": path.stem, "kind": "replay", "replay": str(path.resolve())} for path in files],
        }
        (folder / "fleet.yml").write_text(json.dumps(described), encoding="utf-8")
        lab = Lab(load_fleet(folder / "fleet.yml"))
        labs.append(lab)
        lab.start()
        return Controller(lab, folder)

    try:
        yield serve
    finally:
        for lab in labs:
            lab.stop()


def judgments(findings: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(each.get(key) for key in ("id", "severity", "remedy", "codes")) for each in findings]


@pytest.mark.smoke
def test_captures_replay_to_the_findings_of_their_machines(
    controller: Callable[..., Controller], replays: Callable[[list[Path]], Controller], tmp_path: Path
) -> None:
    served = controller("demo")
    only = ("--limit", ",".join(MACHINES))
    audited = served.play("wsus.client.audit", *only)
    assert audited.audit is not None
    captured = served.play(PLAYBOOK, *only)
    assert (captured.exit_code, captured.changed) == (0, {}), captured.output
    files = sorted((tmp_path / "captures").iterdir())
    assert [path.stem for path in files] == sorted(MACHINES)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert all(each.result["same_findings"] for each in captured.of_module("wsus_capture"))
    texts = {path.stem: path.read_text(encoding="utf-8").casefold() for path in files}
    assert [name for name, text in texts.items() if name in text or "example.test" in text or "127.0.0.1" in text] == []

    replay = replays(files).play("wsus.client.audit")
    assert replay.exit_code == 0, replay.output
    assert replay.audit is not None
    for path in files:
        written = json.loads(path.read_text(encoding="utf-8"))["facts"]["wsus_findings"]
        again = replay.audit["machines"][path.stem]["findings"]
        assert judgments(again) == judgments(written) == judgments(audited.audit["machines"][path.stem]["findings"]), (
            path
        )
        assert [each["summary"] for each in again] == [each["summary"] for each in written]


def test_the_captures_of_the_repository_replay_to_what_they_say(replays: Callable[[list[Path]], Controller]) -> None:
    files = sorted(AUTHORED.glob("*.json"))
    assert len(files) >= 5
    play = replays(files).play("wsus.client.audit")
    assert play.exit_code == 0, play.output
    assert play.audit is not None
    for path in files:
        written = json.loads(path.read_text(encoding="utf-8"))["facts"]["wsus_findings"]
        assert judgments(play.audit["machines"][path.stem]["findings"]) == judgments(written), path


def test_check_mode_writes_nothing_and_a_second_run_replaces_the_file(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    served = controller([{"name": "pc", "windows": "windows-10-22h2", "services": {"BITS": {"values": {"Start": 4}}}}])
    before = served.state()
    folder = tmp_path / "elsewhere" / "captures"
    variables = ("-e", f"wsus_capture_dest={folder}", "-e", "wsus_capture_event_days=3")
    checked = served.play(PLAYBOOK, *variables, "--check", "--diff")
    assert (checked.exit_code, folder.exists()) == (0, False), checked.output
    first, second = served.play(PLAYBOOK, *variables), served.play(PLAYBOOK, *variables)
    assert first.exit_code == second.exit_code == 0
    assert (checked.changed, first.changed, second.changed) == ({}, {}, {})
    results = [play.of_module("wsus_capture")[0].result for play in (checked, first, second)]
    assert [each["path"] for each in results] == [str(folder / "pc.json")] * 3
    assert [each["findings"] for each in results] == [["bits.disabled"]] * 3
    assert f"{folder / 'pc.json'}: bits.disabled" in second.output
    assert [path.name for path in folder.iterdir()] == ["pc.json"]
    assert json.loads((folder / "pc.json").read_text(encoding="utf-8"))["event_days"] == 3
    assert "<=259200000" in served.lab.machines["pc"].log[0].script
    assert served.state() == before


def test_what_fails_says_why(controller: Callable[..., Controller], tmp_path: Path) -> None:
    served = controller([{"name": "pc", "windows": "windows-10-22h2"}])
    (tmp_path / "file").write_text("", encoding="utf-8")
    failed = served.play(module("wsus_capture", {"dest": str(tmp_path / "file")}))
    assert (failed.exit_code, failed.of("pc").result["reason"]) == (2, "not_writable"), failed.output
    wrong = served.play(module("wsus_capture", {"event_days": 0}))
    assert wrong.of("pc").result["reason"] == "wrong_option"


def test_a_repair_of_a_replay_fails_and_changes_nothing(
    replays: Callable[[list[Path]], Controller],
) -> None:
    served = replays([AUTHORED / "russian-services.json"])
    play = served.play(module("wsus_bits", {}))
    result = play.of("russian-services")
    assert (play.exit_code, result.status) == (2, "failed"), play.output
    assert result.result["reason"]
    assert served.lab.machines["russian-services"].state() == {}
