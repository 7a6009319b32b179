"""What a failed BITS job leaves in the log of the BITS client: created, transfer started, transfer stopped with an error."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ..fleet import JobSpec

if TYPE_CHECKING:
    from .machine import SimulatedMachine

CHANNEL = "Microsoft-Windows-Bits-Client/Operational"
PROVIDER = "Microsoft-Windows-Bits-Client"
_HTTP_REQUIREMENTS = frozenset({0x80200011, 0x80200013})
"""BG_E_MISSING_FILE_SIZE and BG_E_INSUFFICIENT_RANGE_SUPPORT: event 202 says which requirement was not met."""

_SYSTEM = "NT AUTHORITY\\SYSTEM"
_FILE_TIME = "2026-01-13T08:00:00.0000000Z"
_LENGTH = "1048576"


def write_failed_job(machine: SimulatedMachine, job: JobSpec) -> None:
    """Write the events of a job whose transfer ended with ``job.code``, the last of them ``job.age`` seconds ago."""
    job_id, transfer_id = (
        f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {machine.name} {job}')}}}" for kind in ("job", "transfer")
    )
    owner = job.owner or _SYSTEM
    created = [("jobTitle", job.name), ("jobId", job_id), ("jobOwner", owner)]
    if machine.profile.build >= 10240:
        created += [("processPath", job.process), ("processId", "1332")]
    transfer = [("transferId", transfer_id), ("name", job.name), ("Id", job_id), ("url", job.url), ("peer", "")]
    sizes = [("fileTime", _FILE_TIME), ("fileLength", _LENGTH), ("bytesTotal", _LENGTH), ("bytesTransferred", "0")]
    code = str(job.code)
    stopped = [*transfer, ("hr", code), *sizes, ("proxy", "")]
    if machine.profile.build >= 9600:
        stopped += [
            ("peerProtocolFlags", "0"),
            ("bytesTransferredFromPeer", "0"),
            ("AdditionalInfoHr", "0"),
            ("PeerContextInfo", "0"),
        ]
        stopped += [("bandwidthLimit", "18446744073709551615"), ("ignoreBandwidthLimitsOnLan", "false")]
    events = [(2.0, 3, created), (1.0, 59, [*transfer, *sizes, ("bytesTransferredFromPeer", "0")]), (0.0, 61, stopped)]
    if job.code in _HTTP_REQUIREMENTS:
        requirement = [
            ("jobName", job.name),
            ("jobOwner", owner),
            ("jobId", job_id),
            ("url", job.url),
            ("xferId", transfer_id),
        ]
        requirement += [
            ("proxy", ""),
            ("hr", code),
            ("fileLength", _LENGTH),
            ("HTTPVersion", "1.1"),
            ("URLRange", "0-65535"),
        ]
        events.append((0.5, 202, requirement))
    for before, event_id, data in events:
        with machine.ago(job.age + before):
            machine.events.write(CHANNEL, PROVIDER, event_id, data)
