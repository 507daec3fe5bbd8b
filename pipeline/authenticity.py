"""Authenticity: whether a file or a paper is what this firm filed, and what it is worth (验真)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.copying import CopyKind, CopyMark, derive
from archive.countersigning import COUNTERSIGNED
from archive.dossiers import Record, Rendition
from archive.errors import ArchiveError, ChildLost, CopyRefused
from archive.instruments import Instrument, InstrumentState
from archive.numbering import Number
from archive.seals import SealUse
from archive.takingin import KIND as TAKEN_IN
from archive.takingin import ORIGINAL
from pipeline.marks import destroyed_by
from pipeline.papers.kinds import word_of
from pipeline.wiring import Workplace

_ALLOWED: Final = timedelta(seconds=120)
_MOST_BYTES: Final = 64 * 1024 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{16,64}")
_AMENDABLE: Final = ("contract", "change")
_BESIDE: Final = "这是随该文书归档的材料，没有盖章；是否有效以已盖章的文书为准"
_TAKEN_IN: Final = "这是整批接收的原件，与归档的完全一致；是否有效，登记中没有记录"
_IN_FORCE: Final = frozenset({InstrumentState.SEALED, InstrumentState.FILED})


class Standing(StrEnum):
    """What a paper is worth today."""

    GENUINE = "真实有效"
    VOID = "已作废"
    SUPERSEDED = "已被取代"
    UNKNOWN = "未知"


class Identity(StrEnum):
    """What a file is to this firm."""

    FILED = "与归档件完全一致"
    COUNTERSIGNED = "与归卷的签署件（双方签署的原件）完全一致"
    BESIDE = "与随文书归档的材料完全一致（不是已盖章的文书本身）"
    SEALED = "与已用印文件完全一致（尚未归档）"
    CONTINUED = "归档件原文之后有增补（如对方签名）"
    COPY = "由归档件派生的副本"
    ALTERED = "自称本公司文件，但与归档件不一致"
    UNKNOWN = "不是本公司登记的文件"


_THEMSELVES: Final = dict.fromkeys(("sealed", ORIGINAL), Identity.FILED) | {
    COUNTERSIGNED: Identity.COUNTERSIGNED
}
"""By role: what the files are that are the paper itself; others were filed beside it."""


@dataclass(frozen=True, slots=True)
class PaperVerdict:
    """What a number and a digest are answered; `reason` says in Chinese why."""

    standing: Standing
    reason: str
    number: str
    title: str | None = None
    filed_at: str | None = None
    amended_by: tuple[str, ...] = ()
    """The papers in force that changed or ended what this one says, in their order."""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What a file is: to the register, and by its own signatures (as `examination` tells)."""

    path: Path
    sha256: str
    identity: Identity
    paper: PaperVerdict | None
    copy: str | None
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def is_damaged(self) -> bool:
        """Whether it was changed after it was sealed or signed."""
        broken = any(not one["intact"] or not one["permitted"] for one in self._signatures)
        return self.identity is Identity.ALTERED or broken

    @property
    def is_confirmed(self) -> bool:
        """Whether it may be relied on: ours and in force, or signed by somebody trusted."""
        if self.is_damaged or self.found.get("problem"):
            return False
        trusted = bool(self._signatures) and all(one["trusted"] for one in self._signatures)
        if self.paper is None:
            return trusted
        added = self.identity is Identity.CONTINUED
        return self.paper.standing is Standing.GENUINE and (trusted or not added)

    @property
    def _signatures(self) -> list[dict[str, Any]]:
        signatures: list[dict[str, Any]] = self.found.get("signatures", [])
        return signatures


def check_paper(workplace: Workplace, number: str, digest: str) -> PaperVerdict:
    """Return what a paper with this number and digest is worth.

    The digest is that of the approved terms, as the QR code says it, or the sealed file's;
    its first 16 digits are enough.
    """
    with workplace.register.read.begin() as session:
        return _paper(session, number, digest.strip().lower())


