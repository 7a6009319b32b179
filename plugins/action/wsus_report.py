# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_report: runs on the controller only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, ClassVar, Literal

from ansible import constants
from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._fleet.comparison import compare, lines
from ..plugin_utils._fleet.json_file import write_json
from ..plugin_utils._fleet.report import Machine, document, machine, table, totals
from ..plugin_utils._options import Options, Spec

# The colors that the user configured for Ansible's task results.
_COLORS = {
    "broken": "COLOR_ERROR",
    "failed": "COLOR_ERROR",
    "unreachable": "COLOR_UNREACHABLE",
    "degraded": "COLOR_CHANGED",
    "healthy": "COLOR_OK",
}


@dataclass(frozen=True)
class ReportOptions(Options):
    """The options of wsus_report."""

    SPEC: ClassVar[Spec] = Spec(
        {
            "path": {"type": "path"},
            "hosts": {"type": "list", "elements": "str"},
            "audits": {"type": "list", "elements": "str", "default": ["wsus_audit_result"]},
            "show": {"type": "str", "choices": ["all", "problems", "totals", "none"], "default": "all"},
        }
    )

    path: str | None
    hosts: list[str] | None
    audits: list[str]
    show: Literal["all", "problems", "totals", "none"]


class ActionModule(WsusAction):
    """Report on the fleet from the results of its audits."""

    OPTIONS: ClassVar[type[Options]] = ReportOptions
    _requires_connection = False

    def perform(self, options: ReportOptions, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Collect the machines, print the table, write the file."""
        names = options.hosts if options.hosts is not None else task_vars["ansible_play_hosts_all"]
        machines = [self._machine(name, options.audits, task_vars["hostvars"]) for name in names]
        compared = compare(machines)
        fleet_findings = [each.as_data() for each in compared]
        if options.show != "none":
            for text in lines(compared):
                Display().display(text, color=constants.config.get_config_value("COLOR_WARN"))
            for line, status in table(machines, options.show):
                Display().display(
                    line, color=constants.config.get_config_value(_COLORS[status]) if status in _COLORS else None
                )
        if options.path and not self._task.check_mode:
            time = datetime.now(timezone.utc).isoformat(timespec="seconds")
            write_json(options.path, document(machines, time, fleet_findings))
        return {
            "changed": False,
            "path": options.path,
            "totals": totals(machines),
            "fleet_findings": fleet_findings,
        }

    @staticmethod
    def _machine(name: str, audits: list[str], hostvars: Mapping[str, Mapping[str, Any]]) -> Machine:
        known = hostvars[name] if name in hostvars else {}
        attempts = [known[variable] for variable in audits if variable in known]
        return machine(name, attempts, known.get("ansible_facts") or {})
