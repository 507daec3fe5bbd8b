from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from archive import numbering
from archive.db import Register, open_register
from archive.rulesets import packaged

AT = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)


@pytest.fixture
def ledger(house: Any) -> Register:
    """Return the register of a home in which three contracts were numbered, one in vain."""
    register = open_register(house.root / "guidang.db")
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    with register.write.begin() as session:
        for holder in ("contract:A:0:r1", "contract:A:0:r2", "contract:B:0:r1"):
            numbering.take(
                session,
                rule,
                year=2027,
                holder=holder,
                at=AT,
                parts={"company": "GD", "type": "FW"},
            )
        numbering.void_number(session, "GD-HT-2027-FW-0001", reason="订单有新版", at=AT)
    return register


def dispose(register: Register) -> None:
    register.engine.dispose()
    register.read.kw["bind"].dispose()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["0003", "0002", "0001"]),
        (("--series", "contract"), ["0003", "0002", "0001"]),
        (("--series", "contract:GD:FW", "--year", "2027"), ["0003", "0002", "0001"]),
        (("--void",), ["0001"]),
        (("--text", "FW-0002"), ["0002"]),
        (("--series", "cont"), []),
        (("--year", "2026"), []),
    ],
)
def test_the_ledger_lists_every_number_with_its_holder_or_its_reason(
    house: Any, ledger: Register, options: tuple[str, ...], found: list[str]
) -> None:
    dispose(ledger)
    listed = house.guidang("numbers", "list", *options, "--json").content["numbers"]
    assert [one["number"][-4:] for one in listed] == found
    void = [one["void_reason"] for one in listed if one["voided_at"]]
    assert void == ["订单有新版"] * ("0001" in found)
    shown = house.guidang("numbers", "list", *options).out.splitlines()
    assert ["作废" in line for line in shown[:-1]] == [number == "0001" for number in found]


def test_the_gap_report_comes_out_empty_and_names_a_gap_where_one_was_made(
    house: Any, ledger: Register
) -> None:
    whole = house.guidang("numbers", "gaps", "--json")
    assert whole.code == 0
    assert whole.content == {
        "ok": True, "series": 1, "numbers": 3, "void": 1, "gaps": [], "passed_over": [],
    }  # fmt: skip
    with ledger.write.begin() as session:
        session.execute(text("DROP TRIGGER numbers_are_not_deleted"))
        session.execute(text("DELETE FROM numbers WHERE value = 2"))
    dispose(ledger)
    broken = house.guidang("numbers", "gaps", "--json")
    assert broken.code == 4
    assert broken.content["gaps"] == [
        {"series": "contract:GD:FW", "year": 2027, "value": 2, "problem": "缺号：台账中没有此号"}
    ]
