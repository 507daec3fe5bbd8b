"""Entry: `python -m templates.typesetting FOLDER…` sets each text anew and registers it."""

from __future__ import annotations

import sys
from pathlib import Path

from templates.typesetting.folder import register


def main(folders: list[str]) -> int:
    """Set the texts of `folders`; return the exit code."""
    if not folders:
        sys.stderr.write("usage: python -m templates.typesetting FOLDER...\n")
        return 2
    for folder in folders:
        sys.stdout.write(f"{folder}: {register(Path(folder))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
