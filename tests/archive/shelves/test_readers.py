"""Children that read the shelf: the same findings in the same order, and nothing passed over."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from archive.child import Child
from archive.errors import ChildLost
from archive.fixity import EVIDENCE, Examined, examine
from archive.readers import HEAD, Readers
from archive.store import Store

AT_ONCE = timedelta(0)
LONG = timedelta(seconds=60)
NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
SCRIPT = """
import sys
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from archive.fixity import PROVING
from archive.readers import Readers
from archive.store import Store

store = Store(Path(sys.argv[1]), Path(sys.argv[2]))
with Readers(store, alone=timedelta(0)) as readers:
    for number, _ in enumerate(readers.examined(cycle(store.objects()), PROVING)):
        if number == 2:
            print(*[child.pid for child in readers._children], flush=True)
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a shelf of 100 dossiers, three of them damaged."""
    folder = tmp_path_factory.mktemp("shelf")
    store = Store(folder / "archive", folder / "staging")
    for number in range(100):
        files = {"metadata.json": b"{%d}" % number, "items/001/sealed.pdf": os.urandom(2000)}
        store.create(place(number), f"urn:x:{number}", files, message="m", person="何静", at=NOON)
    for number in (3, 70, 99):
        path = store.physical(place(number), "items/001/sealed.pdf")
        path.chmod(0o644)
        path.write_bytes(b"%PDF altered")
    return store


def place(number: int) -> str:
    return f"Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-{number:04}"


def flat(parts: Iterator[list[Examined]]) -> list[Examined]:
    return [each for part in parts for each in part]


def ends(pid: int) -> bool:
    """Wait until the process is gone; say whether it was within a minute."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(60_000))
    finally:
        os.close(handle)


def test_children_find_what_one_process_finds_in_the_same_order(store: Store) -> None:
    alone = [examine(store, path) for path in store.objects()]
    assert [bool(each.problems) for each in alone].count(True) == 3

    with Readers(store, alone=AT_ONCE) as readers:
        assert flat(readers.examined(store.objects(), EVIDENCE)) == alone
        assert len(readers._children) == len(os.sched_getaffinity(0))
        some = [place(number) for number in (99, 2, 3)]
        assert flat(readers.examined(some, EVIDENCE)) == [examine(store, path) for path in some]
    assert readers._children == []


def test_a_small_shelf_is_read_without_starting_anything(store: Store) -> None:
    with Readers(store, alone=LONG) as readers:
        assert len(flat(readers.examined(store.objects(), EVIDENCE))) == 100
        assert readers._children == []


def test_a_child_that_dies_is_an_error_and_takes_the_others_with_it(store: Store) -> None:
    with Readers(store, alone=AT_ONCE) as readers:
        parts = readers.examined(cycle(store.objects()), EVIDENCE)
        next(parts)
        pids = [child.pid for child in readers._children]
        os.kill(pids[-1], signal.SIGKILL)
        with pytest.raises(ChildLost, match="校验没有完成"):
            flat(parts)
        assert all(map(ends, pids))
        assert len(flat(readers.examined(store.objects(), EVIDENCE))) == 100


def test_a_child_that_hangs_is_an_error_after_its_time(store: Store) -> None:
    with Readers(store, alone=AT_ONCE, patience=timedelta(seconds=5)) as readers:
        flat(readers.examined([place(1)], EVIDENCE))
        pids = [child.pid for child in readers._children]
        os.kill(pids[0], signal.SIGSTOP)
        readers._patience = 0.2
        with pytest.raises(ChildLost, match=r"没有进展.*校验没有完成"):
            flat(readers.examined(cycle(store.objects()), EVIDENCE))
        assert all(map(ends, pids))


def test_who_stops_listening_leaves_no_child_behind(store: Store) -> None:
    with Readers(store, alone=AT_ONCE) as readers:
        parts = readers.examined(store.objects(), EVIDENCE)
        next(parts)
        pids = [child.pid for child in readers._children]
        parts.close()
        assert all(map(ends, pids))
        assert [each.object_path for each in flat(readers.examined([place(5)], EVIDENCE))] == [
            place(5)
        ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_parent_ends_its_children_end_with_it(store: Store, number: int) -> None:
    asked = [sys.executable, "-c", SCRIPT, store.root, store.desk.folder]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert pids
        parent.send_signal(number)
        assert parent.wait(60) != 0
    assert all(map(ends, pids))


def test_a_child_says_that_it_goes_on_while_it_reads_a_large_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive", tmp_path / "staging")
    store.create(
        place(900), "urn:x:900", {"a": bytes(1_500_000)}, message="m", person="何静", at=NOON
    )
    child = Child("archive.readerchild", str(store.root), str(store.desk.folder), "0")
    try:
        until = time.monotonic() + 60
        asked = pickle.dumps((EVIDENCE, [place(900)]))
        child.send(HEAD.pack(len(asked)) + asked, until)
        signs = 0
        while not (size := HEAD.unpack(child.read(HEAD.size, until))[0]):
            signs += 1
        (examined,) = pickle.loads(child.read(size, until))  # noqa: S301 - said by our own child
    finally:
        child.end()
    assert signs > 4
    assert (examined.files, examined.problems) == (1, ())
