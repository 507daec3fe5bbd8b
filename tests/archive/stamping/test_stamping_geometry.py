"""Where a point of a page is seen, and how a seal is cut, for every page there may be."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.pageframe import POINTS_PER_MM, PageFrame, frame_of
from archive.seam import GRAIN, groups, pages_a_seal, slices

frames = st.builds(
    lambda left, bottom, width, height, turned, unit: PageFrame(
        left, bottom, left + width, bottom + height, turned, unit
    ),
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(50, 2000),
    st.floats(50, 2000),
    st.sampled_from([0, 90, 180, 270]),
    st.floats(0.5, 10),
)


@given(frames, st.floats(0, 1), st.floats(0, 1))
def test_a_point_goes_into_the_file_and_is_seen_where_it_was(
    frame: PageFrame, across: float, up: float
) -> None:
    x, y = across * frame.width, up * frame.height
    a, b, c, d, e, f = frame.matrix
    inside = a * x + c * y + e, b * x + d * y + f

    assert frame.left - 0.001 <= inside[0] <= frame.right + 0.001
    assert frame.bottom - 0.001 <= inside[1] <= frame.top + 0.001
    assert frame.seen_at(*inside) == pytest.approx((x, y), abs=0.001)


@pytest.mark.parametrize(
    ("turned", "corner"), [(0, (10, 20)), (90, (110, 20)), (180, (110, 220)), (270, (10, 220))]
)
def test_the_lower_left_corner_of_a_turned_page(turned: int, corner: tuple[int, int]) -> None:
    frame = PageFrame(10, 20, 110, 220, turned)

    assert frame.seen_at(*corner) == (0, 0)
    assert (frame.width, frame.height) == ((200, 100) if turned in {90, 270} else (100, 200))


def test_boxes_and_turns_are_inherited_and_cut_to_the_paper() -> None:
    tree: dict[str, Any] = {"/MediaBox": [200, 300, 0, 0], "/Rotate": -90}
    page = {"/Parent": tree, "/CropBox": [-50, 10, 150, 400]}

    assert frame_of(page) == PageFrame(0, 10, 150, 300, 270, 1.0)


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"/MediaBox": [0, 0, 0, 100]},
        {"/MediaBox": [0, 0, 100]},
        {"/MediaBox": [0, 0, 100, 100], "/Rotate": 45},
        {"/MediaBox": [0, 0, 100, 100], "/UserUnit": 0},
    ],
)
def test_a_page_without_a_usable_frame_is_refused(page: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the page"):
        frame_of(page)


def test_a_page_tree_in_a_circle_ends() -> None:
    page: dict[str, Any] = {}
    page["/Parent"] = page

    with pytest.raises(ValueError, match="no media box"):
        frame_of(page)


@given(st.integers(2, 500), st.floats(5, 58))
def test_the_pieces_of_every_seal_make_it_whole(pages: int, width_mm: float) -> None:
    whole = round(width_mm * POINTS_PER_MM * GRAIN)
    for _, pieces in groupby(slices(pages, width_mm), key=lambda piece: piece.group):
        end = 0
        for number, piece in enumerate(pieces, 1):
            assert piece.number == number
            assert piece.start == end
            assert piece.end > piece.start
            end = piece.end
        assert number == piece.of
        assert end == whole


@given(st.integers(2, 500), st.floats(5, 58))
def test_every_seam_between_two_pages_lies_under_one_seal(pages: int, width_mm: float) -> None:
    most = pages_a_seal(width_mm)
    spans = list(groups(pages, most))
    seams = [(page, page + 1) for first, last in spans for page in range(first, last)]

    assert seams == [(page, page + 1) for page in range(pages - 1)]
    assert all(1 <= last - first < most for first, last in spans)
    lengths = [last - first for first, last in spans]
    assert max(lengths) - min(lengths) <= 1


@given(st.integers(2, 500), st.floats(10, 58))
def test_no_piece_is_too_narrow_to_be_seen(pages: int, width_mm: float) -> None:
    narrowest = min(piece.end - piece.start for piece in slices(pages, width_mm))

    assert narrowest / GRAIN / POINTS_PER_MM >= 1.99


@pytest.mark.parametrize(
    ("pages", "spans"),
    [
        (1, []),
        (2, [(0, 1)]),
        (19, [(0, 18)]),
        (20, [(0, 19)]),
        (21, [(0, 10), (10, 20)]),
        (41, [(0, 13), (13, 26), (26, 40)]),
    ],
)
def test_the_groups_of_a_seal_of_40_mm(pages: int, spans: list[tuple[int, int]]) -> None:
    assert list(groups(pages, pages_a_seal(40))) == spans


def test_a_hundred_pages_take_six_seals() -> None:
    assert len({piece.group for piece in slices(100, 40)}) == 6


def test_a_single_page_has_no_seam() -> None:
    assert list(slices(1, 40)) == []
