"""A rebuild and a regeneration on Wine machines: Wine's files, registry and wuauserv, seen with Wine's own tools.

What Wine does not have is lent: the program that triggers a detection, and what the agent does with it - its events, a new
store and a new id, which appear in Wine's own files and registry. Wine's wuauserv holds no file open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from lab.machine import Faults
from playing import Controller, Play, module

pytestmark = pytest.mark.long

SHARED = "3b4e28ba-2fa1-41d2-883f-0016d3cca427"
KEY = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
DATABASE = r"C:\Windows\SoftwareDistribution\DataStore\DataStore.edb"
STORE = ("wsus_update_store", {"timeout": 60, "service_timeout": 30})
IDENTITY = ("wsus_client_id", {"duplicates": [SHARED], "timeout": 60, "service_timeout": 30})
MACHINE: dict[str, Any] = {
    "name": "pc",
    "kind": "wine",
    "agent": {"detections": [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]},
    "store": {"damage": 0x80248007},
    "client_id": {"value": f"{{{SHARED.upper()}}}"},
    "services": {"wuauserv": {"state": "running"}},
}


class Wine:
    """A Wine machine, asked by its own programs."""

    def __init__(self, served: Controller) -> None:
        self.machine: Any = served.lab.machines["pc"]

    def out(self, *argv: str) -> str:
        done = self.machine.prefix.run(list(argv))
        text: str = done.stdout.decode("utf-8", "replace")
        return text

    def stores(self) -> list[str]:
        listing = self.out("cmd.exe", "/d", "/c", "dir", "/b", r"C:\Windows\SoftwareDistribution*")
        return sorted(line.strip() for line in listing.splitlines() if line.strip())

    def database(self) -> str:
        return self.out("cmd.exe", "/d", "/c", "type", DATABASE)

    def client_id(self) -> str:
        found = re.search(r"SusClientId\s+REG_SZ\s+(\S+)", self.out("reg.exe", "query", KEY, "/v", "SusClientId"))
        return found[1] if found else ""

    def journal(self) -> str:
        return self.out("reg.exe", "query", r"HKLM\SOFTWARE\wsus.client", "/s")

    def agent_runs(self) -> bool:
        return ": 4  RUNNING" in self.out("sc.exe", "query", "wuauserv")


def result(play: Play) -> Any:
    (each,) = [each for each in play.results if each.action.startswith("wsus.client.wsus_")]
    assert each.status == "ok", play.output
    return each.result


@pytest.mark.wine
@pytest.mark.parametrize("language", ["ja"])
def test_a_store_is_rebuilt_and_restored(controller: Callable[..., Controller], language: str) -> None:
    served = controller([{**MACHINE, "language": language}])
    wine = Wine(served)
    assert (wine.stores(), wine.database()) == (["SoftwareDistribution"], "damaged 0x80248007")
    before = served.state()
    predicted = result(served.play(module(*STORE), "--check"))
    assert served.state() == before
    done = result(served.play(module(*STORE)))
    assert (done["decision"], done["changes"]) == ("evidence", predicted["changes"])
    assert wine.stores() == ["SoftwareDistribution", done["backup"].rpartition("\\")[2]]
    assert (wine.database(), wine.agent_runs()) == ("", True)
    assert "UpdateStoreLast" in wine.journal()
    assert "Unfinished" not in wine.journal()
    assert result(served.play(module(*STORE)))["changed"] is False
    result(served.play(module(STORE[0], {**STORE[1], "state": "restored"})))
    assert (wine.database(), wine.agent_runs()) == ("damaged 0x80248007", True)


@pytest.mark.wine
@pytest.mark.parametrize("language", ["de"])
def test_an_id_is_regenerated(controller: Callable[..., Controller], language: str) -> None:
    served = controller([{**MACHINE, "language": language}])
    wine = Wine(served)
    assert wine.client_id().strip("{}").lower() == SHARED
    before = served.state()
    predicted = result(served.play(module(*IDENTITY), "--check"))
    assert served.state() == before
    done = result(served.play(module(*IDENTITY)))
    assert (done["decision"], done["changes"]) == ("duplicate", predicted["changes"])
    assert wine.client_id() == done["client_id"] != SHARED
    assert wine.agent_runs()
    assert "Unfinished" not in wine.journal()
    assert SHARED.upper() in wine.machine.prefix.path(done["backup"]).read_bytes().decode("utf-16")
    assert result(served.play(module(*IDENTITY)))["changed"] is False


@pytest.mark.wine
def test_runs_that_are_cut_are_finished_by_the_next(controller: Callable[..., Controller]) -> None:
    served = controller([MACHINE])
    wine = Wine(served)
    for module_name, options, command in ((*STORE, "ren"), (*IDENTITY, "SusClientId")):
        # The cut comes right after the rename, or the deletion of the id, which another machine counts.
        counted = controller([MACHINE])
        result(counted.play(module(module_name, options)))
        ran = [call.argv for record in counted.lab.machines["pc"].log for call in record.commands]
        point = max(n for n, argv in enumerate(ran, 1) if command in argv and "&&" in argv)
        served.lab.machines["pc"].log.clear()
        served.lab.machines["pc"].faults = Faults(drop_after_total=point)
        (cut,) = served.play(module(module_name, options)).of_module(module_name)
        assert cut.status == "unreachable"
        assert "Unfinished" in wine.journal()
        assert not wine.agent_runs()
        served.lab.machines["pc"].faults = Faults()
        assert result(served.play(module(module_name, options)))["decision"] == "resumed"
        assert wine.agent_runs()
        assert "Unfinished" not in wine.journal()
    assert (wine.database(), len(wine.stores())) == ("", 2)
    assert wine.client_id().strip("{}").lower() not in ("", SHARED)
