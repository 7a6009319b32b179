"""The registry value WinHttpSettings, written; the plugins only read it."""

from __future__ import annotations

import struct

from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp


def winhttp_bytes(settings: WinHttp) -> bytes:
    """The value as Windows keeps it."""
    texts = (text.encode("latin-1") for text in (settings.proxy, settings.bypass))
    return b"".join(
        (
            struct.pack("<3I", settings.version, settings.counter, settings.flags),
            *(struct.pack("<I", len(text)) + text for text in texts),
            settings.rest,
        )
    )
