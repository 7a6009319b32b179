"""Two runs that want to change the same machine: one of them does, and the other one changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import holder
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.journal import JOURNAL
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command
from lab.fleet_identity import IdentitySpec
from support.lab_host import Pc
from support.store_runs import CLONED, copies, database, rebuild, regenerate, running, sick

TOKEN = "0123456789abcdef"
KEY = r"HKLM\SOFTWARE\wsus.client"
Run = Callable[..., dict[str, Any]]


def clone(**spec: Any) -> Pc:
    return Pc(client_id=IdentitySpec(value=CLONED), **spec)


WAYS: list[tuple[Run, Callable[..., Pc]]] = [(rebuild, sick), (regenerate, clone)]


def holders(pc: Pc) -> tuple[holder.Holder, ...]:
    """The runs that hold the machine."""
    return holder.read(pc.host.probe([JOURNAL])[JOURNAL])


def write(pc: Pc, text: str, token: str = TOKEN) -> None:
    """A run of somebody else says that it holds the machine."""
    words = ("reg.exe", "add", KEY, "/v", f"Holder-{token}", "/d", text, "/f")
    pc.machine.run_program(words, next(iter(pc.machine.users.values())))


def second(pc: Pc) -> Pc:
    """The same machine, seen from another process."""
    other = Pc.__new__(Pc)
    other.__dict__.update(pc.__dict__)
    other.before, other.ran, other.said = {}, [], []
    other.host = type(pc.host)(other, sleep=other.sleep)
    return other


@pytest.mark.parametrize(("run", "make"), WAYS)
def test_a_run_that_has_nothing_to_do_does_not_hold_the_machine(run: Run, make: Callable[..., Pc]) -> None:
    pc = Pc()
    write(pc, "controller=elsewhere; time=20270115T080000Z; step=1")
    before = pc.machine.state()
    assert run(pc)["changed"] is False
    assert pc.machine.state() == before


@pytest.mark.parametrize(("run", "make"), WAYS)
@pytest.mark.parametrize(
    "at", ["sc.exe stop", "cmd.exe /d /c ren", "reg.exe delete HKLM\\SOFTWARE\\Microsoft", "cmd.exe /d /c dir"]
)
def test_another_run_in_the_middle_of_this_one_is_busy_and_changes_nothing(
    run: Run, make: Callable[..., Pc], at: str
) -> None:
    pc = make(services={"wuauserv": {"state": "running"}})
    met: list[WsusClientError] = []

    def meanwhile() -> None:
        """Before this program of the first run, another one begins; it waits, and the first run makes a step."""
        if not holders(pc):
            return
        other = second(pc)
        inside, pc._inside = pc._inside, True
        beat = iter(f"controller=first; time=20270115T080000Z; step={number}" for number in range(99))
        own = holders(pc)[0].token
        other.before = {"reg.exe query HKLM\\SOFTWARE\\wsus.client": lambda: write(pc, next(beat), own)}
        sleep = pc.sleep
        other.sleep = lambda seconds: (sleep(seconds), write(pc, next(beat), own))  # type: ignore[method-assign, assignment, func-returns-value]
        try:
            run(other)
        except WsusClientError as error:
            met.append(error)
        assert [line for line in other.written() if "Holder" not in line] == []
        pc._inside = inside

    pc.before = {at: meanwhile}
    done = run(pc)
    assert done["changed"]
    assert {error.reason for error in met} <= {"busy"}
    assert all("Nothing was changed. Wait until that run ends" in error.message for error in met)
    assert holders(pc) == ()


def cut(pc: Pc, run: Run) -> str:
    """Cut a run off after it began; the token of its record."""
    pc.before = {"sc.exe stop": lose}
    with pytest.raises(AnsibleConnectionFailure):
        run(pc)
    pc.before = {}
    (left,) = holders(pc)
    return left.token


def lose() -> None:
    raise ConnectionResetError


@pytest.mark.parametrize(("run", "make"), WAYS)
@pytest.mark.parametrize("owner_timeout", [0, 120, 300])
def test_a_run_that_was_cut_off_is_taken_over_after_the_time_out(
    run: Run, make: Callable[..., Pc], owner_timeout: int
) -> None:
    pc = make(services={"wuauserv": {"state": "running"}})
    token = cut(pc, run)
    pc.owner_timeout = owner_timeout
    before = pc.clock.time
    done = run(pc)
    assert done["changed"]
    assert [each.token for each in holders(pc)] == []
    assert f"Holder-{token}" not in str(pc.machine.state())
    waited = sum("waiting to see whether" in line for line in pc.said) * 5
    assert owner_timeout - 10 <= waited <= owner_timeout + 5
    assert pc.clock.time - before >= owner_timeout - 10
    assert "wuauserv" in running(pc)


def test_a_run_that_was_taken_over_stops_and_changes_nothing_more() -> None:
    pc = sick(services={"wuauserv": {"state": "running"}})
    seen: list[Any] = []

    def meanwhile() -> None:
        other = second(pc)
        other.owner_timeout = 0
        inside, pc._inside = pc._inside, True
        assert rebuild(other)["changed"]
        pc._inside = inside
        pc.ran.clear()
        seen.append((copies(pc), database(pc), running(pc)))

    pc.before = {"cmd.exe /d /c ren": meanwhile}
    with pytest.raises(WsusClientError, match="another run took this machine over") as raised:
        rebuild(pc)
    assert raised.value.reason == "taken_over"
    assert [(copies(pc), database(pc), running(pc))] == seen
    assert len(copies(pc)) == 1
    assert holders(pc) == ()


def test_of_two_that_claim_at_once_one_goes_on_when_the_other_has_stepped_back() -> None:
    pc = sick()
    sleep, user = pc.sleep, next(iter(pc.machine.users.values()))

    def step_back(seconds: float) -> None:
        sleep(seconds)
        pc.machine.run_program(("reg.exe", "delete", KEY, "/v", f"Holder-{TOKEN}", "/f"), user)

    pc.sleep = step_back  # type: ignore[method-assign]
    pc.before = {f"reg.exe add {KEY} /v Holder-": lambda: write(pc, "controller=elsewhere; step=0")}
    assert rebuild(pc)["changed"]
    assert holders(pc) == ()


def test_of_two_that_claim_at_once_one_is_busy_if_the_other_stays() -> None:
    pc = sick()
    before = copies(pc)
    pc.before = {f"reg.exe add {KEY} /v Holder-": lambda: write(pc, "controller=el\u202ese where; time=x; step=0")}
    with pytest.raises(
        WsusClientError, match="a run on the controller unknown, whose last step was at an unknown time"
    ) as raised:
        rebuild(pc)
    assert (raised.value.reason, copies(pc)) == ("busy", before)
    assert [each.token for each in holders(pc)] == [TOKEN]


@pytest.mark.parametrize("word", ['a"b', "%PATH%", "a^b", "a&b", "a>b", "(a)", "a\nb", "a!b"])
def test_what_cmd_would_change_is_in_no_condition(word: str) -> None:
    with pytest.raises(UnquotableArgument):
        holder.if_held(TOKEN, command("reg.exe", "delete", word))


def test_a_condition_is_part_of_the_same_command_line() -> None:
    assert str(holder.if_held(TOKEN, command("cmd.exe", "/d", "/c", "ren", r"C:\a b", "c"))) == (
        rf"cmd.exe /d /c reg.exe query {KEY} /v Holder-{TOKEN} >nul 2>nul && ren C:\a b c"
    )
