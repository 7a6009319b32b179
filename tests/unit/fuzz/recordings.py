"""What machines answered: audits and repairs of machines of the lab, machines in memory, captures, and real files where they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

from ansible_collections.wsus.client.plugins.plugin_utils._components import Context
from ansible_collections.wsus.client.plugins.plugin_utils._operations import bits, client_id, proxy, update_store
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import diagnose
from ansible_collections.wsus.client.plugins.plugin_utils._operations.capture import Recorded
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._windows import event_log, registry, sc
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import NOT_FOUND, Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from lab.fleet import read_fleet
from lab.fleet_identity import IdentitySpec
from lab.simulated.from_spec import simulated_machine
from support.captures import Connection
from support.captures import read as read_capture
from support.event_xml import detection, failure, group_policy_failed, job, scm
from support.lab_host import Pc
from support.store_runs import CLONED, sick
from support.web_responses import Served, broken, everywhere
from support.windows_answers import CONTEXT, Windows
from support.windows_output import answer
from support.winhttp_value import winhttp_bytes
from unit.lab.simulated_machines import Clock

Asked: TypeAlias = tuple[Query[Any], Result]
CAPTURES = Path(__file__).parents[2] / "captures"
REAL = Path(__file__).parents[4] / "shared" / "real"
FLEETS = Path(__file__).parents[2] / "lab" / "fleets"
HOSTS = "# old\n10.0.0.5 wsus.example.com wsus # moved\n::1 localhost"
_SECONDS = re.compile(r"(?<=\|)\d\.\d+(?:E-\d+)?(?=\|)")
_EACH = 9
"""Of a fleet, whose machines are much alike, one in so many is taken."""


@dataclass(frozen=True)
class Recording:
    """The answers of one machine to a whole audit; ``asked`` are the queries with the answer to each."""

    name: str
    context: Context
    asked: tuple[Asked, ...]

    @property
    def answers(self) -> Mapping[Command, Result]:
        """The answers by command."""
        return {result.command: result for _query, result in self.asked}

    def changed(self, changes: Iterable[Result]) -> Recorded:
        """The machine with other answers to some commands."""
        return Recorded({**self.answers, **{result.command: result for result in changes}})


class Recorder:
    """Asks a machine and keeps each query with its answer."""

    def __init__(self, run: Callable[[Sequence[Command]], Iterable[Result]]) -> None:
        self._run = run
        self.asked: list[Asked] = []

    def __call__(self, queries: Iterable[Query[Any]]) -> Answers:
        """The answers."""
        listed = tuple(queries)
        commands = tuple(dict.fromkeys(each.command for each in listed))
        results = {each.command: _timeless(each) for each in self._run(commands)}
        self.asked += ((each, results[each.command]) for each in listed)
        return Answers(results.values())


def _timeless(result: Result) -> Result:
    """An answer without what differs from run to run: the times of requests to the lab's servers."""
    if result.command.program not in ("curl.exe", "w"):
        return result
    lines = (_SECONDS.sub("0.010000", line) for line in result.lines if not line.startswith("Date:"))
    return replace(result, lines=tuple(lines))


@cache
def recordings() -> tuple[Recording, ...]:
    """Machines of every source."""
    return (*_of_the_lab(), *_in_memory(), *_captured())


@cache
def asked() -> tuple[Asked, ...]:
    """Queries of audits, of changes, and of real files."""
    return (*(each for one in recordings() for each in one.asked), *_of_changes(), *_real())


def of_windows(name: str, windows: Windows) -> Recording:
    """A machine in memory."""
    return _recording(name, Recorder(lambda commands: map(windows.answer, commands)), CONTEXT)


def _recording(name: str, recorder: Recorder, context: Context) -> Recording:
    diagnose(recorder, ["all"], context, lambda _text: None)
    return Recording(name, context, tuple(recorder.asked))


def _of_the_lab() -> Iterable[Recording]:
    machines = {
        "healthy": Pc(),
        "windows-7-ja": sick("windows-7-sp1", language="ja"),
        "server-2025-de": sick("server-2025", language="de"),
        "windows-8.1-es": Pc("windows-8.1", language="es", services={"BITS": {"values": {"Start": 4}}}),
    }
    for name, pc in machines.items():
        yield _recording(name, Recorder(pc.host.run), pc.context)
        pc.machine.close()
    for fleet in ("agent_tables", "bits_tables", "field_store", "policy_tables", "server_tables"):
        for spec in read_fleet(FLEETS / f"{fleet}.yml")[::_EACH]:
            clock = Clock()
            machine = simulated_machine(replace(spec, network=None), clock)
            context = Context(now=datetime.fromtimestamp(clock.time, timezone.utc))
            yield _recording(spec.name, Recorder(Host(Connection(machine)).run), context)
            machine.close()


