from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import archive.migrations
from archive import (
    acts,
    approvals,
    deviations,
    disposalrows,
    dossiers,
    events,
    holds,
    inspectionrows,
    instruments,
    numbering,
    outbox,
    sealbook,
    sealrequests,
    seals,
    termrows,
    upgrading,
)
from archive.db import Base, Register, open_register
from archive.errors import RegisterForeign
from archive.instruments import Instrument, InstrumentState

ROWS = (
    acts,
    approvals,
    deviations,
    disposalrows,
    dossiers,
    events,
    holds,
    inspectionrows,
    instruments,
    numbering,
    outbox,
    sealbook,
    sealrequests,
    seals,
    termrows,
)

# The one index over an expression cannot be compared; a test of its own looks after it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based"),
]

UPGRADE = """
import sys
from pathlib import Path
from archive.db import open_register
from archive.upgrading import is_current, upgrade
register = open_register(Path(sys.argv[1]))
upgrade(register)
assert is_current(register)
"""


def test_the_migrated_register_is_what_the_rows_say(register: Register) -> None:
    assert all(module.__name__ for module in ROWS)
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_name_in_other_case_is_looked_up_by_an_index(register: Register) -> None:
    asked = "EXPLAIN QUERY PLAN SELECT * FROM instruments WHERE lower(instruments.order_no) = 'x'"
    with register.engine.connect() as connection:
        (plan,) = connection.execute(text(asked)).all()
    assert "SEARCH instruments USING INDEX ix_instruments_order_no_folded" in plan[3]


def test_the_program_knows_its_newest_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(archive.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [upgrading.HEAD]


def test_a_new_register_is_not_current_until_it_is_upgraded(tmp_path: Path) -> None:
    register = open_register(tmp_path / "guidang.db")
    assert not upgrading.is_current(register)
    upgrading.upgrade(register)
    assert upgrading.is_current(register)
    register.engine.dispose()
    register.read.kw["bind"].dispose()


def test_upgrading_again_keeps_what_stands_in_the_register(
    register: Register, an_instrument: Callable[..., Instrument]
) -> None:
    with register.write.begin() as session:
        session.add(an_instrument())
    upgrading.upgrade(register)
    with register.read.begin() as session:
        assert session.scalars(select(Instrument)).one().state is InstrumentState.DRAFTED


def test_a_filled_register_of_the_first_version_keeps_its_rows(
    tmp_path: Path, an_instrument: Callable[..., Instrument], monkeypatch: pytest.MonkeyPatch
) -> None:
    register = open_register(tmp_path / "guidang.db")
    with monkeypatch.context() as before:
        before.setattr(upgrading, "HEAD", "0001")
        upgrading.upgrade(register)
    with register.write.begin() as session:
        session.add(an_instrument())
    assert not upgrading.is_current(register)
    upgrading.upgrade(register)
    with register.read.begin() as session:
        assert session.scalars(select(Instrument)).one().order_no == "XSDD-2026-0318"
    with register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    register.engine.dispose()
    register.read.kw["bind"].dispose()


def test_many_processes_may_open_a_new_register_at_once(tmp_path: Path) -> None:
    path = tmp_path / "guidang.db"
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", UPGRADE, str(path)])
        for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
    register = open_register(path)
    with register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    register.engine.dispose()
    register.read.kw["bind"].dispose()


def test_a_failed_upgrade_leaves_nothing_behind(tmp_path: Path) -> None:
    register = open_register(tmp_path / "guidang.db")
    with register.engine.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (seq INTEGER)"))
    with pytest.raises(Exception, match="outbox already exists"):
        upgrading.upgrade(register)
    with register.read.begin() as session:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        assert names == ["outbox"]
    register.engine.dispose()
    register.read.kw["bind"].dispose()


def test_a_register_of_a_newer_guidang_is_left_alone(register: Register) -> None:
    with register.write.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not upgrading.is_current(register)
    with pytest.raises(RegisterForeign, match="9999"):
        upgrading.upgrade(register)


def test_rows_that_name_nothing_are_refused(
    register: Register, an_instrument: Callable[..., Instrument]
) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), register.write.begin() as session:
        session.add(an_instrument(dossier_id=99))


def test_asking_whether_a_register_is_current_does_not_import_alembic() -> None:
    code = "import sys, archive.upgrading; assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
