"""A list carried out while the process dies at any step and holds come at any moment."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from keepers import LEGAL, Keeping
from sqlalchemy import select

from archive.db import open_register
from archive.disposal import Decision
from archive.dossiers import Dossier
from archive.errors import RetentionRefused
from archive.rebuilding import rebuild
from archive.store import Store
from archive.upgrading import upgrade
from archive.verifying import verify
from pipeline.destroying import People, carry_out
from pipeline.disposing import appraise, approve, propose
from pipeline.freezing import Freeze, place
from pipeline.wiring import Workplace

PEOPLE = People("档小宁", ("监小天", "监小地"))
ORDERS = ("XSDD-1", "XSDD-2", "XSDD-3")
KEEP, DESTROY = Decision.KEEP, Decision.DESTROY


class Killed(BaseException):
    """Raised where the process would be dead: nobody catches it."""


@dataclass
class Killer:
    """Counts the steps of a run and ends it at one of them; at another it does something."""

    at: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, step: str) -> None:
        self.seen.append(step)
        if len(self.seen) == self.at:
            raise Killed(step)


@dataclass
class Base:
    """A home with three dossiers that are due, on one list; each run works on a copy."""

    root: Path
    codes: tuple[str, ...]
    number: str
    opened: list[Workplace]
    folder: Callable[[], Path]

    def copy(self) -> Path:
        """Return a copy of the home as it stood after the proposal."""
        root = self.folder() / "home"
        shutil.copytree(self.root, root)
        return root

    def at_work(self, root: Path, killer: Killer) -> Workplace:
        """Return the home opened anew in 2040, its store telling `killer` of each step."""
        workplace = Workplace(root, clock=lambda: datetime(2040, 1, 1, 2, 0, tzinfo=UTC))
        home = workplace.home
        workplace.__dict__["store"] = Store(home.archive, home.staging, after_step=killer)
        self.opened.append(workplace)
        return workplace

    def decide(self, workplace: Workplace, decisions: Sequence[Decision]) -> None:
        """Let two appraisers speak of each dossier, and the list be approved."""
        for code, decision in zip(self.codes, decisions, strict=True):
            for person in ("鉴一鸣", "鉴二南"):
                appraise(
                    workplace,
                    self.number,
                    code,
                    decision=decision,
                    period="D40" if decision is KEEP else None,
                    reason="意见",
                    person=person,
                )
        approve(workplace, self.number, opinion="同意", person="法定代")


@pytest.fixture
def base(a_home: Callable[[], Keeping], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    keeping = a_home()
    codes = tuple(keeping.over(order) for order in ORDERS)
    number = propose(keeping.workplace, codes=[], reason="到期", person="档小安").number
    with keeping.workplace.register.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    root = keeping.workplace.home.root
    made = Base(root, codes, number, [], lambda: tmp_path_factory.mktemp("copy"))
    yield made
    for workplace in made.opened:
        workplace.register.engine.dispose()
        workplace.register.read.kw["bind"].dispose()


def carry(workplace: Workplace, number: str, killer: Killer) -> None:
    carry_out(workplace, number, PEOPLE, method="删除", place="档案室", after_step=killer)


def is_whole(workplace: Workplace, row: Dossier) -> bool:
    """Return whether every file of the dossier stands; a half of one is a failure."""
    files = [f for f in workplace.store.inventory(row.object_path).state if f.startswith("items/")]
    assert len(files) in {0, 4}
    for file in files:
        workplace.store.read(row.object_path, file)
    return bool(files)


def rows(workplace: Workplace) -> dict[str, Dossier]:
    with workplace.register.read.begin() as session:
        return {row.code: row for row in session.scalars(select(Dossier))}


def damage(workplace: Workplace) -> list[str]:
    with workplace.register.read.begin() as session:
        return [one.problem for one in verify(session, workplace.store).damaged]


def rebuilt_rows(workplace: Workplace) -> dict[str, Dossier]:
    """Return the dossiers of a register rebuilt from the folder alone."""
    register = open_register(workplace.home.root / "rebuilt.db")
    upgrade(register)
    try:
        with register.write.begin() as session:
            assert rebuild(session, workplace.store).damaged == ()
            return {row.code: row for row in session.scalars(select(Dossier))}
    finally:
        register.engine.dispose()
        register.read.kw["bind"].dispose()


def killing_points(steps: Sequence[str]) -> list[int]:
    """Return the steps to die at, from 1: of a file's content and sidecars one stands for all."""
    plain = {"content written", "inventory written", "sidecar written", "declaration written"}
    return [
        at
        for at, step in enumerate(steps, start=1)
        if step not in plain or steps[at - 2 : at - 1] != [step]
    ]


def test_a_death_at_any_step_leaves_each_dossier_whole_or_gone_and_the_next_run_ends_it(
    base: Base,
) -> None:
    root = base.copy()
    counting = Killer()
    base.decide(base.at_work(root, Killer()), (DESTROY, KEEP, DESTROY))
    base.opened[-1].register.engine.dispose()
    base.root = root
    carry(base.at_work(base.copy(), counting), base.number, counting)
    points = killing_points(counting.seen)
    assert {"object off the shelf", "stone in place", "stone", "rows", "completed"} <= set(
        counting.seen
    )

    for at in points[:: max(1, len(points) // 14)]:
        copy = base.copy()
        killer = Killer(at)
        with pytest.raises(Killed):
            carry(base.at_work(copy, killer), base.number, killer)

        after = base.at_work(copy, Killer())
        after.store.mend()
        told = rebuilt_rows(after)
        for code, row in rows(after).items():
            if code in base.codes:
                assert is_whole(after, row) == (told[code].destroyed_at is None)
        carry(after, base.number, Killer())

        gone = [rows(after)[code].destroyed_at is not None for code in base.codes]
        assert gone == [True, False, True]
        assert [is_whole(after, rows(after)[code]) for code in base.codes] == [False, True, False]
        assert damage(after) == []
        assert [path for path in after.home.staging.iterdir() if path.name != ".turn"] == []


@given(
    decisions=st.lists(st.sampled_from([KEEP, DESTROY]), min_size=3, max_size=3),
    held=st.integers(0, 2),
    held_when=st.sampled_from(["appraised", "approved", "died", "never"]),
    dies_at=st.integers(1, 60),
)
@example(decisions=[KEEP, DESTROY, KEEP], held=1, held_when="appraised", dies_at=43)
@settings(
    max_examples=7,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_kept_or_held_is_never_destroyed(
    base: Base, decisions: list[Decision], held: int, held_when: str, dies_at: int
) -> None:
    root = base.copy()
    killer = Killer(dies_at)
    workplace = base.at_work(root, Killer())
    hold = Freeze("诉讼", "被诉", None, None, LEGAL)
    code = base.codes[held]
    if held_when == "appraised":
        place(workplace, hold, "清单", [code])
    base.decide(workplace, decisions)
    if held_when == "approved":
        place(workplace, hold, "清单", [code])
    with contextlib.suppress(Killed):
        carry(base.at_work(root, killer), base.number, killer)
    after = base.at_work(root, Killer())
    too_late = False
    if held_when == "died":
        try:
            place(after, hold, "清单", [code])
        except RetentionRefused:
            too_late = True
    carry(after, base.number, Killer())

    for at, decision in enumerate(decisions):
        row = rows(after)[base.codes[at]]
        is_held = at == held and held_when != "never" and not too_late
        spared = decision is KEEP or is_held
        assert (row.destroyed_at is None) == spared == is_whole(after, row)
    assert damage(after) == []