def _in_memory() -> Iterable[Recording]:
    failed = "".join(
        (
            detection(0x80072EE7, time="2026-11-22T20:00:00.0000000Z"),
            failure(20, 0x80070643, title="2026-11 Cumulative Update (KB5066791)"),
            failure(31, 0x80246008, title="Definition Update 1.403.88.0"),
        )
    )
    jobs = "".join(job(code) for code in (0x80072EE7, 0x80190193, 0x80200013))
    system = "".join((scm(7023, "BITS", "%%1058"), scm(7031, "Windows Update", "2"), group_policy_failed()))
    machines = {
        "memory": Windows(),
        "unreachable": Windows(update_log=failed, bits_log=jobs, system_log=system, web={None: broken(6)}, hosts=HOSTS),
        "portal": Windows(
            web={None: everywhere(type="text/html"), "proxy:3128": Served()},
            winhttp=winhttp_bytes(
                WinHttp(0x28, 7, 3, "http=proxy:3128;https=other:1", "<local>;*.example.org;10.*", bytes(8))
            ),
            users={
                "HKCU": {
                    "ProxyEnable": 1,
                    "ProxyServer": "p:1",
                    "ProxyOverride": "<local>",
                    "AutoConfigURL": "http://p",
                }
            },
        ),
        "other-source": Windows(22631, update_log=detection(service="{9482F4B4-E343-43B6-B170-9A65BC822C77}")),
        "pac": Windows(
            bits_log=job(0x80190197) * 3,
            update_log=detection(0x8024401B),
            wpad='function FindProxyForURL(url, host) { return "PROXY a:3128; DIRECT"; }',
        ),
        "windows-7": Windows(
            build=7601,
            update_log="",
            text_log="2026-11-20\t08:00:00:000\t 904\t1a4\tMisc\t===========  Logging initialized (build: 7.6.7601.19161, tz: +0100)\n"
            "2026-11-20\t08:00:01:000\t 904\t1a4\tReport\tREPORT EVENT: {AAAAAAAA-0000-0000-0000-000000000000}\t"
            "2026-11-20 08:00:00:000+0100\t1\t148\t101\t{BBBBBBBB-0000-0000-0000-000000000000}\t0\t80072ee2\tAutomaticUpdates\tFailure\n",
        ),
    }
    return (of_windows(name, windows) for name, windows in machines.items())


def _captured() -> Iterable[Recording]:
    for path in sorted(CAPTURES.glob("*.json")):
        data = read_capture(path)
        answers = {
            command: Result(command, each["exit_code"], tuple(each["output"]))
            for each in data["commands"]
            for command in [Command(each["program"], tuple(each["arguments"]))]
        }
        context = Context(now=datetime.fromisoformat(data["captured"]), event_days=data["event_days"])
        yield _recording(path.stem, Recorder(partial(_given, answers)), context)


def _given(answers: Mapping[Command, Result], commands: Sequence[Command]) -> Iterable[Result]:
    """The answers of a capture; what it was not asked is answered as a program that is missing."""
    return [answers.get(each, Result(each, NOT_FOUND)) for each in commands]


def _of_changes() -> Iterable[Asked]:
    """What is asked besides an audit by the modules that change a machine."""
    machines = {
        update_store.OPERATION: (sick(), {"force": True, "timeout": 60}),
        client_id.OPERATION: (Pc(client_id=IdentitySpec(value=CLONED)), {"duplicates": [CLONED], "timeout": 60}),
        bits.OPERATION: (Pc(services={"BITS": {"values": {"Start": 4}}}), {}),
        proxy.OPERATION: (Pc(), {"state": "manual", "server": "proxy:3128"}),
    }
    for operation, (pc, given) in machines.items():
        recorder = Recorder(pc.host.run)
        pc.host.probe = recorder  # type: ignore[method-assign]
        pc.perform(operation, check_mode=operation is client_id.OPERATION, **given)  # or the lab makes a new ID
        pc.machine.close()
        yield from recorder.asked
    recorder = Recorder(Pc().host.run)
    recorder([registry.default(r"HKLM\SOFTWARE\Microsoft"), registry.default(r"HKLM\SOFTWARE\Classes\Absent")])
    yield from recorder.asked


def _real() -> Iterable[Asked]:
    queries: Mapping[str, Query[Any]] = {
        "reg-query-*.txt": registry.tree("HKLM"),
        "sc-query-*.txt": sc.state("BITS"),
        "*.xml": event_log.query("System", [], 14, 60),
    }
    for pattern, query in queries.items():
        for path in sorted(REAL.glob(pattern)):
            text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
            yield query, answer(query, text)
