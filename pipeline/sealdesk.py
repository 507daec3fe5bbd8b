"""Seal desk: registering seals, changing them, taking over plain ones, looking after them all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from archive import sealbook
from archive.errors import ArchiveError, EventConflict, EventDamaged, SealRefused
from archive.plainseals import plain_seals
from archive.sealbook import SealChange
from archive.sealcase import Seal, SealState, unfit_code
from archive.sealimages import examined_image
from archive.sealpowers import SealPowers
from archive.sealvault import SealKey, lock, unlock
from pipeline.auditing import witness_home
from pipeline.home import Home
from pipeline.keeping import keep
from pipeline.sealopening import image_file, journal_file, open_seal
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of one plain seal; `refused` says why it was left as it is."""

    code: str
    refused: str | None


def register_seal(workplace: Workplace, seal: Seal, image: Path, *, by: str) -> SealChange:
    """Examine the image in the file `image`, encrypt it and register `seal` with it.

    Raises SealRefused with all that is wrong with either.
    """
    workplace.seal_rules.powers.assert_manager(by)
    try:
        content = image.read_bytes()
    except OSError as error:
        raise SealRefused(f"读不到印章图像 {image}（{error.strerror}）") from error
    pdf = examined_image(image.name, content, width_mm=seal.width_mm, height_mm=seal.height_mm)
    if unknown := [kind for kind in seal.papers if kind not in workplace.seal_rules.papers]:
        known = "、".join(workplace.seal_rules.papers)
        raise SealRefused(f"用印规则中没有文种 {unknown[0]}；可用：{known}")
    return enrol_image(workplace, seal, pdf, powers=workplace.seal_rules.powers, by=by)


def enrol_image(
    workplace: Workplace, seal: Seal, pdf: bytes, *, powers: SealPowers, by: str
) -> SealChange:
    """Keep `pdf` encrypted and register `seal` with it; the key must be there first."""
    key, home = workplace.seal_key, workplace.home
    named = replace(seal, image_sha256=hashlib.sha256(pdf).hexdigest(), pdf=b"")
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        change = sealbook.enrol(session, powers, named, by=by, at=at)
        _keep_image(home, key, named, pdf)
        _keep_journal(home, session, seal.code)
    witness_home(workplace)
    return change


def change_state(
    workplace: Workplace, code: str, state: SealState, *, by: str, reason: str, second: str | None
) -> SealChange:
    """Change the state of a seal; a destroyed one's image is removed once that is registered."""
    at, powers = workplace.clock(), workplace.seal_rules.powers

    def act(session: Session) -> SealChange:
        return sealbook.change_state(
            session, powers, code, state, by=by, reason=reason, second=second, at=at
        )

    change = _acted(workplace, code, act)
    if state is SealState.DESTROYED:
        image_file(workplace.home, code).unlink(missing_ok=True)
    return change


def hand_over(
    workplace: Workplace, code: str, keepers: tuple[str, ...], *, by: str, reason: str
) -> SealChange:
    """Give a seal to other keepers."""
    at, powers = workplace.clock(), workplace.seal_rules.powers

    def act(session: Session) -> SealChange:
        return sealbook.hand_over(session, powers, code, keepers, by=by, reason=reason, at=at)

    return _acted(workplace, code, act)


def preview(workplace: Workplace, code: str, *, by: str, reason: str) -> bytes:
    """Return a small picture of a seal marked 样张, and write down who looked at it.

    Raises SealRefused for who neither manages nor keeps the seal.
    """
    from archive.sealpreview import preview_of  # noqa: PLC0415 - draws in a child

    with workplace.register.read.begin() as session:
        seal = sealbook.standing(session, code)
    if not seal.is_kept_by(by):
        workplace.seal_rules.powers.assert_manager(by)
    picture = preview_of(open_seal(workplace, seal))
    at = workplace.clock()

    def act(session: Session) -> SealChange:
        return sealbook.note(
            session, code, act="seal:previewed", by=by, reason=reason or "查看样张", at=at
        )

    _acted(workplace, code, act)
    return picture