def check_file(workplace: Workplace, path: Path) -> FileVerdict:
    """Return what the file at `path` is; whatever it holds, it is read by a child alone."""
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        problem = f"文件超过 {_MOST_BYTES // 1024 // 1024} MiB"
        return FileVerdict(path, "", Identity.UNKNOWN, None, None, {"problem": problem})
    digest = hashlib.sha256(content).hexdigest()
    try:
        asked = (content, workplace.trust)
        found = workplace.confined.ask("examine", asked, allowed=_ALLOWED).told
    except ChildLost as error:
        found = {"problem": f"检验进程未能完成：{error}", "signatures": []}
    with workplace.register.read.begin() as session:
        known = _identical(session, digest)
        if known is not None:
            identity, paper = known
            told = _worth(session, paper)
            if paper.kind == TAKEN_IN:
                told = replace(told, standing=Standing.UNKNOWN, reason=_TAKEN_IN)
            elif identity is Identity.BESIDE:
                told = replace(told, standing=Standing.UNKNOWN, reason=_BESIDE)
            return FileVerdict(path, digest, identity, told, None, found)
        claimed = _claimed(session, found)
        worth = _worth(session, claimed[0]) if claimed else None
        ended = destroyed_by(session, claimed[0]) if claimed else None
    if claimed is None:
        return _stranger(path, digest, found)
    if ended is not None:
        reason = f"编号在册，但案卷已依 {ended} 销毁，本文件与登记的摘要不同，无从核对"
        unknown = PaperVerdict(Standing.UNKNOWN, reason, str(found.get("number")))
        return FileVerdict(path, digest, Identity.UNKNOWN, unknown, None, found)
    identity, copy = _related(workplace, content, found, claimed[1])
    if worth is not None:
        worth = _as_related(worth, identity)
    if copy == CopyKind.VOID.value and worth is not None:
        reason = "这是标明作废的副本"
        worth = replace(worth, standing=Standing.VOID, reason=reason)
    return FileVerdict(path, digest, identity, worth, copy, found)


def _stranger(path: Path, digest: str, found: dict[str, Any]) -> FileVerdict:
    """Return a file the register does not know, though it may say it is ours."""
    number = found.get("number")
    if number is None:
        return FileVerdict(path, digest, Identity.UNKNOWN, None, None, found)
    paper = PaperVerdict(Standing.UNKNOWN, f"登记中没有编号 {number}", number)
    return FileVerdict(path, digest, Identity.UNKNOWN, paper, None, found)


def _identical(session: Session, digest: str) -> tuple[Identity, Instrument] | None:
    filed = session.execute(
        select(Instrument, Rendition.role)
        .join(Record, Record.source_sha256 == Instrument.source_sha256)
        .join(Rendition, Rendition.record_id == Record.id)
        .where(Rendition.sha256 == digest)
        .order_by(Rendition.role.not_in(_THEMSELVES))
    ).first()
    if filed is not None:
        paper, role = filed
        return _THEMSELVES.get(role, Identity.BESIDE), paper
    sealed = session.scalars(
        select(Instrument)
        .join(SealUse, SealUse.instrument_id == Instrument.id)
        .where(SealUse.sealed_sha256 == digest)
    ).first()
    return None if sealed is None else (Identity.SEALED, sealed)


def _claimed(session: Session, found: dict[str, Any]) -> tuple[Instrument, Rendition | None] | None:
    """Return the paper whose number the file carries, with its sealed file on the shelf."""
    number = found.get("number")
    if number is None:
        return None
    paper = session.scalars(select(Instrument).where(Instrument.number == number)).first()
    if paper is None:
        return None
    rendition = session.scalars(
        select(Rendition)
        .join(Record, Record.id == Rendition.record_id)
        .where(Record.source_sha256 == paper.source_sha256, Rendition.role == "sealed")
    ).first()
    return paper, rendition


def _related(
    workplace: Workplace, content: bytes, found: dict[str, Any], rendition: Rendition | None
) -> tuple[Identity, str | None]:
    """Return how the file comes from the filed one: it is made again and compared."""
    if rendition is None:
        return Identity.ALTERED, None
    sealed = workplace.store.read_path(rendition.path, rendition.sha256)
    if content.startswith(sealed):
        added = _added(workplace, sealed, content)
        found["added"] = added["change"]
        return (Identity.CONTINUED if added["permitted"] else Identity.ALTERED), None
    said = found.get("derived")
    if said is not None and said["source_sha256"] == rendition.sha256:
        mark = CopyMark(CopyKind(said["as"]), said["nth"], said["of"])
        try:
            if derive(sealed, mark) == content:
                return Identity.COPY, mark.text
        except (CopyRefused, ArchiveError):
            return Identity.ALTERED, None
    return Identity.ALTERED, None


