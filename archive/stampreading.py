"""Stamp reading: the stamped file read back by another library than wrote it (盖章复核).

Nothing the writer noted is believed: what is on the pages is found again in the file, and
must be what the act asked for, no less and no more.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, ContentStream

from archive.errors import StampBroken
from archive.pageframe import POINTS_PER_MM, PageFrame, frame_of
from archive.seam import GRAIN
from archive.stamping import NOTICE_NAME, QR_NAME, SealImage, SealingAct

_NEAR: Final = 0.01
"""Points: a four-hundredth of a millimetre."""

_MARKS: Final = {QR_NAME: "二维码", NOTICE_NAME: "用印方式的说明"}
"""What is drawn beside seals, each on page one alone."""

_PDFA: Final = re.compile(rb"pdfaid:part>2<.*pdfaid:conformance>B<", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """One form drawn on one page: its whole box, and what of it is shown, in visible points."""

    page: int
    drawing: str
    left: float
    bottom: float
    width: float
    height: float
    shown_from: float
    shown_to: float

    @property
    def is_whole(self) -> bool:
        """Whether all of it is shown, from left to right."""
        return _same(self.shown_from, self.left) and _same(self.shown_to, self.left + self.width)


@dataclass(frozen=True, slots=True)
class StampRead:
    """The seals found in a stamped file: imprints in the order asked for, seam pieces in theirs."""

    frames: tuple[PageFrame, ...]
    imprints: tuple[Found, ...]
    pieces: tuple[Found, ...]


def verify_stamp(pdf: bytes, act: SealingAct) -> StampRead:
    """Return what stands on `pdf`, which is exactly what `act` asks for.

    Raises StampBroken with every difference: a seal missing, doubled, of another size or in
    another place, a seam seal whose pieces do not make it whole, a QR code or the number
    missing, or a file that no longer calls itself PDF/A-2b.
    """
    try:
        reader = PdfReader(io.BytesIO(pdf), strict=False)
        if reader.is_encrypted or not reader.pages:
            raise StampBroken(["文件已加密或没有页面"])
        found = list(_forms(reader))
        imprints: list[Found] = []
        problems = [
            *_described(reader, act),
            *_imprints(reader, found, act, imprints),
            *_seams(reader, found, act),
            *_marks(found, act),
        ]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StampBroken([f"文件无法复核：{error}"]) from error
    if problems:
        raise StampBroken(problems)
    return StampRead(
        frames=tuple(frame_of(page) for page in reader.pages),
        imprints=tuple(imprints),
        pieces=tuple(form for form in found if not form.is_whole),
    )


def _described(reader: PdfReader, act: SealingAct) -> Iterator[str]:
    metadata: Any = reader.root_object.get("/Metadata")
    packet = metadata.get_object().get_data() if metadata is not None else b""
    if not _PDFA.search(packet):
        yield "文件未标明为 PDF/A-2b"
    said = reader.metadata
    if said is None or said.get("/Keywords") != act.number or said.title != act.title:
        yield f"文件属性中的编号或题名不是“{act.number}”“{act.title}”"
    if said is None or said.subject != act.described_as:
        yield f"文件属性没有说明用印方式是{act.way.value}"


def _imprints(
    reader: PdfReader, found: list[Found], act: SealingAct, matched: list[Found]
) -> Iterator[str]:
    left = [form for form in found if form.is_whole and form.drawing not in _MARKS]
    places = {name.removeprefix("/"): at for name, at in reader.named_destinations.items()}
    for imprint in act.imprints:
        place = places.get(imprint.destination)
        number = reader.get_destination_page_number(place) if place is not None else None
        if place is None or number is None:
            yield f"找不到盖章位置“{imprint.destination}”"
            continue
        page = frame_of(reader.pages[number])
        point: Any = place
        x, y = page.seen_at(float(point["/Left"]), float(point["/Top"]))
        x += imprint.dx_mm * POINTS_PER_MM
        y += imprint.dy_mm * POINTS_PER_MM
        here = [
            form
            for form in left
            if form.page == number
            and _same(form.left + form.width / 2, x)
            and _same(form.bottom + form.height / 2, y)
            and _is_of(form, imprint.seal)
        ]
        if not here:
            yield f"第 {number + 1} 页的“{imprint.destination}”处没有印章“{imprint.seal.name}”"
        for form in here[:1]:
            left.remove(form)
            matched.append(form)
    for form in left:
        yield f"第 {form.page + 1} 页多出一枚印章"


def _seams(reader: PdfReader, found: list[Found], act: SealingAct) -> Iterator[str]:
    pieces = [form for form in found if not form.is_whole]
    if act.seam is None:
        if pieces:
            yield "多出骑缝章"
        return
    seal = act.seam.seal
    for form in pieces:
        edge = frame_of(reader.pages[form.page]).width
        if not _same(form.shown_to, edge) or not _is_of(form, seal):
            yield f"第 {form.page + 1} 页的骑缝章不在页边，或不是印章“{seal.name}”"
    # A shared page carries the end of one seal before the beginning of the next.
    expected = act.seam.slices(len(reader.pages))
    if [form.page for form in pieces] != [piece.page for piece in expected]:
        yield "骑缝章的段数与页数不符"
        return
    for piece, form in zip(expected, pieces, strict=True):
        if not _same(form.shown_from - form.left, piece.start / GRAIN):
            yield f"第 {piece.page + 1} 页的骑缝章与前一页的不相接"
        if not _same(form.shown_to - form.left, piece.end / GRAIN):
            yield f"第 {piece.group + 1} 枚骑缝章拼不成整章"


def _marks(found: list[Found], act: SealingAct) -> Iterator[str]:
    for name, what in _MARKS.items():
        pages = [form.page for form in found if form.drawing == name]
        if pages != ([] if name == QR_NAME and act.qr_text is None else [0]):
            yield f"首页的{what}缺失或多余"


def _is_of(form: Found, seal: SealImage) -> bool:
    return (
        form.drawing == _drawing_of(seal.pdf)
        and _same(form.width, seal.width_mm * POINTS_PER_MM)
        and _same(form.height, seal.height_mm * POINTS_PER_MM)
    )


def _drawing_of(pdf: bytes) -> str:
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    contents = page.get_contents()
    return _digest(b"" if contents is None else contents.get_data())


def _digest(drawing: bytes) -> str:
    return hashlib.sha256(drawing.strip()).hexdigest()


def _forms(reader: PdfReader) -> Iterator[Found]:
    """Yield what the last content stream of each page draws, in the order it is drawn."""
    digests: dict[str, tuple[str, list[float]]] = {}
    for number, page in enumerate(reader.pages):
        contents: Any = page["/Contents"].get_object()
        if not isinstance(contents, ArrayObject) or not contents:
            continue
        resources: Any = page["/Resources"]
        forms = resources.get("/XObject", {})
        last = ContentStream(contents[-1], reader)
        for name, matrix, clip in _drawn(last.operations, frame_of(page)):
            if name not in digests:
                form = forms[f"/{name}"].get_object()
                box = [float(value) for value in form["/BBox"]]
                digests[name] = (name if name in _MARKS else _digest(form.get_data()), box)
            yield _placed(number, *digests[name], matrix, clip)


def _placed(
    page: int, drawing: str, box: list[float], matrix: list[float], clip: list[float] | None
) -> Found:
    across, _, _, up, x, y = matrix
    left, width = x + box[0] * across, (box[2] - box[0]) * across
    return Found(
        page=page,
        drawing=drawing,
        left=left,
        bottom=y + box[1] * up,
        width=width,
        height=(box[3] - box[1]) * up,
        shown_from=left if clip is None else max(left, clip[0]),
        shown_to=left + width if clip is None else min(left + width, clip[0] + clip[2]),
    )


def _drawn(
    operations: Iterable[tuple[list[Any], bytes]], frame: PageFrame
) -> Iterator[tuple[str, list[float], list[float] | None]]:
    """Yield name, matrix and clip of each form; the first matrix must be the page's own."""
    is_framed = False
    matrix: list[float] | None = None
    clip: list[float] | None = None
    for operands, operator in operations:
        if operator == b"q":
            matrix, clip = None, None
        elif operator == b"re":
            clip = [float(value) for value in operands]
        elif operator == b"cm":
            matrix = [float(value) for value in operands]
            if not is_framed and not all(map(_same, matrix, frame.matrix)):
                raise ValueError("the page is drawn on in another frame than it is seen in")
            is_framed = True
        elif operator == b"Do" and matrix is not None:
            yield str(operands[0])[1:], matrix, clip


def _same(one: float, other: float) -> bool:
    return abs(one - other) < _NEAR
