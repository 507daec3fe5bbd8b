from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update

from archive.auditing import audit
from archive.dossiers import Dossier, Record, Rendition
from archive.numbering import Counter
from archive.verifying import Damage, Verified, verify

if TYPE_CHECKING:
    from office import Office

FIRST = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001"
SECOND = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0002"


@pytest.fixture
def filed(office: Office) -> Office:
    """Return an office that filed two contracts and an acceptance."""
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    office.file(office.prepare("XSDD-1", round_=1))
    return office


def verified(office: Office) -> Verified:
    with office.register.read.begin() as session:
        return verify(session, office.store)


@pytest.mark.requirement_part("F-207")
def test_an_archive_as_it_was_filed_is_whole(filed: Office) -> None:
    result = verified(filed)
    assert (result.dossiers, result.damaged, result.mended) == (2, (), ())
    assert result.files == sum(
        len(filed.store.inventory(path).manifest) for path in (FIRST, SECOND)
    )


def test_who_waits_is_told_how_many_dossiers_were_looked_at(filed: Office) -> None:
    told: list[int] = []
    with filed.register.read.begin() as session:
        verify(session, filed.store, after=told.append)
        audit(session, filed.store, after=told.append)
    assert told == [2, 1, 2]


def test_an_archive_nothing_was_filed_in_yet_is_whole(office: Office) -> None:
    office.store.root.mkdir()
    assert verified(office) == Verified(0, 0, ())


def _flip(office: Office) -> None:
    path = office.store.physical(FIRST, "items/001/sealed.pdf")
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[0] ^= 128
    path.write_bytes(content)


def _lose_object(office: Office) -> None:
    shutil.rmtree(office.store.root / SECOND)


def _swap_objects(office: Office) -> None:
    aside = office.store.root.parent / "aside"
    (office.store.root / FIRST).rename(aside)
    (office.store.root / SECOND).rename(office.store.root / FIRST)
    aside.rename(office.store.root / SECOND)


def _swap_inventories(office: Office) -> None:
    for name in ("inventory.json", "inventory.json.sha512"):
        one, other = office.store.root / FIRST / name, office.store.root / SECOND / name
        aside = one.read_bytes()
        for path in (one, other):
            path.chmod(0o644)
        one.write_bytes(other.read_bytes())
        other.write_bytes(aside)


def _leave_a_file_about(office: Office) -> None:
    (office.store.root / "Q001/2026/notes.txt").write_bytes(b"x")


def _link_an_object(office: Office) -> None:
    (office.store.root / "Q001/2026/link").symlink_to(office.store.root / FIRST)


def _change(*statements: str) -> Callable[[Office], None]:
    def spoil(office: Office) -> None:
        with office.register.write.begin() as session:
            for name in session.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                session.execute(text(f"DROP TRIGGER {name}"))
            for statement in statements:
                session.execute(text(statement))

    return spoil


def _forget_dossier(office: Office) -> None:
    with office.register.write.begin() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.object_path == SECOND)).one()
        records = select(Record.id).where(Record.dossier_id == dossier.id)
        session.execute(delete(Rendition).where(Rendition.record_id.in_(records)))
        session.execute(delete(Record).where(Record.dossier_id == dossier.id))
        session.execute(text("UPDATE instruments SET dossier_id = NULL"))
        session.execute(delete(Dossier).where(Dossier.id == dossier.id))


@pytest.mark.parametrize(
    ("spoil", "place", "told"),
    [
        (_flip, f"{FIRST}/v1/content/items/001/sealed.pdf", "摘要不符"),
        (_lose_object, SECOND, "登记有案卷"),
        (_swap_objects, FIRST, "another place"),
        (_swap_inventories, f"{FIRST}/v1", "不一致"),
        (_leave_a_file_about, "Q001/2026/notes.txt", "案卷之外"),
        (_link_an_object, "Q001/2026/link", "案卷之外"),
        (_forget_dossier, SECOND, "登记中没有"),
        (_change("UPDATE records SET title = '别的'"), FIRST, "title"),
        (_change("UPDATE renditions SET sha256 = '00'"), FIRST, "登记与库中不一致"),
        (_change("DELETE FROM renditions WHERE role = 'sealed'"), FIRST, "只见于一处"),
        (_change("UPDATE dossiers SET retention = 'D10'"), FIRST, "retention"),
        (_change("UPDATE events SET actor = '别人' WHERE seq = 2"), FIRST, "已被改动"),
        (_change("DELETE FROM events WHERE action = 'record:filed'"), FIRST, "缺失"),
        (_change("UPDATE counters SET last = 1 WHERE series LIKE 'contract%'"), "contract", "超号"),
        (_change("DELETE FROM numbers WHERE text LIKE 'GD-HT-%0001'"), FIRST, "登记中没有"),
        (_change("UPDATE seal_uses SET sealed_sha256 = '00'"), FIRST, "用印"),
    ],
)
@pytest.mark.requirement_part("F-207")
def test_whatever_is_no_longer_as_it_was_filed_is_found(
    filed: Office, spoil: Callable[[Office], None], place: str, told: str
) -> None:
    spoil(filed)
    damaged = verified(filed).damaged
    assert any(told in damage.problem and damage.path.startswith(place) for damage in damaged), (
        damaged
    )


def test_what_was_put_but_not_registered_is_found_and_filing_again_heals_it(filed: Office) -> None:
    instrument = filed.prepare("XSDD-2", round_=1)
    submission = filed.submission(instrument)
    filed.put(filed.reserve(submission), submission, instrument)

    assert Damage(SECOND, "库中有件 Q001-JY·HT·2026·D30-0002-002，登记中没有") in (
        verified(filed).damaged
    )
    filed.file(instrument)
    assert verified(filed).damaged == ()


def test_verifying_writes_nothing(filed: Office) -> None:
    def state() -> list[tuple[Path, int, int]]:
        stats = [(path, path.lstat()) for path in sorted(filed.store.root.rglob("*"))]
        return [(path, stat.st_mtime_ns, stat.st_ino) for path, stat in stats]

    before = state()
    verified(filed)
    assert state() == before


def test_a_missing_number_between_two_is_reported(filed: Office) -> None:
    with filed.register.write.begin() as session:
        session.execute(update(Counter).where(Counter.series == "seal_use").values(last=9))
    assert [damage.path for damage in verified(filed).damaged][:1] == ["seal_use/2026/4"]
