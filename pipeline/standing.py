"""Standing: what the register and the shelves hold of the contract a later paper names."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Dossier, Record, Rendition
from archive.instruments import OPEN_STATES, Instrument
from archive.numbering import Number
from pipeline.failures import ContractNeeded
from pipeline.intake.following import FollowingForm
from pipeline.intake.forms import Form
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.keptreading import form_of_reading
from pipeline.papers.contract import ContractPaper
from pipeline.papers.standing import Filed, Standing, UnderWay
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

IN_TURN = "待归档：同一合同的"
"""How the reason of a paper begins that waits until another of its contract is filed."""


def standing_of(workplace: Workplace, form: FollowingForm, digest: str | None) -> Standing:
    """Return the contract `form` names with everything filed before the paper of `digest`.

    `digest` is that of the bytes the form was read from; a paper not filed yet sees all that is
    filed. Raises ContractNeeded while the contract is not filed, OrderRefused where number and
    order contradict each other.
    """
    dossier = dossier_of(workplace, form)
    if dossier is None:
        raise ContractNeeded(f"合同（{form.contract_number or f'订单 {form.order_no}'}）")
    if dossier.destroyed_at is not None:
        message = (
            f"合同 {dossier.contract_number} 的案卷已销毁（{dossier.destroyed_by}），不能再办理"
        )
        raise OrderRefused([Finding("K00", Level.BLOCK, "contract_number", message)])
    with workplace.register.read.begin() as session:
        _refuse_void(session, dossier)
        found = session.execute(
            select(Record, Rendition)
            .join(Rendition, Rendition.record_id == Record.id)
            .where(Record.dossier_id == dossier.id, Rendition.role.in_(("order", "reading")))
            .order_by(Record.item_no, Rendition.role)
        ).all()
        under_way = _under_way(session, dossier.order_no, form)
    rows = list({record.id: (record, file) for record, file in found}.values())
    own = next((record.item_no for record, _ in rows if record.source_sha256 == digest), None)
    before = [(record, file) for record, file in rows if own is None or record.item_no < own]
    forms = [form_on_shelf(workplace, file) for _record, file in before]
    order = next(each for each in forms if isinstance(each, OrderForm))
    return Standing(
        order=order,
        number=dossier.contract_number,
        papers=tuple(
            Filed(record.number, each, record.formed_on)
            for (record, _file), each in zip(before, forms, strict=True)
            if isinstance(each, FollowingForm) and record.formed_on is not None
        ),
        sources=frozenset(record.source_sha256 for record, _file in before),
        under_way=under_way if own is None else (),
    )


def dossier_of(workplace: Workplace, form: FollowingForm) -> Dossier | None:
    """Return the dossier of the contract `form` names; None while it is not filed.

    Raises OrderRefused where number and order contradict each other.
    """
    with workplace.register.read.begin() as session:
        by_number, by_order = (
            session.scalars(
                select(Dossier)
                .join(Record, Record.dossier_id == Dossier.id)
                .where(column == value, Record.kind == ContractPaper.kind)
            ).one_or_none()
            if value is not None
            else None
            for column, value in (
                (Dossier.contract_number, form.contract_number),
                (Dossier.order_no, form.order_no),
            )
        )
    if form.contract_number is None:
        return by_order
    if form.order_no is None or by_number is by_order is None:
        return by_number
    if by_number is None or by_number.order_no != form.order_no:
        known = by_order.contract_number if by_order else "尚无已归档合同"
        message = (
            f"合同编号 {form.contract_number} 与订单号 {form.order_no} 不符"
            f"（该订单：{known}）；请核对"
        )
        raise OrderRefused([Finding("K14", Level.BLOCK, "contract_number", message)])
    return by_number


def _refuse_void(session: Session, dossier: Dossier) -> None:
    """Raise OrderRefused where the contract binds no more: nothing follows a void one."""
    number = dossier.contract_number
    void = session.scalars(
        select(Number.void_reason).where(Number.text == number, Number.voided_at.is_not(None))
    ).first()
    if void is not None:
        message = f"合同 {number} 已作废（{void}），不能再办理"
        raise OrderRefused([Finding("K00", Level.BLOCK, "contract_number", message)])


def sources_filed(session: Session, order_no: str) -> frozenset[str]:
    """Return the digests of everything filed for the order."""
    return frozenset(
        session.scalars(
            select(Record.source_sha256).join(Dossier).where(Dossier.order_no == order_no)
        )
    )


def form_on_shelf(workplace: Workplace, file: Rendition) -> Form:
    """Return what a filed paper was made from, as it was read when it came.

    Raises DigestMismatch where the bytes changed.
    """
    payload = workplace.store.read_path(file.path, file.sha256)
    return form_of_reading(json.loads(payload)) if file.role == "reading" else read_form(payload)


def _is_moving(row: Instrument) -> bool:
    """Return whether `row` goes on by itself: at once, at its next try, or after its turn."""
    return row.reason is None or row.not_before is not None or row.reason.startswith(IN_TURN)


def _under_way(session: Session, order_no: str, form: FollowingForm) -> tuple[UnderWay, ...]:
    rows: Sequence[Instrument] = session.scalars(
        select(Instrument)
        .where(Instrument.order_no == order_no, Instrument.state.in_(OPEN_STATES))
        .order_by(Instrument.id)
    ).all()
    return tuple(
        UnderWay(row.kind, row.round, _is_moving(row))
        for row in rows
        if (row.kind, row.round) != (form.kind, form.turn)
    )
