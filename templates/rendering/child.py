"""Child: one LibreOffice behind standard input and output, started by the pool.

It is asked one JSON line at a time, ``{"source": …, "target": …}``, and answers with one:
``{"ok": true, "rss_mb": …}`` or ``{"ok": false, "error": …}``. Its first line says whether
LibreOffice came up. The end of the input ends it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TextIO

from templates.rendering.confinement import confine
from templates.rendering.office import Office, OfficeFailed
from templates.rendering.profile import write_profile


def main() -> None:
    """Serve until the input ends; never returns, as LibreOffice's own shutdown may hang."""
    program, folder, parent, memory_limit_mb = sys.argv[1:]
    confine(int(parent), int(memory_limit_mb))
    answers = _keep_answers_apart()
    profile = Path(folder) / "profile"
    write_profile(profile, Path(program))
    try:
        office = Office(Path(program), profile)
    except OfficeFailed as error:
        _say(answers, ok=False, error=str(error))
        os._exit(1)
    _say(answers, ok=True, rss_mb=_resident_mb())
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            office.convert(Path(asked["source"]), Path(asked["target"]))
        except OfficeFailed as error:
            _say(answers, ok=False, error=str(error))
        else:
            _say(answers, ok=True, rss_mb=_resident_mb())
    os._exit(0)


def _keep_answers_apart() -> TextIO:
    """Return the way out for answers; what LibreOffice prints goes where its complaints go."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, **said: object) -> None:
    answers.write(json.dumps(said) + "\n")
    answers.flush()


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


if __name__ == "__main__":
    main()
