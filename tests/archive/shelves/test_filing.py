from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ocfl.storage_root
import ocfl.validator
import pytest
from sqlalchemy import delete, select, text

from archive import events, filing
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import EventConflict, FilingRefused, ObjectMissing
from archive.instruments import Instrument, InstrumentState
from archive.outbox import OutboxEntry
from archive.verifying import verify

if TYPE_CHECKING:
    from office import Office


def rows(office: Office, kind: Any) -> Sequence[Any]:
    with office.register.read.begin() as session:
        return session.scalars(select(kind).order_by(kind.__mapper__.primary_key[0])).all()


def is_valid(office: Office) -> bool:
    root = ocfl.storage_root.StorageRoot(root=str(office.store.root))
    sound = root.validate(log_warnings=True, log_errors=False)
    return sound and root.errors == [] and root.num_objects == root.good_objects


def test_a_contract_filed_has_its_code_its_files_and_its_history(office: Office) -> None:
    record = office.file(office.prepare("XSDD-1"))

    assert record.reference_code == "Q001-JY·HT·2026·D30-0001-001"
    assert is_valid(office)
    instrument = rows(office, Instrument)[0]
    assert instrument.state is InstrumentState.FILED
    assert instrument.dossier_id == rows(office, Dossier)[0].id
    for rendition in rows(office, Rendition):
        assert len(office.store.read_path(rendition.path, rendition.sha256)) == rendition.bytes
    last = rows(office, events.Event)[-1]
    assert (last.action, last.subject) == ("record:filed", record.reference_code)
    assert [entry.reference_code for entry in rows(office, OutboxEntry)] == [last.subject]


