"""Parsers of what reaches the controller as bytes: the output of a connection, and the files that a report reads."""

from __future__ import annotations

import base64
import copy
import json
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from ansible.errors import AnsibleFilterError
from ansible_collections.wsus.client.plugins.filter.duplicate_client_ids import duplicate_client_ids
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import prometheus, reporting, spreadsheet
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine, machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import Report, document
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report_options import ReportOptions
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.table import table
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import diagnose
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command
from support.fleet import FLEET, NOW, repaired
from support.task_options import options
from unit.fuzz import mutation
from unit.fuzz.parser import Parser
from unit.fuzz.recordings import recordings

Sent: TypeAlias = tuple[str, int, bytes, bytes]
"""What came over a connection: its plugin, the exit code, standard output with TOKEN for the token, standard error."""

COMMANDS = (command("reg.exe", "query", "HKLM"), command("sc.exe", "queryex", "bits"))
_TOKEN = re.compile(r'"([0-9a-f]{16}) \$LASTEXITCODE"')
_OUTPUT = "HKEY_USERS\r\nTOKEN 0\r\n\r\nHKEY_LOCAL_MACHINE\r\n    Gr\u00f6\u00dfe    REG_SZ    x\r\nTOKEN 0\r\n\r\nTOKEN 1060\r\n"
_SSH = "Active code page: 65001\r\nTOKEN 0\r\n\u00fc\u6771\u20ac\r\nTOKEN 0\r\n"
_LONGEST_COMPARED_S = 0.15
"""A file can have ten thousand rows of one character, and each computer is compared with the fleet as well."""
_CLIXML = b'#< CLIXML\r\n<Objs><S S="Error">powershell : not found_x000D__x000A_</S></Objs>'


@dataclass(frozen=True)
class Connection:
    """A connection that answers every batch with the same bytes."""

    sent: Sent
    become = None

    @property
    def transport(self) -> str:
        return self.sent[0]

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        # ansible-core before 2.19 is given the script itself, see handover
        script = cmd if _TOKEN.search(cmd) else base64.b64decode(cmd.rpartition(" ")[2]).decode("utf-16-le")
        token = _TOKEN.findall(script)[0]
        _plugin, code, output, errors = self.sent
        return code, output.replace(b"TOKEN", token.encode()), errors


def connection() -> Parser[Sent]:
    """What splits the output of a batch, decodes it, and says why there is none."""
    seeds: list[Sent] = [
        ("winrm", 0, _OUTPUT.encode(), b""),
        ("winrm", 1, b"", _CLIXML),
        ("psrp", 0, _OUTPUT.encode("cp1252"), b""),
        ("ssh", 0, (_SSH + _OUTPUT).encode(), b""),
        ("ssh", 127, b"", b"bash: PowerShell: command not found"),
    ]

    def make(random: Random, one: Sent, other: Sent) -> Sent:
        code = random.choice((one[1], other[1], -1, 9009))
        if one[2] and random.random() < 0.8:
            return one[0], code, mutation.blob(random, one[2], other[2]), one[3]
        return one[0], code, one[2][: random.randrange(len(one[2]) + 1)], mutation.blob(random, one[3], _CLIXML)

    return Parser("connection", lambda sent: Host(Connection(sent)).run(COMMANDS), lambda: seeds, make)


def of_files() -> Iterator[Parser[Any]]:
    """What reads the files that a report compares with, and what a report then makes of them."""
    yield Parser("audit_file", audit_file, _audits, _spoiled)
    yield Parser("client_ids", client_ids_of, _audits, _spoiled, own=(AnsibleFilterError,))
    yield Parser("console_file", console_file, lambda: _CONSOLE, mutation.blob, longest_s=_LONGEST_COMPARED_S)


_CONSOLE = (
    b"\xef\xbb\xbfFullDomainName,Id,LastReportedStatusTime\r\npc1.example.com,3b4e28ba-2fa1-41d2-883f-0016d3cca427,2026-11-01T08:00:00\r\n",
    b'#TYPE Selected\r\n"FullDomainName";"Id";"LastReportedStatusTime"\r\n"pc2";"";""\r\n',
    b'[{"FullDomainName": "pc1", "Id": "x", "LastReportedStatusTime": "/Date(1790000000000)/"}]',
    '{"Name": "pc2", "Id": null, "LastReportedStatusTime": "0001-01-01T00:00:00"}'.encode("utf-16"),
)
_ODD = (
    None,
    True,
    -1,
    10**400,
    1e308,
    "",
    "\x1b[31m",
    "\ud800",
    "9" * 5000,
    [],
    [None],
    {},
    {"id": 1},
    [{"id": "x"}],
    [[]],
)


def _audits() -> list[bytes]:
    made = [*FLEET, repaired("mended"), repaired("lost", "the connection was lost")]
    audits = [_audited(each) for each in recordings()[:3]]
    documents = (document(Report(tuple(each), NOW, options={"repair": True})) for each in (made, audits))
    return [json.dumps(each).encode() for each in documents]


def _audited(recording: Any) -> Machine:
    audit = diagnose(recording.changed(()), ["all"], recording.context, lambda _text: None)
    return machine(recording.name, [{"ansible_facts": {**audit.as_facts(), "wsus_gathered": NOW.isoformat()}}], {})


def _spoiled(random: Random, one: bytes, other: bytes) -> bytes:
    """A document with a few values that are others, of whatever type; at times spoiled as a text."""
    if random.random() < 0.05:
        return mutation.blob(random, one, other)
    made, elsewhere = json.loads(one), json.loads(other)
    for _time in range(random.choice((1, 1, 2, 5))):
        parent, key = _place(random, made)
        value = parent[key]
        odd: Any = copy.deepcopy(random.choice((*_ODD, _within(random, elsewhere))))
        if isinstance(value, str) and random.random() < 0.5:
            odd = mutation.text(random, value, str(_within(random, elsewhere)))
        if isinstance(parent, dict) and random.random() < 0.2:
            del parent[key]
        else:
            parent[key] = odd
    return json.dumps(made).encode()


def _place(random: Random, data: Any) -> tuple[Any, Any]:
    """A container within a document, and a key of it."""
    place = data, random.choice(list(data))
    while random.random() < 0.8:
        value = place[0][place[1]]
        keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if not keys:
            break
        place = value, random.choice(keys)
    return place


def _within(random: Random, data: Any) -> Any:
    parent, key = _place(random, data)
    return parent[key]


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    with tempfile.NamedTemporaryFile(prefix="wsus-fuzz-") as file:
        file.write(content)
        file.flush()
        yield file.name


def audit_file(content: bytes) -> None:
    """Reads one file as the earlier report and as another audit, and shows both in every way but as a page."""
    with _file(content) as path:
        given = options(ReportOptions, previous=path, audit_files=[path])
        report = reporting.make((), reporting.read_inputs(given), given, NOW)
    json.dumps(document(report), allow_nan=False)
    deque(table(report, "all"), maxlen=0)
    spreadsheet.csv_text(report)
    prometheus.metrics(report)
    reporting.stats(report)


def client_ids_of(content: bytes) -> None:
    """Finds shared client IDs in an audit file."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):  # which the filter that reads JSON says
        return
    duplicate_client_ids({}, document)


def console_file(content: bytes) -> None:
    """Compares machines with an export of the console."""
    with _file(content) as path:
        inputs = reporting.read_inputs(options(ReportOptions, server_computers=path))
    reporting.make(FLEET, inputs, options(ReportOptions), NOW)
