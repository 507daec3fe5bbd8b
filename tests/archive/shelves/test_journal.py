"""A journal that is lost or damaged stops all filing until it was begun anew; nothing breaks."""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from provers import by_the_script

from archive.auditing import Audited, audit
from archive.digests import sha512
from archive.errors import JournalDamaged, JournalMissing
from archive.journal import Journal
from archive.links import Entry, Told
from archive.verifying import verify
from archive.witnessing import begin_journal

if TYPE_CHECKING:
    from office import Office

WHY = "档小安、法定代：磁盘故障"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**17, 10**30)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "..", "/", "a\0b", "x" * 300, "\ud800", "0001-01-01T00:00:00+23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
DEEP = b"[" * 100_000 + b"]" * 100_000 + b"\n"
FORGING = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def filed(office: Office) -> Office:
    """Return an office that filed two contracts and an acceptance."""
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    office.file(office.prepare("XSDD-1", round_=1))
    return office


def audited(office: Office) -> Audited:
    with office.register.read.begin() as session:
        return audit(session, office.store)


def journal_of(office: Office) -> tuple[Path, list[bytes]]:
    (file,) = office.store.journal.files()
    return file, file.read_bytes().splitlines(keepends=True)


def lose(office: Office) -> None:
    journal_of(office)[0].unlink()


def empty(office: Office) -> None:
    journal_of(office)[0].write_bytes(b"")


def cut(office: Office) -> None:
    file, lines = journal_of(office)
    file.write_bytes(b"".join(lines)[:-40])


def change_the_last(office: Office) -> None:
    file, lines = journal_of(office)
    file.write_bytes(b"".join(lines[:-1]) + lines[-1].replace(b"kept", b"told"))


def change_its_hash(office: Office) -> None:
    file, lines = journal_of(office)
    said = json.loads(lines[-1]) | {"events": 99}
    file.write_bytes(b"".join(lines[:-1]) + line_of(said))


def line_of(said: Any, *, ascii_only: bool = False) -> bytes:
    return (
        json.dumps(said, ensure_ascii=ascii_only, sort_keys=True, separators=(",", ":")).encode(
            errors="replace"
        )
        + b"\n"
    )


@pytest.mark.parametrize("damage", [lose, empty, cut, change_the_last, change_its_hash])
@pytest.mark.requirement_part("F-207")
def test_nothing_is_filed_until_a_lost_or_damaged_journal_was_begun_anew(
    filed: Office, damage: Callable[[Office], None]
) -> None:
    damage(filed)
    before = sorted(filed.store.root.rglob("*"))
    for act in (
        lambda: filed.file(filed.prepare("XSDD-3")),
        lambda: filed.file(filed.prepare("XSDD-2", round_=1)),
    ):
        with pytest.raises((JournalMissing, JournalDamaged), match=r"已停止归档.*audit begin"):
            act()
    assert sorted(filed.store.root.rglob("*")) == before
    assert audited(filed).breaks
    assert by_the_script(filed.store.root) == 4

    aside = begin_journal(filed.store, filed.at, why=WHY)

    assert len(aside) == (damage is not lose)
    found = audited(filed)
    assert (found.breaks, found.links) == ((), 4)
    assert found.begun is not None
    assert (found.begun.told, found.begun.why) == (Told.BEGUN, WHY)
    assert found.begun.object == "、".join(file.name for file in aside)
    filed.file(filed.prepare("XSDD-4"))
    assert audited(filed).breaks == ()
    assert by_the_script(filed.store.root) == 0


