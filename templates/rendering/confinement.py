"""Confinement: what a converter may use, and that it never outlives who started it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_MAPPED_BESIDE_MB: Final = 1536
"""Address space LibreOffice maps without using it: libraries, fonts, thread stacks."""

_FILE_LIMIT_BYTES: Final = 512 * 1024 * 1024


def confine(parent: int, memory_limit_mb: int) -> None:
    """Bind this process to `parent` and to its limits; for the first lines of a child."""
    bind_to(parent)
    space = (memory_limit_mb + _MAPPED_BESIDE_MB) * 1024 * 1024
    _lower(resource.RLIMIT_AS, space)
    _lower(resource.RLIMIT_FSIZE, _FILE_LIMIT_BYTES)
    _lower(resource.RLIMIT_CORE, 0)


def bind_to(parent: int) -> None:
    """Let this process never outlive `parent`.

    The kernel kills it when the thread that started it ends, so it must be started by a
    thread that lives as long as it is wanted. A stopped or hung process dies as well.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        raise SystemExit("the parent is gone already")


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(limit, (value, value))


def environment(folder: Path, fonts: Path) -> Mapping[str, str]:
    """Return all a converter sees of the environment: nothing of the person who started it."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "Asia/Shanghai",
        "SAL_USE_VCLPLUGIN": "svp",
        "FONTCONFIG_FILE": str(fonts / "fonts.conf"),
    }


def main() -> None:
    """Confine this process, then become the program named after the two figures."""
    parent, memory_limit_mb, *command = sys.argv[1:]
    confine(int(parent), int(memory_limit_mb))
    os.execv(command[0], command)  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main()
