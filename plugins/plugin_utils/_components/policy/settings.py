# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy settings of the update client: names, types and registry values, read and written.

Source: Microsoft, "Manage additional Windows Update settings", "Using Windows Update client policies and WSUS", and
WindowsUpdate.admx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..._exceptions import WrongOption
from ..._windows import readable, registry
from ..._windows.registry import Tree, Value
from ..._windows.urls import text_without_credentials
from ..shared import harmless
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
    """One setting: its published name, its registry value and its type (hours, days and minutes are numbers)."""

    name: str
    value: str
    kind: Kind
    in_au: bool = False

    @property
    def key(self) -> str:
        """The registry key that contains it."""
        return rf"{POLICY}\AU" if self.in_au else POLICY

    def as_value(self, data: Data) -> Value:
        """The registry value for the data."""
        return Value(self.value, "REG_SZ", data) if isinstance(data, str) else Value(self.value, "REG_DWORD", int(data))


SETTINGS: tuple[Setting, ...] = (
    Setting("server_url", "WUServer", "text"),
    Setting("status_server_url", "WUStatusServer", "text"),
    Setting("alternate_download_url", "UpdateServiceUrlAlternate", "text"),
    Setting("target_group", "TargetGroup", "text"),
    Setting("target_release", "TargetReleaseVersionInfo", "text"),
    Setting("target_product", "ProductVersion", "text"),
    Setting("pause_feature_updates_since", "PauseFeatureUpdatesStartTime", "text"),
    Setting("pause_quality_updates_since", "PauseQualityUpdatesStartTime", "text"),
    Setting("fill_empty_content_urls", "FillEmptyContentUrls", "flag"),
    Setting("tls_pinning_disabled", "DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection", "flag"),
    Setting("user_proxy_fallback", "SetProxyBehaviorForUpdateDetection", "flag"),
    Setting("internet_locations_disabled", "DoNotConnectToWindowsUpdateInternetLocations", "flag"),
    Setting("access_disabled", "DisableWindowsUpdateAccess", "flag"),
    Setting("user_interface_disabled", "SetDisableUXWUAccess", "flag"),
    Setting("accept_trusted_publishers", "AcceptTrustedPublisherCerts", "flag"),
    Setting("elevate_non_administrators", "ElevateNonAdmins", "flag"),
    Setting("target_group_enabled", "TargetGroupEnabled", "flag"),
    Setting("dual_scan_disabled", "DisableDualScan", "flag"),
    Setting("defer_feature_updates", "DeferFeatureUpdates", "flag"),
    Setting("defer_quality_updates", "DeferQualityUpdates", "flag"),
    Setting("pause_feature_updates", "PauseFeatureUpdates", "flag"),
    Setting("pause_quality_updates", "PauseQualityUpdates", "flag"),
    Setting("manage_preview_builds", "ManagePreviewBuilds", "flag"),
    Setting("target_release_enabled", "TargetReleaseVersion", "flag"),
    Setting("exclude_drivers", "ExcludeWUDriversInQualityUpdate", "flag"),
    Setting("upgrade_disabled", "DisableOSUpgrade", "flag"),
    Setting("feature_updates_source", "SetPolicyDrivenUpdateSourceForFeatureUpdates", "number"),
    Setting("quality_updates_source", "SetPolicyDrivenUpdateSourceForQualityUpdates", "number"),
    Setting("driver_updates_source", "SetPolicyDrivenUpdateSourceForDriverUpdates", "number"),
    Setting("other_updates_source", "SetPolicyDrivenUpdateSourceForOtherUpdates", "number"),
    Setting("defer_feature_updates_days", "DeferFeatureUpdatesPeriodInDays", "number"),
    Setting("defer_quality_updates_days", "DeferQualityUpdatesPeriodInDays", "number"),
    Setting("branch_readiness_level", "BranchReadinessLevel", "number"),
    Setting("preview_builds", "ManagePreviewBuildsPolicyValue", "number"),
    Setting("use_server", "UseWUServer", "flag", in_au=True),
    Setting("automatic_updates_disabled", "NoAutoUpdate", "flag", in_au=True),
    Setting("detection_frequency_enabled", "DetectionFrequencyEnabled", "flag", in_au=True),
    Setting("use_update_class_source", "UseUpdateClassPolicySource", "flag", in_au=True),
    Setting("microsoft_update", "AllowMUUpdateService", "flag", in_au=True),
    Setting("install_minor_updates", "AutoInstallMinorUpdates", "flag", in_au=True),
    Setting("include_recommended", "IncludeRecommendedUpdates", "flag", in_au=True),
    Setting("automatic_maintenance", "AutomaticMaintenanceEnabled", "flag", in_au=True),
    Setting("no_reboot_with_users", "NoAutoRebootWithLoggedOnUsers", "flag", in_au=True),
    Setting("always_reboot_at_time", "AlwaysAutoRebootAtScheduledTime", "flag", in_au=True),
    Setting("install_every_week", "ScheduledInstallEveryWeek", "flag", in_au=True),
    Setting("install_first_week", "ScheduledInstallFirstWeek", "flag", in_au=True),
    Setting("install_second_week", "ScheduledInstallSecondWeek", "flag", in_au=True),
    Setting("install_third_week", "ScheduledInstallThirdWeek", "flag", in_au=True),
    Setting("install_fourth_week", "ScheduledInstallFourthWeek", "flag", in_au=True),
    Setting("reschedule_wait_enabled", "RescheduleWaitTimeEnabled", "flag", in_au=True),
    Setting("reboot_relaunch_enabled", "RebootRelaunchTimeoutEnabled", "flag", in_au=True),
    Setting("reboot_warning_enabled", "RebootWarningTimeoutEnabled", "flag", in_au=True),
    Setting("automatic_updates", "AUOptions", "number", in_au=True),
    Setting("install_day", "ScheduledInstallDay", "number", in_au=True),
    Setting("install_hour", "ScheduledInstallTime", "number", in_au=True),
    Setting("detection_frequency_hours", "DetectionFrequency", "number", in_au=True),
    Setting("reschedule_wait_minutes", "RescheduleWaitTime", "number", in_au=True),
    Setting("reboot_relaunch_minutes", "RebootRelaunchTimeout", "number", in_au=True),
    Setting("reboot_warning_minutes", "RebootWarningTimeout", "number", in_au=True),
    Setting("always_reboot_minutes", "AlwaysAutoRebootAtScheduledTimeMinutes", "number", in_au=True),
)

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
TEXTS = frozenset(setting.value.lower() for setting in SETTINGS if setting.kind == "text") | harmless.TEXTS
"""The registry values of the policy whose text is known to be no password, in lower case."""
URLS = ("server_url", "status_server_url", "alternate_download_url")
"""The settings whose value is the URL of a server."""


