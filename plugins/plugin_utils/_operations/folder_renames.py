# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of one machine renamed while services are down, as the journal says: made, finished after a cut, or taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .._components import update_store
from .._components.update_store import Move, Unfinished
from .._exceptions import WsusClientError
from .._remote.host import Host
from .._remote.polling import Waiting
from .._remote.service_control import ServiceControl
from .._remote.stopped_services import Interruption
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
class FolderMoves:
    """Renames folders of one machine. ``timeout`` in seconds is for each; ``say`` tells what is being waited for."""

    host: Host
    control: ServiceControl
    timeout: float
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def made(self, moves: Iterable[Move]) -> tuple[Move, ...]:
        """Those of the moves that were made; whatever is in the folders since."""
        return tuple(move for move in moves if move.is_made(self._look(move)))

    def make(self, work: Unfinished, running: tuple[str, ...]) -> WsusClientError | None:
        """Stop what runs, make those moves that are not made, and start again what ran; the failure, if any.

        Nothing is taken back here, and the services run again in any case, as far as they start.
        """
        interruption = Interruption(self.control, begun=work.ran)
        failure: WsusClientError | None = None
        try:
            interruption.stop(running, _PROTECTED)
            for move in work.moves:
                self._make(move, running, work)
        except WsusClientError as error:
            failure = error
        return interruption.end(failure)

    def take_back(self, work: Unfinished) -> bool:
        """Take back the moves that were made, in reverse order; whether all is as it was before, and the services run.

        A folder that was made anew meanwhile is kept under another name.
        """
        interruption = Interruption(self.control, begun=work.ran)
        failure: WsusClientError | None = None
        try:
            if made := self.made(work.moves):
                names = tuple(dict.fromkeys((*HOLDERS, *work.ran)))
                interruption.stop(self._running(names), _PROTECTED)
                for move in reversed(made):
                    self._take_back(move)
        except WsusClientError as error:
            failure = error
        return interruption.end(failure) is None

    def _make(self, move: Move, running: tuple[str, ...], work: Unfinished) -> None:
        listing = self._look(move)
        if not move.is_made(listing):
            if move.base == move.name and listing.get(move.base):
                # Made anew since the run was cut, where a copy is to be put back.
                self._rename(Move(move.result, f"{move.base}.{work.begun:%Y%m%dT%H%M%SZ}-since"), running)
            self._rename(move, running)
        if work.redirected and move == work.moves[0] and work.state == "rebuilt":
            self.host.run([update_store.make_folder(move.path)])

    def _take_back(self, move: Move) -> None:
        back = move.back
        if self._look(move).get(back.name):
            if back.base == back.name:  # the agent began a new one
                self._rename(Move(back.result, f"{move.name}-incomplete"), ())
            else:
                return  # it is there already
        self._rename(back, ())

    def _rename(self, move: Move, running: tuple[str, ...]) -> None:
        """Rename a folder, again and again while something holds it. Raises StoreHeld."""
        tries = iter(range(1, 1_000_000))

        def attempt() -> bool:
            if next(tries) > 1:  # a trigger may have started one again
                for name in self._running(running):
                    if name not in _PROTECTED:
                        self.control.stop(name)
            query = _list(move)
            done, listing = self.host.run([update_store.rename(move), query.command])
            return done.ok and query.parse(listing).get(move.name) is not None

        waiting = Waiting(self.timeout, self.say, self.clock, self.sleep, longest=5.0)
        if not waiting.until(bool, attempt, lambda _done: f"{move.path} to be let go of"):
            raise StoreHeld(
                f"{move.path} could not be renamed within {self.timeout:g} s although the services were stopped: a program (often security "
                "software) holds a file in it open, or access is denied. Exclude the folder there, or give it more time with the option service_timeout",
                path=move.path,
            )

    def _running(self, names: Iterable[str]) -> tuple[str, ...]:
        asked = tuple(names)
        answers = self.host.probe(sc.state(name) for name in asked)
        states = ((name, answers[sc.state(name)]) for name in asked)
        return tuple(name for name, state in states if state.code not in (None, 1))

    def _look(self, move: Move) -> Listing:
        return self.host.probe([_list(move)])[_list(move)]


def _list(move: Move) -> Query[Listing]:
    return dir_listing.query(rf"{move.parent}\{move.base}*")
