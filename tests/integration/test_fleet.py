"""What the playbooks do on fleets: who is asked, what the report has, how a run ends."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from broken import WAYS
from playing import HERE, Controller, Play
from repairing import CONFIRM, REPORT, statuses

TOP = HERE.parent.parent
SCHEMA = json.loads((TOP / "docs" / "schema" / "audit-1.schema.json").read_text("utf-8"))
HEALTHY = {"name": "well"}
SICK = {"name": "sick", **WAYS["disabled"].machine}
LINUX = {"web-1": {"ansible_connection": "ssh"}, "switch": {"ansible_connection": "ansible.netcommon.network_cli"}}


def asked(served: Controller) -> dict[str, int]:
    return {name: len(machine.log) for name, machine in served.lab.machines.items()}


def last_line(play: Play) -> str:
    """The line of the outcomes, which is the last of the report."""
    lines = play.output.splitlines()
    return next(lines[number + 1] for number, line in enumerate(lines) if re.match(r"[0-9]+ machines?: ", line))


@pytest.mark.smoke
def test_a_repair_asks_the_machines_that_require_it_and_reports_before_and_after(
    controller: Callable[..., Controller],
) -> None:
    served = controller(
        [HEALTHY, SICK, {"name": "gone", "services": {"BITS": {"values": {"Start": 4}, "start_fails_with": 5}}}]
    )
    before = served.state()
    plan = served.play("wsus.client.repair", "--check", *REPORT)
    assert served.state() == before
    assert plan.exit_code == 0, plan.output
    assert plan.audit is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(plan.audit)
    rows = re.findall(r"^(\S+) +bits +(\S+) +(\S+) +(\S+)$", plan.output, re.MULTILINE)
    assert ("sick", "start_type", "disabled", "demand") in rows
    assert last_line(plan) == "2 would be changed, 1 needed no repair"
    assert asked(served)["well"] == 2

    done = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert done.exit_code == 2
    assert last_line(done) == "1 repaired, 1 failed, 1 needed no repair"
    assert "skipping: [well]" not in done.output
    assert asked(served)["well"] == 4
    assert done.audit is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(done.audit)
    repair = done.audit["machines"]["sick"]["repair"]
    assert (repair["outcome"], repair["before"], repair["after"]) == ("repaired", ["bits.disabled"], [])
    assert repair["backups"]
    assert [each["attribute"] for each in repair["changes"]] == ["start_type", "state"]
    assert [each["attribute"] for each in plan.audit["machines"]["sick"]["repair"]["changes"]] == [
        "start_type",
        "state",
    ]
    assert "BITS did not start" in done.audit["machines"]["gone"]["repair"]["failure"]

    again = served.play("wsus.client.repair", *CONFIRM, *REPORT, "--limit", "sick,well")
    assert (again.exit_code, again.changed) == (0, {})
    assert last_line(again) == "2 needed no repair"
    assert again.output.count("skipping: no hosts matched") == 9  # six roles, the audit after them, two ends


@pytest.mark.parametrize("playbook", ["wsus.client.audit", "wsus.client.repair"])
def test_if_no_machine_answers_the_report_replaces_the_earlier_one_and_the_exit_code_stays(
    controller: Callable[..., Controller], playbook: str
) -> None:
    served = controller([HEALTHY, SICK])
    confirm = (*CONFIRM, *REPORT) if playbook.endswith("repair") else ()
    wrong = {name: {"ansible_password": "wrong"} for name in ("well", "sick")}
    play = served.play(playbook, *confirm, hosts=wrong)
    assert play.exit_code == 4, play.output
    assert statuses(play) == {"well": "unreachable", "sick": "unreachable"}
    assert "2 machines: 2 unreachable" in play.output
    assert re.search(r"^sick +: .*unreachable=1 .*failed=0", play.output, re.MULTILINE)
    assert asked(served) == {"well": 0, "sick": 0}


def test_a_machine_that_is_off_shows_its_last_known_state(
    controller: Callable[..., Controller], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ansible.cfg").write_text(
        f"[defaults]\nfact_caching = ansible.builtin.jsonfile\nfact_caching_connection = {tmp_path}/facts\n", "utf-8"
    )
    served = controller([HEALTHY, SICK])
    assert served.play().exit_code == 0
    off = served.play(hosts={"sick": {"ansible_password": "wrong"}})
    assert off.exit_code == 4
    assert off.audit is not None
    sick = off.audit["machines"]["sick"]
    assert (sick["status"], sick["stale"], [each["id"] for each in sick["findings"]]) == (
        "unreachable",
        True,
        ["bits.disabled"],
    )
    assert re.search(r"^sick +unreachable +Windows 10 .*; facts from 0 h ago$", off.output, re.MULTILINE)
    before = asked(served)
    report = served.play("wsus.client.report", *REPORT)
    assert report.exit_code == 0, report.output
    assert statuses(report) == {"well": "healthy", "sick": "broken"}
    assert asked(served) == before


def test_machines_that_are_not_windows_are_left_out_in_one_line(controller: Callable[..., Controller]) -> None:
    served = controller([HEALTHY])
    inventory = served.lab.inventory(transport="basic", scheme="http")
    inventory["all"]["children"]["linux"] = {"hosts": LINUX}
    for playbook, more in (("wsus.client.audit", ()), ("wsus.client.repair", (*CONFIRM, *REPORT))):
        play = served.play(playbook, *more, inventory=inventory)
        assert play.exit_code == 0, play.output
        assert statuses(play) == {"well": "healthy"}
        assert "their connection does not reach Windows: switch, web-1" in play.output
    alone = served.play(*("wsus.client.audit", "-e", "wsus_hosts=linux"), inventory=inventory)
    assert alone.exit_code == 0, alone.output
    assert statuses(alone) == {}


def test_become_of_the_configuration_does_not_reach_the_playbooks(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    (tmp_path / "ansible.cfg").write_text("[privilege_escalation]\nbecome = true\n", "utf-8")
    assert controller([HEALTHY]).play().exit_code == 0


WRONG = [
    ("wsus_report_show=problem", "wsus_report_show must be one of: all, problems, totals, none"),
    ("wsus_report_fail_on=sick", "wsus_report_fail_on must be one of: never, broken"),
    ("wsus_report_html=/dev/null/page.html", "page.html cannot be written: /dev/null is not a folder"),
    ("wsus_report_previous=/nowhere.json", "/nowhere.json cannot be read: No such file"),
    ("wsus_server_computers=inventory.yml", "is not an export of the console's computers"),
    ("wsus_repair_roles=bitz", "wsus_repair_roles contains bitz; the roles are: policy, bits"),
    ("wsus_agent_mode=alwayz", "wsus_agent_mode must be one of: as_needed, always"),
    ("wsus_bits_timeout=soon", "wsus_bits_timeout"),
]


@pytest.mark.parametrize(("variable", "words"), WRONG)
def test_a_wrong_variable_fails_before_the_first_machine_is_asked(
    controller: Callable[..., Controller], variable: str, words: str
) -> None:
    served = controller([SICK])
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT, "-e", variable)
    assert play.exit_code == 2, play.output
    assert words in play.output
    assert "Traceback" not in play.output
    assert asked(served) == {"sick": 0}


@pytest.mark.parametrize(("fail_on", "exit_code"), [("never", 0), ("unreachable", 0), ("broken", 2), ("degraded", 2)])
def test_the_exit_code_follows_the_findings_if_that_is_asked_for(
    controller: Callable[..., Controller], fail_on: str, exit_code: int
) -> None:
    play = controller([HEALTHY, SICK]).play("wsus.client.audit", "-e", f"wsus_report_fail_on={fail_on}")
    assert play.exit_code == exit_code, play.output
    assert statuses(play) == {"well": "healthy", "sick": "broken"}
    assert ("1 of 2 machines fail: sick (broken)" in play.output) == (exit_code == 2)


def test_every_format_and_the_servers_view(controller: Callable[..., Controller], tmp_path: Path) -> None:
    served = controller(
        [
            HEALTHY,
            SICK,
            {"name": "clone-1", "client_id": {"value": CLONE}},
            {"name": "clone-2", "client_id": {"value": CLONE}},
        ]
    )
    first = served.play()
    assert first.audit is not None
    (tmp_path / "last.json").write_text(json.dumps(first.audit), "utf-8")
    rows = [f"{name}.example.test,,2026-11-20T00:00:00Z" for name in ("well", "old")] + [
        f"clone-1,{CLONE},2020-01-01T00:00:00Z"
    ]
    (tmp_path / "computers.csv").write_text("\n".join(["FullDomainName,Id,LastReportedStatusTime", *rows]), "utf-8")
    options = {
        "wsus_report_html": "page.html",
        "wsus_report_csv": "audit.csv",
        "wsus_report_prometheus": "audit.prom",
        "wsus_report_previous": "last.json",
        "wsus_report_language": "ja",
        "wsus_server_computers": "computers.csv",
    }
    play = served.play("wsus.client.audit", "-e", json.dumps(options))
    assert play.exit_code == 0, play.output
    assert play.audit is not None
    found = {each["id"]: each["machines"] for each in play.audit["fleet_findings"]}
    assert found["fleet.not_in_console"] == ["sick"]
    assert found["fleet.not_in_inventory"] == ["old.example.test"]
    assert found["fleet.shared_client_id"] == found["fleet.shared_entry"] == ["clone-1", "clone-2"]
    assert found["fleet.report_overdue"] == ["clone-1", "clone-2"]
    assert (play.audit["trend"]["new"], play.audit["trend"]["gone"]) == ([], [])
    assert (
        play.audit["trend"]["since"]["sick"] == {"bits.disabled": first.audit["time"]}
        or play.audit["trend"]["since"]["sick"]
    )
    page = (tmp_path / "page.html").read_text("utf-8")
    assert '<html lang="ja"' in page
    assert "bits.disabled" in page
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["clone-1", "clone-2", "sick", "well"]
    assert 'wsus_client_status{machine="sick",status="broken"} 1' in (tmp_path / "audit.prom").read_text("utf-8")


CLONE = "5b4e28ba-2fa1-41d2-883f-0016d3cca427"


def test_slices_join_and_a_shared_id_is_found_across_them(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    served = controller([{"name": f"pc-{number}", "client_id": {"value": CLONE}} for number in (1, 2)])
    for number in (1, 2):
        play = served.play("wsus.client.audit", "--limit", f"pc-{number}")
        (tmp_path / f"slice{number}.json").write_text(json.dumps(play.audit), "utf-8")
    play = served.play(
        "wsus.client.report", *REPORT, "-e", json.dumps({"wsus_audit_files": ["slice1.json", "slice2.json"]})
    )
    assert play.exit_code == 0, play.output
    assert play.audit is not None
    assert [each["machines"] for each in play.audit["fleet_findings"]] == [["pc-1", "pc-2"]]
    assert statuses(play) == {"pc-1": "healthy", "pc-2": "healthy"}


def surveys() -> dict[str, list[str]]:
    """Every variable of every playbook, all of them without an answer."""
    options = [
        name
        for path in sorted((TOP / "roles").glob("*/meta/argument_specs.yml"))
        for name in yaml.safe_load(path.read_text("utf-8"))["argument_specs"]["main"]["options"]
    ]
    plays = "".join(path.read_text("utf-8") for path in (TOP / "playbooks").glob("**/*.yml"))
    own = set(re.findall(r"\b(wsus_\w+) \| default\(", plays)) - {
        "wsus_report_default_path",
        "wsus_report_default_show",
    }
    return {"variables": sorted({*options, *own, "wsus_repair_roles"} - {"wsus_confirm"})}


@pytest.mark.parametrize("playbook", ["audit", "repair", "report", "rebuild_store", "regenerate_client_ids"])
def test_a_survey_with_every_field_empty_runs_as_without_it(
    controller: Callable[..., Controller], playbook: str
) -> None:
    empty = dict.fromkeys(surveys()["variables"], "")
    assert len(empty) > 60
    served = controller([HEALTHY, SICK, {"name": "clone", "client_id": {"value": "image-template"}}])
    play = served.play(f"wsus.client.{playbook}", *CONFIRM, "-e", json.dumps(empty))
    assert play.exit_code == 0, play.output
    expected: dict[str, Any] = {"repair": {"sick", "clone"}, "regenerate_client_ids": {"clone"}}
    assert set(play.changed) == expected.get(playbook, set())


@pytest.mark.smoke
@pytest.mark.parametrize("option", ["--syntax-check", "--list-tasks"])
def test_playbooks_can_be_read_without_a_run(controller: Callable[..., Controller], option: str) -> None:
    """All of them in one run, as a playbook that imports them."""
    served = controller([HEALTHY])
    names = [path.stem for path in (TOP / "playbooks").glob("*.yml")]
    assert {"audit", "repair", "regenerate_client_ids"} <= set(names)
    imported = [{"name": name, "ansible.builtin.import_playbook": f"wsus.client.{name}"} for name in names]
    play = served.play(imported, option)
    assert play.exit_code == 0, play.output
    assert asked(served) == {"well": 0}
