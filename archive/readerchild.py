"""Reader child: the far end of `readers`; reads the dossiers it is asked about."""

from __future__ import annotations

import os
import pickle
import resource
import sys
import time
from pathlib import Path

from archive.fixity import examine
from archive.readers import HEAD
from archive.store import Store


def main() -> None:
    """Answer every question; while a long one is worked on, say that it goes on."""
    root, staging, patience = sys.argv[1:]
    store, often = Store(Path(root), Path(staging)), float(patience) / 10
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    said_at = time.monotonic()

    def go_on() -> None:
        nonlocal said_at
        if time.monotonic() - said_at > often:
            answers.write(HEAD.pack(0))
            answers.flush()
            said_at = time.monotonic()

    while head := sys.stdin.buffer.read(HEAD.size):
        (size,) = HEAD.unpack(head)
        algorithms, paths = pickle.loads(  # noqa: S301 - written by our own parent
            sys.stdin.buffer.read(size)
        )
        answer = pickle.dumps([examine(store, path, algorithms, go_on) for path in paths])
        answers.write(HEAD.pack(len(answer)) + answer)
        answers.flush()
        said_at = time.monotonic()


if __name__ == "__main__":
    main()
