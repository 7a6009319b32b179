"""Settings as registry values, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy.settings import (
    SETTINGS,
    Setting,
    Settings,
    check,
)
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from support.windows_answers import POLICY, Windows
from support.windows_output import dword, multi, text

WRONG = {"text": dword(1), "flag": text("1"), "number": text("4")}


def settings(policy_key: dict[str, Any] | None = None, au: dict[str, Any] | None = None) -> Settings:
    """The settings of a machine with these values in the two keys."""
    return Windows(policy=policy_key or {}, au=au or {}).read(policy).settings


def in_its_key(setting: Setting, data: Any) -> Settings:
    value = {setting.value: data}
    return settings(au=value) if setting.in_au else settings(value)


def test_every_name_and_every_value_is_there_once() -> None:
    assert len({each.name for each in SETTINGS}) == len(SETTINGS)
    assert len({(each.key, each.value.lower()) for each in SETTINGS}) == len(SETTINGS)
    assert {each.key for each in SETTINGS} == {POLICY, rf"{POLICY}\AU"}


# The registry names as Microsoft publishes them, typed from there and not from our table: of AU and the first group below it in
# "Configure Automatic Updates in a Non-Active Directory Environment" (WSUS), of restarts in "Manage device restarts after
# updates", of sources and deferrals in "Use Windows Update client policies and WSUS together" and "Configure Windows Update
# client policies", the others in the policies of WindowsUpdate.admx (Policy CSP - Update names each one's registry value).
PUBLISHED = {
    POLICY: """
        AcceptTrustedPublisherCerts DisableWindowsUpdateAccess ElevateNonAdmins TargetGroup TargetGroupEnabled WUServer
        WUStatusServer
        BranchReadinessLevel DeferFeatureUpdates DeferFeatureUpdatesPeriodInDays DeferQualityUpdates
        DeferQualityUpdatesPeriodInDays DisableDualScan ExcludeWUDriversInQualityUpdate ManagePreviewBuilds
        ManagePreviewBuildsPolicyValue PauseFeatureUpdates PauseFeatureUpdatesStartTime PauseQualityUpdates
        PauseQualityUpdatesStartTime ProductVersion TargetReleaseVersion TargetReleaseVersionInfo
        SetPolicyDrivenUpdateSourceForDriverUpdates SetPolicyDrivenUpdateSourceForFeatureUpdates
        SetPolicyDrivenUpdateSourceForOtherUpdates SetPolicyDrivenUpdateSourceForQualityUpdates
        DisableOSUpgrade DoNotConnectToWindowsUpdateInternetLocations
        DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection FillEmptyContentUrls SetDisableUXWUAccess
        SetProxyBehaviorForUpdateDetection UpdateServiceUrlAlternate
        """,
    rf"{POLICY}\AU": """
        AUOptions AutoInstallMinorUpdates DetectionFrequency DetectionFrequencyEnabled NoAutoRebootWithLoggedOnUsers
        NoAutoUpdate RebootRelaunchTimeout RebootRelaunchTimeoutEnabled RebootWarningTimeout RebootWarningTimeoutEnabled
        RescheduleWaitTime RescheduleWaitTimeEnabled ScheduledInstallDay ScheduledInstallTime UseWUServer
        AlwaysAutoRebootAtScheduledTime AlwaysAutoRebootAtScheduledTimeMinutes
        AllowMUUpdateService AutomaticMaintenanceEnabled IncludeRecommendedUpdates ScheduledInstallEveryWeek
        ScheduledInstallFirstWeek ScheduledInstallSecondWeek ScheduledInstallThirdWeek ScheduledInstallFourthWeek
        UseUpdateClassPolicySource
        """,
}


def test_the_registry_names_are_those_that_microsoft_publishes() -> None:
    for key, names in PUBLISHED.items():
        assert {each.value for each in SETTINGS if each.key == key} == set(names.split())


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_every_setting_is_read_from_its_key_with_its_type(setting: Setting) -> None:
    data: Any = {"text": "x", "flag": True, "number": 7}[setting.kind]
    written = setting.as_value(data)
    read = in_its_key(setting, text("x") if written.type == "REG_SZ" else dword(int(data)))
    assert read == Settings({setting.name: data}, {}, {})
    assert type(read.values[setting.name]) is type(data)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_every_setting_of_a_wrong_type_is_said(setting: Setting) -> None:
    data = WRONG[setting.kind]
    assert in_its_key(setting, data) == Settings({}, {setting.name: data[0]}, {})


@pytest.mark.parametrize("setting", [each for each in SETTINGS if each.kind == "flag"][:3], ids=lambda each: each.name)
def test_a_setting_in_the_other_key_is_none(setting: Setting) -> None:
    moved = Setting(setting.name, setting.value, setting.kind, in_au=not setting.in_au)
    read = in_its_key(moved, 1)
    assert (read.values, read.mistyped) == ({}, {})
    assert [each.data for each in read.other.values()] == [1]


@pytest.mark.parametrize(("data", "flag"), [(0, False), (1, True), (2, False), (0xFFFFFFFF, False)])
def test_only_1_is_a_flag(data: int, flag: bool) -> None:
    read = settings(au={"UseWUServer": data})
    assert (read.values["use_server"], read.flag("use_server")) == (flag, flag)


def test_names_are_read_without_regard_to_case() -> None:
    assert settings({"wuserver": "http://a"}, {"USEWUSERVER": 1}).values == {
        "server_url": "http://a",
        "use_server": True,
    }


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("REG_SZ", {}),
        ("REG_EXPAND_SZ", {}),
        ("REG_MULTI_SZ", {"server_url": "REG_MULTI_SZ"}),
        ("REG_BINARY", {"server_url": "REG_BINARY"}),
    ],
)
def test_types_of_texts(kind: str, says: dict[str, str]) -> None:
    read = settings({"WUServer": (kind, "AA")})
    assert read.mistyped == says
    assert ("server_url" in read.values) is not bool(says)


@pytest.mark.parametrize("kind", ["REG_QWORD", "REG_BINARY", "REG_DWORD_BIG_ENDIAN"])
def test_a_number_of_another_width_is_none(kind: str) -> None:
    assert settings(au={"AUOptions": (kind, "04" if kind == "REG_BINARY" else "0x4")}).mistyped == {
        "automatic_updates": kind
    }


def test_values_that_are_none_of_ours_are_kept_by_their_path() -> None:
    read = settings({"Text": "x", "List": multi("a", "b")}, {"Bytes": ("REG_BINARY", "00FF"), "Number": 3})
    assert (read.values, read.mistyped) == ({}, {})
    assert {path: value.data for path, value in read.other.items()} == {
        "Text": "x",
        "List": ("a", "b"),
        r"AU\Bytes": b"\0\xff",
        r"AU\Number": 3,
    }


def test_data_by_kind() -> None:
    read = settings({"WUServer": "http://a"}, {"UseWUServer": 1, "AUOptions": 4})
    assert (read.text("server_url"), read.text("use_server"), read.text("target_group")) == ("http://a", None, None)
    assert (read.number("automatic_updates"), read.number("use_server"), read.number("server_url")) == (4, None, None)
    assert (read.flag("use_server"), read.flag("automatic_updates"), read.flag("dual_scan_disabled")) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"server_url": "http://wsus.example.com:8530", "use_server": True, "automatic_updates": 4},
        {"server_url": None, "use_server": None, "automatic_updates": None},
        {"install_day": 0, "use_server": False, "detection_frequency_hours": 0xFFFFFFFF},
    ],
)
def test_settings_that_may_be_written(wanted: dict[str, Any]) -> None:
    check(wanted)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"WUServer": "http://a"}, "unknown setting WUServer; the settings are: accept_trusted_publishers, "),
        ({"nothing": None}, "unknown setting nothing"),
        ({"server_url": 1}, "server_url is 1; it must be a non-empty string"),
        ({"target_group": " "}, "target_group is ' '; it must be a non-empty string"),
        ({"target_group": True}, "must be a non-empty string"),
        ({"use_server": 1}, "use_server is 1; it must be true or false"),
        ({"use_server": "yes"}, "must be true or false"),
        ({"automatic_updates": "4"}, "automatic_updates is '4'; it must be an integer"),
        ({"automatic_updates": True}, "must be an integer"),
        ({"automatic_updates": -1}, "must be an integer of 0 or more"),
        ({"automatic_updates": 1 << 32}, "must be an integer"),
        ({"server_url": "wsus:8530"}, "server_url is not the URL of a server"),
        ({"status_server_url": "http://a/x"}, "status_server_url is not the URL"),
        ({"alternate_download_url": "http://"}, "alternate_download_url is not the URL"),
    ],
)
def test_settings_that_may_not_be_written(wanted: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongOption) as caught:
        check({"install_hour": 3, **wanted})
    assert says in caught.value.message


@pytest.mark.parametrize("url", ["http://admin:secret@wsus:8530", "http://admin:secret@wsus:8530/?x=secret"])
def test_a_refused_url_is_not_repeated(url: str) -> None:
    with pytest.raises(WrongOption) as caught:
        check({"server_url": url})
    assert "secret" not in caught.value.message
