"""The network around the machines of a fleet: WSUS endpoints, proxies, what does not answer, and each machine's DNS.

Everything listens on loopback only, on free ports; nothing is opened before a program asks for it.
"""

from __future__ import annotations

from .faults import EndpointFaults
from .spec import DEFAULT_ENDPOINTS, EndpointSpec
from .world import MachineNetwork, Network

__all__ = ["DEFAULT_ENDPOINTS", "EndpointFaults", "EndpointSpec", "MachineNetwork", "Network"]
