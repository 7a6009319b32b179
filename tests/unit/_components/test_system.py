"""Which Windows it is."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from support.windows_answers import Windows


def test_windows_10() -> None:
    assert Windows().system().as_fact() == {
        "product": "Windows 10 Enterprise",
        "edition": "Enterprise",
        "release": "22H2",
        "version": "10.0.19045.3930",
        "build": 19045,
        "revision": 3930,
        "service_pack": "",
        "server": False,
        "installation_type": "Client",
        "architecture": "amd64",
        "system_root": r"C:\Windows",
    }


@pytest.mark.parametrize(
    ("build", "values", "product", "server"),
    [
        (26100, {"ProductName": ("REG_SZ", "Windows 10 Pro")}, "Windows 11 Pro", False),
        (
            26100,
            {"ProductName": ("REG_SZ", "Windows Server 2025 Standard"), "InstallationType": ("REG_SZ", "Server Core")},
            "Windows Server 2025 Standard",
            True,
        ),
        (19045, {}, "Windows 10 Enterprise", False),
    ],
)
def test_products(build: int, values: dict[str, tuple[str, str]], product: str, server: bool) -> None:
    read = Windows(build=build, current_version=values).system()
    assert (read.product, read.server) == (product, server)


def test_a_machine_that_does_not_tell_its_build_cannot_be_judged() -> None:
    windows = Windows(current_version={"CurrentBuildNumber": ("REG_SZ", "unknown")})
    with pytest.raises(UnexpectedOutput, match="CurrentBuildNumber"):
        windows.system()
