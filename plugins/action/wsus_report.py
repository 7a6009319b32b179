# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_report: runs on the controller only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar

from ansible import constants
from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._fleet import reporting
from ..plugin_utils._fleet.fleet_finding import lines
from ..plugin_utils._fleet.report import Report, totals
from ..plugin_utils._fleet.report_options import ReportOptions
from ..plugin_utils._fleet.table import table
from ..plugin_utils._options import Options

# The colors that the user configured for Ansible's task results.
_COLORS = {
    "broken": "COLOR_ERROR",
    "failed": "COLOR_ERROR",
    "unreachable": "COLOR_UNREACHABLE",
    "degraded": "COLOR_CHANGED",
    "healthy": "COLOR_OK",
}


class ActionModule(WsusAction):
    """Report on the fleet from the results of its audits or repairs."""

    OPTIONS: ClassVar[type[Options]] = ReportOptions
    _requires_connection = False

    def perform(self, options: ReportOptions, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Collect the machines, print the table, write the files."""
        inputs = reporting.read_inputs(options)
        if options.validate_only:
            return {"changed": False}
        names = options.hosts if options.hosts is not None else task_vars["ansible_play_hosts_all"]
        hostvars = task_vars["hostvars"]
        machines = [reporting.machine_of(name, hostvars[name] if name in hostvars else {}, options) for name in names]
        report = reporting.make(machines, inputs, options, datetime.now(timezone.utc))
        if options.show != "none":
            _print(report, options)
        if not self._task.check_mode:
            reporting.write(report, options)
        reporting.require_healthy(report, options.fail_on)
        return {
            "changed": False,
            "path": options.path,
            "files": options.files,
            "run": report.run,
            "totals": totals(report.machines),
            "fleet_findings": [each.as_data() for each in report.fleet_findings],
            "ansible_stats": {"data": {"wsus_report": reporting.stats(report)}, "aggregate": True, "per_host": False},
        }


def _print(report: Report, options: ReportOptions) -> None:
    for text in lines(report.fleet_findings):
        Display().display(text, color=constants.config.get_config_value("COLOR_WARN"))
    for line, status in table(report, options.show):
        Display().display(line, color=constants.config.get_config_value(_COLORS[status]) if status in _COLORS else None)
