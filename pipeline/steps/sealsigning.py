"""Seal signing: the firm's electronic signature in place of its printed seal (电子签名)."""

from __future__ import annotations

from typing import Any, Final

from archive.confined import Answer
from archive.errors import SigningFailed
from archive.signingorder import SignatureField, SigningLevel, SigningOrder
from archive.stamping import Stamped
from pipeline.steps.drafting import Draft
from pipeline.steps.sealacts import OURS, Chosen
from pipeline.wiring import Workplace

_THEIR_SEAL_MM: Final = 42.0
"""Room for the other party's seal, whose size is not known: the widest in common use."""


def level_of(workplace: Workplace, draft: Draft) -> SigningLevel | None:
    """Return how the rules want this paper signed; None: its seal is printed."""
    return workplace.signing.level(draft.paper.kind, draft.paper.amount)


def sign_stamped(
    workplace: Workplace, draft: Draft, chosen: Chosen, stamped: Stamped, level: SigningLevel
) -> Answer:
    """Return the signed file and what was signed how; raises SigningFailed, ChildLost.

    Fields for both parties are made before ours is signed, so that the other party can
    counter-sign and nothing else can be changed.
    """
    rules = workplace.signing
    if rules.key is None or rules.pin is None:
        raise SigningFailed("电子签名规则没有写明密钥")
    order = SigningOrder(
        pdf=stamped.pdf,
        fields=_fields(draft, chosen),
        seal=chosen.main.image,
        level=level,
        key=rules.key,
        pin=rules.pin.read(),
        authority=rules.authority,
        patience=rules.patience,
        trust=workplace.trust,
        company=draft.paper.party_b,
        reason=f"{draft.paper.title}用印",
    )
    return workplace.signer.ask("sign", order, allowed=rules.deadline)


def _fields(draft: Draft, chosen: Chosen) -> tuple[SignatureField, ...]:
    """Return the parties' fields at their places, ours first; each party signs once."""
    seen: dict[str, Any] = {}
    for place in draft.template.seal_places:
        seen.setdefault(place.party, place)
    if OURS not in seen:
        raise SigningFailed("模板没有本方的盖章位置，不能签名")
    main = chosen.main
    return tuple(
        SignatureField(
            name=f"Party{party}",
            destination=place.name,
            dx_mm=place.dx_mm,
            dy_mm=place.dy_mm,
            width_mm=main.width_mm if party == OURS else _THEIR_SEAL_MM,
            height_mm=main.height_mm if party == OURS else _THEIR_SEAL_MM,
        )
        for party, place in sorted(seen.items(), key=lambda one: one[0] != OURS)
    )
