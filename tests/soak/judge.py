"""What must never happen, counted by pure functions over what the lab says, the report, and the output of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import fleet
from .runs import Done
from .truth import Truth

WRONGLY_HEALTHY = "wrongly healthy"
ANOTHERS_DATA = "another machine's data"
WORSE = "worse than before"
REMEDY_LEFT = "'done' with a remedy of ours left"
SHELLS = "shells left open, id known"
TRACEBACK = "tracebacks"
OVER_TIME = "over time"
REPORT = "reports missing or torn"
JOURNAL = "journals left"
STOPPED = "services left stopped"
FAILURES = (
    WRONGLY_HEALTHY,
    ANOTHERS_DATA,
    WORSE,
    REMEDY_LEFT,
    SHELLS,
    TRACEBACK,
    OVER_TIME,
    REPORT,
    JOURNAL,
    STOPPED,
)
"""Each of them must be 0."""

LOST = ("unreachable", "failed")
_WORD = re.compile(r"[\w-]+")
_SHOWN = re.compile(r"^Traceback \(most recent call last\)", re.MULTILINE)
# A worker that a signal meets right after it was forked still has the handler of its parent, which is not for it (ansible-core 2.21,
# task_queue_manager.py).
_OF_ANSIBLE = re.compile(r"ansible/executor/task_queue_manager\.py\S+ line [0-9]+, in _signal_handler$", re.MULTILINE)

Truths = Mapping[str, Truth]
Marks = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Failure:
    """One thing that must not happen; ``what`` is one of FAILURES, ``where`` a machine or empty."""

    what: str
    where: str
    detail: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.what, self.where, self.detail)))


def machines(done: Done) -> dict[str, Mapping[str, Any]]:
    """The machines in the report of a run; none without a report that is whole."""
    data = done.data()
    return {} if data is None else {name: each for name, each in data["machines"].items() if isinstance(each, Mapping)}


def lost(done: Done) -> list[str]:
    """The machines that the report says nothing of."""
    return [name for name, each in machines(done).items() if each.get("status") in LOST]


def of_run(done: Done) -> Iterator[Failure]:
    """What the run itself shows: a traceback, too much time, a report that is missing or torn.

    A run that was killed needs no report, but what it has written is whole.
    """
    for traceback in _tracebacks(done.output):
        if not (done.struck and _is_of_ansible(traceback)):
            yield Failure(TRACEBACK, "", traceback.splitlines()[-1][:160])
    if done.over_time and not done.struck:
        yield Failure(OVER_TIME, "", f"{done.job.name} took more than {done.limit:.0f} s")
    if done.report is not None and done.data() is None:
        yield Failure(REPORT, "", f"{done.job.name}: not whole: {done.report[-60:]!r}")
    if done.report is None and done.job.reports and not done.struck and not done.over_time:
        yield Failure(REPORT, "", f"{done.job.name}: no report, exit status {done.exit_code}")


def tracebacks_of_ansible(done: Done) -> int:
    """How many tracebacks of a run that was struck are of ansible-core's handler of signals alone."""
    return sum(_is_of_ansible(each) for each in _tracebacks(done.output)) if done.struck else 0


def _is_of_ansible(traceback: str) -> bool:
    return bool(_OF_ANSIBLE.search(traceback)) and "ansible_collections/wsus" not in traceback


def _tracebacks(output: str) -> list[str]:
    return [output[found.start() :].split("\n\n", 1)[0] for found in _SHOWN.finditer(output)]


def of_report(done: Done, expected: Collection[str]) -> Iterator[Failure]:
    """A report has every machine, and no other."""
    if not done.job.reports or done.data() is None:
        return
    for name in sorted(set(expected) ^ set(machines(done))):
        yield Failure(
            REPORT, name, "not in the report" if name in expected else "in the report, but not in the inventory"
        )


def wrongly_healthy(done: Done, after: Truths) -> Iterator[Failure]:
    """Machines that the report calls healthy and that are sick."""
    for name, each in machines(done).items():
        if each.get("status") == "healthy" and name in after and after[name].sick:
            yield Failure(WRONGLY_HEALTHY, name, ", ".join(sorted(after[name].sick)))


