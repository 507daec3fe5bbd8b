from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import sealbook
from archive.db import Register
from archive.errors import EventConflict, EventDamaged, RulesUnfit, SealRefused
from archive.people import person_key
from archive.rulesets import packaged
from archive.sealcase import Seal, SealKind, SealState
from archive.sealpowers import SealPowers
from archive.sealrules import SealRules

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
POWERS = SealPowers(manage=("孙管印", "李管印"), audit=("吴稽核",))
SEAL = Seal(
    code="HT01",
    name="合同专用章",
    kind=SealKind.CONTRACT,
    owner="示例网络技术（北京）有限公司",
    width_mm=40.0,
    height_mm=40.0,
    image_sha256="0" * 64,
    valid_from=date(2026, 1, 1),
    valid_to=None,
    keepers=("钱守印",),
    state=SealState.IN_USE,
    sample=True,
    papers=("contract",),
    up_to=Decimal("500000.00"),
    record_no="1101080000001",
)


@pytest.fixture
def session(register: Register) -> Iterator[Session]:
    with register.write() as session:
        yield session


def enrol(session: Session, **changed: Any) -> None:
    by = changed.pop("by", "孙管印")
    sealbook.enrol(session, POWERS, replace(SEAL, **changed), by=by, at=AT)


def state(session: Session, to: SealState, **changed: Any) -> None:
    said: dict[str, Any] = {"by": "孙管印", "reason": "换发新章", "second": None, "at": AT}
    sealbook.change_state(session, POWERS, "HT01", to, **(said | changed))


def hand_over(session: Session, *keepers: str, by: str = "孙管印", reason: str = "轮岗") -> None:
    sealbook.hand_over(session, POWERS, "HT01", keepers, by=by, reason=reason, at=AT)


def test_a_seal_stands_in_the_book_as_it_was_registered(session: Session) -> None:
    enrol(session)
    assert sealbook.standing(session, "HT01") == SEAL
    assert sealbook.all_seals(session) == (SEAL,)
    (change,) = sealbook.changes_of(session, "HT01")
    assert (change.act, change.by, change.state) == ("seal:registered", "孙管印", "启用")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "合同章"}, "只能用字母"),
        ({"code": "../x"}, "只能用字母"),
        ({"kind": SealKind.COMPANY, "width_mm": 45.1}, "公章不得超过 45 毫米"),
        ({"width_mm": 0}, "大于零"),
        ({"keepers": ()}, "至少写明一位保管人"),
        ({"keepers": ("孙管印",)}, "不得兼任保管人"),
        ({"keepers": ("钱守印", "钱 守印")}, "重复"),
        ({"valid_to": date(2025, 12, 31)}, "早于启用日"),
        ({"up_to": Decimal(0)}, "大于零"),
        ({"name": " "}, "不能为空"),
        ({"by": "钱守印"}, "钱守印不得管理印章"),
        ({"by": "吴稽核"}, "吴稽核不得管理印章"),
        ({"by": ""}, "--as"),
    ],
)
def test_a_seal_that_cannot_be_meant_is_not_registered(
    session: Session, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(SealRefused, match=said):
        enrol(session, **changed)
    assert sealbook.all_seals(session) == ()


def test_a_code_is_never_used_again(session: Session) -> None:
    enrol(session)
    with pytest.raises(SealRefused, match="编号不重用"):
        enrol(session, code="ht01")


@pytest.mark.parametrize("before", SealState)
@pytest.mark.parametrize("after", SealState)
def test_a_seal_goes_only_where_its_state_leads(
    session: Session, before: SealState, after: SealState
) -> None:
    enrol(session, state=before)
    if after in before.leads_to:
        state(session, after, second="吴稽核")
        assert sealbook.standing(session, "HT01").state is after
    else:
        with pytest.raises(SealRefused, match=f"现为{before.value}，不能改为{after.value}"):
            state(session, after, second="吴稽核")


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (None, "须有第二人"),
        ("  ", "须有第二人"),
        ("孙 管印", "监督人与经办人同为"),
        ("钱守印", "是此印章的保管人"),
        ("路人", "不能监督"),
    ],
)
@pytest.mark.parametrize("to", [SealState.COLLECTED, SealState.DESTROYED])
def test_what_leaves_the_firm_takes_a_second_person(
    session: Session, to: SealState, second: str | None, said: str
) -> None:
    enrol(session, state=SealState.SUSPENDED)
    with pytest.raises(SealRefused, match=said):
        state(session, to, second=second)
    state(session, to, second="李管印")
    assert sealbook.changes_of(session, "HT01")[-1].second == "李管印"


