"""The command lines that tell the agent to scan or report."""

from __future__ import annotations


def line(call: str) -> str:
    """What has cmd.exe run a program of System32 and wait for it: ``line("UsoClient.exe StartScan")``."""
    program = call.partition(" ")[0]
    folder = r"%SystemRoot%\System32"
    return rf"cmd.exe /d /c if exist {folder}\{program} ({folder}\{call}) else exit 9009"


SCAN = line("UsoClient.exe StartScan")
OLD_SCAN = line("wuauclt.exe /detectnow")
OLD_RENEWED_SCAN = line("wuauclt.exe /resetauthorization /detectnow")
OLD_REPORT = line("wuauclt.exe /reportnow")
RENEWAL = line("wuauclt.exe /resetauthorization")
