"""Runs that lose their connection after each of their programs, and which of these cuts leave machines that differ.

Programs that only read leave the machine as it was, and a run is determined by the machine that it finds: of the cuts that leave the
same machine, one tells what the next run makes of it.
"""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from lab.machine import Execution, Faults, User
from lab.simulated.eventlog import Event
from lab.simulated.machine import SimulatedMachine

from support.lab_host import Pc

Run = Callable[[Pc], object]
_RECORDS = {"log", "lock", "faults", "_programs", "network", "run_program"}
"""What a machine has for its tests and its listeners: no program sees it."""


class _Rest(pickle.Pickler):
    """Writes all that a machine consists of beside registry and files, by value."""

    def __init__(self, machine: SimulatedMachine, file: BytesIO) -> None:
        super().__init__(file)
        self.fast = True  # or bytes tell which equal objects are one object
        known = {"machine": machine, "registry": machine.registry, "files": machine.files}
        known |= {"profile": machine.profile, "text": machine.text}
        self._known = {id(each): name for name, each in known.items()}

    def persistent_id(self, obj: Any) -> str | None:
        return repr(obj) if isinstance(obj, itertools.count) else self._known.get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Event):  # without what follows from the rest, some of it made when it is first asked for
            return Event, (), {name: each for name, each in vars(obj).items() if name not in ("xml", "tree", "_facts")}
        return NotImplemented


def left(machine: SimulatedMachine) -> tuple[Any, ...]:
    """All of a machine, as a value: equal for two machines that no run could tell apart, its times included."""
    rest = BytesIO()
    _Rest(machine, rest).dump({name: each for name, each in vars(machine).items() if name not in _RECORDS})
    files = {path: (entry, entry.modified) for path, entry in machine.files.entries.items()}
    return machine.registry.root, files, rest.getvalue()


def after_each_program(pc: Pc, run: Run) -> list[tuple[Any, ...]]:
    """What is left of the machine after each program of a whole run."""
    machine, states = pc.machine, []
    run_program, running = machine.run_program, False

    def watched(argv: Sequence[str], user: User, standard_input: bytes | None = None) -> Execution:
        nonlocal running
        if running:  # cmd.exe runs what is on its command line
            return run_program(argv, user, standard_input)
        running = True
        try:
            return run_program(argv, user, standard_input)
        finally:
            running = False
            states.append(left(machine))

    machine.run_program = watched  # type: ignore[method-assign]
    run(pc)
    return states


def telling(states: Sequence[tuple[Any, ...]]) -> list[int]:
    """The numbers of programs after which a cut leaves a machine that no later cut leaves, at least not before a change."""
    return [point for point, state in enumerate(states, 1) if point == len(states) or states[point] != state]


def cut(pc: Pc, run: Run, point: int) -> Pc:
    """The machine after a run whose connection was lost when that many programs had run."""
    pc.machine.faults = Faults(drop_after_total=point)
    with suppress(AnsibleConnectionFailure):
        run(pc)
        # All is done when the run says that it no longer holds the machine.
        assert pc.ran[-1].startswith("reg.exe delete HKLM\\SOFTWARE\\wsus.client /v Holder-")
    pc.machine.faults = Faults()
    return pc
