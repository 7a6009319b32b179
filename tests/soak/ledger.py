"""What has been counted so far, and the table at the end."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import judge
from .judge import Failure, Truths
from .runs import Done
from .served import Served

_LEFT_TO_ANOTHER = re.compile(r'"reason": "(busy|taken_over)"')
_NUMBERS = re.compile(r"0x[0-9a-f]+|\d{5,}")


@dataclass
class Ledger:
    """Sums over all sections.

    ``counts`` are for people: runs, kills, machines. ``asked`` and ``lost`` are machines of disturbed runs, by name of the job. ``kept``
    are the folders in which something failed.
    """

    failures: list[Failure] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    longest: dict[str, float] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: list[Path] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """One line of progress."""
        sys.stderr.write(f"soak: {time.monotonic() - self.started:6.0f} s: {text}\n")
        sys.stderr.flush()

    def count(self, what: str, number: int = 1) -> None:
        """Count something for people."""
        self.counts[what] += number

    def ran(self, done: Done) -> None:
        """Count a run."""
        self.count("runs")
        self.requests += done.requests
        self.faults += done.faults
        for reason in _LEFT_TO_ANOTHER.findall(done.output):
            self.count(f"tasks that ended with the reason {reason}")
        if not done.struck:
            self.longest[done.job.name] = max(self.longest.get(done.job.name, 0.0), done.seconds)
        if known := judge.tracebacks_of_ansible(done):
            self.count("tracebacks of ansible-core's handler of signals alone", known)
        if done.stayed:
            self.count("workers that had to be killed in the end", done.stayed)

    @contextmanager
    def folder(self, path: Path) -> Iterator[Path]:
        """An empty folder, which is kept only where something failed meanwhile."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        before = len(self.failures)
        yield path
        if len(self.failures) > before:
            self.kept.append(path)
        else:
            shutil.rmtree(path)

    def note(self, where: str, failures: Iterable[Failure]) -> None:
        """Take down failures, and say them at once."""
        found = list(failures)
        self.failures += found
        for each in found:
            self.say(f"!! {where}: {each}")

    def judged(self, where: str, done: Done, served: Served, expected: Collection[str] | None = None) -> None:
        """Count a run and judge it, by what the machines are now; ``expected`` are those that its report must have, by default all."""
        after = served.truths()
        self.ran(done)
        self.say(f"{where}: exit status {done.exit_code}, {done.seconds:.0f} s")
        failures = [
            *judge.of_run(done),
            *judge.of_report(done, served.names if expected is None else expected),
            *judge.wrongly_healthy(done, after),
            *judge.anothers_data(done, judge.marks_of(after)),
            *judge.remedy_left(done),
            *judge.shared_left(done, after),
            *judge.shells_left(done, served.shells()),
        ]
        self.note(where, failures)

    def disturbed(self, done: Done) -> None:
        """Count the machines of a disturbed run, and those that it has lost, with their messages."""
        name, machines, lost = done.job.name, judge.machines(done), judge.lost(done)
        self.asked[name] += len(machines)
        self.lost[name] += len(lost)
        for each in lost:
            message = _NUMBERS.sub("N", str(machines[each].get("message")))
            self.messages[name, message[:120]] += 1

    def settled(self, where: str, before: Truths, served: Served) -> None:
        """Judge machines after the undisturbed run that follows a strike or a crossing."""
        after = served.truths()
        failures = [
            *judge.worse(before, after),
            *judge.journals(after),
            *judge.stopped(before, after, started_with_windows=False),
        ]
        self.note(where, failures)
        self.count("machines sick after the next run", sum(bool(each.sick) for each in after.values()))

    @property
    def failed(self) -> bool:
        """Whether something happened that must not."""
        return bool(self.failures)

    def table(self) -> str:
        """Everything that was counted."""
        lines = ["", "what was done"]
        lines += [f"  {number:>8}  {what}" for what, number in self.counts.items()]
        lines += [f"  {sum(self.requests.values()):>8}  requests, {sum(self.faults.values())} of them disturbed"]
        if self.faults:
            kinds: dict[str, Counter[str]] = {}
            for (kind, action), number in self.faults.items():
                kinds.setdefault(kind, Counter())[action or "other"] += number
            lines += ["", "disturbances, and the requests that met them"]
            for kind, actions in sorted(kinds.items()):
                told = ", ".join(f"{action} {number}" for action, number in actions.most_common())
                lines.append(f"  {sum(actions.values()):>8}  {kind}: {told}")
        lines += ["", "the longest run of each kind that was not killed, in seconds"]
        lines += [f"  {seconds:>8.0f}  {name}" for name, seconds in sorted(self.longest.items())]
        for name, number in self.asked.items():
            share = 100 * self.lost[name] / max(number, 1)
            lines += ["", f"machines lost per {name}: {share:.1f} % ({self.lost[name]} of {number})"]
            said = Counter({text: count for (run, text), count in self.messages.items() if run == name})
            lines += [f"  {count:>8}  {text}" for text, count in said.most_common(8)]
        found = Counter(each.what for each in self.failures)
        lines += ["", "what must be 0"]
        lines += [f"  {found[what]:>8}  {what}" for what in judge.FAILURES]
        lines += [f"soak: kept {folder}" for folder in self.kept]
        return "\n".join(lines)
