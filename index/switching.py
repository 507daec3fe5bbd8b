"""Switching: another index built beside the running one, which then takes its place at once.

`next.json` names the shelf under way as `state.json` names the one in force; to swap them is to
rename one file. Killed at any point, either the old answers and the new can be gone on with, or
the new answers.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.analysis import ANALYZER
from index.engines.lock import writing
from index.engines.state import NEXT, STATE, clear_shelves, read_state, sync
from index.errors import IndexDamaged, IndexFailure
from index.library import IndexedRecord, Library, Question
from index.opening import found, open_library

_PATIENCE = 30
_PART = 6


class SwitchRefused(IndexFailure):
    """The index under way does not say what it should; it does not take over."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question, and a record that must be among its hits."""

    question: str
    reference_code: str


def next_library(folder: Path, engine: str, *, applied: int, server: str | None) -> Library:
    """Return the index under way on `engine`, begun now if there is none that can be gone on with.

    `applied` is the outbox sequence from which on a new one must be told of changes.
    """
    if not _is_under_way(folder, engine, server):
        with writing(folder, patience=_PATIENCE):
            (folder / NEXT).unlink(missing_ok=True)
            found(folder, (), applied=applied, engine=engine, note=NEXT, server=server)
    return open_library(folder, create=False, note=NEXT, server=server)


def samples(records: Sequence[IndexedRecord]) -> list[Sample]:
    """Return questions that records must answer: by number, code, party, and parts of the text."""
    chance = random.Random(len(records))  # noqa: S311 the same questions for the same records
    asked = []
    for record in records:
        code = record.reference_code
        asked.append(Sample(f'档号:"{code}"', code))
        if record.number:
            asked.append(Sample(f'编号:"{record.number}"', code))
        if record.party_a:
            asked.append(Sample(f'甲方:"{record.party_a.replace(chr(34), "")}"', code))
        paragraphs = [each for each in record.text.split("\n") if len(each.strip()) > _PART]
        if paragraphs:
            paragraph = chance.choice(paragraphs).strip()
            start = chance.randrange(max(1, len(paragraph) - _PART))
            part = "".join(each for each in paragraph[start : start + _PART] if each not in '"“”')
            if any(each.isalnum() for each in part):
                asked.append(Sample(f'"{part}"', code))
    return asked


def compare(
    new: Library, codes: frozenset[str], asked: Sequence[Sample], old: Library | None
) -> None:
    """Compare an index with the register's codes, sample questions, and the one in force.

    Raises SwitchRefused naming the first difference.
    """
    found_codes = new.codes()
    if found_codes != codes:
        missing, more = len(codes - found_codes), len(found_codes - codes)
        raise SwitchRefused(f"新索引与登记不符：缺 {missing} 件，多 {more} 件")
    for sample in asked:
        narrow = f'({sample.question}) 档号:"{sample.reference_code}"'
        if not new.search(Question(narrow, {}, page_size=1)).total:
            raise SwitchRefused(f"新索引查 {sample.question} 找不到 {sample.reference_code}")
        if old is not None:
            question = Question(sample.question, {}, page_size=1)
            totals = (old.search(question).total, new.search(question).total)
            if totals[0] != totals[1]:
                raise SwitchRefused(
                    f"查 {sample.question}：原索引 {totals[0]} 件，新索引 {totals[1]} 件"
                )


def swap(folder: Path) -> None:
    """Let the index under way take the place of the one in force; what it replaces is removed.

    The caller holds the folder for writing.
    """
    os.replace(folder / NEXT, folder / STATE)  # noqa: PTH105 one rename, whole or not at all
    sync(folder)
    clear_shelves(folder)


def _is_under_way(folder: Path, engine: str, server: str | None) -> bool:
    """Say whether an index under way is sound and of the wanted engine and analyzer."""
    try:
        state = read_state(folder, NEXT)
        if (state.engine, state.analyzer) != (engine, ANALYZER):
            return False
        open_library(folder, create=False, note=NEXT, server=server).verify()
    except IndexDamaged:
        return False
    return True
