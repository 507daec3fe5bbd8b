"""What the QR code says can be read back, with and without an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.paperticket import PaperTicket

numbers = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=30).filter(
    lambda text: not set(text) & set('\\/:*?"<>|{}')
)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
addresses = st.sampled_from([None, "https://gd.example.com/check", "http://10.1.2.3:8000/v"])


@given(numbers, digests, addresses)
def test_a_ticket_is_read_as_it_was_written(number: str, digest: str, address: str | None) -> None:
    ticket = PaperTicket(number, digest, address)

    assert PaperTicket.parse(f" {ticket}\n") == ticket


@pytest.mark.parametrize(
    "text",
    ["", "guidang:1:N:abc", "guidang:2:N:" + "0" * 64, "ftp://x/N/" + "0" * 64, "N/" + "0" * 64],
)
def test_what_is_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ticket"):
        PaperTicket.parse(text)
