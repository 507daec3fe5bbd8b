"""Beginning: what must be looked at before any work is done on a home."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable

from sqlalchemy import select, update

from archive.db import begins_with
from archive.dossiers import Dossier
from archive.errors import RegisterBehind
from archive.instruments import OPEN_STATES, Instrument
from archive.numbering import Number
from archive.referencecode import ReferenceCode
from pipeline.auditing import assert_journal_stands
from pipeline.keeping import keep
from pipeline.wiring import Workplace
from templates.errors import TemplateError

log = logging.getLogger(__name__)


def assert_safe_to_file(workplace: Workplace) -> None:
    """Raise RegisterBehind, JournalMissing, JournalDamaged where filing on would do harm."""
    assert_register_knows_the_shelves(workplace)
    assert_journal_stands(workplace)


def assert_register_knows_the_shelves(workplace: Workplace) -> None:
    """Raise RegisterBehind where a dossier on the shelf is unknown to the register.

    A lost register, or one restored from an old copy, would give numbers a second time. A
    dossier whose number the ledger holds is known: a crash came before its rows.
    """
    with workplace.register.read.begin() as session:
        standing = session.execute(select(Dossier.code, Dossier.object_path))
        paths = {code: path for code, path in standing}  # noqa: C416 - rows are no tuples to mypy
        of_dossiers = begins_with(session, Number.holder, "dossier:")
        reserved = session.scalars(select(Number.text).where(of_dossiers))
        crashed = [ReferenceCode.parse(text) for text in reserved if text not in paths]
    known = {*paths.values(), *(code.object_path for code in crashed)}
    for path in workplace.store.objects():
        if path not in known:
            raise RegisterBehind(path)


def release_waiting_if_rules_changed(workplace: Workplace) -> None:
    """Let papers that stand still be looked at again where rules they may wait for changed."""
    asked = (
        workplace.approvals,
        workplace.checks,
        workplace.completeness,
        workplace.plan,
        workplace.fourfold,
    )
    digest = " ".join(each.digest for each in asked)
    seen = workplace.home.work / "rules.seen"
    if seen.is_file() and seen.read_text("utf-8") == digest:
        return
    with workplace.register.write.begin() as session:
        session.execute(
            update(Instrument)
            .where(Instrument.state.in_(OPEN_STATES), Instrument.reason.is_not(None))
            .values(reason=None, not_before=None)
        )
    keep(seen.parent, seen.name, digest.encode())


def collect_seldom() -> None:
    """Let Python look for unreachable objects less often: it took a twelfth of all work.

    A document leaves few of them, and what is young is looked at after 20,000 more objects.
    """
    gc.set_threshold(20_000, 20, 20)


def warm_offices(start: Callable[[], None]) -> threading.Thread:
    """Start the converters beside the work, so that the first order need not wait for them.

    Where they cannot start, the first order says so.
    """

    def warm() -> None:
        try:
            start()
        except TemplateError as error:
            log.warning("offices not warmed", extra={"error": str(error)})

    warming = threading.Thread(target=warm, name="office-warming", daemon=True)
    warming.start()
    return warming
