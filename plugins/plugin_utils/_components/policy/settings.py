# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the update client that policy holds: their names, types and registry values, both ways.

Source: Microsoft, "Manage additional Windows Update settings", "Using Windows Update client policies and WSUS", and
WindowsUpdate.admx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..._exceptions import WrongOption
from ..._windows import registry
from ..._windows.registry import Tree, Value
from ..shared.registry_keys import POLICY
from .server_url import url_error

Kind: TypeAlias = Literal["text", "flag", "number"]
Data: TypeAlias = str | bool | int

_TYPES: Mapping[Kind, frozenset[str]] = {
    "text": frozenset({"REG_SZ", "REG_EXPAND_SZ"}),
    "flag": frozenset({"REG_DWORD"}),
    "number": frozenset({"REG_DWORD"}),
}


@dataclass(frozen=True)
class Setting:
    """One setting: its published name, its registry value, and what it holds (hours, days and minutes are numbers)."""

    name: str
    value: str
    kind: Kind
    in_au: bool = False

    @property
    def key(self) -> str:
        """The registry key that holds it."""
        return rf"{POLICY}\AU" if self.in_au else POLICY

    def as_value(self, data: Data) -> Value:
        """The registry value that holds the data."""
        return Value(self.value, "REG_SZ", data) if isinstance(data, str) else Value(self.value, "REG_DWORD", int(data))


def _of(kind: Kind, names: str, *, in_au: bool = False) -> tuple[Setting, ...]:
    pairs = (pair.split(":") for pair in names.split())
    return tuple(Setting(name, value, kind, in_au) for name, value in pairs)


SETTINGS: tuple[Setting, ...] = (
    *_of(
        "text",
        """server_url:WUServer status_server_url:WUStatusServer alternate_download_url:UpdateServiceUrlAlternate
        target_group:TargetGroup target_release:TargetReleaseVersionInfo target_product:ProductVersion
        pause_feature_updates_since:PauseFeatureUpdatesStartTime pause_quality_updates_since:PauseQualityUpdatesStartTime""",
    ),
    *_of(
        "flag",
        """fill_empty_content_urls:FillEmptyContentUrls
        tls_pinning_disabled:DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection
        user_proxy_fallback:SetProxyBehaviorForUpdateDetection
        internet_locations_disabled:DoNotConnectToWindowsUpdateInternetLocations
        access_disabled:DisableWindowsUpdateAccess user_interface_disabled:SetDisableUXWUAccess
        accept_trusted_publishers:AcceptTrustedPublisherCerts elevate_non_administrators:ElevateNonAdmins
        target_group_enabled:TargetGroupEnabled dual_scan_disabled:DisableDualScan
        defer_feature_updates:DeferFeatureUpdates defer_quality_updates:DeferQualityUpdates
        pause_feature_updates:PauseFeatureUpdates pause_quality_updates:PauseQualityUpdates
        manage_preview_builds:ManagePreviewBuilds target_release_enabled:TargetReleaseVersion
        exclude_drivers:ExcludeWUDriversInQualityUpdate upgrade_disabled:DisableOSUpgrade""",
    ),
    *_of(
        "number",
        """feature_updates_source:SetPolicyDrivenUpdateSourceForFeatureUpdates
        quality_updates_source:SetPolicyDrivenUpdateSourceForQualityUpdates
        driver_updates_source:SetPolicyDrivenUpdateSourceForDriverUpdates
        other_updates_source:SetPolicyDrivenUpdateSourceForOtherUpdates
        defer_feature_updates_days:DeferFeatureUpdatesPeriodInDays
        defer_quality_updates_days:DeferQualityUpdatesPeriodInDays branch_readiness_level:BranchReadinessLevel
        preview_builds:ManagePreviewBuildsPolicyValue""",
    ),
    *_of(
        "flag",
        """use_server:UseWUServer automatic_updates_disabled:NoAutoUpdate detection_frequency_enabled:DetectionFrequencyEnabled
        use_update_class_source:UseUpdateClassPolicySource microsoft_update:AllowMUUpdateService
        install_minor_updates:AutoInstallMinorUpdates include_recommended:IncludeRecommendedUpdates
        automatic_maintenance:AutomaticMaintenanceEnabled no_reboot_with_users:NoAutoRebootWithLoggedOnUsers
        always_reboot_at_time:AlwaysAutoRebootAtScheduledTime install_every_week:ScheduledInstallEveryWeek
        install_first_week:ScheduledInstallFirstWeek install_second_week:ScheduledInstallSecondWeek
        install_third_week:ScheduledInstallThirdWeek install_fourth_week:ScheduledInstallFourthWeek
        reschedule_wait_enabled:RescheduleWaitTimeEnabled reboot_relaunch_enabled:RebootRelaunchTimeoutEnabled
        reboot_warning_enabled:RebootWarningTimeoutEnabled""",
        in_au=True,
    ),
    *_of(
        "number",
        """automatic_updates:AUOptions install_day:ScheduledInstallDay install_hour:ScheduledInstallTime
        detection_frequency_hours:DetectionFrequency reschedule_wait_minutes:RescheduleWaitTime
        reboot_relaunch_minutes:RebootRelaunchTimeout reboot_warning_minutes:RebootWarningTimeout
        always_reboot_minutes:AlwaysAutoRebootAtScheduledTimeMinutes""",
        in_au=True,
    ),
)

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
URLS = ("server_url", "status_server_url", "alternate_download_url")
"""The settings that are URLs of servers."""


