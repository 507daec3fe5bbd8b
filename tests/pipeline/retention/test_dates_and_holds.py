from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from keepers import LEGAL, Keeping
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from archive.custody import Act, Evidence, dossier_named, enter
from archive.errors import RetentionRefused
from archive.holds import HoldTarget
from archive.retention import EXTENDED, Known, Trigger
from archive.verifying import verify
from pipeline.freezing import Freeze, chosen, list_holds, place, release
from pipeline.knowing import ALL
from pipeline.listing import list_instruments, show_instrument
from pipeline.naming import find_instrument
from pipeline.rebuilding import rebuild_all
from pipeline.retaining import due, extend, show_term


def freeze(keeping: Keeping, *codes: str, person: str = LEGAL, reason: str = "供应商起诉") -> str:
    scope, found = chosen(keeping.workplace, query=None, names=codes)
    wish = Freeze("诉讼", reason, "（2039）京01民初1号", date(2041, 1, 1), person)
    return str(place(keeping.workplace, wish, scope, found)["number"])


def damage(keeping: Keeping) -> list[str]:
    with keeping.workplace.register.read.begin() as session:
        return [one.problem for one in verify(session, keeping.workplace.store).damaged]


def test_dates_are_kept_with_their_evidence_and_a_rebuild_restores_them(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    before = show_term(keeping.workplace, code)
    assert (before["starts_on"], before["expires_on"]) == ("2029-01-01", "2038-12-31")
    kept = before["history"][0]["details"]["evidence"]
    path = keeping.row(code).object_path
    assert keeping.workplace.store.read(path, kept["path"]) == "终止 2027-03-31".encode()
    assert damage(keeping) == []

    rebuild_all(keeping.workplace, replace=True)

    assert show_term(keeping.workplace, code) == before
    assert [one["code"] for one in due(keeping.workplace)] == [code]


def test_the_same_entry_again_changes_nothing(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    head = keeping.row(code).head
    keeping.date(code, Trigger.ENDED, "2027-03-31")
    assert keeping.row(code).head == head


def test_a_correction_needs_a_reason_and_both_entries_stay(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    with pytest.raises(RetentionRefused, match="更正"):
        keeping.date(code, Trigger.WARRANTY, "2030-03-31")
    shown = keeping.date(code, Trigger.WARRANTY, "2030-03-31", reason="补充协议延长质保")
    assert shown["expires_on"] == "2040-12-31"
    said = [each["details"] for each in shown["history"]]
    assert [one["on"] for one in said if one.get("trigger") == "质保期满"] == [
        "2028-03-31",
        "2030-03-31",
    ]


@pytest.mark.parametrize(
    ("trigger", "on", "changed", "why"),
    [
        (Trigger.ENDED, "2027-03-31", {"person": "路人甲"}, "不是档案员或法务"),
        (Trigger.ENDED, "2041-01-01", {}, "晚于今天"),
        (Trigger.ENDED, "2026-03-15", {}, "早于合同形成日"),
        (Trigger.SETTLED, None, {"known": Known.NONE}, "不能写无此项"),
        (Trigger.SECRECY, "2030-01-01", {}, "起算规则不看"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    keeping: Keeping, trigger: Trigger, on: str | None, changed: dict[str, Any], why: str
) -> None:
    code = keeping.contract("XSDD-1")
    keeping.at("2040-01-01")
    with pytest.raises(RetentionRefused, match=why):
        keeping.date(code, trigger, on, **changed)


def test_an_empty_evidence_is_none() -> None:
    with pytest.raises(RetentionRefused, match="依据"):
        Evidence.stated("  ")


def test_an_act_that_a_crash_left_on_the_shelf_alone_is_taken_in_by_the_next(
    keeping: Keeping,
) -> None:
    code = keeping.over("XSDD-1")
    before = keeping.row(code).head

    extension = {"period": "D40", "until": None, "reason": "史料", "list": None}
    act = Act(EXTENDED, "档小安", keeping.now, extension)
    session = keeping.workplace.register.write()
    session.begin()
    enter(session, keeping.workplace.store, dossier_named(session, code), act)
    session.rollback()
    session.close()
    assert keeping.row(code).head == before

    shown = show_term(keeping.workplace, code)

    assert shown["period"] == "D40"
    assert damage(keeping) == []


def test_an_extension_is_never_a_shortening(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    for period in ("D10", "D5", "D1"):
        with pytest.raises(RetentionRefused, match="只能延长"):
            extend(
                keeping.workplace,
                code,
                period=period,
                until=None,
                reason="x",
                person="档小安",
            )
    longer = extend(
        keeping.workplace,
        code,
        period=None,
        until=date(2050, 6, 1),
        reason="承诺客户",
        person="档小安",
    )
    assert longer["expires_on"] == "2050-06-01"
    assert due(keeping.workplace) == []


def test_holds_stack_and_each_is_released_by_itself(keeping: Keeping) -> None:
    one, two = keeping.over("XSDD-1"), keeping.over("XSDD-2")
    first = freeze(keeping, one, two)
    second = freeze(keeping, one, reason="税务稽查")

    release(keeping.workplace, first, basis="撤诉裁定书", person=LEGAL)

    assert {row["code"]: row["holds"] for row in due(keeping.workplace)} == {one: [second], two: []}
    assert damage(keeping) == []
    told = list_holds(keeping.workplace, also_released=True)
    rebuild_all(keeping.workplace, replace=True)
    assert list_holds(keeping.workplace, also_released=True) == told
    assert freeze(keeping, two, reason="另案").endswith("0003")


def test_a_hold_is_seen_wherever_the_contract_is_shown(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    keeping.contract("XSDD-2")
    number = freeze(keeping, code)
    with keeping.workplace.register.read.begin() as session:
        listed = list_instruments(session, state=None, kind=None, text=None, limit=9, known=ALL)
        paper = find_instrument(session, "XSDD-1")
        assert paper is not None
        shown = show_instrument(session, keeping.workplace.home, paper, ALL)
    assert {one["order_no"]: one["holds"] for one in listed} == {"XSDD-1": [number], "XSDD-2": []}
    assert (shown["holds"], shown["destroyed_by"]) == ([number], None)


def test_only_legal_lifts_a_hold(keeping: Keeping) -> None:
    number = freeze(keeping, keeping.over("XSDD-1"))
    with pytest.raises(RetentionRefused, match="不是法务"):
        release(keeping.workplace, number, basis="已结案", person="档小安")
    assert list_holds(keeping.workplace, also_released=False)[0]["stands"]


def test_placing_the_same_hold_again_finishes_it_and_makes_no_second(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    assert freeze(keeping, code) == freeze(keeping, code)
    assert len(list_holds(keeping.workplace, also_released=True)) == 1


def test_a_hold_that_was_lifted_is_placed_anew_and_holds(keeping: Keeping) -> None:
    one, two = keeping.over("XSDD-1"), keeping.over("XSDD-2")
    first = freeze(keeping, one, two)
    for turn in (2, 3):
        release(keeping.workplace, first, basis="撤诉裁定书", person=LEGAL)
        again = freeze(keeping, one, two)
        assert again == freeze(keeping, one, two) != first
        assert {row["code"]: row["holds"] for row in due(keeping.workplace)} == {
            one: [again],
            two: [again],
        }
        assert len(list_holds(keeping.workplace, also_released=True)) == turn
        first = again
    assert damage(keeping) == []
    told = list_holds(keeping.workplace, also_released=True)
    rebuild_all(keeping.workplace, replace=True)
    assert list_holds(keeping.workplace, also_released=True) == told
    assert freeze(keeping, one, two) == first


def test_a_hold_lifted_while_it_is_placed_is_not_said_to_stand(keeping: Keeping) -> None:
    code, lifted = keeping.over("XSDD-1"), []

    def lift(_session: Session) -> None:
        if not lifted:
            lifted.append(list_holds(keeping.workplace, also_released=False)[0]["number"])
            release(keeping.workplace, lifted[0], basis="撤诉裁定书", person=LEGAL)

    event.listen(keeping.workplace.register.write, "after_commit", lift)
    with pytest.raises(RetentionRefused, match=r"DJ-.*在办理中已被解除"):
        freeze(keeping, code)
    assert list_holds(keeping.workplace, also_released=False) == []
    assert freeze(keeping, code) != lifted[0]


def test_under_a_hold_nothing_makes_the_period_end_earlier(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    freeze(keeping, code)
    with pytest.raises(RetentionRefused, match="冻结"):
        keeping.date(code, Trigger.WARRANTY, "2027-06-30", reason="原登记有误")
    assert keeping.date(code, Trigger.WARRANTY, "2030-06-30", reason="延长质保")["holds"]


def test_a_hold_the_register_lost_is_reported(keeping: Keeping) -> None:
    freeze(keeping, keeping.over("XSDD-1"))
    with keeping.workplace.register.write.begin() as session:
        session.execute(delete(HoldTarget))
        assert session.scalars(select(HoldTarget)).all() == []
    assert any("冻结" in problem for problem in damage(keeping))
