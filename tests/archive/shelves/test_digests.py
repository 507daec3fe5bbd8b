from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digests import file_digests, sha256, sha512, sm3
from archive.sm3 import Sm3

VECTORS = {
    b"": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


@pytest.mark.parametrize(("content", "digest"), VECTORS.items())
def test_both_ways_to_sm3_give_the_published_vectors(content: bytes, digest: str) -> None:
    assert sm3(content) == digest
    assert Sm3(content).hexdigest() == digest


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_our_own_sm3_equals_that_of_openssl_however_the_content_is_cut(pieces: list[bytes]) -> None:
    running = Sm3()
    for piece in pieces:
        running.update(piece)
    assert running.hexdigest() == hashlib.new("sm3", b"".join(pieces)).hexdigest()


def test_a_file_read_in_pieces_has_the_digests_of_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    path = tmp_path / "large.bin"
    path.write_bytes(content)
    assert file_digests(path, ("sha512", "sha256", "sm3")) == (
        sha512(content),
        sha256(content),
        sm3(content),
    )


def test_where_openssl_has_no_sm3_our_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", set())
    assert sm3(b"abc") == VECTORS[b"abc"]
