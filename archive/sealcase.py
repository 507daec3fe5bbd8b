"""Sealcase: what a guarded seal is, and whether it may be used at all (印章)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from archive.people import is_among

if TYPE_CHECKING:
    from archive.stamping import SealImage

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_COMPANY_LIMIT_MM: Final = 45
"""A company seal is at most 4.5 cm wide (国发〔1999〕25号)."""
_LIMIT_MM: Final = 100
"""No seal at all is wider: a width beyond it is a slip of the pen or of the unit."""


class SealKind(StrEnum):
    """What a seal is (印章种类)."""

    COMPANY = "公章"
    CONTRACT = "合同专用章"
    LEGAL_REPRESENTATIVE = "法定代表人章"
    FINANCE = "财务专用章"
    INVOICE = "发票专用章"
    PROJECT = "项目章"
    TECHNICAL = "技术章"
    PERSONNEL = "人事章"
    CUSTOMS = "报关专用章"


class SealState(StrEnum):
    """Whether a seal may be used at all."""

    IN_USE = "启用"
    SUSPENDED = "停用"
    COLLECTED = "收缴"
    DESTROYED = "销毁"

    @property
    def leads_to(self) -> tuple[SealState, ...]:
        """The states that may follow; a seal is out of use before it is destroyed."""
        return {
            SealState.IN_USE: (SealState.SUSPENDED, SealState.COLLECTED),
            SealState.SUSPENDED: (SealState.IN_USE, SealState.COLLECTED, SealState.DESTROYED),
            SealState.COLLECTED: (SealState.DESTROYED,),
            SealState.DESTROYED: (),
        }[self]

    @property
    def takes_two(self) -> bool:
        """Whether a second person must be there: the seal leaves the firm's hands for good."""
        return self in (SealState.COLLECTED, SealState.DESTROYED)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as the firm keeps it; `pdf` is its one-page image where it was opened for a use.

    `valid_to` is the last day it may be used, None where no end is set. `papers` are the kinds
    of paper it may stand on (none named: as the rules say), `up_to` the highest amount in yuan.
    """

    code: str
    name: str
    kind: SealKind
    owner: str
    width_mm: float
    height_mm: float
    image_sha256: str
    valid_from: date
    valid_to: date | None
    keepers: tuple[str, ...]
    state: SealState
    sample: bool
    papers: tuple[str, ...] = ()
    up_to: Decimal | None = None
    record_no: str | None = None
    pdf: bytes = b""

    @property
    def image(self) -> SealImage:
        """The seal as it is stamped; raises ValueError where it was not opened."""
        from archive.sealink import ink_span  # noqa: PLC0415 - only where one stamps
        from archive.stamping import SealImage  # noqa: PLC0415 - the same

        if not self.pdf:
            raise ValueError(f"seal {self.code} was not opened")
        return SealImage(
            name=self.code,
            pdf=self.pdf,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            ink=ink_span(self.pdf),
        )

    def unusable_on(self, day: date) -> str | None:
        """Return why the seal may not be used on `day`, in Chinese; None where it may."""
        if self.state is not SealState.IN_USE:
            return f"印章已{self.state.value}"
        if day < self.valid_from:
            return f"印章自 {self.valid_from.isoformat()} 起才启用"
        if self.valid_to is not None and day > self.valid_to:
            return f"印章有效期至 {self.valid_to.isoformat()}，已过期"
        return None

    def beyond_authority(self, paper: str, amount: Decimal | None) -> str | None:
        """Return why such a `paper` is beyond what this seal is for; None where it is not."""
        if self.papers and paper not in self.papers:
            return f"授权范围不含此文种（{paper}），只限 {'、'.join(self.papers)}"
        if self.up_to is None:
            return None
        if amount is None:
            return f"授权限额 {self.up_to:,.2f} 元，此文书没有载明金额，无从核对"
        if amount > self.up_to:
            return f"金额 {amount:,.2f} 元超出授权限额 {self.up_to:,.2f} 元"
        return None

    def is_kept_by(self, person: str) -> bool:
        """Return whether `person` is one of the keepers."""
        return is_among(person, self.keepers)


def unfit_code(code: str) -> str | None:
    """Return why `code` is no seal's code, in Chinese; None where it is one."""
    if _CODE.fullmatch(code):
        return None
    return f"印章编号“{code}”只能用字母、数字、- 和 _，至多 32 位，以字母或数字开头"


def size_problem(kind: SealKind, width_mm: float, height_mm: float) -> str | None:
    """Return why no seal of that kind has that size, in Chinese; None where it may."""
    limit = _COMPANY_LIMIT_MM if kind is SealKind.COMPANY else _LIMIT_MM
    if not 0 < min(width_mm, height_mm) < float("inf"):
        return "尺寸应为大于零的毫米数"
    if max(width_mm, height_mm) > limit:
        return f"{kind.value}不得超过 {limit} 毫米"
    return None
