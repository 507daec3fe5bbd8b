"""Dropped files of every manner are each taken exactly once, by the worker that runs for real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Sample = Callable[..., dict[str, Any]]

# Reads the inbox of a real home until it is empty, and does nothing else with what it took.
RECEIVER = """
import sys, time
from pathlib import Path
from pipeline.commands.progress import SilentProgress
from pipeline.wiring import Workplace
from pipeline.worker import Worker

class Receiver(Worker):
    def _hand_out(self, lanes):
        return False
    def _is_idle(self):
        return self._inbox.is_empty()

worker = Receiver(Workplace(Path(sys.argv[1])), SilentProgress())
worker.run(until_idle=True)
print(worker.tally.received, worker.tally.duplicates, worker.tally.rejected)
"""


def receive(house: Any, **env: str) -> tuple[int, int, int]:
    done = subprocess.run(
        [sys.executable, "-c", RECEIVER, str(house.root)],
        env=os.environ | {"GUIDANG_INBOX__SETTLE_SECONDS": "0.05"} | env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    received, duplicates, rejected = map(int, done.stdout.split())
    return received, duplicates, rejected


def test_a_thousand_files_dropped_at_once_while_nothing_ran_are_each_taken_once(
    house: Any, order: Sample
) -> None:
    content = json.dumps(order(1), ensure_ascii=False)
    for number in range(1000):
        text = content.replace("XSDD-2026-0001", f"XSDD-2026-{number:04d}")
        (house.root / "inbox" / f"{number}.json").write_text(text, "utf-8")
    assert receive(house) == (1000, 0, 0)
    assert receive(house) == (0, 0, 0)
    orders = {one["order_no"] for one in house.contracts()}
    assert len(orders) == 1000


@contextmanager
def running(house: Any) -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "--home", str(house.root), "run", "--json"],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"GUIDANG_INBOX__SETTLE_SECONDS": "0.3"},
    )
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


def papers_when(house: Any, count: int) -> list[dict[str, Any]]:
    """Return the papers once there are `count`; the test's own time limit ends a vain wait."""
    for _ in range(300):
        found: list[dict[str, Any]] = house.contracts()
        if len(found) >= count and all(one["state"] == "filed" for one in found):
            return found
    pytest.fail(f"{count} papers never came: {found}")


def test_a_running_service_takes_written_copied_and_renamed_in_files_once(
    house: Any, order: Sample
) -> None:
    """Half-written files, files renamed in from elsewhere, and the same bytes again."""
    inbox = house.root / "inbox"
    with running(house):
        payload = json.dumps(order(1), ensure_ascii=False).encode()
        with (inbox / "慢慢写.json").open("wb") as slow:
            for start in range(0, len(payload), 2000):
                slow.write(payload[start : start + 2000])
                slow.flush()
                house.contracts()
        elsewhere = house.root / "外面.json"
        elsewhere.write_text(json.dumps(order(2), ensure_ascii=False), "utf-8")
        elsewhere.rename(inbox / "改名放入.json")
        papers = papers_when(house, 2)
        shutil.copy(house.root / "samples" / "orders" / "XSDD-2026-0003.json", inbox / "3.json")
        papers = papers_when(house, 3)
    assert sorted(one["order_no"] for one in papers) == [
        f"XSDD-2026-000{number}" for number in (1, 2, 3)
    ]
    assert house.rejected() == {}
    assert {one["contract_number"][-4:] for one in papers} == {"0001", "0002", "0003"}


def test_a_file_that_stays_cut_is_refused_after_its_time_not_before(
    house: Any, order: Sample
) -> None:
    payload = json.dumps(order(1), ensure_ascii=False).encode()
    house.drop(payload[:-40], "断.json")
    assert receive(house, GUIDANG_INBOX__UNFINISHED_SECONDS="0.5") == (0, 0, 1)
    assert "不完整" in house.rejected()["断.json"]
    assert (house.root / "rejected" / "断.json").read_bytes() == payload[:-40]


def test_refused_files_of_one_name_are_all_kept(house: Any) -> None:
    for content in (b'{"a": 1}', b'{"a": 2}', b'{"a": 2}'):
        house.drop(content, "同名.json")
        assert receive(house)[2] == 1
    kept = [p.read_bytes() for p in (house.root / "rejected").iterdir() if p.suffix == ".json"]
    assert sorted(kept) == [b'{"a": 1}', b'{"a": 2}']
    assert len(house.rejected()) == 2


@pytest.mark.parametrize("name", ["长" * 80 + ".json", "a" * 250 + ".json", "空 格\u3000.json"])
def test_strange_names_are_refused_or_taken_like_any_other(
    house: Any, order: Sample, name: str
) -> None:
    house.drop(order(1), name)
    assert receive(house) == (1, 0, 0)
    house.drop(b"{]", name)
    assert receive(house) == (0, 0, 1)
