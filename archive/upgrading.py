"""Upgrading: bringing a register's tables to the version this program works with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from archive.db import Register
from archive.errors import RegisterForeign

HEAD: Final = "0008"
"""The newest version in migrations/versions."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def is_current(register: Register) -> bool:
    """Return whether the register's tables are of this program's version."""
    with register.read.begin() as session:
        return _version(session.connection()) == HEAD


def upgrade(register: Register) -> None:
    """Bring the register to this program's version; a register that is there is left alone.

    All steps stand in one transaction that holds the write lock: a crash leaves the old
    version whole, and of two processes the second finds the work done. Raises
    RegisterForeign for a register of a version unknown here.
    """
    with register.engine.begin() as connection:
        found = _version(connection)
        if found == HEAD:
            return
        _run(connection, found)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _run(connection: Connection, found: str | None) -> None:
    # alembic takes longer to import than most commands to run, and is needed once a version
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise RegisterForeign(found)
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
