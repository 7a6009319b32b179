"""Findings about the servers that policy sets, and whether they are used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from support.finding_checks import evidence_of, only, value_of
from support.windows_answers import CONTEXT, SERVER, Windows

URLS = {"WUServer": SERVER, "WUStatusServer": SERVER}
NOTHING: dict[str, Any] = {"policy": {}, "au": {}}


def server(url: str, status: str | None = None, **fields: Any) -> Windows:
    """A machine that is told to use a server."""
    return Windows(policy={"WUServer": url, "WUStatusServer": url if status is None else status}, **fields)


@pytest.mark.parametrize(
    ("au", "says", "value"), [({"UseWUServer": 0}, "is 0", False), ({"AUOptions": 4}, "is missing", None)]
)
def test_a_server_that_is_not_used(au: dict[str, Any], says: str, value: bool | None) -> None:
    finding = only(policy, Windows(au=au), "policy.server_unused")
    assert (finding.severity, finding.remedy, value_of(finding, "use_server")) == ("error", "policy", value)
    assert f"The server {SERVER} is set, but not used: UseWUServer {says}" in finding.summary
    assert value_of(finding, "server_url") == SERVER


@pytest.mark.parametrize(
    ("au", "says", "value"),
    [
        ({"UseWUServer": 1}, "UseWUServer is 1, but no server", True),
        ({"UseWUServer": 0}, "specifies no server", False),
        ({"AUOptions": 4}, "specifies no server", None),
    ],
)
def test_settings_without_a_server(au: dict[str, Any], says: str, value: bool | None) -> None:
    finding = only(policy, Windows(policy={"TargetGroup": "Clients"}, au=au), "policy.no_server")
    assert (finding.severity, finding.remedy, value_of(finding, "use_server")) == ("error", "policy", value)
    assert says in finding.summary


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("wsus.example.com:8530", "does not begin with http"),
        ("ftp://wsus.example.com", "does not begin with http"),
        ("http://", "has no host name"),
        ("http://wsus.example.com:8530/ClientWebService", "more than scheme"),
        ("http://wsus.example.com:port", "not a URL"),
        ("http://wsus.example.com:8530 ", "whitespace"),
    ],
)
def test_a_server_that_is_no_url(url: str, why: str) -> None:
    found = server(url, SERVER).found(policy)
    assert list(found) == ["policy.server_url"]
    assert (found["policy.server_url"].severity, found["policy.server_url"].remedy) == ("error", "policy")
    assert why in found["policy.server_url"].summary
    finding = only(policy, server(SERVER, url), "policy.server_url")
    assert finding.summary.startswith("WUStatusServer")


@pytest.mark.parametrize("url", ["http://wsus.example.com:8531", "http://a:443", "https://a:8530", "https://a:80/"])
def test_a_port_of_the_other_scheme(url: str) -> None:
    finding = only(policy, server(url), "policy.server_port")
    assert (finding.severity, finding.remedy, value_of(finding, "server_url")) == ("error", "policy", url)
    assert ("https" if url.startswith("http:") else "http") == finding.summary.rpartition(" ")[2]
    assert f"WUServer {url} " in finding.summary


@pytest.mark.parametrize(
    "url",
    ["http://a", "https://a", "http://a:80", "https://a:443/", "https://a:8531", "http://a:8080", "https://a:8443"],
)
def test_a_port_that_fits_or_is_of_neither(url: str) -> None:
    assert server(url).found(policy) == {}


@pytest.mark.parametrize("status", ["http://other.example.com:8530", "https://wsus.example.com:8531"])
def test_two_servers(status: str) -> None:
    finding = only(policy, server(SERVER, status), "policy.status_server")
    assert (finding.severity, finding.remedy) == ("error", "policy")
    assert value_of(finding, "status_server_url") == status
    assert "differ" in finding.summary
    assert SERVER in finding.summary
    assert status in finding.summary


def test_a_status_server_that_is_missing() -> None:
    assert "is not" in only(policy, Windows(policy={"WUServer": SERVER}), "policy.status_server").summary


@pytest.mark.parametrize("status", ["HTTP://WSUS.example.com:8530/", "http://wsus.example.com:8530"])
def test_one_server_in_two_spellings(status: str) -> None:
    assert server(SERVER, status).found(policy) == {}


@pytest.mark.parametrize(
    ("windows", "ids"),
    [
        (Windows(), ["policy.unexpected_server"]),
        (server("https://new.example.com:8531"), []),
        (server("https://NEW.example.com:8531/"), []),
        (server("http://new.example.com:8530"), ["policy.unexpected_server"]),
        (Windows(policy={"TargetGroup": "x"}, au={"UseWUServer": 0}), ["policy.no_server"]),
        (Windows(policy={"TargetGroup": "x"}), ["policy.no_server"]),
        (Windows(**NOTHING), ["policy.not_targeted"]),
    ],
)
def test_the_expected_server(windows: Windows, ids: list[str]) -> None:
    context = replace(CONTEXT, expected_server="https://new.example.com:8531")
    found = windows.found(policy, context)
    assert list(found) == ids
    for finding in found.values():
        assert (finding.severity, finding.remedy) == ("error", "policy")
    if "policy.unexpected_server" in found:
        assert evidence_of(found["policy.unexpected_server"])[0]["expected"] == context.expected_server