def take_over(workplace: Workplace, *, powers: SealPowers, by: str) -> tuple[TakenOver, ...]:
    """Encrypt and register the plain seals in seals/; each is removed once its image opens again.

    An image that would be refused today is left where it is, with the reason.
    """
    taken = []
    for seal in plain_seals(workplace.home.seals):
        try:
            if seal.state is not SealState.DESTROYED:
                examined_image(
                    f"{seal.code}.pdf", seal.pdf, width_mm=seal.width_mm, height_mm=seal.height_mm
                )
            _take_over(workplace, seal, powers, by)
        except SealRefused as error:
            taken.append(TakenOver(seal.code, str(error)))
        else:
            taken.append(TakenOver(seal.code, None))
    return tuple(taken)


def restore_seals(session: Session, home: Home) -> list[str]:
    """Write every kept history of a seal into the register; return those that cannot be, why."""
    problems = []
    for path in sorted(home.seals.glob("*.jsonl")):
        try:
            sealbook.restore(session, path.stem, path.read_bytes())
        except (EventDamaged, EventConflict) as error:
            problems.append(f"印章 {path.stem} 的台账文件不能采用，该印章不得使用：{error}")
    return problems


def seal_problems(workplace: Workplace, *, opens: bool) -> list[str]:
    """Return, in Chinese, where register, histories and images of the seals disagree.

    With `opens` every image is opened with the key as well.
    """
    problems = []
    with workplace.register.read.begin() as session:
        seals = sealbook.all_seals(session)
        for seal in seals:
            path = journal_file(workplace.home, seal.code)
            content = path.read_bytes() if path.is_file() else None
            problems += sealbook.differences(session, seal.code, content)
    known = {seal.code for seal in seals}
    for path in sorted(workplace.home.seals.glob("*.jsonl")):
        if path.stem not in known:
            problems.append(f"印章 {path.stem} 有台账文件，登记库中没有")
    for seal in seals:
        if seal.state is SealState.DESTROYED:
            continue
        if not image_file(workplace.home, seal.code).is_file():
            problems.append(f"印章 {seal.code} 的加密图像缺失")
        elif opens:
            try:
                open_seal(workplace, seal)
            except ArchiveError as error:
                problems.append(str(error))
    return problems


def _take_over(workplace: Workplace, seal: Seal, powers: SealPowers, by: str) -> None:
    home, folder = workplace.home, workplace.home.seals
    known = {each.code: each for each in _registered(workplace)}
    if known.get(seal.code, seal).image_sha256 != seal.image_sha256:
        raise SealRefused(f"印章编号 {seal.code} 已登记过另一图样，请改编号")
    if seal.code not in known:
        enrol_image(workplace, seal, seal.pdf, powers=powers, by=by)
    if seal.state is not SealState.DESTROYED:
        locked = image_file(home, seal.code).read_bytes()
        unlock(workplace.seal_key, seal.code, seal.image_sha256, locked)
        for path in folder.glob("*.pdf"):
            if hashlib.sha256(path.read_bytes()).hexdigest() == seal.image_sha256:
                path.unlink()
    (folder / f"{seal.code}.toml").unlink()


def _registered(workplace: Workplace) -> tuple[Seal, ...]:
    with workplace.register.read.begin() as session:
        return sealbook.all_seals(session)


def _acted(workplace: Workplace, code: str, act: Callable[[Session], SealChange]) -> SealChange:
    """Do `act` in one transaction; the kept history is written before it ends."""
    if problem := unfit_code(code):
        raise SealRefused(problem)
    with workplace.register.write.begin() as session:
        path = journal_file(workplace.home, code)
        if path.is_file():
            sealbook.restore(session, code, path.read_bytes())
        change = act(session)
        _keep_journal(workplace.home, session, code)
    witness_home(workplace)
    return change


def _keep_journal(home: Home, session: Session, code: str) -> None:
    path = journal_file(home, code)
    keep(path.parent, path.name, sealbook.journal(session, code))


def _keep_image(home: Home, key: SealKey, seal: Seal, pdf: bytes) -> None:
    if seal.state is SealState.DESTROYED:
        return
    path = image_file(home, seal.code)
    keep(path.parent, path.name, lock(key, seal.code, pdf))
