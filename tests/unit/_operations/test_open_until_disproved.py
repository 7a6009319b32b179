"""No failure is resolved without its own disproof, whatever happened before, between and after, and whatever the server answers now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from hypothesis import given, settings
from hypothesis import strategies as st
from support.event_xml import WSUS, detection, event, job
from support.recording_host import MemoryHost
from support.web_responses import Served, broken, everywhere
from support.windows_answers import CONTEXT, Windows

WINDOWS_UPDATE = "{9482F4B4-E343-43B6-B170-9A65BC822C77}"
CLIENT = "Microsoft-Windows-WindowsUpdateClient"
CODES = (
    0x80072EE2,
    0x80072EE7,
    0x8024401C,
    0x80244022,
    0x80248007,
    0x80240438,
    0x80070643,
    0x8024800F,
    0x80190194,
    0x80200013,
)
DOWNLOADED, DOWNLOAD_FAILED, INSTALLED, INSTALL_FAILED = 41, 31, 19, 20
SERVED = (Served(), broken(6, lookup=0, connect=0), everywhere(status=503), Served(code=9010, asked=0))
UPDATES = ("2026-11 Cumulative Update (KB5066791)", "2026-11 Update for .NET (KB5066792)")


@dataclass(frozen=True)
class Happened:
    """One event, some hours ago: ``kind`` is scan, other_scan, download, install or job; ``code`` None is success."""

    hours: int
    kind: str
    code: int | None
    update: int

    @property
    def time(self) -> str:
        return (CONTEXT.now - timedelta(hours=self.hours)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")

    def as_xml(self) -> str:
        if self.kind in ("scan", "other_scan"):
            return detection(self.code, time=self.time, service=WSUS if self.kind == "scan" else WINDOWS_UPDATE)
        if self.kind == "job":
            return job(self.code or 0x80072EE2, time=self.time)
        done, failed = (DOWNLOADED, DOWNLOAD_FAILED) if self.kind == "download" else (INSTALLED, INSTALL_FAILED)
        error = {} if self.code is None else {"errorCode": f"0x{self.code:08x}"}
        data = {
            "updateTitle": UPDATES[self.update],
            "updateGuid": f"{{0A1B2C3D-0000-4000-8000-00000000000{self.update}}}",
            "serviceGuid": WSUS,
            **error,
        }
        return event(done if self.code is None else failed, data, provider=CLIENT, time=self.time)


HISTORY = st.lists(
    st.builds(
        Happened,
        hours=st.integers(1, 300),
        kind=st.sampled_from(("scan", "other_scan", "download", "install", "job")),
        code=st.none() | st.sampled_from(CODES),
        update=st.integers(0, len(UPDATES) - 1),
    ),
    max_size=12,
    unique_by=lambda each: each.hours,
)


def audited(history: Iterable[Happened], served: Served) -> Sequence[Finding]:
    newest_first = sorted(history, key=lambda each: each.hours)
    xml = [each.as_xml() for each in newest_first]
    machine = Windows(
        web={None: served},
        bits_log="".join(text for text in xml if "Bits-Client" in text),
        system_log="".join(text for text in xml if "<Channel>System<" in text),
        update_log="".join(text for text in xml if "WindowsUpdateClient/Operational" in text),
    )
    return audit.gather(MemoryHost(machine).session, ["all"], CONTEXT).findings


def times(finding: Finding) -> list[str]:
    return [each.facts["time"] for each in finding.evidence if "time" in each.facts]


def is_disproved(finding: Finding, history: Sequence[Happened], served: Served) -> bool:
    """Whether the history, or what the server answers now, contains what ends the failures of a finding."""
    newest = max(times(finding))
    if finding.id == "agent.scan_failed":
        return any(each.kind == "scan" and each.code is None and each.time > newest for each in history)
    if finding.component == "bits":
        causes = (_error_codes.explain(int(code, 16), "bits_job").cause for code in finding.codes)
        # Every request succeeds now, the one for the file of the job too.
        return served == Served() or all(cause.startswith("network-") for cause in causes)
    kinds = ("download", "install") if finding.id == "agent.download_failed" else ("install",)
    names = {each.facts.get("update") for each in finding.evidence}
    return any(
        each.kind in kinds and each.code is None and each.time > newest and UPDATES[each.update] in names
        for each in history
    )


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(HISTORY, st.sampled_from(SERVED))
def test_what_is_resolved_was_disproved(history: list[Happened], served: Served) -> None:
    for finding in audited(history, served):
        if finding.resolved:
            assert is_disproved(finding, history, served), finding.summary


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(HISTORY, st.sampled_from(CODES), st.sampled_from(SERVED))
def test_a_scan_that_fails_last_is_never_resolved(history: list[Happened], code: int, served: Served) -> None:
    last = Happened(0, "scan", code, 0)
    findings = audited([*history, last], served)
    assert any(not each.resolved and last.time in times(each) for each in findings)