def test_a_first_filing_needs_nobody_to_begin_the_journal(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    found = audited(office)
    assert (found.breaks, found.links) == ((), 2)
    assert found.begun is not None
    assert (found.begun.why, found.begun.object) == ("", "")


def test_the_damaged_journal_is_kept_and_missed_where_it_is_touched(filed: Office) -> None:
    for round_ in (1, 2):
        change_its_hash(filed)
        (aside,) = begin_journal(filed.store, filed.at, why=WHY)
        assert aside.name == f"journal-2026.aside-{round_}.jsonl"
    assert audited(filed).breaks == ()
    assert by_the_script(filed.store.root) == 0

    content = aside.read_bytes()
    aside.write_bytes(content[:-1])
    assert [one.kind for one in audited(filed).breaks] == ["changed"]
    assert by_the_script(filed.store.root) == 4
    aside.unlink()
    assert [one.kind for one in audited(filed).breaks] == ["removed"]
    assert by_the_script(filed.store.root) == 4


def test_what_a_crash_left_while_there_was_no_journal_is_told_by_the_next(filed: Office) -> None:
    (kept,) = begin_journal_after_a_crash(filed)
    assert kept.name.startswith("journal-2026.aside")
    assert audited(filed).breaks == ()
    filed.file(filed.prepare("XSDD-5"))
    assert filed.store.desk.is_clear()
    assert by_the_script(filed.store.root) == 0


def begin_journal_after_a_crash(office: Office) -> list[Path]:
    """Crash once the old files are set aside and something lies on the desk; begin again."""
    path = next(office.store.objects())
    place = office.store.desk.begin(path)
    file, _ = journal_of(office)
    file.rename(file.with_name("journal-2026.aside-1.jsonl"))
    assert office.store.mend() == ()
    assert place.is_dir()
    begin_journal(office.store, office.at, why=WHY)
    return office.store.journal.set_aside()


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_done_to_a_journal_is_seen_before_anything_is_filed(
    tmp_path: Path, data: st.DataObject
) -> None:
    journal = a_journal(tmp_path)
    file = journal.files()[0]
    lines = file.read_bytes().splitlines(keepends=True)
    assert journal.check().seq == len(lines)
    at = data.draw(st.integers(0, len(lines) - 2))
    match data.draw(st.sampled_from(["remove", "swap", "repeat", "change", "cut", "junk"])):
        case "remove":
            del lines[at]
        case "swap":
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        case "repeat":
            lines.insert(at, lines[at])
        case "change":
            place = data.draw(st.integers(0, len(lines[at]) - 1))
            old = lines[at][place]
            new = data.draw(st.integers(0, 255).filter(lambda byte: byte != old))
            lines[at] = lines[at][:place] + bytes([new]) + lines[at][place + 1 :]
        case "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at]) - 1))]
        case "junk":
            lines.insert(at, data.draw(st.binary(min_size=1, max_size=40)))
    file.write_bytes(b"".join(lines))
    with pytest.raises(JournalDamaged):
        journal.check()


def a_journal(folder: Path) -> Journal:
    """Return a journal of six links, written anew at `folder`."""
    for file in folder.glob("journal-*"):
        file.unlink()
    (folder / "desk").mkdir(exist_ok=True)
    journal = Journal(folder)
    at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    journal.begin(
        folder / "desk",
        at,
        (
            Entry(Told.KEPT, f"urn:{n}", f"Q001/{n}", 1, "ab" * 64, n, "cd" * 32, at.isoformat())
            for n in range(5)
        ),
    )
    return journal


LINK_KEYS = ("at", "events", "head", "inventory", "object", "path", "seq", "told", "version", "why")
WHAT_STANDS = {"path", "version", "events", "inventory"}
LINKS = JSON | st.dictionaries(st.sampled_from(LINK_KEYS), JSON, min_size=1)


@given(said=LINKS, at=st.integers(0, 2), is_rechained=st.booleans())
@example(said={"path": ["x"]}, at=1, is_rechained=True)
@example(said={"path": 5, "version": 1}, at=1, is_rechained=True)
@example(said={"version": 7}, at=2, is_rechained=True)
@example(said={"version": 0}, at=2, is_rechained=True)
@example(said={"version": "1"}, at=2, is_rechained=True)
@example(said={"path": "x" * 300}, at=2, is_rechained=True)
@example(said={"inventory": 5}, at=0, is_rechained=True)
@example(said={"seq": 1e400}, at=2, is_rechained=True)
@FORGING
def test_any_link_is_a_finding_and_never_a_traceback(
    filed_once: Office, *, said: Any, at: int, is_rechained: bool
) -> None:
    _, lines = journal_of(filed_once)
    sound = list(lines)
    previous = json.loads(lines[at - 1])["hash"] if at else "0" * 64
    lines[at] = forged(json.loads(lines[at]), said, previous)
    for later in range(at + 1, len(lines) if is_rechained and isinstance(said, dict) else 0):
        lines[later] = forged(json.loads(lines[later]), {}, json.loads(lines[later - 1])["hash"])
    has_breaks, by_script = both_tell_of_links(filed_once, lines)
    assert by_script == (4 if has_breaks else 0)
    if at and lines != sound and isinstance(said, dict) and said.keys() & WHAT_STANDS:
        assert (has_breaks, by_script) == (True, 4)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'{"at"', b'{ "at"'),
        lambda line: line.replace(b'"told":"kept"', b'"told":"kept","told":"kept"'),
        lambda line: line[:-1] + b" \n",
        lambda line: line[:-1] + b"\r\n",
        lambda line: line + b"\n",
    ],
)
def test_a_link_written_otherwise_is_found_by_both(
    filed_once: Office, change: Callable[[bytes], bytes]
) -> None:
    _, lines = journal_of(filed_once)
    for at, line in enumerate(lines):
        changed = [*lines[:at], change(line), *lines[at + 1 :]]
        if changed != lines:
            assert both_tell_of_links(filed_once, changed) == (True, 4)


