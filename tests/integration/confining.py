"""Starts ansible-playbook on a controller that lacks something: free space, rights, a terminal."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

_UNSHARE = "unshare"
_OWN_MOUNTS = (
    (_UNSHARE, "--mount"),
    (_UNSHARE, "--map-root-user", "--mount"),
)
_ON_A_FULL_DISK = r"""
folder=$1 outside=$2 free=$3
shift 3
mkdir -p "$outside"
cp -a "$folder/." "$outside"
mount -t tmpfs -o size=4m tmpfs "$folder" && cp -a "$outside/." "$folder" || exit 99
cat /dev/zero >"$folder/filler" 2>"$outside.log"
truncate -s "-$free" "$folder/filler"
"$@"
code=$?
rm "$folder/filler"
cp -a "$folder/." "$outside"
umount "$folder"
cp -a "$outside/." "$folder"
exit $code
"""
_WITH_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"

WITHOUT_TERMINAL = ("setsid", "--wait")
WITH_TERMINAL = (sys.executable, "-c", _WITH_A_TERMINAL)


def on_a_full_disk(folder: Path, free: int = 0) -> tuple[str, ...]:
    """A small file system in place of a folder, with its content and so many free bytes. What is written there is in the folder afterwards."""
    outside = folder.with_name(f"{folder.name}.outside")
    return (*_own_mounts(), "sh", "-c", _ON_A_FULL_DISK, "sh", str(folder), str(outside), str(free))


def without_account() -> tuple[str, ...]:
    """A user that is not root and whom no passwd file knows, as in a container on OpenShift. The files here are that user's."""
    command = (_UNSHARE, "--map-user=54321", "--map-group=54321")
    if not _runs(*command, "true"):
        pytest.skip("unshare may not map users here: no user without rights and without an account")
    return command


def with_umask(mask: int) -> tuple[str, ...]:
    return ("sh", "-c", f'umask {mask:03o}; exec "$@"', "sh")


@cache
def _own_mounts() -> tuple[str, ...]:
    for command in _OWN_MOUNTS:
        if _runs(*command, "mount", "-t", "tmpfs", "tmpfs", "/mnt"):
            return command
    pytest.skip("unshare may not mount here: no full disk")


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
