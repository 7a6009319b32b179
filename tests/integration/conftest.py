"""Fixtures of the integration tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab.fleet import load_fleet
from lab.serve import Lab
from playing import FLEETS, Controller

ADMINISTRATOR = {"name": "lab", "password": "Lab-Passw0rd"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: at the end, the other workers would wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Callable[..., Controller]]:
    """Serve a fleet of tests/lab/fleets, or one given as YAML data with its endpoints, and return its controller."""
    labs: list[Lab] = []

    def serve(fleet: str | list[dict[str, Any]], endpoints: Mapping[str, Any] | None = None) -> Controller:
        path = FLEETS / f"{fleet}.yml" if isinstance(fleet, str) else tmp_path / "fleet.yml"
        if not isinstance(fleet, str):
            described = {
                "defaults": {"users": [ADMINISTRATOR]},
                "machines": fleet,
                **({"endpoints": dict(endpoints)} if endpoints else {}),
            }
            path.write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
        lab = Lab(load_fleet(path))
        labs.append(lab)
        lab.start()
        return Controller(lab, tmp_path)

    try:
        yield serve
    finally:
        for lab in labs:
            lab.stop()
