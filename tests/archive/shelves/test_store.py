from __future__ import annotations

import hashlib
import json
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ocfl.storage_root
import ocfl.validator
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import (
    DigestMismatch,
    ObjectDamaged,
    ObjectMissing,
    ShelfNameRefused,
    ShelfOccupied,
    ShelvesForeign,
)
from archive.fixity import examine
from archive.store import Store

WORKER = Path(__file__).parent / "shelf_worker.py"
PLACE = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001"
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
BY = {"message": "归档", "person": "何静", "at": AT}
FIRST = {"metadata.json": b"{1}", "items/001/sealed.pdf": b"%PDF" * 5000}
SECOND = {"metadata.json": b"{2}", "items/002/sealed.pdf": b"%PDF2" * 5000}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive", tmp_path / "staging")


def assert_valid(root: Path) -> None:
    """Hold the root against another's validator, warnings included."""
    checked = ocfl.storage_root.StorageRoot(root=str(root))
    assert checked.validate(log_warnings=True, log_errors=False)
    assert checked.errors == []
    assert checked.num_objects == checked.good_objects
    for found in root.rglob("0=ocfl_object_1.1"):
        validator = ocfl.validator.Validator(log_warnings=True)
        assert validator.validate_object(str(found.parent)), str(validator)


def in_a_child(
    home: Path, act: str, *, limit: int = 0, kill_at: int = 0
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(WORKER), str(home), act, str(limit), str(kill_at)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_kept_is_read_back_and_valid_for_others(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.add_version(PLACE, SECOND, **BY, expect_head=1)

    assert store.head(PLACE) == 2
    assert store.read(PLACE, "metadata.json") == b"{2}"
    assert store.read(PLACE, "items/001/sealed.pdf") == FIRST["items/001/sealed.pdf"]
    assert list(store.objects()) == [PLACE]
    assert examine(store, PLACE).problems == ()
    assert_valid(store.root)


def test_the_same_again_changes_nothing_and_other_files_are_refused(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    with pytest.raises(ShelfOccupied):
        store.create(PLACE, "urn:x:1", SECOND, **BY)
    with pytest.raises(ShelfOccupied):
        store.create(PLACE, "urn:x:2", FIRST, **BY)
    store.add_version(PLACE, SECOND, **BY, expect_head=1)
    store.add_version(PLACE, SECOND, **BY, expect_head=1)
    for head in (1, 3):
        with pytest.raises(ShelfOccupied):
            store.add_version(PLACE, {"metadata.json": b"{3}"}, **BY, expect_head=head)
    assert store.head(PLACE) == 2
    assert store.read(PLACE, "metadata.json") == b"{2}"


def test_a_file_that_did_not_change_is_kept_once(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST | {"copy.pdf": FIRST["items/001/sealed.pdf"]}, **BY)
    store.add_version(PLACE, {"metadata.json": b"{2}"}, **BY, expect_head=1)
    kept = list(store.place(PLACE).rglob("*.pdf"))
    assert len(kept) == 1
    assert_valid(store.root)


def test_everything_kept_is_read_only_but_the_journal_that_is_added_to(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    kept = {path for path in store.root.rglob("*") if path.is_file()} - {*store.journal.files()}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept}
    assert modes == {0o444}


@pytest.mark.parametrize("act", ["create", "add"])
def test_a_kill_after_any_step_leaves_the_old_version_or_the_new_one(
    tmp_path: Path, act: str
) -> None:
    kill_at = 0
    while True:
        kill_at += 1
        home = tmp_path / str(kill_at)
        store = Store(home / "archive", home / "staging")
        if act == "add":
            store.create(PLACE, "urn:x:1", FIRST, **BY)
        done = in_a_child(home, act, kill_at=kill_at)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr

        store.mend()
        if store.root.exists():
            assert_valid(store.root)
        for path in store.objects() if store.root.exists() else ():
            assert examine(store, path).problems == ()
        assert in_a_child(home, act).returncode == 0
        assert store.read(PLACE, "metadata.json") == (b"{1}" if act == "create" else b"{2}")
        assert_valid(store.root)
        assert [path.name for path in (home / "staging").iterdir()] == [".turn"]
    assert kill_at > 8


def test_a_version_half_in_place_reads_as_the_old_one_until_it_is_finished(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive", tmp_path / "staging")
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    steps = []
    recording = Store(tmp_path / "copy", tmp_path / "copy-staging", after_step=steps.append)
    recording.create(PLACE, "urn:x:1", FIRST, **BY)
    steps.clear()
    recording.add_version(PLACE, SECOND, **BY, expect_head=1)

    in_a_child(tmp_path, "add", kill_at=steps.index("version folder in place") + 1)

    assert store.read(PLACE, "metadata.json") == b"{1}"
    assert store.mend() == (PLACE,)
    assert store.read(PLACE, "metadata.json") == b"{2}"
    assert store.mend() == ()


@pytest.mark.parametrize("act", ["create", "add"])
@pytest.mark.parametrize("limit", [1, 600, 1200, 2500, 19_999])
def test_a_full_disk_leaves_the_old_version_and_the_next_try_succeeds(
    tmp_path: Path, act: str, limit: int
) -> None:
    store = Store(tmp_path / "archive", tmp_path / "staging")
    if act == "add":
        store.create(PLACE, "urn:x:1", FIRST, **BY)

    done = in_a_child(tmp_path, act, limit=limit)

    assert "OSError" in done.stderr
    assert store.exists(PLACE) == (act == "add")
    if act == "add":
        assert store.read(PLACE, "metadata.json") == b"{1}"
        assert_valid(store.root)
    assert in_a_child(tmp_path, act).returncode == 0
    assert_valid(store.root)


def test_writers_of_one_store_wait_for_each_other(store: Store) -> None:
    store.create(PLACE, "urn:x:0", FIRST, **BY)
    failed = []

    def write(number: int) -> None:
        try:
            mine = Store(store.root, store.root.parent / "staging")
            path = f"Q001/2026/JY.HT/D30/o-{number}"
            mine.create(path, f"urn:x:{number}", FIRST, **BY)
            mine.add_version(path, SECOND, **BY, expect_head=1)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(list(store.objects())) == 9
    assert_valid(store.root)


def test_readers_never_see_damage_while_versions_are_added(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    done = threading.Event()

    def write() -> None:
        for number in range(1, 25):
            content = {"metadata.json": str(number).encode()}
            store.add_version(PLACE, content, **BY, expect_head=number)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reader = Store(store.root, store.root.parent / "staging")
    while not done.is_set():
        assert reader.read(PLACE, "items/001/sealed.pdf") == FIRST["items/001/sealed.pdf"]
        assert examine(reader, PLACE).problems == ()
    writer.join()


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "",
        ".",
        "..",
        "a\\b",
        "a\0b",
        "A.pdf",
        "合同.pdf",
        "a b",
        "con",
        "nul.txt",
        "a/aux.pdf",
        ".hidden",
        "x.",
        "a\n",
        "-rf",
        "x" * 70,
    ],
)
def test_names_that_could_leave_the_shelf_or_confuse_a_disk_are_refused(
    store: Store, name: str
) -> None:
    with pytest.raises(ShelfNameRefused):
        store.create(PLACE, "urn:x:1", {name: b"x"}, **BY)
    assert not store.exists(PLACE)


@pytest.mark.parametrize("path", ["../../outside", "/tmp/x", "a/../../b", "a/./b", "档案/1"])  # noqa: S108
def test_places_outside_the_archive_are_refused(store: Store, path: str) -> None:
    with pytest.raises(ShelfNameRefused):
        store.create(path, "urn:x:1", FIRST, **BY)
    with pytest.raises(ShelfNameRefused):
        store.read_path(path, "0" * 64)


@given(name=st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_name_whatsoever_is_read_from_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    store = Store(tmp_path / "archive", tmp_path / "staging")
    with pytest.raises((ShelfNameRefused, ObjectMissing)):
        store.read_path(name, "0" * 64)


def test_a_symbolic_link_is_neither_read_nor_written_through(store: Store, tmp_path: Path) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    outside = tmp_path / "outside"
    (store.root / PLACE).rename(outside)
    (store.root / PLACE).symlink_to(outside)
    with pytest.raises(ObjectDamaged, match="symbolic link"):
        store.read(PLACE, "metadata.json")
    with pytest.raises(ObjectDamaged, match="symbolic link"):
        store.add_version(PLACE, SECOND, **BY, expect_head=1)
    assert list(store.strays()) == [PLACE]
    assert list(store.objects()) == []


def test_an_object_is_never_put_into_another(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    with pytest.raises(ShelfOccupied):
        store.create(f"{PLACE}/v1/inner", "urn:x:2", FIRST, **BY)
    assert_valid(store.root)


def test_a_folder_of_somebody_else_is_not_taken_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "holiday.jpg").write_bytes(b"x")
    store = Store(tmp_path / "archive", tmp_path / "staging")
    with pytest.raises(ShelvesForeign):
        store.create(PLACE, "urn:x:1", FIRST, **BY)
    with pytest.raises(ShelvesForeign):
        list(store.objects())


def test_a_changed_byte_is_never_handed_out(store: Store) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    sha256 = store.inventory(PLACE).sha256_of("metadata.json")
    path = store.physical(PLACE, "metadata.json")
    path.chmod(0o644)
    path.write_bytes(b"{9}")
    with pytest.raises(DigestMismatch):
        store.read(PLACE, "metadata.json")
    with pytest.raises(DigestMismatch):
        store.read_path(str(path.relative_to(store.root)), sha256)


def _truncated_sidecar(folder: Path) -> None:
    (folder / "inventory.json.sha512").write_bytes(b"0")


def _bit_flip(folder: Path) -> None:
    path = folder / "v1/content/items/001/sealed.pdf"
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)


def _lost_file(folder: Path) -> None:
    (folder / "v1/content/items/001/sealed.pdf").unlink()


def _extra_file(folder: Path) -> None:
    (folder / "v1/content/extra.txt").write_bytes(b"x")


def _extra_version(folder: Path) -> None:
    (folder / "v3/content").mkdir(parents=True)


def _old_inventory_back(folder: Path) -> None:
    for name in ("inventory.json", "inventory.json.sha512"):
        (folder / name).write_bytes((folder / "v1" / name).read_bytes())


def _version_inventory_changed(folder: Path) -> None:
    path = folder / "v1/inventory.json"
    path.write_bytes(path.read_bytes().replace("归档".encode(), "改档".encode()))


def _link(folder: Path) -> None:
    path = folder / "v1/content/metadata.json"
    path.rename(folder.parent / "moved")
    path.symlink_to(folder.parent / "moved")


def _hostile_inventory(folder: Path) -> None:
    payload = b"[" * 100_000
    (folder / "inventory.json").write_bytes(payload)


def _inventory_leading_out(folder: Path) -> None:
    inventory = json.loads((folder / "inventory.json").read_bytes())
    text = json.dumps(inventory).replace("v1/content/metadata.json", "../../../../../../etc/hosts")
    (folder / "inventory.json").write_text(text)
    digest = hashlib.sha512(text.encode()).hexdigest()
    (folder / "inventory.json.sha512").write_text(f"{digest} inventory.json\n")


@pytest.mark.parametrize(
    "damage",
    [
        _truncated_sidecar,
        _bit_flip,
        _lost_file,
        _extra_file,
        _extra_version,
        _old_inventory_back,
        _version_inventory_changed,
        _link,
        _hostile_inventory,
        _inventory_leading_out,
    ],
)
def test_every_damage_is_found_and_none_is_mended_in_silence(
    store: Store, damage: Callable[[Path], None]
) -> None:
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.add_version(PLACE, SECOND, **BY, expect_head=1)
    for path in (store.root / PLACE).rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    damage(store.root / PLACE)

    store.mend()

    assert examine(store, PLACE).problems != ()


def test_the_desk_may_not_lie_in_the_archive(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lies in the archive"):
        Store(tmp_path, tmp_path / "staging")


def test_a_desk_left_in_any_state_stops_no_writer(store: Store, tmp_path: Path) -> None:
    for name, intent in (("v-1", b"\xff\x00"), ("v-2", b"../../etc"), ("v-3", b"")):
        place = tmp_path / "staging" / name
        place.mkdir(parents=True)
        (place / "object.txt").write_bytes(intent)
    (tmp_path / "staging" / "v-4").mkdir()
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    assert [path.name for path in (tmp_path / "staging").iterdir()] == [".turn"]


def test_a_reader_that_meets_a_version_half_in_place_waits_for_its_end(tmp_path: Path) -> None:
    heads: list[int] = []
    readers: list[threading.Thread] = []

    def read() -> None:
        heads.append(Store(tmp_path / "archive", tmp_path / "staging").head(PLACE))

    def after_step(step: str) -> None:
        if step == "inventory.json in place" and not readers:
            readers.append(threading.Thread(target=read))
            readers[0].start()
            readers[0].join(0.1)
            assert readers[0].is_alive()

    store = Store(tmp_path / "archive", tmp_path / "staging", after_step=after_step)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.add_version(PLACE, SECOND, **BY, expect_head=1)
    readers[0].join()
    assert heads == [2]
