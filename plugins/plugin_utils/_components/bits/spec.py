# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BITS as a service: its names, and what it needs."""

from __future__ import annotations

from ..._finding import FindingType
from ..service.baseline import BITS_ESSENTIAL_PRIVILEGES
from ..service.spec import ServiceSpec

SENS = "SENS"

PATH_NOT_FOUND = FindingType(
    "bits.path_not_found",
    ("error", "warning"),
    "A folder that BITS requires is missing.",
    r"Restore the missing folder: that of the BITS program, or ProgramData\Microsoft\Network\Downloader.",
    ("bits",),
    ("0x80070003",),
)
COM_CATALOG = FindingType(
    "bits.com_catalog",
    ("error", "warning"),
    "The COM+ catalog, which BITS requires, is damaged.",
    "Repair the COM+ catalog (sfc /scannow), then restart the services EventSystem and SENS.",
    ("administrator",),
    ("0x80040154", "0x80040206"),
)

SERVICE = ServiceSpec(
    name="BITS",
    phrase="BITS",
    component="bits",
    remedy="bits",
    error_context="bits_start",
    display_name=r"@%SystemRoot%\system32\qmgr.dll,-1000",
    localized_names=frozenset(
        {
            "background intelligent transfer service",
            "intelligenter hintergrundübertragungsdienst",
            "servicio de transferencia inteligente en segundo plano",
            "service de transfert intelligent en arrière-plan",
            "servizio trasferimento intelligente in background",
            "serviço de transferência inteligente em segundo plano",
        }
    ),
    dll_name="qmgr.dll",
    # Every service that BITS depends on, directly or not, on any Windows from 7 on, and SENS for its notices of logons.
    related_services={"RpcSs": "auto", "EventSystem": "auto", SENS: "auto"},
    # SENS depends on it, and Windows stops no service that a running one depends on.
    implied={"EventSystem": SENS},
    essential_privileges=BITS_ESSENTIAL_PRIVILEGES,
    start_faults=(PATH_NOT_FOUND, COM_CATALOG),
)
