"""Glyph reading: the text of a PDF by its codes, each told by the table its font carries.

qpdf takes the file apart; what a page shows is worked out here. Only what a word processor
writes is known: whoever meets another operator, or a code no table explains, must not guess
and leaves the file to a reader that knows all of PDF.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import pikepdf

from templates.errors import DocumentUnreadable

_TOKEN: Final = re.compile(
    rb"[-+.\d]+|/[^\s/<>\[\](){}%]*|<<[^<>()]*>>|<[0-9A-Fa-f\s]*>|\[[-+.\d\s<>A-Fa-f]*\]"
    rb"|[A-Za-z]+\*?|\S"
)
_SPACED: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>|([-+.\d]+)")
_TOLD: Final = re.compile(rb"<([0-9A-Fa-f]{2})>\s*<((?:[0-9A-Fa-f]{4})+)>")
_TABLE: Final = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_OPERANDS: Final = frozenset(b"0123456789+-./<[")
_QUIET: Final = frozenset(
    b"w J j M d ri i gs re m l c v y h W W* n S s f F f* B B* b b* "
    b"g G rg RG k K cs CS sc SC scn SCN BMC BDC EMC MP DP sh Tr".split()
)
"""Operators that neither show text nor say where it stands."""

_NEAR: Final = 0.15
"""How far from the end of the text before, in parts of its size, text may begin and go on."""

_FAILURES: Final = (
    pikepdf.PdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
)


class Unfamiliar(DocumentUnreadable):
    """The file says something that this reader does not know."""

    def __init__(self, what: str) -> None:
        super().__init__([f"PDF 含有此读取程序不认识的内容：{what}"])


@dataclass(frozen=True, slots=True)
class _Face:
    """What a font says of its codes: the text, and the width in parts of the size."""

    texts: Mapping[int, str]
    widths: Mapping[int, float]

    def read(self, codes: bytes) -> tuple[str, float]:
        """Return the text of `codes` and how wide it is at size 1; KeyError for one unknown."""
        texts, widths = self.texts, self.widths
        return "".join([texts[each] for each in codes]), sum([widths[each] for each in codes])


def glyph_pages(document: pikepdf.Pdf) -> tuple[str, ...]:
    """Return the text of every page in the order it is written, a line end where a run ends.

    Raises Unfamiliar where anything is met that this reader does not know.
    """
    faces: dict[tuple[int, int], _Face] = {}
    try:
        return tuple(_text_of(page, faces) for page in document.pages)
    except _FAILURES as error:
        raise Unfamiliar(f"{type(error).__name__} {error}"[:200]) from error


def _text_of(page: pikepdf.Page, faces: dict[tuple[int, int], _Face]) -> str:
    named: dict[bytes, _Face] = {}
    nothing = pikepdf.Dictionary()
    for name, font in page.obj.Resources.get("/Font", nothing).items():
        if font.objgen not in faces or font.objgen == (0, 0):
            faces[font.objgen] = _face_of(font)
        named[name.encode()] = faces[font.objgen]
    contents = page.obj.Contents
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    drawn = page.obj.Resources.get("/XObject", nothing)
    pictures = {name.encode() for name, each in drawn.items() if each.get("/Subtype") == "/Image"}
    sheet = _Sheet(named, pictures)
    sheet.read(b"\n".join(each.read_bytes() for each in parts))
    return "".join(sheet.said)


def _face_of(font: pikepdf.Object) -> _Face:
    if font.Subtype not in ("/TrueType", "/Type1"):
        raise Unfamiliar(str(font.Subtype))
    table = font.ToUnicode.read_bytes()
    if b"bfrange" in table:
        raise Unfamiliar("bfrange")
    texts = {
        int(code, 16): bytes.fromhex(told.decode()).decode("utf-16-be")
        for block in _TABLE.findall(table)
        for code, told in _TOLD.findall(block)
    }
    first = int(font.FirstChar)
    widths = {first + at: float(width) / 1000 for at, width in enumerate(font.Widths)}
    return _Face(texts, widths)


class _Sheet:
    """One page while it is read; `said` is its text so far."""

    def __init__(self, named: Mapping[bytes, _Face], pictures: AbstractSet[bytes]) -> None:
        self.said: list[str] = []
        self._named = named
        self._pictures = pictures
        self._face: _Face | None = None
        self._size = self._between = 0.0
        self._stretch = self._across = 1.0
        self._kept: list[tuple[_Face | None, float, float, float]] = []
        self._line = self._at = (0.0, 0.0)
        self._end: tuple[float, float] | None = None
        self._known: Mapping[bytes, Callable[[Sequence[bytes]], None]] = {
            b"BT": self._begin,
            b"ET": self._nothing,
            b"q": self._keep,
            b"Q": self._give_back,
            b"cm": self._turn,
            b"Do": self._draw,
            b"Tf": self._choose,
            b"Td": self._move,
            b"Tm": self._place,
            b"Tz": self._widen,
            b"Tc": self._space,
            b"Tj": self._show,
            b"TJ": self._show_spaced,
        }

    def read(self, content: bytes) -> None:
        """Read one page's content; raises Unfamiliar, or what a wrong operand raises."""
        given: list[bytes] = []
        known = self._known
        for token in _TOKEN.findall(content):
            if token[0] in _OPERANDS:
                given.append(token)
                continue
            if token not in _QUIET:
                act = known.get(token)
                if act is None:
                    raise Unfamiliar(token.decode("latin-1"))
                act(given)
            given.clear()

    def _nothing(self, _given: Sequence[bytes]) -> None:
        pass

    def _keep(self, _given: Sequence[bytes]) -> None:
        self._kept.append((self._face, self._size, self._between, self._stretch))

    def _give_back(self, _given: Sequence[bytes]) -> None:
        self._face, self._size, self._between, self._stretch = self._kept.pop()

    def _turn(self, given: Sequence[bytes]) -> None:
        # Only runs are measured by it: what is written under another matrix begins a new one.
        _, _, _, _, _, _ = map(float, given)
        self._end = None

    def _draw(self, given: Sequence[bytes]) -> None:
        (name,) = given
        if name not in self._pictures:
            raise Unfamiliar(name.decode("latin-1"))

    def _begin(self, _given: Sequence[bytes]) -> None:
        self._line = self._at = (0.0, 0.0)
        self._across = 1.0

    def _choose(self, given: Sequence[bytes]) -> None:
        name, size = given
        self._face, self._size = self._named[name], float(size)

    def _move(self, given: Sequence[bytes]) -> None:
        right, up = given
        self._line = self._at = self._line[0] + float(right), self._line[1] + float(up)

    def _place(self, given: Sequence[bytes]) -> None:
        across, _, _, _, right, up = map(float, given)
        self._line = self._at = right, up
        self._across = across

    def _widen(self, given: Sequence[bytes]) -> None:
        (percent,) = given
        self._stretch = float(percent) / 100

    def _space(self, given: Sequence[bytes]) -> None:
        (between,) = given
        self._between = float(between)

    def _show(self, given: Sequence[bytes]) -> None:
        (codes,) = given
        self._say([(codes[1:-1], b"")])

    def _show_spaced(self, given: Sequence[bytes]) -> None:
        (array,) = given
        self._say(_SPACED.findall(array))

    def _say(self, pieces: Sequence[tuple[bytes, bytes]]) -> None:
        if self._face is None:
            raise Unfamiliar("text without a font")
        if not self._goes_on():
            self.said.append("\n")
        width = 0.0
        for codes, back in pieces:
            if back:
                width -= float(back) / 1000
                continue
            text, wide = self._face.read(bytes.fromhex(codes.decode()))
            self.said.append(text)
            width += wide + self._between / self._size * len(text)
        width *= self._size * self._stretch * self._across
        self._end = self._at = self._at[0] + width, self._at[1]

    def _goes_on(self) -> bool:
        """Return whether what comes now stands right behind what came last, in the same line."""
        if self._end is None:
            return False
        near = _NEAR * self._size
        return all(abs(now - then) <= near for now, then in zip(self._at, self._end, strict=True))
