from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import approvals, seals, upstream
from archive.db import Register
from archive.errors import ApprovalNeeded, SealRefused
from archive.events import chain_of
from archive.instruments import Instrument, InstrumentState
from archive.routes import ApprovalRules, UpstreamApproval
from archive.rulesets import packaged
from archive.sealpowers import SealPowers
from archive.sealrequests import SealRequest, request_again, request_by_rule
from archive.seals import Seal, SealKind, SealRules, SealState, SealUse

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
DAY = date(2026, 3, 9)
TERMS = "a" * 64
FIRM = "示例网络技术（北京）有限公司"
IMAGE = b"%PDF-1.7 sample seal"
RULES = SealRules.load(packaged("seals"))
ROUTES = replace(ApprovalRules.load(packaged("approvals")), trusted=("办公审批系统",))
PEOPLE = {
    "draft": "何䶮",
    "check": "林晓舟",
    "legal": "㛃文静",
    "head": "周立群",
    "lead": "郑𠅤",
}
KEEPER = "保管员甲"
GUARDED = replace(RULES, powers=SealPowers(manage=("孙管印",), audit=("吴稽核",)))
REPLACED = "INSERT OR REPLACE INTO {} SELECT * FROM {}"


def a_seal(**changed: Any) -> Seal:
    return Seal(
        **(
            {
                "code": "HT01",
                "name": "合同专用章",
                "kind": SealKind.CONTRACT,
                "owner": FIRM,
                "width_mm": 40.0,
                "height_mm": 40.0,
                "image_sha256": hashlib.sha256(IMAGE).hexdigest(),
                "valid_from": date(2026, 1, 1),
                "valid_to": date(2028, 12, 31),
                "keepers": (KEEPER,),
                "state": SealState.IN_USE,
                "sample": True,
                "pdf": IMAGE,
            }
            | changed
        )
    )


def choose(*own: Seal, kind: str = "contract", owner: str = FIRM, on: date = DAY) -> Seal:
    return seals.choose_seal(own, RULES, owner=owner, kind_of_paper=kind, on=on)


@pytest.mark.requirement_part("F-202")
@pytest.mark.parametrize("kind", ["contract", "acceptance"])
def test_the_contract_seal_comes_before_the_company_seal(kind: str) -> None:
    company = a_seal(code="GZ01", kind=SealKind.COMPANY, name="公章")
    assert choose(company, a_seal(), kind=kind).code == "HT01"
    assert choose(company, a_seal(state=SealState.SUSPENDED), kind=kind).code == "GZ01"
    assert choose(a_seal(code="HT02"), a_seal()).code == "HT01"


@pytest.mark.requirement_part("F-202")
@pytest.mark.parametrize("kind", [k for k in SealKind if k.value not in {"公章", "合同专用章"}])
@pytest.mark.parametrize("paper", ["contract", "acceptance"])
def test_no_other_seal_may_stand_on_a_contract(kind: SealKind, paper: str) -> None:
    with pytest.raises(SealRefused, match=f"{kind.value}不得用于.*只能用合同专用章或公章"):
        choose(a_seal(kind=kind, name=kind.value), kind=paper)


def test_a_seal_of_another_firm_is_never_chosen() -> None:
    with pytest.raises(SealRefused, match="没有登记“示例网络技术有限公司”的印章"):
        choose(a_seal(), owner="示例网络技术有限公司")


@pytest.mark.parametrize(
    ("on", "said"), [(date(2025, 12, 31), "起才启用"), (date(2029, 1, 1), "已过期")]
)
def test_a_seal_is_used_on_its_days_alone(on: date, said: str) -> None:
    with pytest.raises(SealRefused, match=said):
        choose(a_seal(), on=on)
    assert choose(a_seal(), on=date(2026, 1, 1)) == choose(a_seal(), on=date(2028, 12, 31))


def test_a_paper_no_rule_speaks_of_is_not_sealed() -> None:
    with pytest.raises(SealRefused, match="quote"):
        choose(a_seal(), kind="quote")


@pytest.fixture
def session(register: Register) -> Iterator[Session]:
    with register.write() as session:
        yield session


