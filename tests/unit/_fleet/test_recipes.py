"""The commands of jq on pages, on the files of a real audit and a real repair: each finds something."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import Report, document
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FACTS
from lab.fleet import AttemptSpec
from lab.fleet_agent import AgentSpec, DetectionSpec
from support import page_checks
from support.code_blocks import code_blocks
from support.command_lines import commands
from support.documentation import COLLECTION
from support.fleet import repaired
from support.lab_host import Pc

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")

PAGES = [*sorted(COLLECTION.glob("*.md")), *sorted(COLLECTION.glob("docs/docsite/rst/*.rst"))]
RECIPES = [
    (page.name, command[1:])
    for page in PAGES
    for block in code_blocks(page.read_text(encoding="utf-8"))
    if block.language in page_checks.SHELL
    for command in commands(block.text)
    if command[0] == "jq"
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """audit.json of a machine that cannot start BITS and whose server is overloaded, and repair.json of a repaired one."""
    folder = tmp_path_factory.mktemp("recipes")
    disabled = Pc(
        services={"BITS": {"values": {"Start": 4}}},
        attempts=(AttemptSpec("BITS", 7200.0),),
        agent=AgentSpec(detections=(DetectionSpec(3600.0, 0x80244022),)),
    )
    facts: dict[str, Any] = disabled.perform(FACTS)["ansible_facts"]
    now = datetime.now(timezone.utc)
    reports = {
        "audit": Report((machine("srv-files", [{"changed": False, "ansible_facts": facts}], {}),), now),
        "repair": Report((repaired("srv-files"),), now),
    }
    for name, report in reports.items():
        (folder / f"{name}.json").write_text(json.dumps(document(report)), encoding="utf-8")
    return folder


def test_there_are_recipes() -> None:
    assert len(RECIPES) > 3


@pytest.mark.parametrize(("page", "arguments"), RECIPES, ids=[f"{page}-{each[-1]}" for page, each in RECIPES])
def test_a_recipe_finds_something(page: str, arguments: list[str], files: Path) -> None:
    done = subprocess.run(["jq", *arguments], cwd=files, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "srv-files" in done.stdout or "bits" in done.stdout
