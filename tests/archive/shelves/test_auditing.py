from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from provers import SCRIPT, by_the_script
from sqlalchemy import text

from archive import directory, events
from archive.auditing import Audited, audit
from archive.digests import sha512
from archive.journal import Journal
from archive.store import Store
from archive.witnessing import witness

if TYPE_CHECKING:
    from office import Office

NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
PLACE = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001"


def audited(office: Office, head: str | None = None) -> Audited:
    with office.register.read.begin() as session:
        return audit(session, office.store, head=head)


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def journal_of(root: Path) -> tuple[Path, list[bytes]]:
    file = Journal(root).files()[-1]
    return file, file.read_bytes().splitlines(keepends=True)


def newest_events(store: Store, path: str) -> Path:
    return store.physical(path, "events.jsonl")


def rechained(lines: list[bytes], *, written: Callable[[Any], bytes]) -> list[bytes]:
    """Return the lines as somebody writes them who knows how links and events are hashed."""
    previous, anew = "0" * 64, []
    for seq, line in enumerate(lines, start=1):
        said = json.loads(line) | {"seq": seq, "previous": previous}
        del said["hash"]
        bare = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(bare.encode()).hexdigest()
        anew.append(written(said | {"hash": previous}))
    return anew


def as_event(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n").encode()


def as_link(said: Any) -> bytes:
    line = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (line + "\n").encode()


class Tamper:
    """One thing done to the archive behind guidang's back; `draw` gives the choices."""

    def __init__(self, store: Store, older: Path, choose: Callable[[int], int]) -> None:
        self.store, self.root, self.older, self.choose = store, store.root, older, choose
        self.paths = list(store.objects())

    def path(self) -> str:
        return self.paths[self.choose(len(self.paths))]

    def link_changed(self) -> None:
        file, lines = journal_of(self.root)
        at = self.choose(len(lines))
        said = json.loads(lines[at]) | {"at": "2031-01-01T00:00:00+08:00"}
        lines[at] = as_link(said)
        file.write_bytes(b"".join(lines))

    def link_removed(self) -> None:
        file, lines = journal_of(self.root)
        del lines[self.choose(len(lines))]
        file.write_bytes(b"".join(lines))

    def links_swapped(self) -> None:
        file, lines = journal_of(self.root)
        at = self.choose(len(lines) - 1)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        file.write_bytes(b"".join(lines))

    def journal_truncated(self) -> None:
        file, lines = journal_of(self.root)
        content = b"".join(lines)
        file.write_bytes(content[: -1 - self.choose(len(content) - 1)])

    def journal_lost(self) -> None:
        journal_of(self.root)[0].unlink()

    def link_removed_and_the_rest_rechained(self) -> None:
        file, lines = journal_of(self.root)
        del lines[1 + self.choose(len(lines) - 1)]
        file.write_bytes(b"".join(rechained(lines, written=as_link)))

    def event_changed(self) -> None:
        file = newest_events(self.store, self.path())
        lines = file.read_bytes().splitlines(keepends=True)
        at = self.choose(len(lines))
        lines[at] = as_event(json.loads(lines[at]) | {"actor": "别人"})
        overwrite(file, b"".join(lines))

    def event_removed(self) -> None:
        file = newest_events(self.store, self.path())
        lines = file.read_bytes().splitlines(keepends=True)
        del lines[self.choose(len(lines))]
        overwrite(file, b"".join(lines))

    def events_swapped(self) -> None:
        file = newest_events(self.store, self.path())
        lines = file.read_bytes().splitlines(keepends=True)
        at = self.choose(len(lines) - 1)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        overwrite(file, b"".join(lines))

    def events_cut(self) -> None:
        file = newest_events(self.store, self.path())
        overwrite(file, file.read_bytes()[: -2 - self.choose(200)])

    def event_forged_and_its_chain_rechained(self) -> None:
        """Forge an event, its chain, the inventory, the sidecars: all but the journal."""
        path = self.path()
        file = newest_events(self.store, path)
        lines = file.read_bytes().splitlines(keepends=True)
        lines[0] = as_event(json.loads(lines[0]) | {"actor": "别人"})
        content = b"".join(rechained(lines, written=as_event))
        old, new = file.read_bytes(), content
        overwrite(file, new)
        folder = self.root / path
        for inventory in folder.rglob("inventory.json"):
            said = inventory.read_text("utf-8").replace(sha512(old), sha512(new))
            said = said.replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
            overwrite(inventory, said.encode())
            sidecar = inventory.with_name("inventory.json.sha512")
            overwrite(sidecar, f"{sha512(said.encode())} inventory.json\n".encode())

    def dossier_removed(self) -> None:
        shutil.rmtree(self.root / self.path())

    def dossiers_swapped(self) -> None:
        one, other = (self.root / self.paths[n] for n in (0, -1))
        if one == other:
            return self.dossier_removed()
        aside = self.root.parent / "aside"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)
        return None

    def dossier_copied(self) -> None:
        path = self.root / self.path()
        shutil.copytree(path, path.with_name(path.name + "-X"))

    def newest_version_removed(self) -> None:
        folder = self.root / self.path()
        head = len([*folder.glob("v*")])
        shutil.rmtree(folder / f"v{head}")

    def dossier_replaced_by_its_older_copy(self) -> None:
        behind = [
            path
            for path in self.paths
            if len([*(self.older / path).glob("v*")]) < len([*(self.root / path).glob("v*")])
        ]
        path = behind[self.choose(len(behind))]
        shutil.rmtree(self.root / path)
        if (self.older / path).is_dir():
            shutil.copytree(self.older / path, self.root / path)


