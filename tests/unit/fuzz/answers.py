"""Parsers of the answers of a machine: those of queries, the components that read many of them, and what replaces names in them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from random import Random
from typing import Any, TypeAlias

from ansible_collections.wsus.client.plugins.plugin_utils._capture.answers import AnswerAliases
from ansible_collections.wsus.client.plugins.plugin_utils._components import Component, agent, system
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import holder
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.journal import JOURNAL
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import COMPONENTS
from ansible_collections.wsus.client.plugins.plugin_utils._remote import stopped_services
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import ADMINISTRATOR_PROBE
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from support.lab_host import Pc
from support.store_runs import sick
from support.windows_answers import CONTEXT
from unit.fuzz import mutation
from unit.fuzz.parser import Parser
from unit.fuzz.recordings import Asked, Recording, asked, recordings

Reading: TypeAlias = tuple[Recording, tuple[Result, ...]]
"""A machine, and the answers that are other ones than those it gave."""

QUERIES = (
    "_windows.registry._tree",
    "_windows.registry._asked_key",
    "_windows.registry._default",
    "_windows.service_key._definition",
    "_windows.service_key._start",
    "_windows.sc._state",
    "_windows.event_log._log",
    "_windows.dir_listing._listing",
    "_components.agent.windowsupdate_log._update_log",
    "_components.bits.facts._is_there",
    "_components.reachability.automatic_proxy._script",
    "_components.reachability.files.Parser",
    "_components.reachability.hosts_file.Parser",
    "_components.reachability.responses.Parser",
)
"""The parsers of queries."""
_LONGEST_CAPTURE_S = 0.15
"""A capture is no parser: it reads each line twice, and each word in it."""
_STOPPED = ("BITS", "wuauserv", "UsoSvc")
_BUILD = 7601
_CODES = (0, 1, 2, 5, 6, 22, 28, 1060, 9009, 9010, -1, -1073741510, 2147483647)


def name_of(parse: Callable[..., Any]) -> str:
    """The name of what parses the output of a query: its module below plugin_utils, and its own or that of its class."""
    own = getattr(parse, "__qualname__", type(parse).__qualname__)
    return f"{parse.__module__.rpartition('plugin_utils.')[2]}.{own}"


def answer(random: Random, one: Result, other: Result) -> Result:
    """A hostile answer to a command."""
    text = mutation.text(random, one.text, other.text)
    code = random.choice(_CODES) if random.random() < 0.06 else one.exit_code
    return Result(one.command, code, tuple(text.split("\n")) if text else ())


def shown(*results: Result) -> str:
    """Answers as they are written in a test."""
    return "\n".join(f"answer({each.command!r}, {each.text!r}, {each.exit_code})" for each in results)


def of_queries() -> Iterator[Parser[Asked]]:
    """What parses the output of a query."""
    for name in QUERIES:
        yield Parser(
            name,
            lambda given: given[0].parse(given[1]),
            partial(_answered, name),
            lambda random, one, other: (one[0], answer(random, one[1], other[1])),
            show=lambda given: shown(given[1]),
        )


def _answered(name: str) -> Sequence[Asked]:
    """The queries with that parser, once for each of their answers."""
    found = {result: (query, result) for query, result in asked() if name_of(query.parse) == name}
    return tuple(found.values())


def of_components() -> Iterator[Parser[Reading]]:
    """What makes facts and findings of the answers of a machine."""
    first = system.probe()[0].command
    real = partial(_read_by, lambda recording: [recording.answers[first]])
    yield Parser("system.read", _system, real, _read_otherwise, show=differs)
    for name, component in COMPONENTS.items():
        real = partial(_read_by, partial(_asked_by, component))
        yield Parser(f"{name}.read", partial(_component, component), real, _read_otherwise, show=differs)


def _read_by(asks: Callable[[Recording], Iterable[Result]]) -> Sequence[Reading]:
    return [(each, tuple(asks(each))) for each in recordings()]


def _read_otherwise(random: Random, one: Reading, other: Reading) -> Reading:
    changed = random.sample(one[1], k=min(len(one[1]), random.choice((1, 1, 1, 2, 4))))
    return one[0], tuple(answer(random, each, random.choice(other[1])) for each in changed)


def differs(given: Reading) -> str:
    """A machine as it is written in a test: what it is, and what it answers otherwise."""
    return f"{given[0].name}, but for\n{shown(*given[1])}"


def _asked_by(component: Component[Any], recording: Recording) -> Iterator[Result]:
    """The answers that a component asks for, if it can read them."""
    context, known = recording.context, recording.answers
    ask = recording.changed(())
    probe = component.probe(context)
    yield from (known[each.command] for each in probe)
    with suppress(WsusClientError):
        facts = component.read(ask(probe), _machine(recording), context)
        yield from (known[each.command] for each in component.follow_up(facts) if each.command in known)


@cache
def _machine(recording: Recording) -> system.System:
    return system.read(recording.changed(())(system.probe()))


def _system(given: Reading) -> None:
    _strict(system.read(given[0].changed(given[1])(system.probe())).as_fact())


def _component(component: Component[Any], given: Reading) -> None:
    """Reads one component as an audit does, with its further questions, and judges and publishes what it finds."""
    recording, changes = given
    ask, context, machine = recording.changed(changes), recording.context, _machine(recording)
    answers = ask(component.probe(context))
    facts = component.read(answers, machine, context)
    if further := component.follow_up(facts):
        facts = component.read(answers | ask(further), machine, context)
    _strict([facts.as_fact(), [each.as_fact() for each in component.findings(facts)]])


def _strict(data: object) -> None:
    json.dumps(data, allow_nan=False)


def capture() -> Parser[tuple[Result, ...]]:
    """What replaces names in the answers of a machine, here in few of them: it reads them all."""

    def real() -> Sequence[tuple[Result, ...]]:
        return [tuple(each.answers.values()) for each in recordings()]

    def make(random: Random, one: tuple[Result, ...], other: tuple[Result, ...]) -> tuple[Result, ...]:
        return tuple(answer(random, each, random.choice(other)) for each in random.sample(one, k=2))

    def run(given: tuple[Result, ...]) -> None:
        AnswerAliases(given, (ADMINISTRATOR_PROBE,), ("pc.example.test",), ("EXAMPLE\\operator",)).answers()

    return Parser("capture", run, real, make, longest_s=_LONGEST_CAPTURE_S, show=lambda given: shown(*given))


def of_changes() -> Iterator[Parser[tuple[Result, ...]]]:
    """What the modules that change a machine read besides the facts of an audit."""
    services = tuple(each.command for each in stopped_services.probe(_STOPPED))
    scans = tuple(each.command for each in (*agent.probe_for_expectation(_BUILD), *agent.probe_for_scans(_BUILD)))

    def make(random: Random, one: tuple[Result, ...], other: tuple[Result, ...]) -> tuple[Result, ...]:
        place = random.randrange(len(one))
        return (*one[:place], answer(random, one[place], random.choice(other)), *one[place + 1 :])

    def read_services(given: tuple[Result, ...]) -> None:
        stopped_services.read(_STOPPED, Answers(given))

    def read_scans(given: tuple[Result, ...]) -> None:
        agent.not_expected(Answers(given))
        agent.read_scans(Answers(given), _BUILD)

    def read_holders(given: tuple[Result, ...]) -> None:
        deque(map(str, holder.read(JOURNAL.parse(given[0]))), maxlen=0)

    def changed(name: str, run: Callable[[tuple[Result, ...]], None], *commands: Command) -> Parser[tuple[Result, ...]]:
        return Parser(name, run, partial(_of_the_lab, commands), make, show=lambda given: shown(*given))

    yield changed("stopped_services", read_services, *services)
    yield changed("scans", read_scans, *scans)
    yield changed("holders", read_holders, JOURNAL.command)


def _of_the_lab(commands: Sequence[Command]) -> Sequence[tuple[Result, ...]]:
    """The answers of machines of the lab, which a run holds."""
    machines = (Pc("windows-7-sp1"), sick("windows-7-sp1", language="de"))
    step = holder.step("0123456789abcdef", "controller.example.test", 4711, CONTEXT.now, 3)
    return [pc.host.run([step, *commands])[1:] for pc in machines]
