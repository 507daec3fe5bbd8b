"""A dropped file is taken once, and only when it has stopped changing."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pipeline.beginning import warm_offices
from pipeline.inbox import Inbox, Watch, is_on_network
from templates.errors import RendererMissing


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def inbox(tmp_path: Path, clock: HandClock) -> Inbox:
    return Inbox(tmp_path, settle=1.0, clock=clock)


def look(inbox: Inbox, clock: HandClock, *, after: float = 0.0) -> list[str]:
    clock.now += after
    return [path.name for path in inbox.settled()]


def test_a_file_is_settled_when_two_looks_a_second_apart_see_the_same(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{}")
    assert look(inbox, clock) == []
    assert look(inbox, clock, after=0.9) == []
    assert look(inbox, clock, after=0.2) == ["a.json"]


def test_a_file_still_being_written_is_left_alone(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    for size in range(1, 6):
        file.write_text("x" * size)
        assert look(inbox, clock, after=0.9) == []
    assert look(inbox, clock, after=1.1) == ["a.json"]


def test_a_file_its_writer_closed_settles_in_a_part_of_the_time(
    clock: HandClock, tmp_path: Path
) -> None:
    closed: set[Path] = set()
    inbox = Inbox(tmp_path, settle=1.0, clock=clock, finished=lambda: set(closed))
    for name in ("closed.json", "open.json"):
        (tmp_path / name).write_text("{}")
    closed.add(tmp_path / "closed.json")
    assert look(inbox, clock) == []
    closed.clear()
    assert look(inbox, clock, after=0.1) == []
    assert look(inbox, clock, after=0.1) == ["closed.json"]
    assert look(inbox, clock, after=0.9) == ["closed.json", "open.json"]


def test_a_closed_file_that_is_written_on_waits_in_full(clock: HandClock, tmp_path: Path) -> None:
    closed: set[Path] = {tmp_path / "a.json"}
    inbox = Inbox(tmp_path, settle=1.0, clock=clock, finished=lambda: set(closed))
    (tmp_path / "a.json").write_text("{")
    look(inbox, clock)
    closed.clear()
    (tmp_path / "a.json").write_text('{"more')
    assert look(inbox, clock, after=0.1) == []
    assert look(inbox, clock, after=0.9) == []
    closed.add(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"more": 1}')
    assert look(inbox, clock, after=0.1) == []
    closed.clear()
    assert look(inbox, clock, after=0.3) == ["a.json"]


@pytest.mark.parametrize("way", ["written", "renamed in", "renamed within"])
def test_the_kernel_tells_a_file_that_is_whole(tmp_path: Path, way: str) -> None:
    folder, beside = tmp_path / "inbox", tmp_path / "beside"
    for each in (folder, beside):
        each.mkdir()
    watch = Watch(folder, mode="events", interval=1.0)
    watch.start()
    try:
        target = folder / "a.json"
        if way == "written":
            target.write_text("{}")
        else:
            source = (beside if way == "renamed in" else folder) / ".a"
            source.write_text("{}")
            source.rename(target)
        told: set[Path] = set()
        for _ in range(50):
            assert watch.woken.wait(timeout=5)
            watch.woken.clear()
            told |= watch.finished()
            if target in told:
                break
        assert target in told
    finally:
        watch.stop()


def test_a_file_still_open_is_not_told(tmp_path: Path) -> None:
    watch = Watch(tmp_path, mode="events", interval=1.0)
    watch.start()
    try:
        with (tmp_path / "a.json").open("w") as file:
            file.write("{")
            file.flush()
            (tmp_path / "b.json").write_text("{}")
            told: set[Path] = set()
            while tmp_path / "b.json" not in told:
                assert watch.woken.wait(timeout=5)
                watch.woken.clear()
                told |= watch.finished()
            assert tmp_path / "a.json" not in told
    finally:
        watch.stop()


def test_a_file_replaced_under_the_same_name_settles_anew(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    look(inbox, clock)
    (tmp_path / ".new").write_text("new")
    status = file.stat()
    os.utime(tmp_path / ".new", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / ".new").rename(file)
    assert look(inbox, clock, after=1.1) == []
    assert look(inbox, clock, after=1.1) == ["a.json"]


@pytest.mark.parametrize(
    "name", [".hidden.json", "~$a.json", "a.json.part", "a.json.TMP", "a.crdownload", "Thumbs.db"]
)
def test_files_of_desktops_and_running_copies_are_not_orders(
    inbox: Inbox, clock: HandClock, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("{}")
    look(inbox, clock)
    assert look(inbox, clock, after=5) == []
    assert inbox.is_empty()


def test_files_in_named_folders_are_taken_too(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "验收").mkdir()
    (tmp_path / "验收" / "a.json").write_text("{}")
    look(inbox, clock)
    assert look(inbox, clock, after=1.1) == ["a.json"]


def test_a_thousand_files_are_each_claimed_once_by_two_readers(
    clock: HandClock, tmp_path: Path
) -> None:
    for number in range(1000):
        (tmp_path / f"{number}.json").write_text("{}")
    readers = [Inbox(tmp_path, settle=1.0, clock=clock) for _ in range(2)]
    for reader in readers:
        list(reader.settled())
    clock.now += 2
    ready = [list(reader.settled()) for reader in readers]
    claimed = [
        claim.name
        for pair in zip(*ready, strict=True)
        for reader, path in zip(readers, pair, strict=True)
        if (claim := reader.claim(path)) is not None
    ]
    assert sorted(claimed) == sorted(f"{number}.json" for number in range(1000))


def test_a_file_claimed_by_a_process_that_died_is_found_again(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{}")
    look(inbox, clock)
    clock.now += 2
    (path,) = inbox.settled()
    claimed = inbox.claim(path)
    assert not inbox.is_empty()
    after_restart = Inbox(tmp_path, settle=1.0, clock=clock)
    assert list(after_restart.claimed()) == [claimed]
    after_restart.done(next(after_restart.claimed()))
    assert after_restart.is_empty()


def test_an_unfinished_file_is_laid_back_and_never_over_another(
    inbox: Inbox, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{")
    look(inbox, clock)
    clock.now += 2
    (path,) = inbox.settled()
    claimed = inbox.claim(path)
    assert claimed is not None
    (tmp_path / "a.json").write_text("other")
    inbox.put_back(claimed, wait=5)
    assert (tmp_path / "a.json").read_text() == "other"
    assert (tmp_path / "a (2).json").read_text() == "{"
    look(inbox, clock)
    assert look(inbox, clock, after=2) == ["a.json"]
    assert sorted(look(inbox, clock, after=4)) == ["a (2).json", "a.json"]


@pytest.mark.parametrize(
    ("mounts", "networked"),
    [
        ("/dev/vda / ext4 rw 0 0\n", False),
        ("/dev/vda / ext4 rw 0 0\n//nas/x {} cifs rw 0 0\n", True),
        ("/dev/vda / ext4 rw 0 0\nnas:/x {} nfs4 rw 0 0\n", True),
        ("nas:/x / nfs rw 0 0\n/dev/vdb {} ext4 rw 0 0\n", False),
    ],
)
def test_a_share_is_told_from_a_disk_by_its_mount(
    tmp_path: Path, mounts: str, *, networked: bool
) -> None:
    table = tmp_path / "mounts"
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    table.write_text(mounts.format(str(inbox.resolve()).replace(" ", "\\040")))
    assert is_on_network(inbox, table) is networked


@pytest.mark.parametrize("mode", ["events", "polling"])
def test_a_dropped_file_wakes_the_reader(tmp_path: Path, mode: str) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    watch = Watch(inbox, mode=mode, interval=0.05)
    assert watch.is_polling is (mode == "polling")
    watch.start()
    try:
        (inbox / "a.json").write_text("{}")
        assert watch.woken.wait(10)
    finally:
        watch.stop()


def test_offices_come_up_beside_the_work_and_their_lack_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    warmed = threading.Event()
    warm_offices(warmed.set).join(timeout=5)
    assert warmed.is_set()
    assert not caplog.text

    def missing() -> None:
        raise RendererMissing("no LibreOffice")

    warm_offices(missing).join(timeout=5)
    assert "offices not warmed" in caplog.text
