"""Sample seals: the seals of the sample firm, marked 样章, registered like any other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from archive.sealcase import Seal, SealKind, SealState
from archive.sealpowers import SealPowers
from pipeline.samplefirms import COMPANY
from pipeline.wiring import Workplace

MANAGER: Final = "孙管印"
AUDITOR: Final = "吴稽核"
KEEPER: Final = "钱守印"
_KINDS: Final = (("HTZ-01", SealKind.CONTRACT), ("GZ-01", SealKind.COMPANY))


def with_sample_powers(rules: str) -> str:
    """Return the text of the seal rules with the sample firm's people in it."""
    named = rules.replace("manage = []", f'manage = ["{MANAGER}"]', 1)
    return named.replace("audit = []", f'audit = ["{AUDITOR}"]', 1)


def add_sample_seals(root: Path) -> None:
    """Register the sample seals in the sample home at `root`, making its key; again: nothing.

    Plain ones from before are taken over. A home of another firm gets none.
    """
    from archive.sampleseal import sample_seal  # noqa: PLC0415 - draws with a font
    from archive.sealvault import make_key  # noqa: PLC0415 - only for a sample home
    from pipeline.sealdesk import enrol_image, take_over  # noqa: PLC0415 - the same
    from pipeline.sealopening import sample_key_file  # noqa: PLC0415 - the same

    workplace = Workplace(root)
    try:
        if workplace.settings.company.name != COMPANY:
            return
        key = sample_key_file(workplace.home)
        if workplace.settings.seals.key_file is None and not key.exists():
            make_key(key)
        powers = SealPowers(manage=(MANAGER,), audit=(AUDITOR,))
        take_over(workplace, powers=powers, by=MANAGER)
        if any(workplace.home.seals.iterdir()):
            return
        for code, kind in _KINDS:
            image = sample_seal(COMPANY, kind.value)
            seal = Seal(
                code=code,
                name=f"{kind.value}（样章）",
                kind=kind,
                owner=COMPANY,
                width_mm=image.width_mm,
                height_mm=image.height_mm,
                image_sha256="",
                valid_from=date(2026, 1, 1),
                valid_to=None,
                keepers=(KEEPER,),
                state=SealState.IN_USE,
                sample=True,
            )
            enrol_image(workplace, seal, image.pdf, powers=powers, by=MANAGER)
    finally:
        workplace.close()
