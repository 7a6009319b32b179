"""The options of the modules of awx.awx that extensions/aap uses, as tests/unit/support/awx_options.json keeps them for the tests.

`tools/awx_options.py WHEEL` reads them from a wheel of the package ansible. Not every release has awx.awx: 13.8.0 has it, 14.5.0 does not.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent.parent / "tests" / "unit" / "support" / "awx_options.json"
_PLACE = "ansible_collections/awx/awx"
MODULES = (
    "credential",
    "execution_environment",
    "inventory",
    "inventory_source",
    "job_template",
    "project",
    "schedule",
    "workflow_job_template",
)


def documented(source: str) -> Mapping[str, Any]:
    """The documentation of a module."""
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "DOCUMENTATION"
        ):
            read: Mapping[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return read
    raise ValueError("no DOCUMENTATION")


def shortened(options: Mapping[str, Any]) -> dict[str, Any]:
    """Of each option only what an argument is validated against."""
    kept = ("type", "elements", "choices", "required")
    return {
        name: {key: option[key] for key in kept if key in option}
        | ({"suboptions": shortened(option["suboptions"])} if option.get("suboptions") else {})
        for name, option in sorted(options.items())
    }


def main(wheel: str) -> None:
    """Write the file."""
    with zipfile.ZipFile(wheel) as package:
        version = json.loads(package.read(f"{_PLACE}/MANIFEST.json"))["collection_info"]["version"]
        modules = {
            name: shortened(documented(package.read(f"{_PLACE}/plugins/modules/{name}.py").decode())["options"])
            for name in MODULES
        }
    text = json.dumps({"version": version, "modules": modules}, indent=1, default=str)
    FILE.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
