"""Commands: what cannot be passed to a program is refused."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command


@pytest.mark.parametrize(
    "bad", ["", 'a"b', "a\nb", "a\rb", "a\0b", "~", "~/x", "--%", "C:\\a b\\", "a\ud800", "\udfffb"]
)
def test_what_would_not_arrive_unchanged_is_refused(bad: str) -> None:
    with pytest.raises(UnquotableArgument) as refused:
        command("reg.exe", "add", bad)
    assert "reg.exe" in refused.value.message
