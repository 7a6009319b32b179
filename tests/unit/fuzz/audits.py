"""Whole audits of machines of which some answers are hostile: facts, findings, strict JSON, and a report in every form."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import html, prometheus, reporting, spreadsheet
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import document
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report_options import ReportOptions
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.reporting import Inputs
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.table import table
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import diagnose
from support.task_options import options
from unit.fuzz.answers import Reading, answer, differs
from unit.fuzz.parser import Parser
from unit.fuzz.recordings import recordings

LONGEST_S = 2.0
"""The CPU time that an audit of one machine may cost, with a report on it."""
NAME = "pc"
_DIRECTIONS = frozenset("LRE RLE PDF LRO RLO LRI RLI FSI PDI".split())


def audit() -> Parser[Reading]:
    """The audit of a machine, as a parser of all its answers."""
    return Parser("whole audit", audited, _machines, _with_hostile_answers, longest_s=LONGEST_S, show=differs)


def _machines() -> Sequence[Reading]:
    return [(each, tuple(each.answers.values())) for each in recordings()]


def _with_hostile_answers(random: Random, one: Reading, other: Reading) -> Reading:
    changed = random.sample(one[1], k=random.choice((1, 1, 2, 3, 8)))
    return one[0], tuple(answer(random, each, random.choice(other[1])) for each in changed)


def audited(given: Reading) -> None:
    """Audit and report. An exception that the audit made a finding of is raised, unless it is one of ours."""
    recording, changes = given
    foreign: list[BaseException] = []

    def debug(_traceback: str) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, WsusClientError):
            foreign.append(error)

    audit = diagnose(recording.changed(changes), ["all"], recording.context, debug)
    if foreign:
        raise foreign[0]
    facts = {**audit.as_facts(), "wsus_gathered": recording.context.now.isoformat()}
    _report(facts, recording.context.now)


def _report(facts: Mapping[str, Any], now: Any) -> None:
    """Every form of a report on the machine: no value of it adds a line, or a character that a terminal acts on."""
    given = options(ReportOptions)
    report = reporting.make([machine(NAME, [{"ansible_facts": facts}], {})], Inputs(), given, now)
    content = document(report)
    json.dumps([content, reporting.stats(report)], allow_nan=False)
    lines = [line for line, _status in table(report, "all")]
    assert [line for line in lines if any(map(_acts_on_a_terminal, line))] == []
    assert [line.split()[0] for line in lines if line[:1].isalpha()] == [NAME]
    assert len(list(csv.reader(io.StringIO(spreadsheet.csv_text(report))))) == 2
    assert all(line.startswith(("#", "wsus_client_")) for line in prometheus.metrics(report).splitlines())
    html.render(content, "en")


def _acts_on_a_terminal(character: str) -> bool:
    """Whether it is a control, ends a line, changes the direction of writing, or is half of a surrogate pair."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _DIRECTIONS
    )
