"""Looking up: what the register alone finds while full text cannot be searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select

from archive.dossiers import Dossier, Record
from index.access import EVERYTHING
from index.analysis import normalise
from index.cards import Card, card_of, header, named, searched
from index.language import Part
from index.lexicon import Lexicon
from index.library import Answer, IndexedRecord, Question
from index.matching import Sounding
from index.searching import answer
from index.spellings import spellings
from pipeline.indexing import beside_of, described, void_among
from pipeline.wiring import Workplace

NOTICE: Final = (
    "全文索引不可用，以下只按编号、档号、订单、题名、当事人、项目、人员和金额从登记簿查得，正文未查"
    "（只在正文里的词查不到，按正文排除的词不起作用）；"
    "guidang run 运行时会自动重建索引，也可运行 guidang index rebuild"
)
_BATCH: Final = 500


def look_up(workplace: Workplace, question: Question) -> Answer:
    """Answer a question of what the register knows of each record, in the index's own language.

    What the person may not know of is not read at all. Raises QuestionRefused.
    """
    known = [record for record in _registered(workplace) if question.access.allows(record)]
    counts = Counter(name for record in known for name in named(record))
    asked = replace(question, access=EVERYTHING)
    return answer(asked, [_Sheet(known)], lambda: Lexicon(counts))


def _registered(workplace: Workplace) -> Iterator[IndexedRecord]:
    """Yield every filed record without its text."""
    with workplace.register.read.begin() as session:
        rows = session.execute(
            select(Record, Dossier)
            .join(Dossier, Record.dossier_id == Dossier.id)
            .order_by(Record.id)
        ).all()
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            beside = beside_of(session, {dossier.id for _, dossier in part})
            void = void_among(session, beside)
            for record, dossier in part:
                yield described(record, dossier, "", beside[dossier.id], void)


class _Sheet:
    """Records as searching sees them, every one a candidate."""

    def __init__(self, records: Sequence[IndexedRecord]) -> None:
        self._records = records
        self._texts = [normalise(searched(record)).encode() for record in records]
        self._cards = [card_of(record) for record in records]

    def candidates(self, part: Part, sounding: Sounding) -> Iterable[int]:
        """Return all records."""
        del part, sounding
        return range(len(self._records))

    def text(self, record: int) -> bytes:
        """Return what is searched of a record, in UTF-8."""
        return self._texts[record]

    def header(self, record: int) -> bytes:
        """Return the codes, title and names of a record."""
        return self._texts[record][: self._cards[record].ends[2]]

    def spellings(self, record: int) -> bytes:
        """Return the spellings of a record, in UTF-8."""
        return spellings(self._texts[record].decode()).encode()

    def card(self, record: int) -> Card:
        """Return the card of a record."""
        return self._cards[record]

    def original(self, record: int) -> tuple[str, int]:
        """Return what was searched as it was written, and where its text begins."""
        above = "\n".join(header(self._records[record])) + "\n"
        return above + self._records[record].text, len(above)
