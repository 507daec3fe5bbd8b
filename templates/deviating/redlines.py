"""Redlines: both texts as one Word file with tracked changes (修订标记稿).

The comparison is made by a program of its own that takes many seconds: it runs in a child with
a deadline, in a process group that is killed as one.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

DEADLINE: Final = timedelta(seconds=120)
_MODULES: Final = ("python_redlines", "python_redlines_docxodus")
_CHILD: Final = """\
import sys
from pathlib import Path
from python_redlines.engines import DocxodusEngine
author, before, after, target, cache = sys.argv[1:]
made, _, _ = DocxodusEngine(target_path=cache).run_redline(
    author, Path(before), Path(after), detect_moves=True)
Path(target).write_bytes(made)
"""


class RedlinesMissing(Exception):
    """The optional program for tracked changes is not installed (Chinese, says how)."""


class RedlinesFailed(Exception):
    """No file with tracked changes came out: it crashed or took too long (Chinese)."""


def are_available() -> bool:
    """Return whether the optional program is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _MODULES)


def tracked_changes(
    standard: bytes,
    revised: bytes,
    *,
    author: str,
    cache: Path,
    deadline: timedelta = DEADLINE,
) -> bytes:
    """Return a Word file of `standard` with what makes it `revised` as tracked changes.

    `cache` keeps the unpacked program. Raises RedlinesMissing, RedlinesFailed.
    """
    if not are_available():
        raise RedlinesMissing(
            "没有安装修订标记组件；可用 pip install 'guidang[redlines]' 安装，或改用 --html"
        )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="redlines-") as folder:
        before, after, target = (Path(folder) / name for name in ("a.docx", "b.docx", "c.docx"))
        before.write_bytes(standard)
        after.write_bytes(revised)
        words = [author, *map(str, (before, after, target, cache.resolve()))]
        _run([sys.executable, "-I", "-c", _CHILD, *words], Path(folder), deadline)
        if not target.is_file() or not target.stat().st_size:
            raise RedlinesFailed("修订标记组件没有给出文件")
        return target.read_bytes()


def _run(command: list[str], folder: Path, deadline: timedelta) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment |= {"HOME": str(folder), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and text
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        _, complaints = child.communicate(timeout=deadline.total_seconds())
    except subprocess.TimeoutExpired as error:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        seconds = int(deadline.total_seconds())
        raise RedlinesFailed(f"修订标记组件超过 {seconds} 秒没有完成，已停止") from error
    if child.returncode:
        last = complaints.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise RedlinesFailed(f"修订标记组件出错：{''.join(last)[:300]}")
