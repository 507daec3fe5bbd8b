"""Crosschecking: whether the register says of a dossier what its shelf says (账物核对)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.books import Books
from archive.carrying import as_row
from archive.dossiers import Dossier, Record
from archive.events import verify_chain
from archive.holds import holding_of
from archive.instruments import Instrument, InstrumentState
from archive.inventory import Inventory
from archive.shelved import Shelved
from archive.termrows import term_of_shelved
from archive.voiding import row_with, voids_of


def against_register(
    books: Books, object_path: str, shelved: Shelved, inventory: Inventory
) -> Iterator[tuple[str, str]]:
    """Yield where register and shelf differ about one dossier, by place, in Chinese."""
    dossier = books.dossiers.get(object_path)
    if dossier is None:
        yield object_path, f"库中有案卷 {shelved.code}，登记中没有"
        return
    said = dict(shelved.dossier) | {"object_path": object_path, "head": inventory.head}
    if shelved.destroyed is not None:
        at, by = shelved.destroyed["at"], shelved.destroyed["list"]
        said |= {"destroyed_at": at, "destroyed_by": by}
    for name in _differences(as_row(dossier), said):
        yield object_path, f"案卷的 {name} 登记与库中不一致"
    records = {record.reference_code: record for record in books.records.get(dossier.id, ())}
    for item in shelved.items:
        record = records.pop(item["reference_code"], None)
        if record is None:
            yield object_path, f"库中有件 {item['reference_code']}，登记中没有"
        else:
            yield from _item(books, shelved, inventory, item, record)
    for code in records:
        yield object_path, f"登记有件 {code}，库中没有"
    yield from _papers(books, object_path, shelved)
    yield from _history(books, object_path, shelved)
    yield from _numbers(books, object_path, shelved)
    yield from _holds(books, object_path, shelved)
    yield from _term(books, object_path, shelved)
    standing = books.deviations.get(shelved.dossier["order_no"], [])
    if [as_row(row) for row in standing] != list(shelved.carried.deviations):
        yield object_path, "合同文本修订的登记与库中不一致（缺失、多出或被改动）"


def without_shelf(session: Session, shelved_paths: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what the register believes filed though no shelf holds it."""
    for code, path in session.execute(select(Dossier.code, Dossier.object_path)):
        if path not in shelved_paths:
            yield path, f"登记有案卷 {code}，库中没有"
    filed = select(Instrument.order_no, Instrument.number).where(
        Instrument.state == InstrumentState.FILED,
        Instrument.source_sha256.not_in(select(Record.source_sha256)),
    )
    for order_no, number in session.execute(filed):
        yield order_no, f"文书 {number} 标为已归档，却没有归档登记"


def _item(
    books: Books,
    shelved: Shelved,
    inventory: Inventory,
    item: Mapping[str, Any],
    record: Record,
) -> Iterator[tuple[str, str]]:
    code, object_path = record.reference_code, shelved.code.object_path
    for name in _differences(as_row(record), item):
        yield object_path, f"件 {code} 的 {name} 登记与库中不一致"
    standing = {row.role: as_row(row) for row in books.renditions.get(record.id, ())}
    wanted = {
        file["role"]: file | {"path": f"{object_path}/{inventory.path_of(file['path'])}"}
        for file in (item["files"] if shelved.destroyed is None else ())
    }
    for role in sorted(wanted.keys() | standing.keys()):
        if role not in standing or role not in wanted:
            yield object_path, f"件 {code} 的文件 {role} 只见于一处"
        elif _differences(standing[role], wanted[role]):
            yield wanted[role]["path"], f"件 {code} 的文件 {role} 登记与库中不一致"
    yield from _seals(books, object_path, item)