def anothers_data(done: Done, marks: Marks) -> Iterator[Failure]:
    """Machines whose part of the report has a mark of another machine; ``marks`` that several have tell nothing."""
    owners: dict[str, list[str]] = {}
    for name, texts in marks.items():
        for text in texts:
            owners.setdefault(text.lower(), []).append(name)
    for name, each in machines(done).items():
        for word in sorted(set(_WORD.findall(_text(each).lower()))):
            if len(owners.get(word, ())) == 1 and owners[word] != [name]:
                yield Failure(ANOTHERS_DATA, name, f"{word} is of {owners[word][0]}")


def _text(data: Any) -> str:
    """All texts in data, one a line."""
    if isinstance(data, Mapping):
        return "\n".join(_text(each) for each in (*data, *data.values()))
    if isinstance(data, list):
        return "\n".join(map(_text, data))
    return str(data)


def worse(before: Truths, after: Truths) -> Iterator[Failure]:
    """Machines that have something wrong with them that they had not, or lack what they had."""
    for name, then in before.items():
        now = after[name]
        found = sorted(now.sick - then.sick)
        if then.store is not None and now.store is None:
            found.append("no store")
        if then.client_id is not None and now.client_id is None:
            found.append("no client ID")
        found += [f"{service} is gone" for service in sorted(then.services.keys() - now.services.keys())]
        if found:
            yield Failure(WORSE, name, ", ".join(dict.fromkeys(found)))


def remedy_left(done: Done) -> Iterator[Failure]:
    """Machines that are broken by a repair's last look at them, with a role that has run as the remedy, although it ended with 0."""
    if done.exit_code or "--check" in done.job.arguments or done.job.playbook != "repair":
        return
    for name, each in machines(done).items():
        left = [
            f"{finding.get('id')} -> {finding.get('remedy')}"
            for finding in each.get("findings") or ()
            if finding.get("severity") != "info" and finding.get("remedy") in (done.job.roles or fleet.ROLES)
        ]
        if left:
            yield Failure(REMEDY_LEFT, name, ", ".join(left))


def shared_left(done: Done, after: Truths) -> Iterator[Failure]:
    """Client IDs that machines still share although the playbook that separates them ended with 0."""
    if done.exit_code or done.job.playbook != "regenerate_client_ids":
        return
    owners: dict[str, list[str]] = {}
    for name, truth in after.items():
        owners.setdefault((truth.client_id or "").lower(), []).append(name)
    for client_id, names in owners.items():
        if len(names) > 1:
            yield Failure(REMEDY_LEFT, " and ".join(names), f"share {client_id or 'no ID'}")


def shells_left(done: Done, still_open: Collection[str]) -> Iterator[Failure]:
    """Shells that the run knew of and that are still open; nobody can close the one of a process that was killed."""
    if not done.struck and not done.over_time:
        yield from (Failure(SHELLS, "", shell) for shell in sorted(done.known & set(still_open)))


def journals(after: Truths) -> Iterator[Failure]:
    """Machines with a record of a change that is not finished."""
    for name, truth in after.items():
        if truth.journal:
            yield Failure(JOURNAL, name, ", ".join(sorted(truth.journal)))


def stopped(before: Truths, after: Truths, *, started_with_windows: bool) -> Iterator[Failure]:
    """Services that ran and do not run now; over a longer time only those that Windows starts, as others stop when they are idle."""
    for name, then in before.items():
        ran = then.started_with_windows() if started_with_windows else then.running
        if gone := sorted(ran - after[name].running):
            yield Failure(STOPPED, name, ", ".join(gone))


def marks_of(truths: Truths) -> dict[str, set[str]]:
    """What only one machine has: its name, the group that the fleet gives it, and its client ID."""
    return {
        name: {name, fleet.mark(name), *((truth.client_id,) if truth.has_own_id else ())}
        for name, truth in truths.items()
    }
