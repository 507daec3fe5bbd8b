from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.approvals import Approval
from archive.carrying import as_row
from archive.db import Base, Register
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import RegisterOccupied
from archive.events import Event
from archive.instruments import Instrument, InstrumentState
from archive.numbering import Counter, Number, void_number
from archive.outbox import OutboxEntry
from archive.rebuilding import Rebuilt, rebuild
from archive.seals import SealUse
from archive.verifying import verify

if TYPE_CHECKING:
    from office import Office

TABLES = (Instrument, Approval, SealUse, Number, Counter, Dossier, Record, Rendition, Event)


def contents(register: Register) -> dict[str, Any]:
    """Return all the register says, ids aside."""
    with register.read.begin() as session:
        said = {
            table.__tablename__: sorted(
                (as_row(row) for row in session.scalars(select(table))), key=repr
            )
            for table in TABLES
        }
        # How often the index was told of a record is nothing the shelves know
        said["outbox"] = sorted(set(session.scalars(select(OutboxEntry.reference_code))))
        said["whose"] = sorted(
            tuple(row)
            for row in session.execute(
                select(Record.reference_code, Dossier.code, Rendition.sha256, Rendition.role)
                .join(Dossier, Record.dossier_id == Dossier.id)
                .join(Rendition, Rendition.record_id == Record.id)
            )
        )
        said["decided"] = sorted(
            tuple(row)
            for row in session.execute(
                select(Instrument.source_sha256, Approval.person, SealUse.number, Dossier.code)
                .join(Approval, Approval.instrument_id == Instrument.id)
                .join(SealUse, SealUse.instrument_id == Instrument.id)
                .join(Dossier, Instrument.dossier_id == Dossier.id)
            )
        )
    return said


def rebuilt(office: Office, fresh_register: Callable[[], Register]) -> tuple[Register, Rebuilt]:
    register = fresh_register()
    with register.write.begin() as session:
        return register, rebuild(session, office.store)


@given(filings=st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=6))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_row_of_filings_is_rebuilt_to_an_equal_register(
    an_office: Callable[[], Office],
    fresh_register: Callable[[], Register],
    filings: list[tuple[int, bool]],
) -> None:
    office = an_office()
    rounds: dict[int, int] = {}
    for order, twice in filings:
        round_ = rounds.setdefault(order, 0)
        rounds[order] += 1
        instrument = office.prepare(f"XSDD-{order}", round_=round_)
        office.file(instrument)
        if twice:
            office.file(instrument)

    register, result = rebuilt(office, fresh_register)

    assert result.damaged == ()
    assert contents(register) == contents(office.register)
    assert (result.dossiers, result.records) == (len(rounds), len(filings))
    with register.read.begin() as session:
        assert verify(session, office.store).damaged == ()


def test_after_a_rebuild_the_next_number_follows_the_highest(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    office.register, _ = rebuilt(office, fresh_register)

    record = office.file(office.prepare("XSDD-3"))

    assert record.number == "GD-HT-2026-FW-0003"
    assert record.reference_code == "Q001-JY·HT·2026·D30-0003-001"


def test_a_register_that_holds_something_is_not_rebuilt_into(office: Office) -> None:
    office.prepare("XSDD-1")
    with pytest.raises(RegisterOccupied), office.register.write.begin() as session:
        rebuild(session, office.store)


def test_a_damaged_file_is_reported_and_its_dossier_restored(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    office.file(office.prepare("XSDD-1"))
    with office.register.read.begin() as session:
        path = session.scalars(select(Rendition.path).where(Rendition.role == "sealed")).one()
    (office.store.root / path).chmod(0o644)
    (office.store.root / path).write_bytes(b"%PDF altered")

    register, result = rebuilt(office, fresh_register)

    assert [damage.path for damage in result.damaged] == [path]
    assert contents(register) == contents(office.register)


def test_a_dossier_that_no_longer_says_what_it_is_is_reported_not_skipped(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    victim = office.store.physical("Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001", "events.jsonl")
    victim.unlink()

    register, result = rebuilt(office, fresh_register)

    assert result.dossiers == 1
    assert any("未能恢复" in damage.problem for damage in result.damaged)
    with register.read.begin() as session:
        assert session.scalars(select(Dossier.order_no)).all() == ["XSDD-2"]


def test_a_dossier_copied_to_another_place_is_not_taken_for_a_second_one(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    office.file(office.prepare("XSDD-1"))
    shelf = office.store.root / "Q001/2026/JY.HT/D30"
    shutil.copytree(shelf / "Q001-JY.HT.2026.D30-0001", shelf / "Q001-JY.HT.2026.D30-0002")

    _register, result = rebuilt(office, fresh_register)

    assert result.dossiers == 1
    assert [damage.path[-4:] for damage in result.damaged] == ["0002"]


def test_a_superseded_revision_and_its_voided_number_come_back(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    old = office.prepare("XSDD-1")
    with office.register.write.begin() as session:
        row = session.get_one(Instrument, old.id)
        row.state = InstrumentState.SUPERSEDED
        void_number(session, str(row.number), reason="订单改版", at=office.at)
        row.number = None
    office.file(office.prepare("XSDD-1", revision=2))

    register, _ = rebuilt(office, fresh_register)

    assert contents(register) == contents(office.register)
    with register.read.begin() as session:
        voided = session.scalars(select(Number).where(Number.voided_at.is_not(None))).one()
    assert (voided.text, voided.void_reason) == ("GD-HT-2026-FW-0001", "订单改版")


def test_many_dossiers_in_several_batches_come_back_equal_and_the_one_broken_is_named(
    office: Office, fresh_register: Callable[[], Register]
) -> None:
    for order in range(1, 151):
        office.file(office.prepare(f"XSDD-{order}"))
    office.file(office.prepare("XSDD-70", round_=1))

    register, result = rebuilt(office, fresh_register)

    assert result.damaged == ()
    assert every_table(register) == every_table(office.register)
    assert contents(register) == contents(office.register)

    path = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0100"
    office.store.physical(path, "instruments.json").unlink()
    register, result = rebuilt(office, fresh_register)

    assert result.dossiers == 149
    assert {damage.path.split("/v1")[0] for damage in result.damaged} == {path}
    with register.read.begin() as session:
        assert session.scalars(select(Dossier).where(Dossier.order_no == "XSDD-100")).all() == []


def every_table(register: Register) -> dict[str, list[str]]:
    """Return the rows of every table, ids aside; the index's orders are not on the shelves."""
    with register.read.begin() as session:
        return {
            name: sorted(
                repr([value for key, value in row.items() if key != "id" and key[-3:] != "_id"])
                for row in session.execute(select(table)).mappings()
            )
            for name, table in Base.metadata.tables.items()
            if name != OutboxEntry.__tablename__
        }