def test_filing_twice_gives_the_first_record_and_changes_nothing(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    first = office.file(instrument)
    again = office.file(instrument)

    assert again.id == first.id
    assert office.store.head(first.reference_code and rows(office, Dossier)[0].object_path) == 1
    assert len(rows(office, OutboxEntry)) == 1


def test_filing_again_after_the_history_went_on_writes_no_version(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    office.file(instrument)
    office.prepare("XSDD-1", round_=1)

    office.file(instrument)

    assert office.store.head(rows(office, Dossier)[0].object_path) == 1


def test_papers_of_one_dossier_filed_at_the_same_moment_are_all_filed(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    papers = [office.prepare("XSDD-1", round_=number) for number in range(1, 5)]

    def file(instrument: Instrument) -> str:
        submission = office.submission(instrument)
        place = office.reserve(submission)
        while True:
            office.put(place, submission, instrument)
            with contextlib.suppress(EventConflict), office.register.write.begin() as session:
                filing.register_from_shelf(session, office.store, place, submission, at=office.at)
                return str(place.code)

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(file, papers))

    assert sorted(codes) == [f"Q001-JY·HT·2026·D30-0001-{item:03}" for item in range(2, 6)]
    assert events.verify_chain(rows(office, events.Event)) == []
    with office.register.read.begin() as session:
        assert verify(session, office.store).damaged == ()
    assert is_valid(office)


def test_acceptance_rounds_join_the_dossier_as_further_items_and_versions(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    first = office.file(office.prepare("XSDD-1", round_=1))
    second = office.file(office.prepare("XSDD-1", round_=2))

    assert [first.reference_code, second.reference_code] == [
        "Q001-JY·HT·2026·D30-0001-002",
        "Q001-JY·HT·2026·D30-0001-003",
    ]
    dossier = rows(office, Dossier)[0]
    assert dossier.head == office.store.head(dossier.object_path) == 3
    assert is_valid(office)
    metadata = json.loads(office.store.read(dossier.object_path, "metadata.json"))
    assert [item["item_no"] for item in metadata["items"]] == [1, 2, 3]


def test_an_acceptance_before_its_contract_is_refused_in_chinese(office: Office) -> None:
    instrument = office.prepare("XSDD-1", round_=1)
    with pytest.raises(FilingRefused, match="合同尚未归档"):
        office.file(instrument)


def test_a_crash_after_the_bytes_is_healed_by_filing_again(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    submission = office.submission(instrument)
    office.put(office.reserve(submission), submission, instrument)
    assert rows(office, Record) == []

    record = office.file(instrument)

    assert record.version == 1
    assert office.store.head(rows(office, Dossier)[0].object_path) == 1
    assert is_valid(office)


def test_a_place_once_reserved_stays_when_the_plan_changes_before_the_bytes(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    office.reserve(office.submission(instrument))

    record = office.file(instrument, office.submission(instrument, retention_class="重大合同"))

    assert record.reference_code == "Q001-JY·HT·2026·D30-0001-001"


def test_where_the_register_went_on_meanwhile_the_history_is_chained_anew(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    submission = office.submission(instrument)
    place = office.reserve(submission)
    office.put(place, submission, instrument)
    with office.register.write.begin() as session:
        events.append(
            session,
            chain="XSDD-1",
            at=office.at,
            actor="guidang",
            action="acceptance:refused",
            subject="x",
            details={},
        )
    with pytest.raises(EventConflict), office.register.write.begin() as session:
        filing.register_from_shelf(session, office.store, place, submission, at=office.at)

    record = office.file(instrument)

    assert events.verify_chain(rows(office, events.Event)) == []
    assert [event.action for event in rows(office, events.Event)][-2:] == [
        "acceptance:refused",
        "record:filed",
    ]
    assert (record.version, rows(office, Dossier)[0].head) == (1, 2)
    assert is_valid(office)


def test_a_paper_put_but_not_registered_is_registered_with_the_next(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    lost, next_ = office.prepare("XSDD-1", round_=1), office.prepare("XSDD-1", round_=2)
    submission = office.submission(lost)
    office.put(office.reserve(submission), submission, lost)

    office.file(next_)

    assert [record.item_no for record in rows(office, Record)] == [1, 2, 3]
    assert {row.state for row in rows(office, Instrument)} == {InstrumentState.FILED}
    assert events.verify_chain(rows(office, events.Event)) == []


def test_a_lost_dossier_is_not_begun_again_in_silence(office: Office, tmp_path: Path) -> None:
    office.file(office.prepare("XSDD-1"))
    path = rows(office, Dossier)[0].object_path
    (office.store.root / path).rename(tmp_path / "gone")

    with pytest.raises(ObjectMissing):
        office.file(office.prepare("XSDD-1", round_=1))


def test_the_shelf_names_hold_no_text_of_the_users(office: Office) -> None:
    instrument = office.prepare("订单 ../../etc/passwd")
    record = office.file(
        instrument,
        office.submission(
            instrument,
            title="../../起名",
            files={"sealed": ("../../坏 名.pdf", "application/pdf", b"%PDF-1.7")},
        ),
    )
    with office.register.read.begin() as session:
        path = session.scalars(select(Rendition.path)).one()
    assert path.isascii()
    assert path.endswith("/v1/content/items/001/sealed.pdf")
    assert record.title == "../../起名"
    assert is_valid(office)


def test_the_year_of_a_dossier_is_that_of_the_contracts_completion(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    office.at = datetime(2027, 1, 2, tzinfo=UTC)
    record = office.file(instrument)
    assert "·2026·" in record.reference_code


def test_an_unknown_secrecy_is_refused(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    with pytest.raises(FilingRefused, match="密级"):
        office.file(instrument, office.submission(instrument, secrecy="绝密"))


def _noted(office: Office, action: str) -> None:
    with office.register.write.begin() as session:
        events.append(
            session,
            chain="XSDD-1",
            at=office.at,
            actor="何静",
            action=action,
            subject="x",
            details={},
        )


def _as_before(office: Office, before: list[events.Event]) -> None:
    """Give the register its events as a backup had them; the shelf has gone on since."""
    kept = [event.hash for event in before]
    with office.register.write.begin() as session:
        for name in session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(delete(events.Event).where(events.Event.hash.not_in(kept)))


def test_a_register_older_than_the_shelf_takes_its_history_from_the_shelf(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    paper = office.prepare("XSDD-1", round_=1)
    before = list(rows(office, events.Event))
    _noted(office, "contract:noted")
    office.file(paper)
    whole = [event.hash for event in rows(office, events.Event)]
    _as_before(office, before)

    office.file(paper)

    assert [event.hash for event in rows(office, events.Event)] == whole


def test_a_register_that_tells_another_history_than_the_shelf_overwrites_nothing(
    office: Office,
) -> None:
    office.file(office.prepare("XSDD-1"))
    papers = [office.prepare("XSDD-1", round_=number) for number in (1, 2)]
    before = list(rows(office, events.Event))
    _noted(office, "contract:noted")
    office.file(papers[0])
    _as_before(office, before)
    _noted(office, "contract:something else")

    with pytest.raises(EventConflict, match="another history"):
        office.file(papers[1])
    assert office.store.head(rows(office, Dossier)[0].object_path) == 2
