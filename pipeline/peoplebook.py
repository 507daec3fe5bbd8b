"""People book: the history of the directory as a file of the home, beside the register.

The directory belongs to no dossier. Its history is therefore written into `people/` of the
home before the transaction ends that adds to it, and a rebuilt register reads it back.
"""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from archive.directory import CHAIN
from archive.errors import DirectoryRefused
from archive.events import as_json, chain_of, from_json, insert_prepared, verify_chain
from archive.registerhistory import Break
from pipeline.home import Home
from pipeline.keeping import keep

_HISTORY = "history.jsonl"


def keep_people(session: Session, home: Home) -> None:
    """Write the history of the directory, as it stands in this transaction, into the home."""
    session.flush()
    lines = "".join(f"{line}\n" for line in _lines(session))
    keep(home.people, _HISTORY, lines.encode())


def break_in_people(session: Session, home: Home) -> Break | None:
    """Return where the kept history of the directory and the register tell different things.

    One act more, all of one moment, is what a crash before the register's commit leaves: the
    next act writes it anew.
    """
    path = home.people / _HISTORY
    told = _lines(session)
    kept = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    if kept[: len(told)] == told:
        more = kept[len(told) :]
        if len({_moment(line) for line in more}) <= 1:
            return None
        lost = f"登记库中的人员名录缺少留存的后 {len(more)} 次变更"
        return Break(f"people/{_HISTORY}", "removed", lost)
    kind, what = ("removed", "缺失") if told[: len(kept)] == kept else ("changed", "被改写")
    return Break(f"people/{_HISTORY}", kind, f"人员名录的留存{what}，与登记库不一致")


def _moment(line: str) -> str:
    """Return when the act of a kept line was, the line itself where it does not say."""
    try:
        said = json.loads(line)
    except ValueError:
        return line
    return str(said.get("at", line)) if isinstance(said, dict) else line


def _lines(session: Session) -> list[str]:
    return [
        json.dumps(as_json(event), ensure_ascii=False, sort_keys=True)
        for event in chain_of(session, CHAIN)
    ]


def restore_people(session: Session, home: Home) -> int:
    """Read the history back into a register that has none; return how many acts it tells.

    Raises DirectoryRefused where the file was changed: who may decide must not come from
    a file that anybody edited.
    """
    path = home.people / _HISTORY
    if not path.is_file() or chain_of(session, CHAIN):
        return 0
    history = [from_json(json.loads(line)) for line in path.read_bytes().splitlines()]
    if problems := verify_chain(history):
        raise DirectoryRefused(f"人员名录的留存 {path.name} 已被改动：{problems[0]}")
    for event in history:
        insert_prepared(session, event)
    return len(history)
