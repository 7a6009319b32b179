"""What a program writes."""

from __future__ import annotations

from ...machine import Execution


class Output:
    """Collects both streams; line ends become CRLF, text UTF-8 as under WinRM's code page 65001."""

    def __init__(self) -> None:
        self._stdout: list[str] = []
        self._stderr: list[str] = []

    def line(self, text: str = "") -> None:
        """A line on standard output."""
        self._stdout.append(f"{text}\r\n")

    def lines(self, text: str) -> None:
        """Several lines on standard output."""
        for line in text.split("\n"):
            self.line(line)

    def error(self, text: str) -> None:
        """One or several lines on standard error."""
        self._stderr.append("".join(f"{line}\r\n" for line in text.split("\n")))

    def result(self, exit_code: int = 0) -> Execution:
        """The finished execution."""
        return Execution(_utf_8(self._stdout), _utf_8(self._stderr), exit_code)


def _utf_8(lines: list[str]) -> bytes:
    """Text as Windows encodes it: half of a surrogate pair becomes U+FFFD (Microsoft, WideCharToMultiByte)."""
    return "".join(lines).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
