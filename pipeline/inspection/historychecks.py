"""History checks: what happened is proved by the journal over the whole archive (过程核验)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from archive.events import Event
from archive.inspection import LOOKED, Shown, Spotted
from pipeline.auditing import audit_home, last_link
from pipeline.inspection.seen import Seen
from pipeline.wiring import Workplace

HEAD: Final = "总账末条摘要"


def history(workplace: Workplace) -> Seen:
    """Prove the history, back to the digest the last round noted; show the digest of its end."""
    found = audit_home(workplace, head=_noted(workplace))
    head, links = found.head, found.links
    if links and not found.breaks:
        last = last_link(workplace)
        head, links = last.hash, last.seq
    spotted = tuple(
        Spotted("history", each.place, f"{each.kind}:{each.problem}", each.problem)
        for each in found.breaks
    )
    counts = {
        "总账": links,
        "案卷": found.objects,
        "过程": found.events,
        "异常": len(spotted),
    }
    shown = (Shown("history", f"总账第 {links} 条", HEAD, head),) if links else ()
    return Seen(counts, spotted, shown)


def _noted(workplace: Workplace) -> str | None:
    """Return the digest the newest round that proved the history noted."""
    query = select(Event).where(Event.action == LOOKED).order_by(Event.at.desc(), Event.seq.desc())
    with workplace.register.read.begin() as session:
        for event in session.scalars(query.execution_options(yield_per=20)):
            for each in event.details.get("shown", ()):
                if each["what"] == HEAD:
                    return str(each["text"])
    return None