def _added(workplace: Workplace, sealed: bytes, content: bytes) -> dict[str, Any]:
    """Return what was put behind the sealed file; what nobody can say is not permitted."""
    try:
        return workplace.confined.ask("continue", (sealed, content), allowed=_ALLOWED).told
    except ChildLost as error:
        return {"permitted": False, "change": f"归档件之后的增补无法核对：{error}"}


def _as_related(worth: PaperVerdict, identity: Identity) -> PaperVerdict:
    """Return what the number is worth to this file: nothing, where the file is another."""
    if worth.standing is not Standing.GENUINE:
        return worth
    if identity is Identity.ALTERED:
        reason = f"编号 {worth.number} 在册，但本文件不是归档的那一份，或内容被改动"
        return replace(worth, standing=Standing.UNKNOWN, reason=reason)
    if identity is Identity.CONTINUED:
        return replace(worth, reason="登记在册；归档件原文未变，其后只有增补的签名或说明信息")
    return worth


def _paper(session: Session, number: str, digest: str) -> PaperVerdict:
    paper = session.scalars(select(Instrument).where(Instrument.number == number)).first()
    if paper is None:
        return PaperVerdict(Standing.UNKNOWN, f"登记中没有编号 {number}", number)
    if not _DIGEST.fullmatch(digest):
        return PaperVerdict(Standing.UNKNOWN, "摘要应为 16 至 64 位十六进制数字", number)
    sealed = session.scalars(
        select(SealUse.sealed_sha256).where(SealUse.instrument_id == paper.id)
    ).all()
    if not any(each.startswith(digest) for each in (paper.terms_digest or "", *sealed)):
        reason = f"编号 {number} 在册，但摘要不符：不是登记的这份文书，或内容被改动"
        return PaperVerdict(Standing.UNKNOWN, reason, number)
    return _worth(session, paper)


def _worth(session: Session, paper: Instrument) -> PaperVerdict:
    number = paper.number or ""
    filed_at = paper.filed_at.isoformat(timespec="seconds") if paper.filed_at else None
    held = session.scalars(select(Number).where(Number.text == number)).first()
    standing, reason = Standing.UNKNOWN, "文书尚未用印"
    if paper.state is InstrumentState.SUPERSEDED:
        standing, reason = Standing.SUPERSEDED, paper.reason or "订单有新版"
    elif held is not None and held.voided_at is not None:
        standing, reason = Standing.VOID, held.void_reason or "编号已作废"
    elif paper.state in _IN_FORCE:
        standing, reason = Standing.GENUINE, "登记在册，编号和摘要相符"
        if ended := destroyed_by(session, paper):
            reason += f"；案卷已依 {ended} 销毁，只能凭摘要核对"
    amended_by = _amended_by(session, paper) if standing is Standing.GENUINE else ()
    is_its = Record.source_sha256 == paper.source_sha256
    code = session.scalars(select(Record.reference_code).where(is_its)).first()
    return PaperVerdict(standing, reason, number, paper.title, filed_at, amended_by, code)


def _amended_by(session: Session, paper: Instrument) -> tuple[str, ...]:
    """Return what was sealed since on the same contract and says another thing than `paper`."""
    if paper.kind not in _AMENDABLE:
        return ()
    since = paper.round if paper.kind == "change" else 0
    later = session.scalars(
        select(Instrument)
        .where(
            Instrument.order_no == paper.order_no,
            Instrument.state.in_(_IN_FORCE),
            ((Instrument.kind == "change") & (Instrument.round > since))
            | (Instrument.kind == "termination"),
        )
        .order_by(Instrument.sealed_at, Instrument.id)
    )
    return tuple(f"{word_of(each.kind)} {each.number}" for each in later)
