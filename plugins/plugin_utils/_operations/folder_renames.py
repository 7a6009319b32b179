# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renames folders while services are stopped, as the journal records: makes, resumes or rolls back the renames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._components import update_store
from .._components.update_store import FolderRename, PendingRun
from .._exceptions import WsusClientError
from .._remote.service_control import ServiceControl
from .._remote.session import Session
from .._remote.stopped_services import stopped_services
from .._windows import dir_listing, sc, timestamps
from .._windows.dir_listing import Listing
from .._windows.folders import make_folder
from .._windows.query import Query

HOLDERS = ("UsoSvc", "wuauserv", "BITS", "DoSvc")
"""The services that may keep files of the store open or start the agent again, in stop order."""
HOLDER_OF_CATROOT2 = "CryptSvc"
PROTECTED = frozenset({"UsoSvc", "DoSvc"})
"""Windows may refuse to stop these, or they do not stop in time; then the rename shows whether they keep files open."""


class StoreHeld(WsusClientError):
    """A folder could not be renamed."""

    reason = "store_held"


@dataclass(frozen=True)
class FolderRenames:
    """Renames folders on one machine. ``timeout`` is in seconds, for each rename."""

    session: Session
    control: ServiceControl
    timeout: float

    def made(self, renames: Iterable[FolderRename]) -> tuple[FolderRename, ...]:
        """The renames that were made, whatever the folders contain now."""
        return tuple(renaming for renaming in renames if renaming.is_made(self._observe(renaming)))

    def apply(self, work: PendingRun, running: tuple[str, ...]) -> None:
        """Stop the running services, make the remaining renames, and start the services again.

        Raises StoreHeld, StopFailed, StartFailed and ServiceHangs; does not roll back.
        """
        with stopped_services(self.control, running, protected=PROTECTED, stopped_before=work.were_running):
            for renaming in work.renames:
                self._make(renaming, running, work)

    def roll_back(self, work: PendingRun) -> bool:
        """Undo the renames in reverse order. Return whether all were undone and the services run.

        A folder that was created in the meantime is kept under another name.
        """
        try:
            with stopped_services(self.control, protected=PROTECTED, stopped_before=work.were_running) as stopped:
                if made := self.made(work.renames):
                    stopped.stop(self._running(dict.fromkeys((*HOLDERS, *work.were_running))))
                    for renaming in reversed(made):
                        self._undo(renaming)
        except WsusClientError:
            return False
        return True

    def _make(self, renaming: FolderRename, running: tuple[str, ...], work: PendingRun) -> None:
        listing = self._observe(renaming)
        if not renaming.is_made(listing):
            if renaming.base == renaming.name and listing.get(renaming.base):
                # Created after the run was interrupted, at the path of the copy to restore.
                self._rename(
                    FolderRename(renaming.result, f"{renaming.base}.{timestamps.stamp(work.begun)}-since"), running
                )
            self._rename(renaming, running)
        if work.redirected and renaming == work.renames[0] and work.state == "rebuilt":
            self.session.host.run([self.session.host.if_held(make_folder(renaming.path))])

    def _undo(self, renaming: FolderRename) -> None:
        back = renaming.back
        if self._observe(renaming).get(back.name):
            if back.base != back.name:
                return  # already undone
            self._rename(FolderRename(back.result, f"{renaming.name}-incomplete"), ())  # the agent created a new one
        self._rename(back, ())

    def _rename(self, renaming: FolderRename, running: tuple[str, ...]) -> None:
        """Rename a folder, and retry while it is in use. Raises StoreHeld after the timeout."""

        def try_again() -> bool:
            for name in self._running(running):  # a trigger may have started one
                if name not in PROTECTED:
                    self.control.stop(name)
            return self._try(renaming)

        renamed = self.session.poll(
            try_again,
            bool,
            lambda _done: f"{renaming.path} to be released",
            timeout=self.timeout,
            first=self._try(renaming),
            longest_pause=5.0,
        )
        if not renamed:
            raise StoreHeld(
                f"{renaming.path} could not be renamed within {self.timeout:g} s although the services were stopped: "
                "a program (often security software) has a file in it open, or access is denied. "
                "Exclude the folder in that program, or increase the service_timeout option",
                path=renaming.path,
            )

    def _try(self, renaming: FolderRename) -> bool:
        query = _list(renaming)
        host = self.session.host
        done, listing = host.run([host.if_held(update_store.rename(renaming)), query.command])
        return done.ok and query.parse(listing).get(renaming.name) is not None

    def _running(self, names: Iterable[str]) -> tuple[str, ...]:
        queried = tuple(names)
        answers = self.session.host.probe(sc.state(name) for name in queried)
        states = ((name, answers[sc.state(name)]) for name in queried)
        return tuple(name for name, state in states if state.active)

    def _observe(self, renaming: FolderRename) -> Listing:
        return self.session.host.probe([_list(renaming)])[_list(renaming)]


def _list(renaming: FolderRename) -> Query[Listing]:
    return dir_listing.query(rf"{renaming.parent}\{renaming.base}*")
