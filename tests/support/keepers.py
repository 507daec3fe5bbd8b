"""Keepers: a home with filed dossiers and people in their roles, for tests of keeping."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from office import Office
from sqlalchemy import select

from archive.custody import Evidence
from archive.dossiers import Dossier
from archive.fileplan import FilePlan
from archive.retention import Known, Trigger
from archive.rulesets import packaged_rules
from index.opening import open_library
from pipeline.cli import main
from pipeline.founding import _with_people
from pipeline.retaining import Dating, record_dates
from pipeline.wiring import Workplace

ARCHIVIST, LEGAL = "档小安", "冻小法"
SETTINGS = """
[company]
name = "示例网络技术（北京）有限公司"
uscc = "91110105MA0GD00023"
number_prefix = "GD"
"""


@dataclass
class Keeping:
    """A home whose clock the test sets, with an office that files into it."""

    workplace: Workplace
    office: Office
    now: datetime

    def at(self, day: str) -> Keeping:
        """Let it be ten in the morning of `day`."""
        self.now = datetime.fromisoformat(f"{day}T02:00:00+00:00")
        return self

    def contract(self, order_no: str, **changed: Any) -> str:
        """File a contract and return its dossier's code."""
        instrument = self.office.prepare(order_no)
        record = self.office.file(instrument, self.office.submission(instrument, **changed))
        return record.reference_code.rsplit("-", 1)[0]

    def date(self, code: str, trigger: Trigger, on: str | None, **changed: Any) -> dict[str, Any]:
        """Record a day as the archivist does."""
        said: dict[str, Any] = {
            "known": Known.DAY if on else Known.NONE,
            "evidence": Evidence.stated(f"{trigger} {on}"),
            "person": ARCHIVIST,
        } | changed
        day = date.fromisoformat(on) if on else None
        return record_dates(self.workplace, code, [Dating(trigger=trigger, on=day, **said)])

    def over(self, order_no: str, **changed: Any) -> str:
        """File a contract whose D10 is over on 2040-01-01, and return its code."""
        code = self.contract(order_no, retention_class="小额事务性合同", **changed)
        self.at("2029-01-10")
        self.date(code, Trigger.ENDED, "2027-03-31")
        self.date(code, Trigger.SETTLED, "2027-05-10")
        self.date(code, Trigger.WARRANTY, "2028-03-31")
        self.date(code, Trigger.DISPUTE, None)
        self.at("2040-01-01")
        return code

    def row(self, code: str) -> Dossier:
        """Return the register's row of a dossier."""
        with self.workplace.register.read.begin() as session:
            return session.scalars(select(Dossier).where(Dossier.code == code)).one()


class Line:
    """The command line on one home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Run a command with --json and return its answer; it must exit with `code`."""
        done = CliRunner().invoke(main, ["--home", str(self.root), *words, "--json"])
        assert done.exit_code == code, done.output
        content: dict[str, Any] = json.loads(done.stdout)
        return content

    def text(self, *words: str) -> str:
        """Run a command for people."""
        done = CliRunner().invoke(main, ["--home", str(self.root), *words])
        assert done.exit_code == 0, done.output
        return done.output


def a_keeping(root: Path, database: bytes) -> Keeping:
    """Return a home at `root` with `database` as its register, without documents or fonts."""
    for folder in ("rules", "archive", "work/staging", "work/received", "inbox", "rejected"):
        (root / folder).mkdir(parents=True)
    (root / "guidang.toml").write_text(SETTINGS, "utf-8")
    (root / "guidang.db").write_bytes(database)
    for rule in packaged_rules():
        content = rule.read_text("utf-8")
        if rule.name in {"retention.toml", "inspection.toml"}:
            content = _with_people(content)
        (root / "rules" / rule.name).write_text(content, "utf-8")
    open_library(root / "index")
    start = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
    workplace = Workplace(root, clock=lambda: keeping.now)
    office = Office(
        register=workplace.register,
        store=workplace.store,
        plan=FilePlan.load(root / "rules" / "fileplan.toml"),
        rules=workplace.numbering,
    )
    keeping = Keeping(workplace, office, start)
    return keeping
