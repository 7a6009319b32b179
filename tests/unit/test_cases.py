"""The files of the case book follow its schema, and the lab accepts their machines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS
from cases import FOLDER, CaseError, read, read_all
from lab.fleet import load_fleet


@pytest.mark.parametrize("name", read_all())
def test_the_lab_accepts_the_machine(name: str, tmp_path: Path) -> None:
    case = read_all()[name]
    fleet = {key: case[key] for key in ("templates", "endpoints") if key in case}
    fleet |= {
        "defaults": {"users": [{"name": "lab", "password": "Lab-Passw0rd"}]},
        "machines": [{"name": name, **case["machine"]}],
    }
    path = tmp_path / "fleet.yml"
    path.write_text(yaml.safe_dump(fleet), "utf-8")
    assert [machine.name for machine in load_fleet(path)] == [name]


@pytest.mark.parametrize("name", read_all())
def test_every_id_is_declared(name: str) -> None:
    case = read_all()[name]
    named = {item["id"] for item in case["found"] if "id" in item} | set(case["not_found"].get("ids", []))
    assert named <= {kind.id for kind in FINDINGS}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seen:", "sen:"),
        ("https:", "http:"),
        ("severity: error", "severity: fatal"),
        ("outcome: failed", "outcome: good"),
    ],
)
def test_wrong_files_are_refused(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    text = (FOLDER / "max-round-trips.yml").read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CaseError, match=r"case\.yml"):
        read(path)
