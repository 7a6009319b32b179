"""BITS jobs of a fleet that failed, and what of their files is on the server.

The file of a job is on the server, unless the job failed with a status by which a server refuses a file: then it is refused still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import unquote, urlsplit

from .fleet_reading import FleetError, mapping, seconds, text

_HTTP = 0x8019
"""The facility of BITS for HTTP statuses (bitsmsg.h)."""
_REFUSALS = (401, 403, 404)
_FILE = "8C2A6D0E4B1F97530A6C9E1D27B48F5360D1A23F"


@dataclass(frozen=True)
class JobSpec:
    """A BITS job that failed ``age`` seconds ago with an HRESULT; by default a download of the update agent."""

    code: int
    age: float
    name: str = "WU Client Download"
    owner: str = "NT AUTHORITY\\SYSTEM"
    url: str = f"http://wsus.example.test:8530/Content/3F/{_FILE}.cab"
    process: str = "C:\\Windows\\System32\\svchost.exe"


def read_job(data: Any, where: str) -> JobSpec:
    """Read a job. Its default URL is that of a file of its own for each status by which a server refuses files. Raises FleetError."""
    data = mapping(data, where, {item.name for item in fields(JobSpec)})
    code = data.get("code")
    if not isinstance(code, int):
        raise FleetError(f"{where}: code: expected a number such as 0x80190193")
    texts = {key: text(value, f"{where}: {key}") for key, value in data.items() if key not in ("code", "age")}
    status = _refusal(code)
    if status:
        texts.setdefault(
            "url", f"http://wsus.example.test:8530/Content/{status % 100:02}/{_FILE[:-2]}{status % 100:02}.cab"
        )
    return JobSpec(code, seconds(data.get("age"), f"{where}: age"), **texts)


def files_on_servers(jobs: Iterable[JobSpec]) -> Mapping[str, int]:
    """The status with which a server answers for the file of each job, by lower-case path; of several jobs the newest decides."""
    oldest_first = sorted(jobs, key=lambda job: -job.age)
    return {unquote(urlsplit(job.url).path).lower(): _refusal(job.code) or 200 for job in oldest_first}


def _refusal(code: int) -> int | None:
    status = code & 0xFFFF
    return status if (code & 0xFFFFFFFF) >> 16 == _HTTP and status in _REFUSALS else None
