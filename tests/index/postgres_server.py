"""A PostgreSQL server of its own for the tests, in a folder of its own, ended by its process."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def is_installed() -> bool:
    return bool(_PROGRAMS) and (_PROGRAMS[-1] / "initdb").exists()


@contextmanager
def running() -> Iterator[str]:
    """Start a server that listens on a socket in its folder only; give its connection string."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    own = os.geteuid() != 0
    account = pwd.getpwuid(os.geteuid()) if own else pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
             "--no-sync", folder=folder, account=account)  # fmt: skip
        _run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o",
             f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=20", "start",
             folder=folder, account=account)  # fmt: skip
        process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        try:
            yield f"host={folder} user=postgres dbname=postgres"
        finally:
            os.kill(process, signal.SIGINT)
            _run("pg_ctl", "-D", "data", "-w", "-m", "fast", "stop", folder=folder,
                 account=account, is_checked=False)  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(
    program: str,
    *arguments: str,
    folder: Path,
    account: pwd.struct_passwd,
    is_checked: bool = True,
) -> None:
    same = account.pw_uid == os.geteuid()
    done = subprocess.run(
        [str(_PROGRAMS[-1] / program), *arguments],
        cwd=folder,
        user=None if same else account.pw_uid,
        group=None if same else account.pw_gid,
        extra_groups=None if same else [],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    if is_checked and done.returncode:
        raise RuntimeError(f"{program} failed: {done.returncode}")
