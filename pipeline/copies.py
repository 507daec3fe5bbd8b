"""Copies: marked copies of a filed paper, made for people, each written into its history."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.copying import CopyKind, CopyMark, derive
from archive.dossiers import Record, Rendition
from archive.errors import CopyRefused
from archive.instruments import Instrument
from archive.seals import SealUse
from pipeline.keeping import sync_folder
from pipeline.marks import destroyed_by
from pipeline.naming import find_instrument
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy as it was written."""

    number: str
    text: str
    path: Path
    sha256: str
    source_sha256: str


@dataclass(frozen=True, slots=True)
class _Filed:
    instrument: Instrument
    rendition: Rendition
    originals: int


def make_copies(
    workplace: Workplace,
    name: str,
    kind: CopyKind,
    *,
    nth: int | None,
    of: int | None,
    out: Path,
    by: str,
) -> tuple[Copied, ...]:
    """Write copies of the filed paper `name` to `out` and return them.

    One copy, or without `nth` all `of` them, each under its own name. Of originals there are
    as many as were sealed. The sealed file is read, proved by its digest, and never opened
    for writing; nothing that stands at `out` is written over. Raises CopyRefused.
    """
    with workplace.register.read.begin() as session:
        filed = _filed(session, name)
    marks = _marks(kind, nth, of, filed)
    paths = _paths(out, marks)
    _refuse_places(workplace, paths)
    sealed = workplace.store.read_path(filed.rendition.path, filed.rendition.sha256)
    made = [(mark, path, derive(sealed, mark)) for mark, path in zip(marks, paths, strict=True)]
    copied = []
    for mark, path, content in made:
        _write_new(path, content)
        one = Copied(
            number=filed.instrument.number or "",
            text=mark.text,
            path=path,
            sha256=hashlib.sha256(content).hexdigest(),
            source_sha256=filed.rendition.sha256,
        )
        _note(workplace, filed.instrument, one, by)
        copied.append(one)
    return tuple(copied)


def _filed(session: Session, name: str) -> _Filed:
    instrument = find_instrument(session, name)
    if instrument is None:
        raise CopyRefused(f"没有编号、档号或订单号为 {name} 的文书")
    rendition = session.scalars(
        select(Rendition)
        .join(Record, Record.id == Rendition.record_id)
        .where(Record.source_sha256 == instrument.source_sha256, Rendition.role == "sealed")
    ).first()
    if (ended := destroyed_by(session, instrument)) is not None:
        raise CopyRefused(f"{instrument.number} 的案卷已依 {ended} 销毁，没有可制作副本的文件")
    if rendition is None:
        raise CopyRefused(f"{instrument.number or name} 尚未归档，没有可制作副本的已盖章文件")
    originals = session.scalars(
        select(SealUse.copies).where(SealUse.instrument_id == instrument.id)
    ).first()
    return _Filed(instrument, rendition, originals or 1)


def _marks(kind: CopyKind, nth: int | None, of: int | None, filed: _Filed) -> list[CopyMark]:
    if kind is CopyKind.VOID:
        return [CopyMark(kind, nth or 0, of or 0).checked()]
    total = filed.originals if kind is CopyKind.ORIGINAL else of or nth or 1
    if kind is CopyKind.ORIGINAL and of not in {None, total}:
        raise CopyRefused(f"正本共 {total} 份（按用印登记），不能制作共 {of} 份")
    places = range(1, total + 1) if nth is None else (nth,)
    return [CopyMark(kind, place, total).checked() for place in places]


def _paths(out: Path, marks: list[CopyMark]) -> list[Path]:
    if len(marks) == 1:
        return [out]
    return [out.with_name(f"{out.stem}-第{mark.nth}份{out.suffix}") for mark in marks]


def _refuse_places(workplace: Workplace, paths: list[Path]) -> None:
    root = workplace.home.archive.resolve()
    for path in paths:
        if path.resolve().is_relative_to(root):
            raise CopyRefused("副本不得写入档案库，请另选位置")
        if path.exists() or path.is_symlink():
            raise CopyRefused(f"{path} 已存在；副本不覆盖任何文件，请另取文件名")


def _write_new(path: Path, content: bytes) -> None:
    """Write the new file `path` whole, or leave nothing there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except FileExistsError as error:
        raise CopyRefused(f"{path} 已存在；副本不覆盖任何文件，请另取文件名") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        raise
    sync_folder(path.parent)


def _note(workplace: Workplace, instrument: Instrument, copied: Copied, by: str) -> None:
    with workplace.register.write.begin() as session:
        events.append(
            session,
            chain=instrument.chain,
            at=workplace.clock(),
            actor=by,
            action=f"{instrument.kind}:copied",
            subject=copied.sha256,
            details={
                "number": copied.number,
                "as": copied.text,
                "source_sha256": copied.source_sha256,
            },
        )