@dataclass(frozen=True)
class Settings:
    """What policy sets on a machine.

    ``values`` are the settings that exist, by name. ``mistyped`` maps the names of settings to a registry type that
    Windows does not read. ``other`` are all other values, by their path below the policy key. ``unreadable`` are the settings
    whose text may have been damaged on the way, with the text as it arrived: it is for comparison with itself only.
    ``unusual`` are the flags that are neither 0 nor 1, with their number; in ``values`` they are False.
    """

    values: Mapping[str, Data]
    mistyped: Mapping[str, str]
    other: Mapping[str, Value]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unusual: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether no setting exists, in whatever state."""
        return not self.values and not self.mistyped and not self.unreadable

    def text(self, name: str) -> str | None:
        """A text setting, None if it is not set."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Whether a flag is set to 1."""
        return self.values.get(name) is True

    def number(self, name: str) -> int | None:
        """A number, None if it is not set."""
        value = self.values.get(name)
        return None if isinstance(value, bool) or not isinstance(value, int) else value


def read_settings(tree: Tree) -> Settings:
    """The settings in the policy key and its subkey AU. Raises BrokenOff if some of them could not be listed."""
    tree.require_complete(POLICY)
    known = {(setting.key.lower(), setting.value.lower()): setting for setting in SETTINGS}
    values: dict[str, Data] = {}
    mistyped: dict[str, str] = {}
    other: dict[str, Value] = {}
    unreadable: dict[str, str] = {}
    unusual: dict[str, int] = {}
    for path, value in _values(tree):
        setting = known.get((path.lower(), value.name.lower()))
        if setting is None:
            below = path[len(POLICY) + 1 :]
            other[rf"{below}\{value.name}" if below else value.name] = value
        elif value.type not in _TYPES[setting.kind]:
            mistyped[setting.name] = value.type
        elif setting.kind == "flag":
            values[setting.name] = value.data == 1
            if isinstance(value.data, int) and value.data not in (0, 1):
                unusual[setting.name] = value.data
        elif isinstance(value.data, str) and not readable.is_readable(value.data):
            unreadable[setting.name] = value.data
        elif isinstance(value.data, str | int):
            values[setting.name] = value.data
    return Settings(values, mistyped, other, unreadable, unusual)


def check(wanted: Mapping[str, Any]) -> None:
    """Validate the settings to write; None removes a setting.

    Raises WrongOption for an unknown name or wrong data, UnquotableArgument if a text cannot be quoted.
    """
    for name, data in wanted.items():
        setting = BY_NAME.get(name)
        if setting is None:
            raise WrongOption(f"settings: unknown setting {name}; the settings are: {', '.join(sorted(BY_NAME))}")
        right = {
            "text": isinstance(data, str) and bool(data.strip()),
            "flag": isinstance(data, bool),
            "number": isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= 0xFFFFFFFF,
        }
        if data is None:
            continue
        if not right[setting.kind]:
            kinds = {"text": "a non-empty string", "flag": "true or false", "number": "an integer of 0 or more"}
            raise WrongOption(
                f"settings: {name} is {text_without_credentials(repr(data))}; it must be {kinds[setting.kind]}, or null to remove it"
            )
        if name in URLS and (why := url_error(data)):
            raise WrongOption(f"settings: {name} is not the URL of a server: {why}")
        registry.add(setting.key, setting.as_value(data))


def _values(tree: Tree) -> Iterator[tuple[str, Value]]:
    prefix = len(registry.full_path(POLICY))
    for key in tree.keys.values():
        for value in key.values.values():
            yield POLICY + key.path[prefix:], value