def test_an_object_that_no_longer_says_so_is_found_by_both(filed_once: Office) -> None:
    path = next(filed_once.store.objects())
    (filed_once.store.place(path) / "0=ocfl_object_1.1").unlink()
    assert audited(filed_once).breaks
    assert by_the_script(filed_once.store.root) == 4


def test_a_link_or_an_event_nested_without_end_is_a_finding(filed_once: Office) -> None:
    _, lines = journal_of(filed_once)
    assert both_tell_of_links(filed_once, [lines[0], DEEP, lines[2]]) == (True, 4)
    both_tell_of_events(filed_once, DEEP)


def both_tell_of_links(office: Office, lines: list[bytes]) -> tuple[bool, int]:
    """Return whether our own proof and the script find something in a journal of `lines`."""
    file, sound = journal_of(office)
    try:
        file.write_bytes(b"".join(lines))
        has_breaks = bool(audited(office).breaks)
        with office.register.read.begin() as session:
            verify(session, office.store)
        return has_breaks, by_the_script(office.store.root)
    finally:
        file.write_bytes(b"".join(sound))


def forged(genuine: dict[str, Any], said: Any, previous: str) -> bytes:
    """Return a line that says `said`, with the hash somebody would compute who knows how."""
    if not isinstance(said, dict):
        return line_of(said, ascii_only=True)
    content = genuine | said | {"previous": previous}
    content.pop("hash", None)
    bare = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content["hash"] = hashlib.sha256(bare.encode(errors="surrogatepass")).hexdigest()
    return line_of(content, ascii_only="\\ud" in ascii(bare))


EVENT_KEYS = ("action", "actor", "at", "chain", "details", "seq", "subject", "surplus")


