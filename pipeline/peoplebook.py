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
from pipeline.home import Home
from pipeline.keeping import keep

_HISTORY = "history.jsonl"


def keep_people(session: Session, home: Home) -> None:
    """Write the history of the directory, as it stands in this transaction, into the home."""
    session.flush()
    lines = [
        json.dumps(as_json(event), ensure_ascii=False, sort_keys=True)
        for event in chain_of(session, CHAIN)
    ]
    keep(home.people, _HISTORY, "".join(f"{line}\n" for line in lines).encode())


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
