"""Verifying: the archive and its history checked while a worker may be filing into it."""

from __future__ import annotations

from dataclasses import replace

from archive.auditing import audit
from archive.verifying import Damage, Verified, verify
from pipeline.sealdesk import seal_problems
from pipeline.wiring import Workplace


def verify_home(workplace: Workplace) -> Verified:
    """Return what is found in the archive; only damage that is seen twice counts.

    A filing under way stands on the shelf a moment before the register knows it.
    """
    first = _once(workplace)
    if not first.damaged:
        return first
    again = _once(workplace)
    seen = set(first.damaged)
    return Verified(
        dossiers=again.dossiers,
        files=again.files,
        damaged=tuple(damage for damage in again.damaged if damage in seen),
        mended=(*first.mended, *again.mended),
    )


def _once(workplace: Workplace) -> Verified:
    with workplace.register.read.begin() as session:
        found = verify(session, workplace.store)
        breaks = audit(session, workplace.store).breaks
    seals = [Damage("seals", problem) for problem in seal_problems(workplace, opens=False)]
    places = {damage.path for damage in found.damaged}
    history = [Damage(each.place, each.problem) for each in breaks if each.place not in places]
    return replace(found, damaged=(*found.damaged, *history, *seals))
