# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps to the desired state of BITS: its definition, the services that it requires, the folder for its jobs."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._plan import Change, Step
from ..._windows.folders import make_folder
from ..service import dependencies
from ..service import plan as service_plan
from ..service.desired import Desired
from ..service.facts import RelatedService
from ..system import System
from .definition import SENS
from .facts import JOB_FOLDER, Bits

_PATH_NOT_FOUND = 0x80070003


def plan(bits: Bits, wanted: Desired, system: System) -> tuple[Step, ...]:
    """The steps to the desired state of BITS and of the services that it requires; empty if nothing has to change.

    Raises DependencyMissing, DefinitionUnreadable, or UnquotableArgument if a wanted value cannot be quoted on a command line.
    """
    steps = service_plan.plan(bits.service, wanted, system.system_root, _extra_services(wanted))
    return (*steps, *_folder_steps(bits, wanted))


def services_to_start(bits: Bits, wanted: Desired) -> tuple[RelatedService, ...]:
    """The services that BITS requires and that are not running."""
    return dependencies.services_to_start(bits.service, wanted, _extra_services(wanted))


def _extra_services(wanted: Desired) -> tuple[str, ...]:
    """SENS if a whole profile is wanted: BITS starts without it, but is not notified of logons."""
    return (SENS,) if wanted.whole else ()


def _folder_steps(bits: Bits, wanted: Desired) -> Iterator[Step]:
    """The folder for jobs, if BITS could not start because of a missing path. There is no undo: an empty folder does no harm."""
    failed_with = bits.service.state.failed_with
    without_path = failed_with is not None and _error_codes.of_win32(failed_with) == _PATH_NOT_FOUND
    if not wanted.stopped and without_path and bits.job_folder is False:
        yield Step((Change("job_folder", "missing", "present"),), make_folder(JOB_FOLDER))
