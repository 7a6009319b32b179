"""The store of a simulated machine's update agent: held open while the agent runs, made anew where it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fleet_store import StoreSpec
from .files import ACCESS_DENIED, IN_USE
from .update_log import REPORTS

if TYPE_CHECKING:
    from .machine import SimulatedMachine

FOLDER = r"C:\Windows\SoftwareDistribution"
DATABASE = rf"{FOLDER}\DataStore\DataStore.edb"
CATALOGS = r"C:\Windows\System32\catroot2"
CRYPTSVC = "CryptSvc"

_NEEDED = 64 << 20
_DISK_FULL, _PATH_NOT_FOUND, _UNABLE_TO_START = 0x80070070, 0x80070003, 0x80248011
_DAMAGED = b"damaged "
_ENGINE = "ESENT"
_MADE, _RECOVERY_FAILED = 325, 454


class UpdateStore:
    """The folder SoftwareDistribution, as the agent uses it. That it is damaged is written in its database, and moves with it."""

    def __init__(self, machine: SimulatedMachine, spec: StoreSpec) -> None:
        self._machine = machine
        self.spec = spec
        self._released = 0.0
        self._held = ""
        self._making = False
        machine.files.refuse(self._refusal)

    def install(self) -> None:
        """Bring a machine whose past is over to what its fleet file says."""
        files, spec = self._machine.files, self.spec
        place = spec.path or FOLDER
        if spec.path:
            reports = files.get(REPORTS)
            files.delete(FOLDER)
            files.create_folder(spec.path)
            files.create_junction(FOLDER, spec.path)
            self._fill(place, b"")
            if reports and reports.content:
                files.write(REPORTS, reports.content)
        if spec.missing:
            files.delete(place)
        else:
            content = _DAMAGED + f"0x{spec.damage:08x}".encode() if spec.damage else b""
            files.write(DATABASE, content, size=spec.size)
        for copy in spec.copies:
            folder = rf"{place.rpartition(chr(92))[0]}\{copy.name}"
            self._fill(folder, _DAMAGED + f"0x{copy.damage:08x}".encode() if copy.damage else b"")
        self._held = rf"{place}\datastore\datastore.edb".lower()
        self._released = self._machine.now() + spec.held

    def restarted(self) -> None:
        """Windows starts again: a store that was being made is not made, and no program holds a file."""
        self._making, self._released = False, 0.0

    def opened(self) -> None:
        """The agent needs its store: it opens the database, or begins to make one."""
        entry = self._machine.files.get(DATABASE)
        if entry is None:
            if self.spec.takes is not None and not self._making and not self._obstacle():
                self._making = True
                self._machine.schedule.after(self.spec.takes, self._make)
        elif self.damage():
            path = rf"{FOLDER}\DataStore\DataStore.edb"
            self._event(_RECOVERY_FAILED, (path, "-501"))

    def catalogs_opened(self) -> None:
        """CryptSvc needs its database of catalogs, and makes one where there is none."""
        files = self._machine.files
        if files.create_folder(CATALOGS):
            files.write(rf"{CATALOGS}\edb.log", b"")

    def damage(self) -> int:
        """The HRESULT that a detection ends with for the state of the store; 0 where that is good."""
        entry = self._machine.files.get(DATABASE)
        if entry is None:
            return self._obstacle() or _UNABLE_TO_START
        content = entry.content or b""
        return int(content[len(_DAMAGED) :], 16) if content.startswith(_DAMAGED) else 0

    def _obstacle(self) -> int:
        """Why no new store could be made now."""
        folder = self._machine.files.get(FOLDER)
        if folder and folder.target and not self._machine.files.is_folder(folder.target):
            return _PATH_NOT_FOUND
        return _DISK_FULL if self._machine.free_space < _NEEDED else 0

    def _make(self) -> None:
        self._making = False
        if self._machine.files.get(DATABASE) is None and self._machine.agent.running and not self._obstacle():
            self._fill(FOLDER, b"")
            self._event(_MADE, ("1", DATABASE, "0", ""))

    def _fill(self, folder: str, database: bytes) -> None:
        files = self._machine.files
        for name in ("DataStore", "Download"):
            files.create_folder(rf"{folder}\{name}")
        files.write(rf"{folder}\DataStore\DataStore.edb", database, size=self.spec.size)

    def _event(self, number: int, data: tuple[str, ...]) -> None:
        known = ("wuaueng.dll", "940,G,98,0", "SUS20ClientDataStore: ")
        self._machine.events.write("Application", _ENGINE, number, [("", text) for text in (*known, *data)])

    def _refusal(self, path: str) -> int:
        """Whether something that runs holds a file below the path open, or its owner denies it."""
        if self.spec.denied and path == (self.spec.path or FOLDER).lower():
            return ACCESS_DENIED
        files = self._machine.files
        database = files.get(DATABASE)
        held = [self._held] if self._machine.now() < self._released and files.get(self._held) else []
        if database and self._machine.agent.active:
            held.append(database.path.lower())
        if self._machine.services.active(CRYPTSVC):
            held.append(rf"{CATALOGS}\edb.log".lower())
        return IN_USE if any(each == path or each.startswith(f"{path}\\") for each in held) else 0
