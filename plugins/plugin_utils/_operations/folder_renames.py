# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of one machine renamed while services are stopped, as the journal says: made, finished after a cut, or rolled back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._components import update_store
from .._components.update_store import Move, Unfinished
from .._exceptions import WsusClientError
from .._remote.service_control import ServiceControl
from .._remote.session import Session
from .._remote.stopped_services import stopped_services
from .._windows import dir_listing, sc
from .._windows.dir_listing import Listing
from .._windows.query import Query

HOLDERS = ("UsoSvc", "wuauserv", "BITS", "DoSvc")
"""What may hold files of the store open or start the agent again, in the order in which they are stopped."""
HOLDER_OF_CATROOT2 = "CryptSvc"
_PROTECTED = frozenset({"UsoSvc", "DoSvc"})
"""Windows may refuse to stop these; then the rename shows whether they hold anything."""


class StoreHeld(WsusClientError):
    """A folder could not be renamed."""

    reason = "store_held"


@dataclass(frozen=True)
class FolderRenames:
    """Renames folders of one machine. ``timeout`` in seconds is for each."""

    session: Session
    control: ServiceControl
    timeout: float

    def made(self, moves: Iterable[Move]) -> tuple[Move, ...]:
        """Those of the renames that were made; whatever is in the folders since."""
        return tuple(move for move in moves if move.is_made(self._observe(move)))

    def apply(self, work: Unfinished, running: tuple[str, ...]) -> None:
        """Stop what runs, make those renames that are not made, and start again what ran, as far as it starts.

        Raises StoreHeld, StopFailed, StartFailed and ServiceHangs; nothing is rolled back here.
        """
        with stopped_services(self.control, running, protected=_PROTECTED, stopped_before=work.ran):
            for move in work.moves:
                self._make(move, running, work)

    def roll_back(self, work: Unfinished) -> bool:
        """Undo the renames that were made, in reverse order; whether all is as it was before, and the services run.

        A folder that was created meanwhile is kept under another name.
        """
        try:
            with stopped_services(self.control, protected=_PROTECTED, stopped_before=work.ran) as stopped:
                if made := self.made(work.moves):
                    stopped.stop(self._running(dict.fromkeys((*HOLDERS, *work.ran))))
                    for move in reversed(made):
                        self._undo(move)
        except WsusClientError:
            return False
        return True

    def _make(self, move: Move, running: tuple[str, ...], work: Unfinished) -> None:
        listing = self._observe(move)
        if not move.is_made(listing):
            if move.base == move.name and listing.get(move.base):
                # Created since the run was cut, where a copy is to be restored.
                self._rename(Move(move.result, f"{move.base}.{work.begun:%Y%m%dT%H%M%SZ}-since"), running)
            self._rename(move, running)
        if work.redirected and move == work.moves[0] and work.state == "rebuilt":
            self.session.host.run([update_store.make_folder(move.path)])

    def _undo(self, move: Move) -> None:
        back = move.back
        if self._observe(move).get(back.name):
            if back.base != back.name:
                return  # it is there already
            self._rename(Move(back.result, f"{move.name}-incomplete"), ())  # the agent began a new one
        self._rename(back, ())

    def _rename(self, move: Move, running: tuple[str, ...]) -> None:
        """Rename a folder, and try again while something holds it. Raises StoreHeld."""

        def try_again() -> bool:
            for name in self._running(running):  # a trigger may have started one
                if name not in _PROTECTED:
                    self.control.stop(name)
            return self._try(move)

        renamed = self.session.poll(
            try_again,
            bool,
            lambda _done: f"{move.path} to be released",
            timeout=self.timeout,
            first=self._try(move),
            longest_pause=5.0,
        )
        if not renamed:
            raise StoreHeld(
                f"{move.path} could not be renamed within {self.timeout:g} s although the services were stopped: a program (often security "
                "software) holds a file in it open, or access is denied. Exclude the folder there, or increase the service_timeout option",
                path=move.path,
            )

    def _try(self, move: Move) -> bool:
        query = _list(move)
        done, listing = self.session.host.run([update_store.rename(move), query.command])
        return done.ok and query.parse(listing).get(move.name) is not None

    def _running(self, names: Iterable[str]) -> tuple[str, ...]:
        asked = tuple(names)
        answers = self.session.host.probe(sc.state(name) for name in asked)
        states = ((name, answers[sc.state(name)]) for name in asked)
        return tuple(name for name, state in states if state.code not in (None, 1))

    def _observe(self, move: Move) -> Listing:
        return self.session.host.probe([_list(move)])[_list(move)]


def _list(move: Move) -> Query[Listing]:
    return dir_listing.query(rf"{move.parent}\{move.base}*")
