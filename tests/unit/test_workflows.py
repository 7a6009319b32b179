"""The workflows of .github run what the checkout has: targets, releases, scenarios. Whether GitHub accepts them is checked by `make lint`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).parents[2]
WORKFLOWS = sorted(TOP.glob(".github/workflows/*.yml"))
_COMMAND = re.compile(r"^ *(?:make ([\w-]+)|(tools/[\w.-]+))", re.MULTILINE)


def workflow(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((TOP / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))
    return read


def matrix() -> dict[str, Any]:
    found: dict[str, Any] = workflow("ci")["jobs"]["make"]["strategy"]["matrix"]
    return found


def targets() -> list[str]:
    """The targets that `make` lists."""
    return re.findall(r"^([\w-]+):.*## ", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def steps() -> list[str]:
    """What `make test` runs."""
    found = re.search(r"^steps := (.+)$", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1].split()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_is_run_exists(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    runs = [step["run"] for job in jobs for step in job.get("steps", []) if "run" in step]
    assert runs or all("uses" in job for job in jobs)
    for target, tool in (found for run in runs for found in _COMMAND.findall(run)):
        assert not target or target in targets()
        assert not tool or os.access(TOP / tool, os.X_OK)


def test_a_command_is_seen() -> None:
    assert _COMMAND.findall('make molecule\n  tools/molecule test -s "$X"\nmake "$TARGET"\n') == [
        ("molecule", ""),
        ("", "tools/molecule"),
    ]


def test_every_step_of_make_test_is_a_job() -> None:
    run = matrix()["target"] + [each["target"] for each in matrix()["include"]]
    assert set(steps()) <= set(run) <= set(targets())


def test_the_releases_are_those_of_make_cores() -> None:
    default = re.search(r"set -- ([\d. ]+);", (TOP / "tools" / "cores").read_text(encoding="utf-8"))
    main = re.search(
        r"^ansible-core==([\d.]+)\.\*", (TOP / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert default
    assert main
    assert [each["core"] for each in matrix()["include"]] == [core for core in default[1].split() if core != main[1]]


def test_the_python_of_the_container_is_the_first_that_bootstrap_takes() -> None:
    first = re.search(r"for version in (\S+)", (TOP / "tools" / "bootstrap").read_text(encoding="utf-8"))
    assert first
    containers = {
        job["container"] for path in WORKFLOWS for job in workflow(path.stem)["jobs"].values() if "container" in job
    }
    assert containers == {f"python:{first[1]}-bookworm"}


def test_every_scenario_can_be_chosen() -> None:
    chosen = workflow("windows")["on"]["workflow_dispatch"]["inputs"]["scenario"]["options"]
    scenarios = {path.parent.name for path in TOP.glob("extensions/molecule/*/molecule.yml")} - {"default"}
    assert sorted(chosen) == sorted({*scenarios, "all"})


def test_the_package_that_is_published_is_that_of_galaxy_yml() -> None:
    galaxy = yaml.safe_load((TOP / "galaxy.yml").read_text(encoding="utf-8"))
    jobs = workflow("release")["jobs"]
    name = f"{galaxy['namespace']}-{galaxy['name']}-"
    assert jobs["package"]["steps"][-1]["with"]["path"].endswith(f"/{name}*.tar.gz")
    assert f"{name}$GITHUB_REF_NAME.tar.gz" in jobs["publish"]["steps"][-1]["run"]
