"""The package: which version it is, and how it is linted."""

from __future__ import annotations

import re

import pytest
import yaml
from support.documentation import COLLECTION, FILTERS, NAMES, ROLES, load

VERSION = str(yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))["version"])
ENFORCED = {
    "command-instead-of-module",
    "command-instead-of-shell",
    "meta-no-info",
    "meta-runtime[unsupported-version]",
    "no-changed-when",
    "no-handler",
    "no-log-password",
    "package-latest",
    "risky-file-permissions",
    "risky-shell-pipe",
    "unnamed-task",
}
"""The rules of ansible-lint that a certified collection must not skip (Red Hat, "Static analysis requirements")."""
CONTENT = ("extensions", "meta", "playbooks", "plugins", "roles")


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_pages_install_this_version(page: str) -> None:
    named = re.findall(r"wsus\.client:==([\d.]+)", (COLLECTION / page).read_text(encoding="utf-8"))
    assert set(named) == {VERSION}


def test_nothing_was_added_after_this_version() -> None:
    pages = [yaml.safe_load(load("modules", name).DOCUMENTATION) for name in NAMES]
    pages += [yaml.safe_load(load("filter", name).DOCUMENTATION) for name in FILTERS]
    for role in ROLES:
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
        pages.append(specs["argument_specs"]["main"])
    added = [str(page["version_added"]) for page in pages]
    assert len(added) == len(NAMES) + len(FILTERS) + len(ROLES)
    assert [version for version in added if parts(version) > parts(VERSION)] == []


def test_ansible_lint_looks_at_all_that_users_get_and_skips_no_enforced_rule() -> None:
    config = yaml.safe_load((COLLECTION / ".ansible-lint").read_text(encoding="utf-8"))
    assert config["profile"] == "production"
    assert ENFORCED & {*config.get("skip_list", ()), *config.get("warn_list", ())} == set()
    assert [path for path in config["exclude_paths"] if path.startswith(CONTENT)] == []
    assert not (COLLECTION / ".ansible-lint-ignore").exists()
