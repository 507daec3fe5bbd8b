"""Where a point of a page is seen, and how a seal is cut, for every page there may be."""

from __future__ import annotations

import itertools
import math
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import StampRefused
from archive.pageframe import POINTS_PER_MM, PageFrame, frame_of
from archive.seam import GRAIN, SeamPages, groups, pages_a_seal, slices

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
    whole = math.ceil(width_mm * POINTS_PER_MM * GRAIN)
    for _, pieces in groupby(slices(range(pages), width_mm), key=lambda piece: piece.group):
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
    narrowest = min(piece.end - piece.start for piece in slices(range(pages), width_mm))

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
    assert len({piece.group for piece in slices(range(100), 40)}) == 6


def test_a_single_page_has_no_seam() -> None:
    assert list(slices(range(1), 40)) == []


@given(st.integers(2, 300), st.floats(10, 58), st.floats(0, 0.3), st.floats(0.7, 1))
def test_blank_borders_are_cut_off_before_the_seal_is_cut(
    pages: int, width_mm: float, left: float, right: float
) -> None:
    width = width_mm * POINTS_PER_MM * GRAIN
    for _, group in groupby(
        slices(range(pages), width_mm, (left, right)), key=lambda piece: piece.group
    ):
        pieces = list(group)
        assert pieces[0].start == math.floor(width * left)
        assert pieces[-1].end == math.ceil(width * right)
        assert all(one.end == other.start for one, other in itertools.pairwise(pieces))
        widths = [piece.end - piece.start for piece in pieces]
        assert max(widths) - min(widths) <= 1


@given(count=st.integers(1, 400), cover=st.booleans(), fronts=st.booleans())
def test_printed_on_both_sides_every_leaf_gets_one_piece(
    count: int,
    *,
    cover: bool,
    fronts: bool,
) -> None:
    chosen = SeamPages(fronts=fronts, cover=cover).of(count)

    step = 2 if fronts else 1
    assert chosen == tuple(range(0 if cover else step, count, step))


@pytest.mark.parametrize(
    ("text", "cover", "pages"),
    [
        ("all", True, (0, 1, 2, 3, 4, 5)),
        ("all", False, (1, 2, 3, 4, 5)),
        ("odd", True, (0, 2, 4)),
        ("odd", False, (2, 4)),
        ("2-4", True, (1, 2, 3)),
        ("1,3-", False, (2, 3, 4, 5)),
        ("5-,2", True, (1, 4, 5)),
    ],
)
def test_the_pages_a_rule_names(text: str, *, cover: bool, pages: tuple[int, ...]) -> None:
    assert SeamPages.parse(text, cover=cover).of(6) == pages


@pytest.mark.parametrize("text", ["", "even", "0", "3-2", "1-2-3", "-4", "2;3", "1,,2"])
def test_a_span_of_pages_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"span|begins"):
        SeamPages.parse(text)


def test_named_pages_that_are_not_there_are_no_seam() -> None:
    with pytest.raises(StampRefused, match="不足两页"):
        SeamPages.parse("7-9").of(7)
