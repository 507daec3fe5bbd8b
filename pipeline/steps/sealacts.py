"""Seal acts: which seals go onto a paper, and where, as rules and template say (用印方案)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archive import seals
from archive.days import business_day
from archive.errors import SealRefused
from archive.instruments import Instrument
from archive.paperticket import PaperTicket
from archive.sealcase import Seal
from archive.sealrules import AlsoSeal
from archive.sealway import SealWay
from archive.stamping import Imprint, SealingAct, SeamSeal
from pipeline.samplefirms import COMPANY as SAMPLE_COMPANY
from pipeline.sealopening import open_seal
from pipeline.steps.drafting import Draft
from pipeline.wiring import Workplace

OURS = "B"
"""The party this firm is in its contracts."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The main seal, which also goes over the seam, and those put on beside it."""

    main: Seal
    also: tuple[tuple[Seal, AlsoSeal], ...]

    @property
    def seals(self) -> tuple[Seal, ...]:
        """All of them, the main one first."""
        return (self.main, *(seal for seal, _ in self.also))


def choose(workplace: Workplace, draft: Draft) -> Chosen:
    """Return the seals for `draft`; raises SealRefused."""
    owner, kind = draft.paper.party_b, draft.paper.kind
    on, rules, amount = business_day(workplace.clock()), workplace.seal_rules, draft.paper.amount
    own = workplace.seals
    chosen = Chosen(
        main=seals.choose_seal(own, rules, owner=owner, kind_of_paper=kind, on=on, amount=amount),
        also=seals.choose_also(own, rules, owner=owner, kind_of_paper=kind, on=on, amount=amount),
    )
    for seal in chosen.seals:
        if seal.sample and workplace.settings.company.name != SAMPLE_COMPANY:
            raise SealRefused(f"{seal.name}（{seal.code}）是样章，不得用于正式文书")
    return chosen


def opened(workplace: Workplace, instrument: Instrument, draft: Draft, chosen: Chosen) -> Chosen:
    """Return `chosen` with the images opened; nothing is opened that may not be used now.

    Raises SealRefused, and SealKeyUnfit or SealImageDamaged where an image does not open.
    """
    at = workplace.clock()
    with workplace.register.read.begin() as session:
        problems = [
            problem
            for seal in chosen.seals
            for problem in seals.why_not_now(
                session,
                seal,
                instrument,
                workplace.seal_rules,
                terms_digest=draft.terms_digest,
                at=at,
            )
        ]
    if problems:
        raise SealRefused("；".join(problems))
    images = {seal.code: open_seal(workplace, seal) for seal in chosen.seals}
    return Chosen(
        main=replace(chosen.main, pdf=images[chosen.main.code]),
        also=tuple((replace(seal, pdf=images[seal.code]), also) for seal, also in chosen.also),
    )


def act_of(
    workplace: Workplace, instrument: Instrument, draft: Draft, chosen: Chosen, way: SealWay
) -> SealingAct:
    """Return all that is put on the paper; where it is signed, the main seal is left to that."""
    if instrument.number is None or instrument.numbered_at is None:
        raise ValueError(f"instrument {instrument.id} has no number yet")
    ours = [place for place in draft.template.seal_places if place.party == OURS]
    imprints = [
        Imprint(chosen.main.image, place.name, place.dx_mm, place.dy_mm)
        for place in (ours if way is SealWay.PRINTED else ours[1:])
    ]
    imprints += [
        Imprint(seal.image, place.name, place.dx_mm + also.dx_mm, place.dy_mm + also.dy_mm)
        for place in ours
        for seal, also in chosen.also
    ]
    seam = workplace.seal_rules.paper(draft.paper.kind).seam
    ticket = PaperTicket(
        instrument.number, draft.terms_digest, workplace.settings.verification.address
    )
    return SealingAct(
        imprints=tuple(imprints),
        seam=SeamSeal(chosen.main.image, seam.y_fraction, seam.pages) if seam else None,
        number=instrument.number,
        title=draft.paper.title,
        creator=draft.paper.party_b,
        made_at=instrument.numbered_at,
        qr_text=str(ticket),
        way=way,
    )
