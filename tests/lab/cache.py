"""Things that are made once on this computer and kept: unpacked programs, a Wine prefix, locales."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def cache_folder() -> Path:
    """The lab's own folder below XDG_CACHE_HOME (``~/.cache`` where that is not set); it can be deleted at any time."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "wsus-lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time; ``name`` is the lock's file in the cache folder."""
    with open(cache_folder() / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kept_folder(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name in the cache; ``make`` fills it when it is not there yet.

    It appears under its name only when ``make`` has ended, so that an interrupted run leaves nothing half made.
    """
    folder = cache_folder() / name
    if folder.exists():
        return folder
    with locked(name):
        if not folder.exists():
            half_made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache_folder()))
            try:
                make(half_made)
                half_made.rename(folder)
            except BaseException:
                shutil.rmtree(half_made, ignore_errors=True)
                raise
    return folder