def test_every_change_says_who_and_why(session: Session) -> None:
    enrol(session)
    with pytest.raises(SealRefused, match="原因"):
        state(session, SealState.SUSPENDED, reason=" ")
    with pytest.raises(SealRefused, match="没有登记印章 HT02"):
        sealbook.standing(session, "HT02")
    hand_over(session, "冯守信", "陈守印")
    state(session, SealState.SUSPENDED)
    told = [(row.seq, row.act, row.reason) for row in sealbook.changes_of(session, "HT01")]
    assert told == [
        (1, "seal:registered", "登记"),
        (2, "seal:keepers", "轮岗"),
        (3, "seal:state", "换发新章"),
    ]
    assert sealbook.standing(session, "HT01").keepers == ("冯守信", "陈守印")


@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET reason = 'x'", None])
def test_the_book_is_never_changed(session: Session, act: str | None) -> None:
    enrol(session)
    asked = act or "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
    with pytest.raises(IntegrityError, match=r"never|once"):
        session.execute(text(asked.format("seal_changes")))


def test_a_lost_register_learns_the_seals_from_their_histories(
    session: Session, fresh_register: Callable[[], Register]
) -> None:
    enrol(session)
    hand_over(session, "冯守信")
    content = sealbook.journal(session, "HT01")
    with fresh_register().write() as other:
        assert sealbook.restore(other, "HT01", content) == 2
        assert sealbook.restore(other, "HT01", content) == 0
        assert sealbook.all_seals(other) == sealbook.all_seals(session)
        assert sealbook.differences(other, "HT01", content) == []
        assert "台账文件缺失" in sealbook.differences(other, "HT01", None)[0]
        first, _ = content.splitlines(keepends=True)
        assert "不一致" in sealbook.differences(other, "HT01", first)[0]


def test_a_history_that_was_touched_is_not_believed(
    session: Session, fresh_register: Callable[[], Register]
) -> None:
    enrol(session)
    content = sealbook.journal(session, "HT01")
    with fresh_register().write() as other:
        for code, touched in (
            ("HT01", content.replace("钱守印".encode(), "钱守卫".encode())),
            ("HT01", content[:-9]),
            ("GZ01", content),
        ):
            with pytest.raises(EventDamaged):
                sealbook.restore(other, code, touched)
        enrol(other, name="另一枚")
        with pytest.raises(EventConflict):
            sealbook.restore(other, "HT01", content)


NAMES = some.sampled_from(["甲", "乙", "丙", " 甲", "乙·", "乙•"])


@given(
    manage=some.lists(NAMES, max_size=2, unique=True),
    audit=some.lists(NAMES, max_size=2, unique=True),
    keepers=some.lists(NAMES, min_size=1, max_size=3),
)
def test_nobody_ever_holds_two_powers_over_one_seal(
    manage: list[str], audit: list[str], keepers: list[str]
) -> None:
    given_powers = SealPowers(manage=tuple(manage), audit=tuple(audit))
    hands = [{person_key(name) for name in names} for names in (manage, audit, keepers)]
    is_apart = not hands[2] & (hands[0] | hands[1]) and len(hands[2]) == len(keepers)
    assert (given_powers.keeper_problems(keepers) == []) == is_apart


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("manage = []\naudit = []", 'manage = ["甲"]\naudit = [" 甲"]', "不是有效文本"),
        ("manage = []\naudit = []", 'manage = ["甲乙"]\naudit = ["甲 乙"]', "须由不同的人担任"),
        ("valid_days = 30", "valid_days = 0", "大于零"),
        ("valid_days =", "valid_day =", "valid_days：缺少"),
        ("audit = []", "adit = []", "adit：不认识"),
    ],
)
def test_powers_that_cannot_be_meant_are_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "seals.toml"
    path.write_text(packaged("seals").read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(RulesUnfit, match=said):
        SealRules.load(path)


def test_rules_from_before_give_nobody_power_and_ask_by_the_drafter(tmp_path: Path) -> None:
    said = packaged("seals").read_text("utf-8")
    before = said[: said.index("[powers]")] + said[said.index("[papers.contract]") :]
    path = tmp_path / "seals.toml"
    path.write_text(before, "utf-8")
    rules = SealRules.load(path)
    assert (rules.powers, rules.requests.requested_by) == (SealPowers(), "draft")
    with pytest.raises(SealRefused, match=r"\[powers\]"):
        rules.powers.assert_manager("孙管印")
