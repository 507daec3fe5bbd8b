"""Submission: what is handed to the archive to be filed, and the place it is given (移交件)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive.carrying import Carried, Row
from archive.referencecode import ReferenceCode


@dataclass(frozen=True, slots=True)
class Submission:
    """One finished paper: what it is, and its files by role.

    `files` holds role -> (file name, media type, bytes); roles are short ASCII words such as
    ``sealed``, ``docx``, ``text``, ``order``, ``proof``. `office` is the code of the
    department in charge; `retention_class` None leaves the class to the file plan.
    `description` holds JSON values only. `opens` says whether it begins a dossier, as a contract
    does; every other paper joins the dossier of its order. `formed_on` is None where nobody knows
    the day (不详); `filed_in` is then the year it is arranged under.
    """

    kind: str
    order_no: str
    number: str
    title: str
    responsible: str
    formed_on: date | None
    source_sha256: str
    retention_class: str | None
    office: str
    secrecy: str
    pages: int
    files: Mapping[str, tuple[str, str, bytes]]
    description: Mapping[str, Any]
    opens: bool = False
    filed_in: int | None = None

    @property
    def year(self) -> int:
        """Return the year it is arranged under (归属年度); raises ValueError if none is said."""
        year = self.formed_on.year if self.formed_on is not None else self.filed_in
        if year is None:
            raise ValueError(f"{self.number} has neither a day nor a year")
        return year


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission goes: its reference code, and its dossier as the shelf will say it.

    `is_open` says whether the register knows the dossier already.
    """

    code: ReferenceCode
    kind_name: str
    dossier: Mapping[str, Any]
    is_open: bool

    @property
    def object_path(self) -> str:
        """Return where the dossier stands below the archive's root."""
        return self.code.object_path


@dataclass(frozen=True, slots=True)
class Composed:
    """A submission ready for the shelf, with everything the register knows of its order.

    `rows` are what the dossier will say of the submission's files, by role, where that was told
    already; empty, it is told when the paper is put.
    """

    submission: Submission
    carried: Carried
    actor: str
    at: datetime
    rows: tuple[Row, ...] = ()