@pytest.fixture
def contract(session: Session, an_instrument: Callable[..., Instrument]) -> Instrument:
    instrument = an_instrument(number="GD-HT-2026-FW-0001")
    session.add(instrument)
    session.flush()
    return instrument


def approve(
    session: Session, instrument: Instrument, *, steps: int = 5, asked_at: datetime = AT
) -> None:
    given = [
        UpstreamApproval(step, person, "负责人", AT - timedelta(hours=1), "同意", "办公审批系统")
        for step, person in list(PEOPLE.items())[:steps]
    ]
    upstream.record_upstream(session, instrument, given, ROUTES, terms_digest=TERMS, at=AT)
    if steps == len(PEOPLE):
        ask(session, instrument, at=asked_at)


def ask(session: Session, instrument: Instrument, *, at: datetime = AT) -> SealRequest:
    return request_by_rule(
        session, instrument, rules=RULES, approvals=ROUTES, terms_digest=TERMS, at=at
    )


def use(session: Session, instrument: Instrument, **changed: Any) -> SealUse:
    asked: dict[str, Any] = {
        "seal": a_seal(),
        "file_sha256": "c" * 64,
        "sealed_sha256": "d" * 64,
        "terms_digest": TERMS,
        "pages": 6,
        "copies": 4,
        "places": [{"what": "落款", "page": 6, "x_mm": 120.5}],
        "requested_by": "何䶮",
        "approved_by": "郑𠅤",
        "keeper": KEEPER,
        "at": AT,
        "number": "YY-2026-000001",
    }
    rules = changed.pop("rules", RULES)
    return seals.register_use(session, ROUTES, rules, instrument=instrument, **(asked | changed))


