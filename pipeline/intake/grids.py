"""Grids: rows of cells with the place of each, whether they came from a sheet or a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.intake.cells import Value


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that is not blank, and where it stands."""

    value: Value
    place: str

    @property
    def text(self) -> str:
        """Return it as text, for comparing with headings."""
        return str(self.value).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column from 0; blank ones are left out."""

    place: str
    cells: Mapping[int, Cell]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, or a whole CSV file; blank rows are left out.

    `problems` are cells that cannot be taken as they stand, `remarks` what is said beside the
    cells, both by place.
    """

    name: str
    place: str
    rows: tuple[Row, ...]
    problems: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