TAMPERINGS = sorted(name for name in vars(Tamper) if name[0] != "_" and name != "path")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Office], Path]:
    def copy(office: Office) -> Path:
        place = tmp_path_factory.mktemp("copy") / "archive"
        shutil.copytree(office.store.root, place)
        return place

    return copy


@given(
    filings=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=4),
    data=st.data(),
)
@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.requirement_part("F-207")
def test_whatever_is_changed_removed_or_reordered_shows_here_and_by_the_script(
    an_office: Callable[[], Office],
    archived: Callable[[Office], Path],
    filings: list[tuple[int, bool]],
    data: st.DataObject,
) -> None:
    office = an_office()
    rounds: dict[int, int] = {}
    older = Path()
    for order, _ in filings:
        older = archived(office) if office.store.root.exists() else office.store.root.parent
        office.file(office.prepare(f"XSDD-{order}", round_=rounds.get(order, 0)))
        rounds[order] = rounds.get(order, 0) + 1
    whole = audited(office)
    assert (whole.breaks, whole.links) == ((), len(filings) + 1)
    assert by_the_script(office.store.root, whole.head) == 0

    sound = archived(office)
    for name in TAMPERINGS:
        getattr(Tamper(office.store, older, lambda n: data.draw(st.integers(0, n - 1))), name)()
        found = audited(office)
        assert found.breaks, name
        assert by_the_script(office.store.root) == 4, name
        shutil.rmtree(office.store.root)
        shutil.copytree(sound, office.store.root)
    assert audited(office).breaks == ()


def kinds(found: Audited) -> set[str]:
    return {one.kind for one in found.breaks}


@pytest.fixture
def filed(office: Office) -> Office:
    """Return an office that filed two contracts and an acceptance."""
    office.file(office.prepare("XSDD-1"))
    office.file(office.prepare("XSDD-2"))
    office.file(office.prepare("XSDD-1", round_=1))
    return office


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("link_changed", "changed"),
        ("journal_truncated", "truncated"),
        ("journal_lost", "missing"),
        ("event_changed", "changed"),
        ("event_forged_and_its_chain_rechained", "changed"),
        ("dossier_removed", "removed"),
        ("dossier_copied", "unlinked"),
        ("newest_version_removed", "removed"),
    ],
)
def test_what_was_done_is_told(filed: Office, name: str, kind: str) -> None:
    getattr(Tamper(filed.store, Path(), lambda _: 0), name)()
    assert kind in kinds(audited(filed))


