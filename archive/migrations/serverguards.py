"""Server guards: what PostgreSQL itself refuses to do to the history and the ledger.

The same refusals as the triggers of the SQLite register, in the server's own language; the
TRUNCATE that PostgreSQL knows beside DELETE is refused as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Guard:
    """One refusal: before which act on which table, under which condition, in which words."""

    name: str
    table: str
    act: str
    words: str
    condition: str = "true"


FIRST_GUARDS: Final = (
    Guard(
        "events_follow_one_another",
        "events",
        "INSERT",
        "an event follows the last of its chain",
        "NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM events WHERE chain = NEW.chain), 0)",
    ),
    Guard("events_are_not_changed", "events", "UPDATE", "events are never changed"),
    Guard("events_are_not_deleted", "events", "DELETE", "events are never deleted"),
    Guard("events_are_not_truncated", "events", "TRUNCATE", "events are never deleted"),
    Guard(
        "numbers_are_only_voided",
        "numbers",
        "UPDATE",
        "a number is voided once and never changed",
        "OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR NEW.void_reason IS NULL"
        " OR (NEW.id, NEW.series, NEW.year, NEW.value, NEW.text, NEW.holder, NEW.taken_at)"
        " <> (OLD.id, OLD.series, OLD.year, OLD.value, OLD.text, OLD.holder, OLD.taken_at)",
    ),
    Guard("numbers_are_not_deleted", "numbers", "DELETE", "numbers are never deleted"),
    Guard("numbers_are_not_truncated", "numbers", "TRUNCATE", "numbers are never deleted"),
    Guard("counters_only_grow", "counters", "UPDATE", "counters only grow", "NEW.last < OLD.last"),
    Guard("counters_are_not_deleted", "counters", "DELETE", "counters are never deleted"),
    Guard("counters_are_not_truncated", "counters", "TRUNCATE", "counters are never deleted"),
)


def statements_of(guards: Iterable[Guard]) -> Iterator[str]:
    """Yield what makes `guards`: for each its function, then its trigger."""
    for guard in guards:
        is_whole_table = guard.act == "TRUNCATE"
        given = "NEW" if guard.act in ("INSERT", "UPDATE") else "OLD"
        allowed = "RETURN NULL;" if is_whole_table else f"RETURN {given};"
        yield f"""
            CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$
            BEGIN
              IF {guard.condition} THEN RAISE EXCEPTION '{guard.words}'; END IF;
              {allowed}
            END $guard$"""
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table}"
            f" FOR EACH {'STATEMENT' if is_whole_table else 'ROW'} EXECUTE FUNCTION {guard.name}()"
        )
