"""Recognition: the letters on a picture of a page, read by Tesseract within limits (文字识别)."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from functools import cache
from typing import Final

LANGUAGES: Final = "chi_sim"
PAGE_ALLOWED: Final = timedelta(seconds=60)
DPI: Final = 200
_MEMORY_KB: Final = 2 * 1024 * 1024
_MOST_TEXT: Final = 200_000
_BETWEEN: Final = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
"""The blanks the engine puts between Chinese characters."""


class RecognitionMissing(Exception):
    """Tesseract or its Chinese letters are not installed."""


class RecognitionFailed(Exception):
    """One page could not be read in time, or at all."""


@cache
def engine() -> str:
    """Return the engine and its version as the record names it; raises RecognitionMissing."""
    program = shutil.which("tesseract")
    if program is None:
        raise RecognitionMissing("本机没有安装文字识别（tesseract）")
    version = _run([program, "--version"], b"").splitlines()[0].strip()
    known = _run([program, "--list-langs"], b"").split()
    if LANGUAGES not in known:
        raise RecognitionMissing("本机的 tesseract 没有简体中文（chi_sim）")
    return f"{version} {LANGUAGES}"


def recognise(picture: bytes) -> str:
    """Return the text on a page drawn at `DPI`; raises RecognitionMissing, RecognitionFailed."""
    engine()
    program = shutil.which("tesseract") or "tesseract"
    said = _run([program, "stdin", "stdout", "-l", LANGUAGES, "--dpi", str(DPI)], picture)
    return _BETWEEN.sub("", said[:_MOST_TEXT].replace("\f", "\n")).strip()


def _run(command: list[str], given: bytes) -> str:
    limited = ["/bin/sh", "-c", f'ulimit -v {_MEMORY_KB}; exec "$@"', "sh", *command]
    try:
        ended = subprocess.run(  # noqa: S603 - a program of the system, its arguments our own
            limited,
            input=given,
            capture_output=True,
            timeout=PAGE_ALLOWED.total_seconds(),
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise RecognitionFailed(f"文字识别没有在限时内完成（{type(error).__name__}）") from error
    if ended.returncode != 0:
        reason = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RecognitionFailed(f"文字识别失败：{''.join(reason)[:200]}")
    return ended.stdout.decode("utf-8", "replace")
