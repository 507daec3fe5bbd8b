from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archive.errors import SealImageDamaged, SealKeyUnfit
from archive.sealvault import SealKey, lock, make_key, read_key, unlock

IMAGE = b"%PDF-1.7 a seal"


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return make_key(tmp_path / "seal.key")


def digest(image: bytes = IMAGE) -> str:
    return hashlib.sha256(image).hexdigest()


def test_a_key_is_read_as_it_was_made_and_is_for_this_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    assert make_key(path) == read_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert repr(read_key(path)) == "SealKey()"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = make_key(tmp_path / "seal.key")
    with pytest.raises(SealKeyUnfit, match="从不覆盖"):
        make_key(tmp_path / "seal.key")
    assert read_key(tmp_path / "seal.key") == first


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_others_may_read_is_refused(tmp_path: Path, key: SealKey, mode: int) -> None:
    assert key
    (tmp_path / "seal.key").chmod(mode)
    with pytest.raises(SealKeyUnfit, match="chmod 600"):
        read_key(tmp_path / "seal.key")


@pytest.mark.parametrize(
    "content", [b"", b"guidang-seal-key-1 c2hvcnQ=\n", b"guidang-seal-key-1 \xff\n", b"x" * 9000]
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seal.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SealKeyUnfit, match="不是印章密钥"):
        read_key(path)


def test_a_missing_key_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SealKeyUnfit, match="读不到"):
        read_key(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(SealKeyUnfit, match="不是普通文件"):
            read_key(path)


def test_an_image_at_rest_shows_nothing_and_opens_as_it_was(key: SealKey) -> None:
    locked = lock(key, "HT01", IMAGE)
    assert IMAGE not in locked
    assert locked != lock(key, "HT01", IMAGE)
    assert unlock(key, "HT01", digest(), locked) == IMAGE


def test_another_key_is_told_from_damage(key: SealKey) -> None:
    with pytest.raises(SealKeyUnfit, match="另一把密钥"):
        unlock(SealKey(b"k" * 32), "HT01", digest(), lock(key, "HT01", IMAGE))


def test_an_image_of_another_seal_does_not_open(key: SealKey) -> None:
    locked = lock(key, "GZ01", IMAGE)
    with pytest.raises(SealImageDamaged, match="被改动或替换"):
        unlock(key, "HT01", digest(), locked)
    with pytest.raises(SealImageDamaged, match="被改动或替换"):
        unlock(key, "GZ01", digest(b"other"), locked)


LOCKED = lock(SealKey(b"k" * 32), "HT01", IMAGE)


@given(at=some.integers(0, len(LOCKED) - 1), by=some.integers(1, 255), cut=some.booleans())
def test_no_damaged_image_ever_opens(at: int, by: int, *, cut: bool) -> None:
    damaged = LOCKED[:at] if cut else LOCKED[:at] + bytes([LOCKED[at] ^ by]) + LOCKED[at + 1 :]
    with pytest.raises((SealImageDamaged, SealKeyUnfit)):
        unlock(SealKey(b"k" * 32), "HT01", digest(), damaged)
