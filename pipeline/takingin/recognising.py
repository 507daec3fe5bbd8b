"""Recognising: pictures of pages read letter by letter, beside the original (文字识别)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from archive.additions import Addition
from archive.countersigning import COUNTERSIGNED, COUNTERSIGNED_TEXT
from archive.custody import Act, enter
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import ChildLost, RetentionRefused
from archive.recognition import DPI, RecognitionFailed, engine, recognise
from archive.takingin import ORIGINAL, RECOGNISED
from pipeline.wiring import Workplace

ACTION: Final = "record:recognised"
_DRAW_ALLOWED: Final = timedelta(seconds=60)
_SOURCES: Final = (
    (ORIGINAL, "recognition", RECOGNISED),
    (COUNTERSIGNED, "countersigned_recognition", COUNTERSIGNED_TEXT),
)
"""Which file is read, what the description says of it, and where its text goes."""


@dataclass(slots=True)
class Recognised:
    """How many files were read, how many pages, and which could not be, with the reason."""

    files: int = 0
    pages: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Waiting:
    code: str
    dossier_id: int
    path: str
    sha256: str
    pages: int
    mark: str
    target: str


def waiting(workplace: Workplace) -> int:
    """Return how many files wait for it (未做文字识别)."""
    return len(_waiting(workplace))


def recognise_waiting(
    workplace: Workplace,
    *,
    actor: str,
    most: int | None = None,
    progress: Callable[[str, int], None] = lambda _code, _left: None,
) -> Recognised:
    """Read every file that waits, one after the other; a run that was broken off goes on.

    Raises RecognitionMissing where there is no engine. A file that cannot be read is marked
    so, is not tried again, and stops nobody.
    """
    engine()
    done = Recognised()
    queue = _waiting(workplace)[:most]
    for at, one in enumerate(queue):
        progress(one.code, len(queue) - at)
        try:
            texts = _texts(workplace, one)
            files = {one.target: (f"{one.target}.txt", "text/plain", "\f".join(texts).encode())}
            said = {one.mark: "done", f"{one.mark}_by": engine()}
            done.files += 1
            done.pages += len(texts)
        except (RecognitionFailed, ChildLost) as error:
            done.failed.append((one.code, str(error)))
            files, said = {}, {one.mark: "failed", f"{one.mark}_problem": str(error)}
        _enter(workplace, one, actor, Addition(one.code, files, said))
    return done


def _waiting(workplace: Workplace) -> list[_Waiting]:
    found = []
    with workplace.register.read.begin() as session:
        for role, mark, target in _SOURCES:
            query = (
                select(Record, Rendition)
                .join(Rendition, Rendition.record_id == Record.id)
                .join(Dossier, Dossier.id == Record.dossier_id)
                .where(
                    Rendition.role == role,
                    Record.description[mark].as_string() == "pending",
                    Dossier.destroyed_at.is_(None),
                )
                .order_by(Record.id)
            )
            for record, file in session.execute(query):
                pages = record.description.get("countersigned_pages", record.pages)
                found.append(
                    _Waiting(
                        record.reference_code,
                        record.dossier_id,
                        file.path,
                        file.sha256,
                        pages if role == COUNTERSIGNED else record.pages,
                        mark,
                        target,
                    )
                )
    return found


def _texts(workplace: Workplace, one: _Waiting) -> list[str]:
    content = workplace.store.read_path(one.path, one.sha256)
    texts = []
    for page in range(one.pages):
        drawn = workplace.confined.ask("picture", (content, page, DPI), allowed=_DRAW_ALLOWED)
        if drawn.told["problem"]:
            raise RecognitionFailed(f"第 {page + 1} 页画不出来")
        texts.append(recognise(drawn.made))
    return texts


def _enter(workplace: Workplace, one: _Waiting, actor: str, addition: Addition) -> None:
    at = workplace.clock()
    details = {"reference_code": one.code} | dict(addition.said)
    with workplace.register.write.begin() as session:
        row = session.get_one(Dossier, one.dossier_id)
        act = Act(ACTION, actor, at, details, additions=(addition,))
        try:
            enter(session, workplace.store, row, act)
        except RetentionRefused:
            if row.destroyed_at is None:
                raise