def test_a_link_and_an_event_out_of_place_are_told_from_lost_ones(filed: Office) -> None:
    tamper = Tamper(filed.store, Path(), lambda n: min(1, n - 1))
    tamper.links_swapped()
    tamper.events_swapped()
    assert "reordered" in kinds(audited(filed))

    tamper.link_removed()
    tamper.event_removed()
    assert "removed" in kinds(audited(filed))


def test_who_forges_everything_is_found_by_the_digest_noted_elsewhere(filed: Office) -> None:
    noted = audited(filed).head
    filed.file(filed.prepare("XSDD-3"))
    assert audited(filed, noted).breaks == ()

    path = next(filed.store.objects())
    (filed.store.root / path).rename(filed.store.root.parent / "gone")
    file, lines = journal_of(filed.store.root)
    kept = [line for line in lines if path.encode() not in line]
    file.write_bytes(b"".join(rechained(kept, written=as_link)))

    assert audited(filed).breaks == ()
    assert by_the_script(filed.store.root) == 0
    assert kinds(audited(filed, noted)) == {"truncated"}
    assert by_the_script(filed.store.root, noted) == 4


class Killed(BaseException):
    pass


@pytest.mark.parametrize("act", ["create", "add", "bury"])
def test_a_crash_at_any_step_leaves_nothing_unlinked_once_it_is_mended(
    tmp_path: Path, act: str
) -> None:
    by: dict[str, Any] = {"message": "m", "person": "何静", "at": NOON}
    first, second = {"metadata.json": b"{1}"}, {"metadata.json": b"{2}"}
    for kill_at in range(1, 40):
        home, steps = tmp_path / f"{act}{kill_at}", 0

        def step(_name: str, kill_at: int = kill_at) -> None:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                raise Killed

        sound = Store(home / "archive", home / "staging")
        if act != "create":
            sound.create(PLACE, "urn:x:1", first, **by)
        store = Store(home / "archive", home / "staging", after_step=step)
        try:
            if act == "create":
                store.create(PLACE, "urn:x:1", first, **by)
            elif act == "add":
                store.add_version(PLACE, second, **by, expect_head=1)
            else:
                store.bury(PLACE, "urn:x:stone", second, **by, expect_head=1)
        except Killed:
            sound.mend()
            if sound.root.exists():
                assert by_the_script(sound.root) == 0
            continue
        assert kill_at > 6
        return
    pytest.fail("the act never ended")


def test_half_a_link_left_by_a_crash_is_written_anew_by_the_next_act(tmp_path: Path) -> None:
    def step(name: str) -> None:
        if name == "link written":
            raise Killed

    by: dict[str, Any] = {"message": "m", "person": "何静", "at": NOON}
    Store(tmp_path / "a", tmp_path / "s").create(PLACE, "urn:x:1", {"a": b"1"}, **by)
    store = Store(tmp_path / "a", tmp_path / "s", after_step=step)
    with pytest.raises(Killed):
        store.add_version(PLACE, {"a": b"2"}, **by, expect_head=1)
    file, lines = journal_of(store.root)
    file.write_bytes(b"".join(lines)[:-40])
    assert by_the_script(store.root) == 4

    Store(tmp_path / "a", tmp_path / "s").create(PLACE + "2", "urn:x:2", {"a": b"1"}, **by)

    assert by_the_script(store.root) == 0
    assert len(journal_of(store.root)[1]) == 4


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        ("UPDATE events SET actor = '别人' WHERE chain = 'XSDD-9' AND seq = 1", "changed"),
        ("DELETE FROM events WHERE chain = 'XSDD-9' AND seq = 1", "removed"),
        ("UPDATE events SET seq = 5 - abs(seq) WHERE chain = 'XSDD-9' AND seq < 0", "changed"),
    ],
)
def test_the_history_of_an_order_under_way_is_proved_too(
    filed: Office, spoil: str, kind: str
) -> None:
    with filed.register.write.begin() as session:
        for act in ("order:received", "contract:drafted", "contract:approved"):
            events.append(
                session, chain="XSDD-9", at=NOON, actor="孙", action=act, subject="x", details={}
            )
    whole = audited(filed)
    assert whole.breaks == ()

    with filed.register.write.begin() as session:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            session.execute(text(f"DROP TRIGGER {name}"))
        if "abs" in spoil:  # the second and the third change places
            session.execute(text("UPDATE events SET seq = -seq WHERE chain = 'XSDD-9' AND seq > 1"))
        session.execute(text(spoil))
    found = audited(filed)
    assert {(one.place, one.kind) for one in found.breaks} == {("XSDD-9", kind)}