@pytest.mark.requirement_part("F-202")
def test_every_use_stands_in_the_book(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    written = use(session, contract)
    session.expire_all()
    assert session.scalars(select(SealUse)).one() is written
    assert (written.seal_digest, written.pages, written.copies) == (a_seal().image_sha256, 6, 4)
    assert written.places == [{"what": "落款", "page": 6, "x_mm": 120.5}]


def test_the_same_use_again_is_the_same_row(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    assert use(session, contract) is use(session, contract)


@pytest.mark.parametrize("done", range(5))
@pytest.mark.requirement_part("F-106")
def test_nothing_is_sealed_before_the_last_decision(
    session: Session, contract: Instrument, done: int
) -> None:
    approve(session, contract, steps=done)
    with pytest.raises(ApprovalNeeded, match="分管领导"):
        use(session, contract)


def test_decisions_on_other_terms_do_not_open_the_sealcase(
    session: Session, contract: Instrument
) -> None:
    approve(session, contract)
    with pytest.raises(ApprovalNeeded):
        use(session, contract, terms_digest="e" * 64)
    contract.terms_digest = "e" * 64
    with pytest.raises(SealRefused, match="不一致"):
        use(session, contract)


def test_void_decisions_do_not_open_the_sealcase(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    approvals.void_approvals(session, contract, reason="有误", at=AT)
    with pytest.raises(ApprovalNeeded):
        use(session, contract)


@pytest.mark.requirement_part("D-103")
@pytest.mark.parametrize("person", [*PEOPLE.values(), "郑 𠅤"])
def test_who_drafted_or_decided_does_not_seal(
    session: Session, contract: Instrument, person: str
) -> None:
    approve(session, contract)
    with pytest.raises(SealRefused, match="须由他人用印"):
        use(session, contract, seal=a_seal(keepers=(person,)), keeper=person)


def test_who_asks_for_the_seal_does_not_grant_it(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    with pytest.raises(SealRefused, match="申请人与批准人同为 何䶮"):
        use(session, contract, approved_by="何䶮")


def test_only_the_keeper_of_a_seal_puts_it_on(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    with pytest.raises(SealRefused, match="由 保管员甲 保管"):
        use(session, contract, keeper="保管员乙")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seal": a_seal(state=SealState.SUSPENDED)}, "印章已停用"),
        ({"seal": a_seal(state=SealState.DESTROYED)}, "印章已销毁"),
        ({"seal": a_seal(valid_to=date(2026, 3, 8))}, "已过期"),
        ({"pages": 0}, "页数"),
        ({"copies": 0}, "份数"),
        ({"places": []}, "加盖位置"),
        ({"sealed_sha256": "D" * 64}, "十六进制"),
        ({"file_sha256": ""}, "十六进制"),
    ],
)
def test_a_use_that_is_not_as_it_should_be_is_refused(
    session: Session, contract: Instrument, changed: dict[str, Any], said: str
) -> None:
    approve(session, contract)
    with pytest.raises(SealRefused, match=said):
        use(session, contract, **changed)
    assert session.scalars(select(SealUse)).all() == []


def test_the_last_day_of_a_seal_is_the_firms_day(session: Session, contract: Instrument) -> None:
    late = datetime(2028, 12, 31, 16, 0, tzinfo=UTC)
    approve(session, contract, asked_at=late - timedelta(days=1))
    with pytest.raises(SealRefused, match="已过期"):
        use(session, contract, at=late)
    assert use(session, contract, at=late - timedelta(seconds=1)).number == "YY-2026-000001"


def test_a_paper_without_its_number_is_not_sealed(session: Session, contract: Instrument) -> None:
    approve(session, contract)
    contract.number = None
    with pytest.raises(SealRefused, match="尚未编号"):
        use(session, contract)


@pytest.mark.parametrize(
    "changed",
    [{"sealed_sha256": "e" * 64}, {"file_sha256": "e" * 64}, {"number": "YY-2026-000002"}],
)
def test_a_seal_is_not_put_on_a_second_version(
    session: Session, contract: Instrument, changed: dict[str, str]
) -> None:
    approve(session, contract)
    use(session, contract)
    with pytest.raises(SealRefused, match="不得再次用印"):
        use(session, contract, **changed)


def test_the_file_of_one_paper_is_not_sealed_for_another(
    session: Session, contract: Instrument, an_instrument: Callable[..., Instrument]
) -> None:
    approve(session, contract)
    use(session, contract)
    other = an_instrument(order_no="X-2", source_sha256="f" * 64, number="GD-HT-2026-FW-0002")
    session.add(other)
    session.flush()
    approve(session, other)
    with pytest.raises(SealRefused, match="不得再次用印"):
        use(session, other, number="YY-2026-000002")


@pytest.mark.requirement_part("F-202")
@pytest.mark.parametrize(
    ("seal", "said"),
    [
        (a_seal(kind=SealKind.FINANCE, name="财务专用章"), "财务专用章不得用于合同"),
        (a_seal(kind=SealKind.PERSONNEL, name="人事章"), "人事章不得用于合同"),
        (a_seal(state=SealState.COLLECTED), "印章已收缴"),
        (a_seal(valid_from=date(2026, 3, 10)), "起才启用"),
        (a_seal(papers=("nda",)), "授权范围不含此文种"),
        (a_seal(up_to=Decimal("596499.99")), "超出授权限额 596,499.99 元"),
        (a_seal(keepers=("孙管印",)), "孙管印是印章管理人，不得兼任保管人"),
        (a_seal(keepers=("吴 稽核",)), "是用印稽核人，不得兼任保管人"),
    ],
)
def test_a_seal_is_used_within_what_it_is_for(
    session: Session, contract: Instrument, seal: Seal, said: str
) -> None:
    contract.amount = Decimal("596500.00")
    approve(session, contract)
    with pytest.raises(SealRefused, match=said):
        use(session, contract, seal=seal, keeper=seal.keepers[0], rules=GUARDED)


def test_an_amount_up_to_the_limit_is_within_it(session: Session, contract: Instrument) -> None:
    contract.amount = Decimal("596500.00")
    approve(session, contract)
    assert use(session, contract, seal=a_seal(up_to=contract.amount)).number


def test_a_limit_on_a_paper_without_an_amount_is_not_guessed_at(
    session: Session, contract: Instrument
) -> None:
    contract.amount = None
    approve(session, contract)
    with pytest.raises(SealRefused, match="没有载明金额"):
        use(session, contract, seal=a_seal(up_to=Decimal(1)))


def test_a_seal_whose_limit_is_too_low_stands_back_for_one_whose_is_not() -> None:
    small, large = a_seal(up_to=Decimal(1000)), a_seal(code="GZ01", kind=SealKind.COMPANY)
    chosen = seals.choose_seal(
        (small, large), RULES, owner=FIRM, kind_of_paper="contract", on=DAY, amount=Decimal(1001)
    )
    assert chosen.code == "GZ01"


@pytest.mark.requirement_part("F-202")
def test_nothing_is_sealed_without_a_request_or_once_it_ran_out(
    session: Session, contract: Instrument
) -> None:
    approve(session, contract, steps=4)
    with pytest.raises(ApprovalNeeded):
        ask(session, contract)
    approve(session, contract, asked_at=AT)
    until = AT + timedelta(days=30)
    with pytest.raises(SealRefused, match="已于 2026-04-08 09:30 到期"):
        use(session, contract, at=until)
    assert use(session, contract, at=until - timedelta(seconds=1)).requested_by == "何䶮"


def test_a_seal_of_a_kind_nobody_asked_for_is_refused(
    session: Session, contract: Instrument
) -> None:
    approve(session, contract)
    paper = replace(RULES.papers["contract"], accepts=(SealKind.TECHNICAL,))
    wider = replace(RULES, papers={"contract": paper})
    with pytest.raises(SealRefused, match="用印申请的是合同专用章、公章，不是技术章"):
        use(session, contract, seal=a_seal(kind=SealKind.TECHNICAL), rules=wider)


def test_the_request_is_made_once_and_names_who_asked_and_agreed(
    session: Session, contract: Instrument
) -> None:
    approve(session, contract)
    first = ask(session, contract, at=AT + timedelta(days=3))
    assert (first.at, first.round) == (AT, 1)
    assert (first.requested_by, first.approved_by) == ("何䶮", "郑𠅤")
    told = [e for e in chain_of(session, contract.chain) if e.action == "contract:seal-requested"]
    assert [event.subject for event in told] == [TERMS]
    with pytest.raises(SealRefused, match="与用印申请（何䶮申请、郑𠅤批准）不符"):
        use(session, contract, approved_by="周立群")


def again(session: Session, contract: Instrument, at: datetime, **changed: str) -> SealRequest:
    said = {"by": "何䶮", "approved_by": "周立群", "reason": "客户延期签约"} | changed
    return request_again(session, contract, rules=RULES, approvals=ROUTES, at=at, **said)


def test_a_request_that_ran_out_is_followed_by_one_two_people_stand_for(
    session: Session, contract: Instrument
) -> None:
    contract.state = InstrumentState.NUMBERED
    approve(session, contract)
    late = AT + timedelta(days=30)
    with pytest.raises(SealRefused, match="不必重新申请"):
        again(session, contract, late - timedelta(seconds=1))
    for changed, said in (
        ({"by": "林晓舟"}, "由 何䶮 申请"),
        ({"approved_by": "何䶮"}, "不能批准用印"),
        ({"approved_by": "路人"}, "没有审批过"),
        ({"reason": " "}, "原因"),
    ):
        with pytest.raises(SealRefused, match=said):
            again(session, contract, late, **changed)
    assert again(session, contract, late).round == 2
    assert use(session, contract, at=late, approved_by="周立群").number


def test_of_several_keepers_one_who_did_nothing_else_on_the_paper_seals(
    session: Session, contract: Instrument
) -> None:
    approve(session, contract)
    seal = a_seal(keepers=("林晓舟", "保管员乙", "保管员丙"))
    assert seals.keeper_for(session, seal, contract, TERMS) == "保管员乙"
    assert use(session, contract, seal=seal, keeper="保管员乙").keeper == "保管员乙"


@pytest.mark.parametrize("table", ["seal_uses", "seal_requests"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET id = id", REPLACED])
def test_the_book_of_uses_is_never_changed(
    session: Session, contract: Instrument, table: str, act: str
) -> None:
    approve(session, contract)
    use(session, contract)
    with pytest.raises(IntegrityError, match=r"never|once"):
        session.execute(text(act.format(table, table)))