def _seals(books: Books, object_path: str, item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kept = {file["sha256"] for file in item["files"]}
    for use in books.uses.get(item["source_sha256"], ()):
        if use.sealed_sha256 not in kept:
            yield object_path, f"用印 {use.number} 所盖的文件不在件 {item['reference_code']} 中"


def _papers(books: Books, object_path: str, shelved: Shelved) -> Iterator[tuple[str, str]]:
    """Yield where a filed paper, its decisions or its seal uses are not as they were filed."""
    filed = {item["source_sha256"]: item["reference_code"] for item in shelved.items}
    voids = voids_of(shelved.carried.events)
    for row in shelved.carried.instruments:
        code = filed.get(row["source_sha256"])
        if code is None:
            continue
        paper = books.papers.get(row["source_sha256"])
        if paper is None:
            yield object_path, f"件 {code} 的文书登记缺失"
            continue
        for name in _differences(as_row(paper), row_with(row, voids.get(row["source_sha256"]))):
            yield object_path, f"件 {code} 的文书登记 {name} 与库中不一致"
    for source, code in filed.items():
        for word, standing, carried in (
            ("审批", books.decisions.get(source, ()), shelved.carried.approvals),
            ("审批过程", books.acts.get(source, ()), shelved.carried.approval_acts),
            ("用印申请", books.requests.get(source, ()), shelved.carried.seal_requests),
            ("用印", books.uses.get(source, ()), shelved.carried.seal_uses),
        ):
            wanted = [row for row in carried if row["instrument"] == source]
            found = [as_row(each) | {"instrument": source} for each in standing]
            if sorted(map(_written, found)) != sorted(map(_written, wanted)):
                yield object_path, f"件 {code} 的{word}登记与库中不一致（缺失、多出或被改动）"


def _written(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _history(books: Books, object_path: str, shelved: Shelved) -> Iterator[tuple[str, str]]:
    chain = books.chains.get(shelved.dossier["order_no"], [])
    for problem in verify_chain(chain):
        yield object_path, f"过程登记：{problem}"
    shelf = [event.hash for event in shelved.carried.events]
    if [event.hash for event in chain[: len(shelf)]] != shelf:
        yield object_path, "过程登记与库中的过程不一致（缺失或被改动）"


def _holds(books: Books, object_path: str, shelved: Shelved) -> Iterator[tuple[str, str]]:
    registered = books.holds.get(shelved.dossier["code"], set())
    for hold in sorted(set(holding_of(shelved.carried.events).standing) - registered):
        yield object_path, f"库中的冻结 {hold} 登记中没有"
    for hold in sorted(registered - books.hold_rows):
        yield object_path, f"冻结 {hold} 的登记缺失"


def _term(books: Books, object_path: str, shelved: Shelved) -> Iterator[tuple[str, str]]:
    """Yield where the term told for the dossier is not the one its history gives.

    One that was never written is written when it is first asked for.
    """
    row = books.terms.get(shelved.dossier["code"])
    if row is None or shelved.destroyed is not None:
        return
    term = term_of_shelved(shelved)
    told = (row.period, row.starts_on, row.expires_on, row.missing)
    if told != (term.period, term.starts_on, term.expires_on, "、".join(term.missing)):
        yield object_path, "保管期限台账与案卷过程不一致"


def _numbers(books: Books, object_path: str, shelved: Shelved) -> Iterator[tuple[str, str]]:
    voids = voids_of(shelved.carried.events)
    papers = shelved.carried.instruments
    void = {row["number"] for row in papers if row["source_sha256"] in voids}
    for row in shelved.carried.numbers:
        standing = books.numbers.get(row["text"])
        known = ("series", "year", "value", "holder")
        if standing is None:
            yield object_path, f"编号 {row['text']} 库中有，登记中没有"
        elif any(getattr(standing, name) != row[name] for name in known):
            yield object_path, f"编号 {row['text']} 登记与库中不一致"
        elif (standing.voided_at is not None) != (row["text"] in void or bool(row["voided_at"])):
            yield object_path, f"编号 {row['text']} 的作废登记与案卷过程不一致"


def _differences(row: Mapping[str, Any], said: Mapping[str, Any]) -> Iterable[str]:
    return [name for name, value in row.items() if said.get(name) != value]