@given(
    said=JSON | st.dictionaries(st.sampled_from(EVENT_KEYS), JSON, min_size=1), at=st.integers(0)
)
@example(said={"at": "0001-01-01T00:00:00.000000+23:59"}, at=0)
@example(said={"at": "9999-12-31T23:59:59.999999-23:59"}, at=0)
@example(said={"details": {"evidence": {"path": ["x"]}}}, at=1)
@example(said={"details": {"evidence": {"path": "x", "sha256": None}}}, at=1)
@example(said={"details": {"hold": ["x"]}, "action": "hold:placed"}, at=1)
@example(said={"chain": "\ud800"}, at=1)
@FORGING
def test_any_event_is_a_finding_and_never_a_traceback(
    filed_once: Office, said: Any, at: int
) -> None:
    path = next(filed_once.store.objects())
    lines = filed_once.store.read(path, "events.jsonl").splitlines(keepends=True)
    at %= len(lines)
    previous = json.loads(lines[at - 1])["hash"] if at else "0" * 64
    sound, lines[at] = lines[at], forged(json.loads(lines[at]), said, previous)
    assume(json.loads(lines[at]) != json.loads(sound))
    both_tell_of_events(filed_once, b"".join(lines))


def both_tell_of_events(office: Office, new: bytes) -> None:
    """Forge the history of a dossier with all digests that stand for it: all must tell of it."""
    path = next(office.store.objects())
    folder, file = office.store.root / path, office.store.physical(path, "events.jsonl")
    sound, old = kept(folder), file.read_bytes()
    try:
        put(file, new)
        for inventory in folder.rglob("inventory.json"):
            content = inventory.read_text("utf-8").replace(sha512(old), sha512(new))
            content = content.replace(
                hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest()
            )
            put(inventory, content.encode())
            sidecar = inventory.with_name("inventory.json.sha512")
            put(sidecar, f"{sha512(content.encode())} inventory.json\n".encode())
        assert audited(office).breaks
        with office.register.read.begin() as session:
            assert verify(session, office.store).damaged
        assert by_the_script(office.store.root) == 4
    finally:
        for place, content in sound.items():
            put(place, content)


def kept(folder: Path) -> dict[Path, bytes]:
    return {place: place.read_bytes() for place in folder.rglob("*") if place.is_file()}


def put(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.fixture
def filed_once(office: Office) -> Office:
    """Return an office that filed two contracts; each example leaves it as it was."""
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    return office


@pytest.mark.parametrize("room", [0, 1, 60])
def test_a_disk_full_at_the_first_line_of_a_year_stops_nobody(filed: Office, room: int) -> None:
    journal = filed.store.journal
    before = journal.last()
    assert before is not None
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            journal.append([replace(before.entry, at="2027-01-01T09:00:00+08:00")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert journal.last() == before
    the_next_year_is_filed(filed)


def test_a_crash_before_the_first_line_of_a_year_stops_nobody(filed: Office) -> None:
    (filed.store.root / "journal-2027.jsonl").touch()
    assert filed.store.journal.check()
    assert audited(filed).breaks == ()
    assert by_the_script(filed.store.root) == 0
    the_next_year_is_filed(filed)


def the_next_year_is_filed(office: Office) -> None:
    office.at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    office.file(office.prepare("XSDD-3"))
    names = [file.name for file in office.store.journal.files()]
    assert names == ["journal-2026.jsonl", "journal-2027.jsonl"]
    assert office.store.journal.check()
    assert audited(office).breaks == ()
    assert by_the_script(office.store.root) == 0


def test_a_journal_set_aside_by_nobody_is_found(filed: Office) -> None:
    file, _ = journal_of(filed)
    (filed.store.root / "journal-2026.aside-1.jsonl").write_bytes(file.read_bytes())
    assert [one.kind for one in audited(filed).breaks] == ["unlinked"]


@pytest.mark.parametrize("name", ["旧合同.pdf", "journal-2026.jsonl.bak", "journal-26.jsonl"])
def test_what_stands_in_the_root_and_belongs_to_nobody_is_found(filed: Office, name: str) -> None:
    assert list(filed.store.strays()) == []
    (filed.store.root / name).write_bytes(b"x")
    assert list(filed.store.strays()) == [name]
    with filed.register.read.begin() as session:
        assert name in {one.path for one in verify(session, filed.store).damaged}
