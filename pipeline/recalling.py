"""Recalling: an instrument's order, read again from the bytes that were received."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from archive.dossiers import Dossier, Record, Rendition
from archive.errors import DigestMismatch
from archive.instruments import Instrument
from pipeline.failures import ContractNeeded, SourceLost
from pipeline.home import Home
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import Form, read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.keeping import keep
from pipeline.papers.acceptance import AcceptancePaper
from pipeline.papers.contract import ContractPaper
from pipeline.papers.paper import Paper
from pipeline.wiring import Workplace
from templates.errors import Finding, Level
from templates.wording import chinese_date

PASSED = "合格"


def keep_source(home: Home, payload: bytes) -> str:
    """Keep the bytes of a received file until it is filed; return their SHA-256."""
    digest = hashlib.sha256(payload).hexdigest()
    keep(home.received, f"{digest}.json", payload)
    return digest


def source_bytes(workplace: Workplace, instrument: Instrument) -> bytes:
    """Return the bytes `instrument` was received as; raises DigestMismatch if they changed."""
    path = workplace.home.received / f"{instrument.source_sha256}.json"
    try:
        payload = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceLost(f"{instrument.source_name}：收件留存已不在，请重新投放原文件") from error
    found = hashlib.sha256(payload).hexdigest()
    if found != instrument.source_sha256:
        raise DigestMismatch(str(path), instrument.source_sha256, found)
    return payload


def received_files(home: Home) -> list[Path]:
    """Return the kept files, those received first first."""
    return sorted(home.received.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)


def release(workplace: Workplace, instrument: Instrument) -> None:
    """Drop the received bytes of an instrument: its dossier, or rejected/, holds them now."""
    (workplace.home.received / f"{instrument.source_sha256}.json").unlink(missing_ok=True)


def recall(workplace: Workplace, instrument: Instrument) -> Paper:
    """Return what `instrument` is to say, from the bytes that were received."""
    return paper_of(workplace, read_form(source_bytes(workplace, instrument)))


def paper_of(workplace: Workplace, form: Form) -> Paper:
    """Return the paper `form` asks for.

    Raises ContractNeeded where a report's contract is not filed yet, OrderRefused where
    there is no such contract.
    """
    if isinstance(form, OrderForm):
        return ContractPaper.of(form)
    return _acceptance(workplace, form)


def _acceptance(workplace: Workplace, form: AcceptanceForm) -> AcceptancePaper:
    dossier = dossier_of(workplace, form)
    if dossier is None:
        raise ContractNeeded(f"合同（订单 {form.order_no}）")
    with workplace.register.read.begin() as session:
        source = session.scalars(
            select(Rendition)
            .join(Record)
            .where(
                Record.dossier_id == dossier.id,
                Record.kind == ContractPaper.kind,
                Rendition.role == "order",
            )
        ).one()
        earlier = session.scalars(
            select(Record)
            .where(Record.dossier_id == dossier.id, Record.kind == AcceptancePaper.kind)
            .order_by(Record.item_no)
        ).all()
    order = read_form(workplace.store.read_path(source.path, source.sha256))
    if not isinstance(order, OrderForm):
        raise TypeError(f"{source.path} is no order")
    _check_round(form, earlier)
    before = [record for record in earlier if record.description["round"] < form.round]
    return AcceptancePaper.of(form, order, dossier.contract_number, history=_history(before))


def dossier_of(workplace: Workplace, form: AcceptanceForm) -> Dossier | None:
    """Return the dossier of the contract `form` names; None while it is not filed.

    Raises OrderRefused where number and order contradict each other.
    """
    with workplace.register.read.begin() as session:
        by_number, by_order = (
            session.scalars(select(Dossier).where(column == value)).one_or_none()
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


def _check_round(form: AcceptanceForm, earlier: Sequence[Record]) -> None:
    """Refuse a round after the work was accepted; let one wait for the round before it."""
    rounds = [record.description["round"] for record in earlier]
    if form.round in rounds:
        return
    for record in earlier:
        if record.description["conclusion"] == PASSED:
            message = f"验收报告 {record.number} 已作出“合格”结论，不能再出具新一次验收报告"
            raise OrderRefused([Finding("P-503", Level.BLOCK, "round", message)])
    if form.round > len(rounds) + 1:
        raise ContractNeeded(f"第 {len(rounds) + 1} 次验收报告")


def _history(earlier: Sequence[Record]) -> str:
    """Return what the report says of the rounds before it."""
    if not earlier:
        return "本次为首次验收"
    told = (
        f"第 {record.description['round']} 次验收（{chinese_date(record.formed_on)}）"
        f"结论：{record.description['conclusion']}"
        for record in earlier
    )
    return "；".join(told)
