"""The code page in which programs write, and what becomes of their text on its way through a connection.

The three ways of Ansible's connections: winrm opens a shell with the code page UTF-8; sshd starts programs at a console with the
OEM code page, whose bytes arrive as they are; psrp has no console, and its PowerShell reads the OEM bytes as ANSI. (Ansible's
winrm.py: ``open_shell(codepage=65001)``; PowerShell's NativeCommandProcessor.cs for psrp; jborean93 in the issue
ansible-collections/ansible.windows 546. That programs write OEM there is not confirmed on a Windows.)
"""

from __future__ import annotations

UTF_8 = 65001
_PAGES = frozenset({437, 850, 852, 866, 932, 936, 949, 1252, UTF_8})


class Console:
    """The console of a machine, new for each execution. ``oem`` and ``ansi`` are the numbers of the machine's code pages."""

    def __init__(self, kind: str, oem: int, ansi: int) -> None:
        self._kind = kind
        self._oem = oem
        self._ansi = f"cp{ansi}"
        self.page = 0
        self.begin()

    def begin(self) -> None:
        """Start an execution."""
        self.page = UTF_8 if self._kind == "utf-8" else self._oem

    def change(self, page: int) -> bool:
        """Take another code page; whether there is such a one, and a console to have it."""
        if page not in _PAGES or self._kind == "psrp":
            return False
        self.page = page
        return True

    def output(self, stream: bytes) -> bytes:
        """What a program wrote, in UTF-8 where it writes as the console does, as it arrives on the other side."""
        if self._kind == "utf-8" or stream.isascii():
            return stream
        try:
            text = stream.decode("utf-8")
        except UnicodeDecodeError:  # a program that writes ANSI at every console
            return self._as_ansi(stream).encode() if self._kind == "psrp" else stream
        if self.page == UTF_8:
            return stream
        raw = text.encode(f"cp{self.page}", "replace")
        return self._as_ansi(raw).encode() if self._kind == "psrp" else raw

    def _as_ansi(self, raw: bytes) -> str:
        """Bytes read as ANSI; what a code page of one byte leaves undefined becomes a control character, as in Windows."""
        try:
            return raw.decode(self._ansi)
        except UnicodeDecodeError:
            return "".join(bytes([byte]).decode(self._ansi, "ignore") or chr(byte) for byte in raw)