@dataclass(frozen=True)
class Settings:
    """What policy sets on a machine.

    values are the settings that are there, by name; mistyped maps the name of a setting to the registry type that it
    has and that Windows does not read; other are values that are none of ours, by their path below the policy key.
    """

    values: Mapping[str, Data]
    mistyped: Mapping[str, str]
    other: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """A text setting, None where it is not set."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Whether a flag is set to 1."""
        return self.values.get(name) is True

    def number(self, name: str) -> int | None:
        """A number, None where it is not set."""
        value = self.values.get(name)
        return None if isinstance(value, bool) or not isinstance(value, int) else value


def read_settings(tree: Tree) -> Settings:
    """The settings in the policy key and its subkey AU."""
    known = {(setting.key.lower(), setting.value.lower()): setting for setting in SETTINGS}
    values: dict[str, Data] = {}
    mistyped: dict[str, str] = {}
    other: dict[str, Any] = {}
    for path, value in _values(tree):
        setting = known.get((path.lower(), value.name.lower()))
        if setting is None:
            below = path[len(POLICY) + 1 :]
            other[rf"{below}\{value.name}" if below else value.name] = _plain(value.data)
        elif value.type not in _TYPES[setting.kind]:
            mistyped[setting.name] = value.type
        elif setting.kind == "flag":
            values[setting.name] = value.data == 1
        elif isinstance(value.data, str | int):
            values[setting.name] = value.data
    return Settings(values, mistyped, other)


def check(wanted: Mapping[str, Any]) -> None:
    """Look at settings that shall be written; None stands for a setting that shall not be there.

    Raises WrongOption for an unknown name or data of another kind, UnquotableArgument for a text that no command line can carry.
    """
    for name, data in wanted.items():
        setting = BY_NAME.get(name)
        if setting is None:
            raise WrongOption(f"settings: there is no setting {name}; the settings are: {', '.join(sorted(BY_NAME))}")
        right = {
            "text": isinstance(data, str) and bool(data.strip()),
            "flag": isinstance(data, bool),
            "number": isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= 0xFFFFFFFF,
        }
        if data is None:
            continue
        if not right[setting.kind]:
            kinds = {"text": "a text that is not empty", "flag": "true or false", "number": "a number from 0 on"}
            raise WrongOption(
                f"settings: {name} is {data!r}; it must be {kinds[setting.kind]}, or null to take it away"
            )
        if name in URLS and (why := url_error(data)):
            raise WrongOption(f"settings: {name} is not the URL of a server: {why}")
        registry.add(setting.key, setting.as_value(data))


def _values(tree: Tree) -> Iterator[tuple[str, Value]]:
    prefix = len(registry.full_path(POLICY))
    for key in tree.keys.values():
        for value in key.values.values():
            yield POLICY + key.path[prefix:], value


def _plain(data: registry.Data) -> Any:
    if isinstance(data, bytes):
        return data.hex()
    return list(data) if isinstance(data, tuple) else data
