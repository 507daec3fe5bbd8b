"""What papers are judged by: the shipped rules, for the sample company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from archive.rulesets import packaged
from pipeline import samplefirms
from pipeline.checkrules import load_check_rules
from templates.checks.grounds import Grounds


@pytest.fixture(scope="session")
def judged_on() -> Callable[[date], Grounds]:
    rules = load_check_rules(packaged("checks"))
    return lambda day: Grounds(day, rules, samplefirms.COMPANY, samplefirms.COMPANY_USCC)
