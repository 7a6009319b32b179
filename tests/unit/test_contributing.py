"""CONTRIBUTING.md is true: its example makes a component, and what does not follow by itself is asked for by name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
TEXT = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("README.md", "pyproject.toml", "plugins", "roles", "docs", "meta", "playbooks", "tools")
COPIED_TESTS = ("cases", "lab", "unit")
_FILE = re.compile(r"File\s+`([^`]+)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"`((?:plugins|roles|playbooks|tests|extensions|docs|tools|meta|changelogs)(?:/[\w./]+)?|\w+\.md)`")
STEPS = TEXT[TEXT.index("## Add a component") : TEXT.index("### With a repair")]
NEW: dict[str, str] = dict(_FILE.findall(STEPS))


def hunks() -> dict[str, list[list[str]]]:
    """By file, the lines of each change: kept ones begin with a space, new ones with a plus."""
    found: dict[str, list[list[str]]] = {}
    for block in _DIFF.findall(STEPS):
        for part in block.split("--- ")[1:]:
            name, *changes = part.split("@@\n")
            found[name.strip()] = [change.splitlines() for change in changes]
    return found


CHANGED = hunks()
COMPONENT = "plugins/plugin_utils/_components/clock.py"
LIST = "plugins/plugin_utils/_operations/audit.py"

AUDIT = """
import json
import sys

from ansible_collections.wsus.client.plugins.action.wsus_facts import ActionModule
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from support.lab_host import Pc

