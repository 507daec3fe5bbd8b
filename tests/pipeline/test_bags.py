"""A bag that came from elsewhere is read with doubt: nothing outside it, nothing that blocks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.handover.bags import ALGORITHMS, DECLARED, read_bag

PAYLOAD = {"a.pdf": b"one", "items/b.pdf": b"two"}


def a_bag(folder: Path) -> Path:
    """Write a sound bag and return it."""
    for path, content in PAYLOAD.items():
        (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / path).write_bytes(content)
    (folder / "bagit.txt").write_text(DECLARED)
    for name in ALGORITHMS:
        rows = [f"{digest(name, content)}  data/{path}\n" for path, content in PAYLOAD.items()]
        (folder / f"manifest-{name}.txt").write_text("".join(rows))
    told = ["bagit.txt", *(f"manifest-{name}.txt" for name in ALGORITHMS)]
    for name in ALGORITHMS:
        rows = [f"{digest(name, (folder / tag).read_bytes())}  {tag}\n" for tag in told]
        (folder / f"tagmanifest-{name}.txt").write_text("".join(rows))
    return folder


def digest(name: str, content: bytes) -> str:
    return hashlib.new(name, content).hexdigest()


def replaced_by(make: Callable[[Path], None], path: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / path).unlink()
        make(folder / path)

    return change


def without_payload(folder: Path) -> None:
    (folder / "data").rename(folder.parent / "elsewhere")


def to_the_outside(path: Path) -> None:
    outside = path.parents[2] / "outside.txt"
    outside.write_bytes(b"one")
    path.symlink_to(outside)


def test_a_sound_bag_has_nothing_wrong(tmp_path: Path) -> None:
    read = read_bag(a_bag(tmp_path / "bag"))
    assert (read.structure, read.strays) == ((), ())
    assert set(read.digests) == set(PAYLOAD)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(replaced_by(os.mkfifo, "data/a.pdf"), "不是普通文件", id="a pipe"),
        pytest.param(
            replaced_by(lambda path: path.symlink_to("/dev/zero"), "data/a.pdf"),
            "不是普通文件",
            id="a device without end",
        ),
        pytest.param(
            replaced_by(to_the_outside, "data/a.pdf"), "不是普通文件", id="a link to the outside"
        ),
        pytest.param(replaced_by(os.mkfifo, "bagit.txt"), "清单读不出", id="a pipe as a tag"),
        pytest.param(
            replaced_by(lambda path: path.mkdir(), "manifest-sha512.txt"),
            "清单读不出",
            id="a folder as a manifest",
        ),
        pytest.param(without_payload, "清单读不出", id="no payload"),
    ],
)
def test_what_is_no_file_is_a_finding_and_is_not_opened(
    tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    folder = a_bag(tmp_path / "bag")
    change(folder)
    read = read_bag(folder)
    assert any(said in each for each in read.structure), read.structure
    assert "a.pdf" not in read.digests or said == "清单读不出"