def test_a_new_year_begins_a_new_file_and_the_chain_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path / "a", tmp_path / "s")
    for number, at in enumerate((NOON, NOON.replace(year=2027), NOON)):
        store.create(
            f"{PLACE}{number}", f"urn:x:{number}", {"a": b"1"}, message="m", person="何静", at=at
        )
    assert [file.name for file in store.journal.files()] == [
        "journal-2026.jsonl",
        "journal-2027.jsonl",
    ]
    assert by_the_script(store.root) == 0
    store.journal.files()[0].unlink()
    assert by_the_script(store.root) == 4


def test_dossiers_filed_at_once_stand_in_one_chain(office: Office) -> None:
    papers = [office.prepare(f"XSDD-{number}") for number in range(6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(office.file, papers))
    found = audited(office)
    assert (found.breaks, found.links, found.objects) == ((), 7, 6)


@pytest.mark.parametrize("chain", [directory.CHAIN, "seal:HT-01"])
def test_a_history_outside_the_archive_is_held_to_what_was_witnessed(
    filed: Office, chain: str
) -> None:
    def tell(act: str) -> None:
        with filed.register.write.begin() as session:
            events.append(
                session, chain=chain, at=NOON, actor="吴", action=act, subject="x", details={}
            )

    def witnessed() -> int:
        with filed.register.read.begin() as session:
            return witness(session, filed.store, NOON)

    tell("user:put")
    tell("user:put")
    assert (witnessed(), witnessed()) == (1, 0)
    tell("user:put")
    assert witnessed() == 1
    assert audited(filed).breaks == ()
    assert by_the_script(filed.store.root) == 0

    with filed.register.write.begin() as session:
        for trigger in session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(
            text("DELETE FROM events WHERE chain = :chain AND seq = 3"), {"chain": chain}
        )
    assert [(one.place, one.kind) for one in audited(filed).breaks] == [(chain, "removed")]


def test_an_archive_nothing_was_filed_in_yet_has_nothing_to_prove(office: Office) -> None:
    office.store.root.mkdir()
    assert audited(office).breaks == ()
    assert by_the_script(office.store.root) == 0


def test_the_script_stands_alone_in_seventy_lines() -> None:
    lines = [line for line in SCRIPT.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) <= 70
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("done", "kind"),
    [
        ("UPDATE events SET actor = '别人' WHERE seq = 2", "changed"),
        ("DELETE FROM events WHERE seq = 2", "removed"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "removed"),
        ("DELETE FROM events", "removed"),
    ],
)
def test_the_registers_history_of_a_dossier_is_proved_too(
    filed: Office, done: str, kind: str
) -> None:
    assert audited(filed).breaks == ()
    with filed.register.write.begin() as session:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(done))
    found = audited(filed)
    assert kind in {each.kind for each in found.breaks}
    assert all(each.place.startswith("XSDD") for each in found.breaks)


def test_a_register_of_many_histories_is_proved_to_its_end(filed: Office) -> None:
    with filed.register.write.begin() as session:
        for number in range(1_200):
            events.append(
                session,
                chain=f"XSDD-9{number // 3}",
                at=NOON,
                actor="孙",
                action="order:received",
                subject="x",
                details={},
            )
    assert audited(filed).breaks == ()
    assert audited(filed).events >= 1_200
