"""Builders: a contract on the shelf with what was filed after it, made from the samples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from archive.rulesets import packaged
from pipeline import samplefirms
from pipeline.checkrules import load_check_rules
from pipeline.intake.following import FollowingForm
from pipeline.intake.forms import Form
from pipeline.intake.reading import read_form
from pipeline.papers.kinds import KINDS
from pipeline.papers.paper import Paper
from pipeline.papers.standing import Filed, Standing, UnderWay
from pipeline.samplepapers import SAMPLES
from templates.checks.grounds import Grounds
from templates.errors import Level

NUMBER = "GD-HT-2026-FW-0001"
DAY = date(2026, 11, 12)
RULES = load_check_rules(packaged("checks"))


def read(content: Mapping[str, Any]) -> Form:
    return read_form(json.dumps(content, ensure_ascii=False).encode())


@dataclass
class Shelf:
    """The dossier of sample order 1; papers come onto it as if they were filed."""

    order: dict[str, Any] = field(default_factory=lambda: SAMPLES["guidang.order/1"](1))
    filed: list[Filed[FollowingForm]] = field(default_factory=list)
    under_way: list[UnderWay] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        order: Any = read(self.order)
        return Standing(
            order=order,
            number=NUMBER,
            papers=tuple(self.filed),
            sources=frozenset(
                hashlib.sha256(each.number.encode()).hexdigest() for each in self.filed
            ),
            under_way=tuple(self.under_way),
        )

    def paper(self, content: Mapping[str, Any]) -> Paper:
        """Return the paper `content` asks for, on what is filed by now."""
        form = read(content)
        return KINDS[form.kind].paper(form, self.standing)

    def file(self, content: Mapping[str, Any], number: str) -> None:
        """Put a paper onto the shelf; it must be one that could be filed."""
        form = read(content)
        assert isinstance(form, FollowingForm)
        assert not blocks(self.paper(content))
        self.filed.append(Filed(f"{NUMBER}-{number}", form, DAY))


def blocks(paper: Paper, *, on: date = DAY) -> set[tuple[str, str]]:
    """Return code and place of everything that stops `paper`, as the shipped rules weigh it."""
    grounds = Grounds(on, RULES, samplefirms.COMPANY, samplefirms.COMPANY_USCC)
    found = RULES.govern(paper.findings(grounds), kind=paper.kind, type_code=paper.type_code)
    return {(each.code, each.place) for each in found if each.level is Level.BLOCK}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="session")
def shelf_of() -> Callable[[], Shelf]:
    return Shelf


@pytest.fixture(scope="session")
def found() -> Callable[..., set[tuple[str, str]]]:
    return blocks
