"""Command line of the lab: start a fleet, and look into a running one."""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import yaml

from .control import ControlError, Record
from .run import Settings, start, start_in_background, wait_until_gone
from .serve import SCHEMES, TRANSPORTS

FLEETS = Path(__file__).parent / "fleets"
DESCRIPTION = """\
The lab serves a fleet of Windows machines over WinRM on this computer, for Ansible's own winrm connection plugin.

  python -m lab start demo --background      start the fleet fleets/demo.yml, return when it is ready
  ansible-playbook -i build/lab/inventory.yml wsus.client.audit
  python -m lab log                          what each machine was asked to run
  python -m lab stop
"""
EPILOG = "Exit status: 0 done, 1 'diff' found a difference, 2 an error, told on standard error."


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return its exit status."""
    options = build_parser().parse_args(arguments)
    try:
        return int(options.work(options))
    except ControlError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 2


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--run-dir",
        type=Path,
        default=Path("build/lab"),
        metavar="DIR",
        help="where a running lab keeps lab.json and inventory.yml (default: build/lab)",
    )
    parser = argparse.ArgumentParser(
        "python -m lab", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, work: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(work=work)
        return sub

    sub = command("start", run_start, "serve a fleet until SIGINT, SIGTERM or the command 'stop'")
    sub.add_argument(
        "fleet", metavar="FLEET", help=f"a YAML file, or the name of one in {FLEETS.name}/ ({_fleet_names()})"
    )
    sub.add_argument(
        "--background", action="store_true", help="return as soon as the fleet is ready and leave it running"
    )
    sub.add_argument("--parent", type=int, metavar="PID", help="end when this process is gone")
    sub.add_argument("--transport", choices=TRANSPORTS, default="basic", help="logon in inventory.yml (default: basic)")
    sub.add_argument("--scheme", choices=SCHEMES, default="http", help="listener in inventory.yml (default: http)")

    sub = command("inventory", run_inventory, "print the running fleet's Ansible inventory")
    sub.add_argument("--transport", choices=TRANSPORTS, help="logon (default: as started)")
    sub.add_argument("--scheme", choices=SCHEMES, help="listener (default: as started)")

    sub = command("state", run_state, "print all that commands could have changed on the machines, as JSON")
    sub.add_argument("name", nargs="?", default="", metavar="NAME", help="one machine only")
    sub.add_argument("--out", type=Path, metavar="FILE", help="write it to FILE instead")

    sub = command("diff", run_diff, "compare a state saved by 'state --out' with now; exit status 1 where they differ")
    sub.add_argument("file", type=Path, metavar="FILE", help="the saved state")
    sub.add_argument("name", nargs="?", default="", metavar="NAME", help="one machine only")

    sub = command("log", run_log, "print what each machine was asked to run, and its request counts")
    sub.add_argument("name", nargs="?", default="", metavar="NAME", help="one machine only")
    sub.add_argument("--json", action="store_true", help="as JSON, for programs")

    sub = command("faults", run_faults, "print a machine's faults, or set some")
    sub.add_argument("name", metavar="NAME", help="the machine")
    sub.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="as in a fleet file; 'none' takes the fault away")

    sub = command(
        "later", run_later, "let time pass on a simulated machine: its clock goes on, and what is due happens"
    )
    sub.add_argument("name", metavar="NAME", help="the machine")
    sub.add_argument("time", metavar="TIME", help="such as 40m, 5h or 3d")

    sub = command(
        "restart", run_restart, "restart Windows on a simulated machine: shells and what is in memory are gone"
    )
    sub.add_argument("name", metavar="NAME", help="the machine")
    sub.add_argument(
        "time", nargs="?", default="20s", metavar="TIME", help="how long it does not respond (default: 20s)"
    )

    command("stop", run_stop, "end the running lab and wait until it is gone")
    return parser


def _fleet_names() -> str:
    return ", ".join(sorted(path.stem for path in FLEETS.glob("*.yml"))) or "none yet"


def run_start(options: argparse.Namespace) -> int:
    fleet = Path(options.fleet)
    if not fleet.is_file():
        named = FLEETS / f"{fleet.name.removesuffix('.yml')}.yml"
        if fleet.parent != Path() or not named.is_file():
            raise ControlError(f"no fleet file {options.fleet!r}; the lab's own fleets are: {_fleet_names()}")
        fleet = named
    settings = Settings(fleet.resolve(), options.run_dir.resolve(), options.transport, options.scheme, options.parent)
    return start_in_background(settings) if options.background else start(settings)


def run_inventory(options: argparse.Namespace) -> int:
    record = Record.read(options.run_dir)
    choice = {"transport": options.transport or record.transport, "scheme": options.scheme or record.scheme}
    print(yaml.safe_dump(record.ask("inventory", choice), sort_keys=False, allow_unicode=True), end="")
    return 0


def run_state(options: argparse.Namespace) -> int:
    text = _as_text(Record.read(options.run_dir).ask(f"state/{options.name}"))
    if options.out:
        try:
            options.out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ControlError(f"cannot write the state: {error}") from error
    else:
        print(text, end="")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    try:
        saved = json.loads(options.file.read_text(encoding="utf-8"))
        if not isinstance(saved, dict):
            raise ValueError("not an object by machine")
    except (OSError, ValueError) as error:
        raise ControlError(f"{options.file} is no saved state: {error}") from error
    now = Record.read(options.run_dir).ask(f"state/{options.name}")
    if options.name:
        name = next(iter(now))
        if name not in saved:
            raise ControlError(f"{options.file} has no machine {name!r}")
        saved = {name: saved[name]}
    differs = False
    for name in sorted(saved.keys() | now.keys()):
        before = _as_text(saved[name]).splitlines(keepends=True) if name in saved else []
        after = _as_text(now[name]).splitlines(keepends=True) if name in now else []
        differs |= before != after
        sys.stdout.writelines(difflib.unified_diff(before, after, f"{name} (saved)", f"{name} (now)"))
    return int(differs)


def _as_text(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def run_log(options: argparse.Namespace) -> int:
    logs = Record.read(options.run_dir).ask(f"log/{options.name}")
    if options.json:
        print(_as_text(logs), end="")
        return 0
    for name, log in logs.items():
        counts = ", ".join(f"{verb} {count}" for verb, count in log["requests"].items()) or "none"
        print(f"== {name}: {len(log['executions'])} executions; WinRM requests: {counts}")
        for number, record in enumerate(log["executions"], 1):
            print(f"-- {number}: by {record['user']}, exit code {record['exit_code']}")
            for line in (record["script"] or _script(record["command_line"])).splitlines():
                print(f"   | {line}")
            for program in record["commands"]:
                print(f"   {program['exit_code']:>11}  {' '.join(program['argv'])}")
    return 0


def _script(command_line: str) -> str:
    """The PowerShell script that a command line carries encoded, else the command line itself."""
    encoded = re.search(r"-EncodedCommand\s+(\S+)", command_line, re.IGNORECASE)
    try:
        return b64decode(encoded[1], validate=True).decode("utf-16-le") if encoded else command_line
    except ValueError:
        return command_line


def run_faults(options: argparse.Namespace) -> int:
    settings = {}
    for setting in options.settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise ControlError(f"{setting!r} is not KEY=VALUE")
        settings[key] = value
    faults = Record.read(options.run_dir).ask(f"faults/{options.name}", settings)
    for name, record in faults.items():
        shown = (f"{key}={'none' if value is None else str(value).lower()}" for key, value in record.items())
        print(f"{name}: {' '.join(shown)}")
    return 0


def run_later(options: argparse.Namespace) -> int:
    for name, time in Record.read(options.run_dir).ask(f"later/{options.name}", {"by": options.time}).items():
        print(f"{name}: {time} UTC")
    return 0


def run_restart(options: argparse.Namespace) -> int:
    Record.read(options.run_dir).ask(f"restart/{options.name}", {"away": options.time})
    return 0


def run_stop(options: argparse.Namespace) -> int:
    record = Record.read(options.run_dir)
    record.ask("stop")
    wait_until_gone(options.run_dir, record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
