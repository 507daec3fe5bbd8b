"""Passes: the ways a round goes from dossier to dossier, each some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from archive.inspection import Inspection, Looked
from archive.inspectionrules import BY_DOSSIER
from pipeline.inspection.dossierchecks import look_at
from pipeline.inspection.planning import all_codes, codes_of
from pipeline.inspection.samplechecks import ask_rules, ask_what_is_missing
from pipeline.inspection.seen import MOST, Seen
from pipeline.wiring import Workplace

# the last argument names all checks of the round
Look = Callable[[Workplace, Sequence[str], Sequence[str]], dict[str, Seen]]


@dataclass(frozen=True, slots=True)
class Pass:
    """One way through dossiers: its checks, which dossiers, and how many in a part.

    A part is what a crash loses, and what the register and the memory hold at once. `most` is
    how many finds a round opens; damage is never left out.
    """

    name: str
    checks: tuple[str, ...]
    codes: Callable[[Session, Inspection], Sequence[str]]
    part: int
    look: Look
    most: int | None = None

    def parts(self, workplace: Workplace, known: Inspection) -> Iterator[Looked]:
        """Yield what each part sees, from where the round stands; nothing where it is done."""
        checks = [check for check in self.checks if check in known.duties]
        upto, is_done = known.place_in(self.name)
        if not checks or is_done:
            return
        with workplace.register.read.begin() as session:
            codes = [code for code in self.codes(session, known) if code > upto]
        told = sum(each.check in checks for each in known.spotted)
        for begin in range(0, max(1, len(codes)), self.part):
            batch = codes[begin : begin + self.part]
            seen = self.look(workplace, batch, tuple(known.duties))
            if self.most is not None:
                room = max(0, self.most - told)
                seen = {check: each.bounded(check, room) for check, each in seen.items()}
                told += sum(len(each.spotted) for each in seen.values())
            yield Looked(
                name=self.name,
                upto=batch[-1] if batch else upto,
                is_last=begin + self.part >= len(codes),
                counts={check: each.counts for check, each in seen.items()},
                spotted=tuple(one for each in seen.values() for one in each.spotted),
                shown=tuple(one for each in seen.values() for one in each.shown),
            )


PASSES: Final = (
    Pass("dossiers", BY_DOSSIER, codes_of, 100, look_at),
    Pass("fourfold", ("fourfold",), lambda _session, known: known.examined, 5, ask_rules),
    Pass("papers", ("missing",), all_codes, 500, ask_what_is_missing, MOST),
)
"""Bytes of the sample; the rules of the four properties; what every dossier must hold by now."""
