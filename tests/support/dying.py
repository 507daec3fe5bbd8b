"""Dying: a worker on a real home that is gone, hard, when a step is reached."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

_WORKER = """
import os, signal, sys
from pathlib import Path
from pipeline.commands.progress import SilentProgress
from pipeline.wiring import Workplace
from pipeline.worker import Worker

root, fatal = Path(sys.argv[1]), sys.argv[2]

def die(step, *_):
    if step == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

Worker(Workplace(root), SilentProgress(), after_step=die).run(until_idle=True)
"""


def die_after(root: Path, step: str) -> None:
    """Work on the home at `root` in a process of its own that kills itself after `step`."""
    died = subprocess.run(
        [sys.executable, "-c", _WORKER, str(root), step],
        env=os.environ | {"GUIDANG_INBOX__SETTLE_SECONDS": "0.05"},
        timeout=300,
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
