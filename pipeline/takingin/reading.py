"""Reading: each file looked at once: known already, refused, or ready to be taken in (核验)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.digests import sha256
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import ChildLost
from archive.filetypes import TypeRefused, type_of
from archive.instruments import Instrument
from archive.takingin import KIND
from pipeline.takingin.describing import ReadFile
from pipeline.takingin.scouting import Unreadable, content_of
from pipeline.wiring import Workplace

_ALLOWED: Final = timedelta(seconds=60)


class FileRefused(Exception):
    """A file is not taken in; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of a digest: where it stands, and with which accession it came."""

    reference_code: str
    accession: str


class Doubled(Exception):
    """The same bytes stand in the register already, or came earlier in this run."""

    def __init__(self, where: str, accession: str, reference_code: str) -> None:
        super().__init__(where)
        self.accession = accession
        self.reference_code = reference_code


def known_digests(session: Session) -> dict[str, Known]:
    """Return every digest the register knows: files of all records, and those once taken in."""
    known = {
        digest: Known("", "")
        for digest in session.scalars(
            select(Instrument.source_sha256).where(Instrument.kind == KIND)
        )
    }
    files = (
        select(Rendition.sha256, Record.reference_code)
        .join(Record, Record.id == Rendition.record_id)
        .where(Rendition.role != "text")
    )
    known |= {digest: Known(code, "") for digest, code in session.execute(files)}
    taken = select(Record.source_sha256, Record.reference_code, Record.description)
    for digest, code, about in session.execute(
        taken.join(Dossier).where(Record.kind == KIND, Dossier.destroyed_at.is_(None))
    ):
        known[digest] = Known(code, about["accession"]["number"])
    return known


@dataclass(slots=True)
class Reader:
    """Reads files below `folder`; `met` are those of this run by digest."""

    workplace: Workplace
    folder: Path
    known: dict[str, Known]
    met: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> ReadFile:
        """Return the file at `path`; raises FileRefused, Doubled."""
        try:
            content = content_of(self.folder, path)
            kind = type_of(content)
        except (Unreadable, TypeRefused) as error:
            raise FileRefused(str(error)) from error
        digest = sha256(content)
        self._refuse_doubled(digest, path)
        try:
            found = self.workplace.confined.ask("read", content, allowed=_ALLOWED).told
        except ChildLost as error:
            raise FileRefused("读取没有在限时、限量内完成，文件可能有害；请重新导出") from error
        if found["problem"] is not None:
            raise FileRefused(str(found["problem"]))
        self.met[digest] = path
        return ReadFile(path, content, digest, kind, found)

    def _refuse_doubled(self, digest: str, path: str) -> None:
        known = self.known.get(digest)
        if known is not None:
            where = (
                f"已在档案中（{known.reference_code}）"
                if known.reference_code
                else ("曾经接收，案卷已销毁")
            )
            if known.accession:
                where += f"，接收号 {known.accession}"
            raise Doubled(where, known.accession, known.reference_code)
        if digest in self.met and self.met[digest] != path:
            raise Doubled(f"与“{self.met[digest]}”内容完全相同", "", "")
