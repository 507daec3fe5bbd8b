"""A PostgreSQL server of our own: Debian's package, a folder, a socket; stopped by its pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 60


class ServerMissing(Exception):
    """PostgreSQL is not installed on this machine (Debian: postgresql)."""


@contextmanager
def running_server(*, durable: bool) -> Iterator[Path]:
    """Yield the folder of a running server's socket; `durable` False spares the disk."""
    programs = _programs()
    account = _account()
    # a socket's path may have 107 characters: a short folder of its own
    folder = Path(tempfile.mkdtemp(prefix="guidang-pg-"))
    process = None
    try:
        if account:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres",
             "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **account,
        )  # fmt: skip
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder,
             "-c", "listen_addresses=", "-c", "max_connections=100",
             "-c", f"fsync={'on' if durable else 'off'}"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account,
        )  # fmt: skip
        _await_ready(folder, process)
        yield folder
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=_STOPS_WITHIN)
        shutil.rmtree(folder)


@contextmanager
def empty_database(server: Path, name: str) -> Iterator[str]:
    """Yield the address of a new database on `server`, for SQLAlchemy; it is dropped afterwards."""
    with psycopg.connect(host=str(server), user="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"postgresql+psycopg://postgres@/{name}?host={server}"
    with psycopg.connect(host=str(server), user="postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise ServerMissing
    return found[-1].parent


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to be started by root: as root, start it under its own account."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _await_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
