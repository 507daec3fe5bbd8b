"""Filing: taking a submission into the archive, the moment it becomes a record (归档).

Three acts, in this order of effects; each may be run again, and a crash between two of them
is healed by running all of them again:

    reserve_place        register: the reference code, once per order and paper
    compose, put_on_shelf  bytes: the dossier's next version, which describes itself completely
    register_from_shelf  register: the rows, read from what stands on the shelf
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import numbering
from archive.carrying import as_row, carried_of
from archive.days import BUSINESS_ZONE
from archive.dossiers import Dossier, Record
from archive.errors import FilingRefused, ObjectMissing, ShelfOccupied
from archive.fileplan import FilePlan, Placement
from archive.instruments import Instrument
from archive.inventory import Inventory
from archive.joining import joined, lasting_id
from archive.numbering import Number, NumberingRules
from archive.referencecode import ReferenceCode
from archive.registering import register_dossier
from archive.shelved import Shelved
from archive.store import Store
from archive.submission import Composed, Place, Submission

__all__ = [
    "Composed",
    "Place",
    "Submission",
    "compose",
    "put_on_shelf",
    "register_from_shelf",
    "reserve_place",
    "standing_at",
]

_TRIES: Final = 5
"""How often another paper of the same dossier may come first while one is put."""


def reserve_place(
    session: Session,
    plan: FilePlan,
    rules: NumberingRules,
    submission: Submission,
    *,
    at: datetime,
) -> Place:
    """Return the place of `submission`, taking 案卷号 and 件号 the first time.

    A place once reserved stays, whatever the plan says later: bytes may stand there
    already. Raises FilingRefused (Chinese) where the plan has no place, or where a paper
    comes before the contract it belongs to.
    """
    placement = plan.place(submission.kind, submission.retention_class, submission.office)
    plan.check_secrecy(submission.secrecy)
    order_no = submission.order_no
    opened = session.scalars(select(Dossier).where(Dossier.order_no == order_no)).first()
    if opened is not None and opened.destroyed_at is not None:
        raise FilingRefused(
            f"订单 {order_no} 的案卷 {opened.code} 已依 {opened.destroyed_by} 销毁，不能再归入文书"
        )
    if opened is not None and submission.opens:
        _refuse_second(session, opened, submission)
    if opened is None and not submission.opens:
        raise FilingRefused(f"订单 {order_no} 的合同尚未归档，{placement.kind_name}不能先归")
    if opened is not None:
        code = ReferenceCode.parse(opened.code)
    else:
        code = _volume(session, rules, placement, submission, at)
    item = numbering.take(
        session,
        rules["item"],
        year=code.year,
        holder=_item_holder(submission.source_sha256),
        at=at,
        parts={"dossier": str(code)},
    )
    said = as_row(opened) if opened else _opening(code, placement, plan, submission, at)
    return Place(
        code=replace(code, item=item.value),
        kind_name=placement.kind_name,
        dossier=said,
        is_open=opened is not None,
    )


def _refuse_second(session: Session, opened: Dossier, submission: Submission) -> None:
    """Refuse to begin a dossier that another paper began."""
    first = session.scalars(
        select(Record).where(Record.dossier_id == opened.id).order_by(Record.item_no)
    ).first()
    if first is not None and first.source_sha256 != submission.source_sha256:
        raise FilingRefused(
            f"订单 {submission.order_no} 的{first.title}（{first.number}）已归档，不能再归一份；"
            "内容有变的，请办理变更协议"
        )


def compose(
    session: Session,
    place: Place,
    submission: Submission,
    *,
    instrument_id: int,
    at: datetime,
    actor: str = "guidang",
) -> Composed:
    """Return `submission` with everything the register knows of its order, for the shelf."""
    if place.dossier["order_no"] != submission.order_no:
        raise ValueError(f"{place.code} is not of order {submission.order_no}")
    instrument = session.get_one(Instrument, instrument_id)
    if instrument.source_sha256 != submission.source_sha256:
        raise ValueError(f"instrument {instrument_id} was not made from this source")
    held = {_volume_holder(submission.order_no)}
    sources = select(Instrument.source_sha256).where(Instrument.order_no == submission.order_no)
    held |= {_item_holder(source) for source in session.scalars(sources)}
    carried = carried_of(session, submission.order_no, instrument_id=instrument_id, held=held)
    return Composed(submission=submission, carried=carried, actor=actor, at=at)


def put_on_shelf(store: Store, place: Place, composed: Composed) -> None:
    """Write the dossier's next version; where the paper stands there already, write nothing.

    The version says everything: also the event of this filing, computed before it is in the
    register. Where the register went on meanwhile (another paper of the order was refused,
    say), the events are chained anew in one more version. Raises ObjectMissing where the
    register knows the dossier but the shelf does not: a lost dossier is not begun again;
    EventConflict where the register is older than the shelf.
    """
    store.mend()
    for _ in range(_TRIES - 1):
        with contextlib.suppress(ShelfOccupied):
            _put(store, place, composed)
            return
    _put(store, place, composed)


def standing_at(store: Store, place: Place) -> Shelved | None:
    """Return the dossier of `place` as it stands, None where none was begun.

    Raises ObjectMissing where the register knows it but the shelf does not, ObjectDamaged.
    """
    store.mend()
    return _standing(store, place)[1]


def register_from_shelf(
    session: Session, store: Store, place: Place, submission: Submission, *, at: datetime
) -> Record:
    """Write into the register what stands on the shelf and return the record of `submission`.

    Dossier, records, renditions, events; the instrument is FILED, the index's order queued
    at `at`. What the register has already stays. Raises EventConflict where the register
    went on since the version was composed: compose and put again.
    """
    register_dossier(session, store, place.object_path, queued_at=at)
    record = session.scalars(
        select(Record).where(Record.source_sha256 == submission.source_sha256)
    ).first()
    if record is None or record.reference_code != str(place.code):
        raise ObjectMissing(f"{place.object_path}: {place.code}")
    return record


def _put(store: Store, place: Place, composed: Composed) -> None:
    path = place.object_path
    inventory, standing = _standing(store, place)
    head = inventory.head if inventory else 0
    shelved = joined(standing, place, composed, version=head + 1)
    known = len(standing.items) if standing else 0
    if standing and known == len(shelved.items) and _is_told(standing, shelved):
        return
    files = shelved.to_files()
    for item in shelved.items[known:]:
        contents = composed.submission.files
        files |= {file["path"]: contents[file["role"]][2] for file in item["files"]}
    message, person, at = f"{place.kind_name}归档 {place.code}", composed.actor, composed.at
    if standing is None:
        store.create(path, place.code.object_id, files, message=message, person=person, at=at)
    else:
        store.add_version(path, files, message=message, person=person, at=at, expect_head=head)


def _standing(store: Store, place: Place) -> tuple[Inventory | None, Shelved | None]:
    path = place.object_path
    if store.exists(path):
        inventory = store.inventory(path)
        return inventory, Shelved.read(store, path, inventory)
    if place.is_open:
        raise ObjectMissing(path)
    return None, None


def _is_told(standing: Shelved, shelved: Shelved) -> bool:
    """Return whether all that stands on the shelf is history as `shelved` tells it."""
    told = [event.hash for event in standing.carried.events]
    return [event.hash for event in shelved.carried.events[: len(told)]] == told


def _volume_holder(order_no: str) -> str:
    return f"dossier:{order_no}"


def _item_holder(source_sha256: str) -> str:
    return f"item:{source_sha256}"


def _volume(
    session: Session,
    rules: NumberingRules,
    placement: Placement,
    submission: Submission,
    at: datetime,
) -> ReferenceCode:
    """Return the dossier code of the order, taking the next volume number the first time.

    The year is that of the contract's completion (归属年度, DA/T 22-2015 5.2).
    """
    holder = _volume_holder(submission.order_no)
    held = session.scalars(
        select(Number).where(Number.holder == holder, Number.voided_at.is_(None))
    ).first()
    if held is None:
        held = numbering.take(
            session,
            rules["dossier"],
            year=submission.year,
            holder=holder,
            at=at,
            parts={
                "fonds": placement.fonds,
                "category": placement.category,
                "series": placement.series,
                "retention": placement.retention,
                "office": placement.office,
            }
            | ({"class": placement.class_code} if placement.class_code else {}),
        )
    try:
        return ReferenceCode.parse(held.text)
    except ValueError as error:
        raise FilingRefused(f"编号规则给出的案卷号“{held.text}”不是档号；请核对编号规则") from error


def _opening(
    code: ReferenceCode,
    placement: Placement,
    plan: FilePlan,
    submission: Submission,
    at: datetime,
) -> dict[str, Any]:
    return {
        "uuid": lasting_id(code.object_id),
        "code": str(code),
        "order_no": submission.order_no,
        "contract_number": submission.number,
        "title": submission.title,
        "fonds": code.fonds or placement.fonds,
        "fonds_name": plan.fonds_name,
        "series": f"{code.category or placement.category}·{code.series or placement.series}",
        "year": code.year,
        "volume_no": code.volume,
        "scope": placement.scope,
        "retention": code.retention or placement.retention,
        "retention_class": placement.retention_class,
        "retention_basis": placement.basis,
        "retention_trigger": placement.trigger,
        "office": code.office or placement.office,
        "secrecy": submission.secrecy,
        "file_plan_version": plan.version,
        "file_plan_digest": plan.digest,
        "opened_at": at.astimezone(BUSINESS_ZONE).isoformat(),
    }
