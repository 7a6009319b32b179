"""A server that does not exist, settings that no domain gives, settings of a former domain, flags that are neither 0 nor 1."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent, policy, reachability
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy.group_policy import HISTORY
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.placeholder import placeholder
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from support.event_xml import detection
from support.finding_checks import evidence_of, only, value_of
from support.group_policies import DOMAIN, LOCAL, State, state, workgroup
from support.windows_answers import CONTEXT, SERVER, Windows
from support.windows_output import text

DUMMY = "http://intentionally.disabled"


def alone(**fields: Any) -> Windows:
    """A machine in no domain."""
    return Windows(group_policy=workgroup(), starts={"Netlogon": "0x3"}, **fields)


def given(*names: str) -> State:
    """A member of a domain whose applied objects with administrative templates have these IDs."""
    history = {rf"{HISTORY}\{index}": {"GPOName": text(name)} for index, name in enumerate(names)}
    return state(LOCAL, DOMAIN) | history


@pytest.mark.parametrize(
    "url",
    [
        "", " ", "-", DUMMY, "intentionally.disabled", "HTTP://Intentionally.Disabled:8530/", "disabled", "none", "http://wsus.invalid",
        "http://nowhere", "http://localhost", "https://LOCALHOST:8531/", "http://a.localhost", "http://127.0.0.1:8530", "http://127.1.2.3",
        "http://[::1]", "http://0.0.0.0", "http://[::]:8530", "http://255.255.255.255", "http://999.999.999.999", "http://wsus..example",
        "http://-", "http://wsus-.example", "http://.",
    ],
)  # fmt: skip
def test_values_that_name_no_server(url: str) -> None:
    assert placeholder(url)


@pytest.mark.parametrize(
    "url",
    [
        SERVER, "http://wsus", "http://WSUS01:8530", "https://wsus.firma.no:8531", "http://10.0.0.5:8530/", "http://[fd00::5]:8530", "http://a",
        "http://none.example.com", "http://disabled-pc.example.com", "http://wsus_01.example.com", "http://büro.example.de", "http://xn--bro-hoa.de",
        "http://local.example.com", "http://wsus.example.com.", "http://169.254.1.1", "wsus.example.com:8530", "ftp://wsus.example.com",
        "http://off.example.org",
    ],
)  # fmt: skip
def test_values_that_may_name_one(url: str) -> None:
    assert placeholder(url) is None


def test_outside_a_domain_it_is_for_the_administrator_with_all_values_to_delete() -> None:
    windows = alone(
        policy={
            "WUServer": DUMMY,
            "WUSatusServer": DUMMY,
            "UpdateServiceURLAlternative": DUMMY,
            "DoNotConnectToWindowsUpdateInternetLocations": text("1"),
        },
        au={"UseWUServer": 1, "NoAutoUpdate": 1},
    )
    finding = only(policy, windows, "policy.updates_blocked")
    assert (finding.severity, finding.remedy) == ("error", "administrator")
    assert "set on the machine, manually or by a tool" in finding.cause
    assert {each["what"] for each in evidence_of(finding)} == {
        "WUServer",
        "WUSatusServer",
        "UpdateServiceURLAlternative",
        "DoNotConnectToWindowsUpdateInternetLocations",
        "UseWUServer",
        "NoAutoUpdate",
    }
    assert all(each["what"] in finding.action for each in evidence_of(finding))
    assert "gpupdate" not in finding.action


@pytest.mark.parametrize(
    ("group_policy", "remedy"),
    [
        (given("{31B2F340-016D-11D2-945F-00C04FB984F9}"), "policy"),  # an object of the domain may give the right one
        (given("LocalGPO"), "administrator"),
        (state(LOCAL, DOMAIN, registry=False), "administrator"),
        (state(LOCAL, DOMAIN), "policy"),  # nothing is recorded of what the extension applied
    ],
)
def test_in_a_domain_a_refresh_may_bring_the_right_one_if_an_object_gives_settings(
    group_policy: State, remedy: str
) -> None:
    finding = only(policy, Windows(policy={"WUServer": DUMMY}, group_policy=group_policy), "policy.updates_blocked")
    assert finding.remedy == remedy
    wrong = Windows(policy={"WUServer": "https://wsus.example.com:8530"}, au={}, group_policy=group_policy).found(
        policy
    )
    assert {each.remedy for each in wrong.values()} == {remedy}


def test_a_server_that_is_not_used_either_disables_nothing() -> None:
    windows = alone(policy={"WUServer": DUMMY}, au={}, update_log="")
    finding = only(policy, windows, "policy.updates_blocked")
    assert "is not used" in finding.summary
    assert "uses Windows Update on the internet" in finding.cause
    assert list(windows.found(agent)) == ["agent.no_scan"]


@pytest.mark.parametrize(("state", "ids"), [(1060, ["policy.updates_blocked"]), ((4, "RUNNING", 0), [])])
def test_only_a_wsus_server_may_name_itself(state: Any, ids: list[str]) -> None:
    urls = {"WUServer": "http://localhost:8530", "WUStatusServer": "http://localhost:8530"}
    windows = Windows(policy=dict(urls), states={"WsusService": state})
    assert list(windows.found(policy)) == ids
    assert [line for line in windows.asked_again(policy) if "WsusService" in line]


def test_an_alternate_download_server_may_be_on_the_machine() -> None:
    urls = {"WUServer": SERVER, "WUStatusServer": SERVER, "UpdateServiceUrlAlternate": "http://localhost:8005"}
    assert Windows(policy=dict(urls)).found(policy) == {}


def test_what_remains_beside_the_right_server_is_named() -> None:
    urls = {"WUServer": SERVER, "WUStatusServer": SERVER, "WUSatusServer": DUMMY}
    finding = only(policy, Windows(policy=dict(urls)), "policy.updates_blocked")
    assert (finding.severity, finding.remedy, value_of(finding, "WUSatusServer")) == ("warning", "administrator", DUMMY)


def test_it_is_one_trouble() -> None:
    """No request is sent to it, and no failed scan and no missing scan is reported beside it."""
    windows = alone(policy={"WUServer": DUMMY}, update_log=detection(0x80240438, time="2026-11-22T20:00:00.0000000Z"))
    assert windows.read(reachability).url is None
    (finding,) = _audit(windows)
    assert (finding.id, finding.codes) == ("policy.updates_blocked", ("0x80240438",))
    never = alone(policy={"WUServer": DUMMY}, update_log="")
    assert [each.id for each in _audit(never)] == ["policy.updates_blocked"]
    assert list(alone(update_log="").found(agent)) == ["agent.no_scan"]


def test_a_damaged_store_is_not_explained_by_it() -> None:
    log = detection(0x80248007, time="2026-11-22T20:00:00.0000000Z")
    found = {each.id for each in _audit(alone(policy={"WUServer": DUMMY}, update_log=log))}
    assert "policy.updates_blocked" in found
    assert len(found) > 1


@pytest.mark.parametrize(("name", "domain"), [("CN=PC1,DC=old,DC=test", " old.test"), (None, "")])
def test_settings_of_a_former_domain(name: str | None, domain: str) -> None:
    windows = Windows(group_policy=state(LOCAL, DOMAIN, name=name), starts={"Netlogon": "0x3"})
    finding = only(policy, windows, "policy.former_domain")
    assert (finding.severity, finding.remedy) == ("warning", "administrator")
    assert finding.summary.startswith(f"The machine has left its domain{domain}, ")
    assert SERVER in finding.summary
    assert alone().found(policy) == {}


def test_a_flag_that_is_neither_0_nor_1() -> None:
    finding = only(policy, Windows(au={"UseWUServer": 2}), "policy.server_unused")
    assert finding.summary.endswith("UseWUServer is 2")
    assert value_of(finding, "use_server") == 2
    assert "Configuration Manager" in finding.cause
    other = only(policy, Windows(au={"UseWUServer": 1, "NoAutoRebootWithLoggedOnUsers": 3}), "policy.flag_value")
    assert (other.severity, value_of(other, "no_reboot_with_users")) == ("info", 3)


def _audit(windows: Windows) -> list[Any]:
    found = audit.diagnose(
        windows.answers, ["policy", "agent", "update_store", "reachability"], CONTEXT, lambda _text: None
    )
    return list(found.findings)
