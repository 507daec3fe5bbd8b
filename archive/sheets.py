"""Sheets: the pages of a PDF as paper to draw on, above what stands there already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pikepdf

from archive.errors import StampRefused
from archive.pageframe import Matrix, PageFrame, frame_of
from archive.sealform import seal_form

_MULTIPLY: Final = "GDMultiply"
_SEAL: Final = "GDSeal"
_WITHIN: Final = 0.01


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle on the visible page, in points from its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def is_within(self, width: float, height: float) -> bool:
        """Whether it lies wholly on a page of that size."""
        return (
            self.x >= -_WITHIN
            and self.y >= -_WITHIN
            and self.x + self.width <= width + _WITHIN
            and self.y + self.height <= height + _WITHIN
        )

    def overlaps(self, other: Rectangle) -> bool:
        """Whether both cover some of the same paper."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class Sheets:
    """Collects what is drawn on each page and writes it in `finish`.

    What is drawn multiplies with the page, so that text under a seal stays legible, and is
    marked as an artifact, so that no reader takes it for text.
    """

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._pages = [page.obj for page in document.pages]
        self.frames = tuple(frame_of(page) for page in self._pages)
        self._drawn: list[list[str]] = [[] for _ in self._pages]
        self._forms: dict[str, pikepdf.Object] = {}
        self._boxes: dict[str, PageFrame] = {}
        self._names: dict[str, str] = {}

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def destination(self, name: str) -> tuple[int, float, float]:
        """Return the page (0-based) and the visible point of a named destination."""
        target = self._destinations.get(name)
        if isinstance(target, pikepdf.Dictionary):
            target = target.get("/D")
        if target is None:
            raise StampRefused(f"文件中没有盖章位置“{name}”，请检查模板中的书签")
        page = next((n for n, page in enumerate(self._pages) if _is_same(page, target[0])), None)
        if page is None or str(target[1]) != "/XYZ" or None in (target[2], target[3]):
            raise StampRefused(f"盖章位置“{name}”没有指明页面上的一点，请检查模板中的书签")
        x, y = self.frames[page].seen_at(float(target[2]), float(target[3]))
        return page, x, y

    def seal(self, name: str, pdf: bytes) -> str:
        """Return the name the seal is drawn by; the same seal is embedded once."""
        digest = hashlib.sha256(pdf).hexdigest()
        if digest not in self._names:
            form, frame = seal_form(self._document, name, pdf)
            self._add(f"{_SEAL}{len(self._names)}", form, frame)
            self._names[digest] = f"{_SEAL}{len(self._names)}"
        return self._names[digest]

    def mark(self, name: str, drawing: bytes, width: float, height: float) -> str:
        """Return `name`, by which a drawing of paths from 0, 0 to `width`, `height` is drawn."""
        form = pikepdf.Stream(
            self._document,
            drawing,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, round(width, 3), round(height, 3)]),
            Resources=pikepdf.Dictionary(),
        )
        self._add(name, self._document.make_indirect(form), PageFrame(0, 0, width, height))
        return name

    def draw(self, page: int, name: str, target: Rectangle, clip: Rectangle | None = None) -> None:
        """Draw the form `name` over `target` on `page`, showing of it what is within `clip`."""
        box = self._boxes[name]
        across, up = target.width / box.width, target.height / box.height
        matrix = (across, 0, 0, up, target.x - box.left * across, target.y - box.bottom * up)
        shown = (
            "" if clip is None else f"{_numbers(clip.x, clip.y, clip.width, clip.height)} re W n "
        )
        self._drawn[page].append(f"q /{_MULTIPLY} gs {shown}{_matrix(matrix)} /{name} Do Q")

    def finish(self) -> None:
        """Write what was drawn into the pages."""
        state = self._document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, BM=pikepdf.Name.Multiply)
        )
        before = self._document.make_stream(b"q\n")
        for page, frame, drawn in zip(self._pages, self.frames, self._drawn, strict=True):
            if not drawn:
                continue
            after = "\n".join(
                ["Q", "/Artifact BMC", f"q {_matrix(frame.matrix)}", *drawn, "Q", "EMC", ""]
            )
            contents = page.get("/Contents", pikepdf.Array())
            page["/Contents"] = pikepdf.Array(
                [
                    before,
                    *(contents if isinstance(contents, pikepdf.Array) else [contents]),
                    self._document.make_stream(after.encode()),
                ]
            )
            self._provide(page, state)

    def _add(self, name: str, form: pikepdf.Object, frame: PageFrame) -> None:
        self._forms[name] = form
        self._boxes[name] = frame

    def _provide(self, page: Any, state: pikepdf.Object) -> None:
        resources = pikepdf.Page(page).resources
        for kind, things in (("/XObject", self._forms), ("/ExtGState", {_MULTIPLY: state})):
            shelf = resources.get(kind)
            if shelf is None:
                resources[kind] = shelf = pikepdf.Dictionary()
            for name, thing in things.items():
                shelf[f"/{name}"] = thing

    @cached_property
    def _destinations(self) -> dict[str, Any]:
        root = self._document.Root
        found = {str(key)[1:]: value for key, value in root.get("/Dests", {}).items()}
        tree = root.get("/Names", pikepdf.Dictionary()).get("/Dests")
        if tree is not None:
            found |= {str(key): value for key, value in pikepdf.NameTree(tree).items()}
        return found


def _is_same(page: Any, other: Any) -> bool:
    return bool(page.objgen == other.objgen)


def _matrix(matrix: Matrix) -> str:
    return f"{_numbers(*matrix)} cm"


def _numbers(*values: float) -> str:
    """Return `values` with at most six places: PDF knows no exponents."""
    return " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values)
