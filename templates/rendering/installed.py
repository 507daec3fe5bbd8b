"""Installed: where LibreOffice stands on this machine, and whether it can be loaded."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from templates.errors import RendererMissing

_PLACES: Final = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
)
_PROBE_LIMIT_SECONDS: Final = 60
_VERSION: Final = re.compile(rb'<prop oor:name="ooSetupVersion">\s*<value>([0-9.]+)</value>')


def find_office(places: tuple[str, ...] = _PLACES) -> Path:
    """Return the folder LibreOffice's programs are in; raises RendererMissing."""
    for place in places:
        if (Path(place) / "soffice.bin").is_file():
            return Path(place)
    raise RendererMissing(
        f"LibreOffice is not installed in any of {', '.join(places)}; "
        "install it: apt-get install libreoffice-writer-nogui"
    )


def setup_version(program: Path) -> str | None:
    """Return the version the office in `program` compares its profile with, e.g. `7.4`."""
    try:
        registry = (program.resolve().parent / "share" / "registry" / "main.xcd").read_bytes()
    except OSError:
        return None
    found = _VERSION.search(registry)
    return found[1].decode() if found else None


def has_kit(program: Path) -> bool:
    """Whether LibreOfficeKit can be loaded from `program`; tried in a process apart."""
    probe = (
        "import sys; from pathlib import Path; "
        "from templates.rendering.office import find_hook; find_hook(Path(sys.argv[1]))"
    )
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-c", probe, str(program)],
            check=False,
            capture_output=True,
            timeout=_PROBE_LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0
