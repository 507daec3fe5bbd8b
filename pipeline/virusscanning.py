"""Virus scanning: what ClamAV says of a folder, within a time, and by which database (查杀).

The scanner is a program of its own: it may be missing, hang, crash, or have no database. All of
these are told apart from a clean bill.
"""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Final

from pipeline.fourfold.means import Scanned

_FOUND: Final = re.compile(r"^(?P<path>.+): (?P<name>.+) FOUND$", re.MULTILINE)
_CLEAN, _INFECTED = 0, 1
_TOLD: Final = 300
_VERSION_SECONDS: Final = 60


def scan(folder: Path, command: tuple[str, ...], *, allowed: timedelta) -> Scanned:
    """Return what `command` (clamscan or clamdscan with its options) finds below `folder`."""
    try:
        version = _asked([command[0], "--version", *command[1:]], _VERSION_SECONDS)
        asked = [*command, "--no-summary", "--infected"]
        if Path(command[0]).name == "clamscan":
            asked.append("--recursive")
        done = _asked([*asked, "--", str(folder)], allowed.total_seconds())
    except FileNotFoundError:
        return Scanned("", (), f"没有 {command[0]} 这个程序")
    except subprocess.TimeoutExpired:
        return Scanned("", (), f"{command[0]} 超过 {allowed.total_seconds():.0f} 秒没有结束")
    except OSError as error:
        return Scanned("", (), f"{command[0]} 不能运行：{error.strerror}")
    engine = version.stdout.strip().splitlines()[0] if version.stdout.strip() else command[0]
    if done.returncode == _INFECTED:
        found = tuple(f"{one['path']}：{one['name']}" for one in _FOUND.finditer(done.stdout))
        return Scanned(engine, found or (f"{folder}：{done.stdout.strip()[-_TOLD:]}",))
    if done.returncode != _CLEAN:
        said = (done.stderr or done.stdout).strip()[-_TOLD:]
        return Scanned(engine, (), f"{engine} 结束码 {done.returncode}：{said}")
    return Scanned(engine, ())


def _asked(words: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the program the administrator named
        words,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
        stdin=subprocess.DEVNULL,
    )