print(json.dumps({
    "from": audit.__file__,
    "choices": ActionModule.OPTIONS.SPEC.arguments["gather_subset"]["choices"],
    "types": [kind.id for kind in audit.FINDINGS],
    "without": Pc(**json.loads(sys.argv[1])).perform(audit.FACTS, gather_subset=["clock"])["ansible_facts"],
    "all": Pc().perform(audit.FACTS)["ansible_facts"],
}))
"""


class Copy:
    """The collection in a folder of its own, in the layout in which Python finds it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.top = root / "ansible_collections" / "wsus" / "client"
        ignore = shutil.ignore_patterns("__pycache__")
        for name in (*COPIED, *(f"tests/{each}" for each in COPIED_TESTS)):
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            if (TOP / name).is_dir():
                shutil.copytree(TOP / name, self.top / name, ignore=ignore)
            else:
                shutil.copy(TOP / name, self.top / name)

    def follow(self, *names: str) -> None:
        """Write the new files of these names, and make the changes to the others, as the page says."""
        for name in names:
            path = self.top / name
            if name in NEW:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(NEW[name], encoding="utf-8")
                continue
            for lines in CHANGED[name]:
                kept = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
                text = path.read_text(encoding="utf-8")
                assert f"\n{text}".count(f"\n{kept}") == 1, (name, kept)
                made = "".join(f"{line[1:]}\n" for line in lines)
                path.write_text(f"\n{text}".replace(f"\n{kept}", f"\n{made}")[1:], encoding="utf-8")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python in the copy, which finds the collection here and the lab beside it."""
        path = (self._root, self.top / "tests", self.top / "tests" / "unit")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ANSIBLE_"))}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.top,
            env=kept | {"PYTHONPATH": os.pathsep.join(map(str, path))},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def audit(self, **spec: Any) -> dict[str, Any]:
        """What the collection is now, and what it says of a lab machine like this and of a usual one."""
        done = self.python("-c", AUDIT, json.dumps(spec))
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        assert Path(said["from"]).is_relative_to(self.top)
        return said

    def test(self, *tests: str) -> dict[str, str]:
        """The tests that fail, by name, with all that they say."""
        done = self.python("-m", "pytest", "-q", "-p", "no:xdist", "-rN", "--tb=short", "-vv", *tests)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        parts = re.split(r"^_{3,} (.+?) _{3,}$", done.stdout, flags=re.MULTILINE)[1:]
        return dict(zip(parts[::2], parts[1::2], strict=True))

    def tables(self, *arguments: str) -> tuple[int, str]:
        """The exit status of tools/tables and what it says."""
        done = self.python("tools/tables.py", *arguments)
        return done.returncode, done.stdout + done.stderr


ASKING = (
    "tests/unit/modules/test_documentation.py",
    "tests/unit/modules/test_returned.py::test_facts",
    "tests/unit/test_roles.py",
    "tests/unit/test_finding_types.py",
    "tests/unit/test_imports.py",
    "tests/unit/_operations/test_audit.py",
)
DOCUMENTED = "test_options[wsus_facts]"
TABLES = "test_the_documentation_is_what_is_declared"
FOUND = "test_each_is_found_in_a_test_of_its_component[clock.missing]"
COST = "test_each_component_says_what_it_adds_to_the_programs_of_an_audit"
REMOVED = {"services": {"W32Time": {"deleted": True}}}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


@pytest.mark.slow
def test_two_steps_make_a_component(copy: Copy) -> None:
    copy.follow(COMPONENT, LIST)
    said = copy.audit()
    assert said["choices"][-1] == "clock"
    assert {"clock.missing", "clock.unreadable"} <= set(said["types"])
    facts = said["without"]
    assert facts["wsus_clock"] == {"state": "not_installed"}
    (finding,) = facts["wsus_findings"]
    assert (finding["id"], finding["component"], finding["severity"]) == ("clock.missing", "clock", "warning")
    assert (finding["remedy"], finding["evidence"][0]["value"]) == ("administrator", "not_installed")
    assert finding["action"].startswith("Run w32tm /register")
    assert facts["wsus_health"] == "degraded"
    assert "wsus_clock" in said["all"]


@pytest.mark.slow
def test_what_does_not_follow_is_asked_for_by_name_and_then_every_test_accepts_it(copy: Copy) -> None:
    first = (COMPONENT, LIST)
    copy.follow(*first)
    failed = copy.test(*ASKING)
    assert "clock" in failed[DOCUMENTED]
    assert "('', 'gather_subset', 'choices')" in failed[DOCUMENTED]
    assert "docs/findings.yml has no entry for clock.missing" in failed[TABLES]
    assert "clock.missing" in failed[FOUND]
    assert "'clock': 1" in failed[COST]
    assert "ansible_facts.wsus_clock: is not documented" in failed["test_facts[healthy]"]
    assert "clock" in failed["test_the_audit_role_offers_what_its_modules_take"]
    status, said = copy.tables("--check")
    assert (status, "for clock" in said) == (1, True)

    copy.follow(*(name for name in (*NEW, *CHANGED) if name not in first))
    status, said = copy.tables("--check")
    assert status == 1
    stale = re.findall(r"^(\S+) differs: run tools/tables$", said, re.MULTILINE)
    assert set(stale) == {
        "docs/docsite/rst/guide_findings.rst",
        "plugins/modules/wsus_facts.py",
        "plugins/plugin_utils/_fleet/html/findings_en.json",
        "roles/audit/README.md",
        "roles/audit/meta/argument_specs.yml",
    }
    before = {name: (copy.top / name).read_text(encoding="utf-8") for name in stale}
    assert copy.tables()[0] == 0
    assert copy.tables("--check") == (0, "")
    for name in stale:
        text = (copy.top / name).read_text(encoding="utf-8")
        assert text.count("clock") > before[name].count("clock"), name
    assert copy.test(*ASKING, "tests/unit/_components/clock", "tests/unit/lab/test_simulated_windows.py") == {}
    said = copy.audit(**REMOVED)
    assert [each["id"] for each in said["without"]["wsus_findings"]] == ["clock.missing"]
    assert (said["all"]["wsus_clock"], said["all"]["wsus_health"]) == ({"state": "stopped"}, "healthy")


def test_every_place_that_is_named_is_there() -> None:
    named = set(_PLACE.findall(TEXT)) - set(NEW)
    assert len(named) > 30
    assert sorted(place for place in named if "NAME" not in place and not (TOP / place).exists()) == []
    linked = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert sorted(place for place in linked if not (TOP / place).exists()) == []
    called = re.findall(r"(?<![\w/])tools/[\w-]+", TEXT)
    assert sorted(place for place in called if not (TOP / place).exists()) == []


def test_every_target_that_is_named_is_one() -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    named = {each for line in re.findall(r"(?:^|`)make ((?:[a-z-]+ ?)+)", TEXT, re.MULTILINE) for each in line.split()}
    assert named > {"unit", "slow", "test"}
    assert sorted(named - targets) == []


def test_the_page_stays_in_the_checkout() -> None:
    assert "  - CONTRIBUTING.md\n" in (TOP / "galaxy.yml").read_text(encoding="utf-8")
    assert "/blob/main/CONTRIBUTING.md)" in (TOP / "README.md").read_text(encoding="utf-8")
