"""What looks at PDFs may crash, hang or swell: the caller gets an error, and the next child."""

from __future__ import annotations

import os
import resource
import signal
from datetime import timedelta

import pytest

from archive.confined import Confined
from archive.errors import ChildLost
from archive.sampleseal import sample_seal

ALLOWED = timedelta(seconds=60)
SEAL = sample_seal("示例网络技术（北京）有限公司").pdf


def process_of(child: Confined) -> int:
    assert child._child is not None
    return child._child.pid


def test_a_child_that_died_is_followed_by_another() -> None:
    with Confined() as child:
        assert child.ask("ink", SEAL, allowed=ALLOWED).told == {"span": [0.0, 1.0]}
        first = process_of(child)
        os.kill(first, signal.SIGKILL)
        assert child.ask("ink", SEAL, allowed=ALLOWED).told == {"span": [0.0, 1.0]}
        assert process_of(child) != first


def test_a_child_that_hangs_is_killed_when_its_time_is_up() -> None:
    with Confined() as child:
        child.ask("ink", SEAL, allowed=ALLOWED)
        first = process_of(child)
        os.kill(first, signal.SIGSTOP)
        with pytest.raises(ChildLost, match="in time"):
            child.ask("ink", SEAL, allowed=timedelta(seconds=0.2))
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        assert child.ask("ink", SEAL, allowed=ALLOWED).told == {"span": [0.0, 1.0]}


def test_a_child_cannot_take_all_memory() -> None:
    with Confined(memory_mb=300) as child, pytest.raises(ChildLost):
        child.ask("ink", b"%PDF" + bytes(400_000_000), allowed=ALLOWED)


def test_what_the_child_cannot_foresee_is_told() -> None:
    with Confined() as child, pytest.raises(ChildLost, match="no such act"):
        child.ask("dance", None, allowed=ALLOWED)


def test_a_process_with_more_than_a_thousand_files_open_is_answered() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2048)), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with Confined() as child:
            assert child.ask("ink", SEAL, allowed=ALLOWED).told == {"span": [0.0, 1.0]}
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
