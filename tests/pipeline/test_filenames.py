"""A file's name is kept as text whatever bytes its sender's computer wrote."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.filenames import said_name


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("订单𠮷.json".encode(), "订单𠮷.json"),
        ("订单.json".encode("gbk"), "订单.json"),
        (b"a\xff.json", "a%FF.json"),
        (b"a\n\x7f.json", "a%0A%7F.json"),
        ("a\ufffd\ue000.json".encode(), "a%EF%BF%BD%EE%80%80.json"),
    ],
)
def test_a_name_is_read_as_its_sender_wrote_it(raw: bytes, said: str) -> None:
    assert said_name(Path(os.fsdecode(b"/inbox/" + raw))) == said


@given(st.binary(min_size=1, max_size=40).filter(lambda raw: not {0, 47} & set(raw)))
def test_whatever_the_bytes_every_character_can_be_kept(raw: bytes) -> None:
    said = said_name(Path(os.fsdecode(raw)))
    assert said.encode("utf-8")
    assert not any(unicodedata.category(char) in {"Cc", "Co", "Cs"} for char in said)
    assert "\ufffd" not in said
