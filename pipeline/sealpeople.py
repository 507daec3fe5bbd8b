"""Seal people: who acts at the seal desk, by the login or the name the directory has."""

from __future__ import annotations

from archive.directory import directory_of
from archive.errors import SealRefused
from archive.people import is_among
from pipeline.wiring import Workplace


def acting(workplace: Workplace, said: str) -> str:
    """Return the name of who acts under the login or name `said`; raises SealRefused.

    Who may do what stands in the seal rules by name; somebody the directory has disabled does
    nothing any more.
    """
    with workplace.register.read.begin() as session:
        users = directory_of(session).users
    user = users.get(said)
    known = [user] if user else [each for each in users.values() if is_among(said, (each.name,))]
    if known and not any(each.is_enabled for each in known):
        raise SealRefused(f"{known[0].name}已在人员名录中停用，不能办理")
    return user.name if user else said
