"""The lines of PowerShell on pages, parsed by a real PowerShell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from unit.support.code_blocks import code_blocks

pytestmark = pytest.mark.powershell

TOP = Path(__file__).parents[2]
BLOCKS = [
    (page.name, block.line, block.text)
    for page in (
        *sorted(TOP.glob("*.md")),
        *sorted(TOP.glob("roles/*/README.md")),
        *sorted(TOP.glob("docs/docsite/rst/*.rst")),
    )
    for block in code_blocks(page.read_text(encoding="utf-8"))
    if block.language == "powershell"
]
PARSE = """
$errors = $null
[void][System.Management.Automation.Language.Parser]::ParseInput($env:TEXT, [ref]$null, [ref]$errors)
$errors | ForEach-Object { $_.Message }
"""


def errors(powershell: Path, text: str, folder: Path) -> str:
    done = subprocess.run(
        [powershell, "-NoProfile", "-NonInteractive", "-Command", PARSE],
        env={"TEXT": text, "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.strip()


def test_there_are_lines_of_powershell() -> None:
    assert BLOCKS


@pytest.mark.parametrize(("page", "line", "text"), BLOCKS, ids=[f"{page}:{line}" for page, line, _text in BLOCKS])
def test_powershell_parses_the_lines_of_a_page(
    page: str, line: int, text: str, linux_powershell: Path, tmp_path: Path
) -> None:
    assert errors(linux_powershell, text, tmp_path) == ""


def test_an_error_in_powershell_is_seen(linux_powershell: Path, tmp_path: Path) -> None:
    assert "Missing" in errors(linux_powershell, "Get-Item | Select-Object @{n='x'", tmp_path)
