"""Verifying: the archive and its history checked while a worker may be filing into it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from archive.auditing import audit
from archive.verifying import Damage, Verified, verify
from pipeline.longwork import Told, told_to_nobody
from pipeline.sealdesk import seal_problems
from pipeline.wiring import Workplace


def verify_home(workplace: Workplace, *, told: Told = told_to_nobody) -> Verified:
    """Return what is found in the archive; only damage that is seen twice counts.

    A filing under way stands on the shelf a moment before the register knows it.
    """
    first = _once(workplace, told)
    if not first.damaged:
        return first
    again = _once(workplace, told)
    seen = set(first.damaged)
    return Verified(
        dossiers=again.dossiers,
        files=again.files,
        damaged=tuple(damage for damage in again.damaged if damage in seen),
        mended=(*first.mended, *again.mended),
    )


def _once(workplace: Workplace, told: Told) -> Verified:
    with workplace.register.read.begin() as session:
        found = verify(session, workplace.store, after=partial(told, "核对文件与登记"))
        breaks = audit(session, workplace.store, after=partial(told, "核验过程")).breaks
    seals = [Damage("seals", problem) for problem in seal_problems(workplace, opens=False)]
    places = {damage.path for damage in found.damaged}
    history = [Damage(each.place, each.problem) for each in breaks if each.place not in places]
    return replace(found, damaged=(*found.damaged, *history, *seals))
