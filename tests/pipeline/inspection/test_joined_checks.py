"""What the four properties, the list of papers and the journal say of a home, in one round."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from inspecting import INSPECTOR, OTHER, a_contract
from keepers import ARCHIVIST, Keeping

from archive.custody import Evidence
from archive.dossiers import Record
from archive.finds import FindState
from archive.inspection import Inspection
from archive.instruments import Instrument, InstrumentState
from pipeline.auditing import audit_home
from pipeline.inspection import running
from pipeline.inspection.planning import Wanted, redrawn, special, start
from pipeline.inspection.running import proceed, record_of, sign
from pipeline.inspection.tasks import tasks
from pipeline.missing import supply
from pipeline.verifying import verify_home

FIRST, SECOND = "Q001-JY·HT·2026·D30-0001", "Q001-JY·HT·2026·D30-0002"
ABOUT: dict[str, Any] = {"type_code": "FW", "department": "业务一部", "handler": "林晓舟"}


def round_of(keeping: Keeping, *checks: str, codes: tuple[str, ...] = ()) -> Inspection:
    wanted = special(keeping.workplace, checks, codes)
    known = start(keeping.workplace, wanted, person=INSPECTOR)
    return proceed(keeping.workplace, known.number, person=INSPECTOR)


def failed(known: Inspection, path: str) -> set[str]:
    return {each.aspect for each in known.spotted if each.subject == path}


@pytest.mark.requirement_part("F-206")
def test_what_the_rules_of_the_four_properties_do_not_pass_is_a_find_by_its_rule(
    inspected: Keeping,
) -> None:
    workplace = inspected.workplace
    with workplace.register.write.begin() as session:
        row = session.get_one(Record, 1)
        taken, row.number = row.number, "GD-HT-2026-FW-0002x"
        session.flush()
        session.get_one(Record, 2).number = taken
    before = round_of(inspected, "fourfold")
    path = inspected.row(FIRST).object_path
    assert "ZS07" in failed(before, path)
    with workplace.register.write.begin() as session:
        session.get_one(Record, 2).number = "GD-HT-2026-FW-0002"
        session.flush()
        session.get_one(Record, 1).number = taken
    inspected.at("2026-03-21")
    known = round_of(inspected, "fourfold")
    assert failed(before, path) - failed(known, path) == {"ZS07"}
    states = {
        each.spotted.aspect: each.state for each in tasks(workplace) if each.spotted.subject == path
    }
    assert (states["ZS07"], states["WZ03"]) == (FindState.GONE, FindState.OPEN)

    # the papers of the round before are in order; what people must look at is shown, no find
    own = next(code for code in known.examined if "·JC·" in code)
    assert failed(known, inspected.row(own).object_path) == set()
    counts = known.counts("fourfold")
    assert (counts["应有"], counts["实有"], counts["缺"]) == (4, 4, 0)
    assert counts["人工"] == len(known.shown("fourfold")) == 4
    assert {each.what for each in known.shown("fourfold")} == {"AQ01 无病毒"}
    text = record_of(workplace, known).text()
    assert "四性抽查须人工查看的项目" in text
    assert "没有配置杀毒程序" in text


def test_what_could_not_be_asked_is_said_and_is_not_gone(inspected: Keeping) -> None:
    workplace = inspected.workplace
    path = inspected.row(FIRST).object_path
    before = failed(round_of(inspected, "fourfold"), path)
    file = workplace.store.physical(path, "items/001/text.txt")
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"X")
    away = workplace.store.place(inspected.row(SECOND).object_path)
    away.rename(workplace.home.root / "away")
    inspected.at("2026-03-21")
    known = round_of(inspected, "fourfold", codes=(FIRST, SECOND))

    assert [(each.subject, each.aspect) for each in known.spotted] == [(path, "ZS01")]
    counts = known.counts("fourfold")
    assert (counts["应有"], counts["实有"], counts["缺"], counts["受损"]) == (2, 1, 1, 1)
    assert {(each.subject, each.text) for each in known.shown("fourfold")} == {
        (FIRST, "案卷受损，修复后再查"),
        (SECOND, "库中没有"),
    }
    assert known.gone == ()
    states = {f.spotted.aspect: f.state for f in tasks(workplace) if f.spotted.subject == path}
    assert states == dict.fromkeys({*before, "ZS01"}, FindState.OPEN)


def test_few_dossiers_are_asked_the_unasked_first_and_the_draw_can_be_repeated(
    inspected: Keeping,
) -> None:
    workplace = inspected.workplace
    rules = workplace.home.rules / "inspection.toml"
    rules.write_text(rules.read_text("utf-8").replace("fourfold = 20", "fourfold = 2"), "utf-8")
    plan = replace(workplace.inspections.plan("年度全面检查"), checks=("fourfold",))
    drawn: list[tuple[str, ...]] = []
    for day in ("2026-03-21", "2026-03-22"):
        inspected.at(day)
        known = start(workplace, Wanted(plan, "2026年1–12月", seed="四"), person=INSPECTOR)
        known = proceed(workplace, known.number, person=INSPECTOR)
        assert (known.counts("fourfold")["应有"], known.sample) == (2, None)
        assert redrawn(workplace, known)
        assert not redrawn(workplace, replace(known, examined=known.examined[:1] * 2))
        drawn.append(known.examined)
    assert set(drawn[0]).isdisjoint(drawn[1])


@pytest.mark.requirement_part("F-205", "F-206")
def test_a_paper_that_is_late_is_a_find_with_its_day_and_who_owes_it(inspected: Keeping) -> None:
    workplace = inspected.workplace
    code = inspected.contract("XSDD-2026-0009", description=ABOUT)
    known = round_of(inspected, "missing")
    assert known.spotted == ()  # asked for, not late yet
    assert known.counts("missing") == {"应有": 8, "实有": 0, "缺": 8, "逾期": 0}

    inspected.at("2026-06-01")
    known = round_of(inspected, "missing")
    late = {
        each.aspect.partition(":")[0]: each.problem
        for each in known.spotted
        if each.subject == code
    }
    assert late.keys() == {"original", "qualification"}
    assert "应于 2026-03-30 前由业务部门　业务一部　林晓舟补交" in late["original"]
    assert known.counts("missing")["逾期"] == 8

    supply(
        workplace,
        code,
        document="original",
        evidence=Evidence.stated("正本一份"),
        person=ARCHIVIST,
    )
    inspected.at("2026-06-02")
    known = round_of(inspected, "missing")
    assert known.counts("missing") == {"应有": 8, "实有": 1, "缺": 7, "逾期": 7}
    states = [each.state for each in tasks(workplace) if each.spotted.subject == code]
    assert sorted(states) == sorted([FindState.GONE, FindState.OPEN])


def test_a_paper_that_was_sealed_and_never_filed_is_late_too(inspected: Keeping) -> None:
    workplace = inspected.workplace
    instrument = inspected.office.prepare("XSDD-2026-0009")
    with workplace.register.write.begin() as session:
        row = session.get_one(Instrument, instrument.id)
        row.state, row.sealed_at = InstrumentState.SEALED, datetime(2026, 3, 2, tzinfo=UTC)
    known = round_of(inspected, "missing")
    (find,) = known.spotted
    assert find.subject == instrument.number
    assert find.problem == (
        f"缺合同副本归档（{instrument.number}），应于 2026-03-09 前由业务部门补交，已逾期"
    )


def test_a_shelf_full_of_lacks_opens_no_thousand_tasks(
    inspected: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = [replace(each, part=1, most=each.most and 3) for each in running.PASSES]
    monkeypatch.setattr(running, "PASSES", tuple(passes))
    inspected.at("2026-06-01")
    known = round_of(inspected, "missing")
    assert [each.aspect == "unlisted" for each in known.spotted] == [False, False, False, True]
    assert (known.counts("missing")["逾期"], known.counts("missing")["未列出"]) == (6, 3)


@pytest.mark.requirement_part("F-207")
def test_the_end_of_the_journal_stands_in_the_record_and_is_proved_by_the_next_round(
    inspected: Keeping,
) -> None:
    workplace = inspected.workplace
    journal = workplace.store.journal
    known = round_of(inspected, "history")
    assert known.spotted == ()
    (noted,) = known.shown("history")
    form = record_of(workplace, known)
    assert form.said["总账末条摘要"].startswith(f"{noted.text}（{noted.subject}")
    for person in (INSPECTOR, OTHER):
        sign(workplace, known.number, person=person)
    a_contract(inspected, "XSDD-2026-0009")
    assert audit_home(workplace, head=noted.text).breaks == ()
    assert verify_home(workplace).damaged == ()
    inspected.at("2026-03-21")
    assert round_of(inspected, "history").spotted == ()

    # somebody cuts off the end together with the version it tells of: nothing else would show it
    (file,) = journal.files()
    lines = file.read_bytes().splitlines(keepends=True)
    file.chmod(0o644)
    file.write_bytes(b"".join(lines[:2]))
    inspected.at("2026-03-22")
    known = round_of(inspected, "history")
    assert ("journal", "truncated") in {
        (each.subject, each.aspect.partition(":")[0]) for each in known.spotted
    }
    assert known.counts("history")["异常"] >= len(known.spotted) > 0


def test_what_the_journal_does_not_bear_out_is_damage_to_archive_verify(
    inspected: Keeping,
) -> None:
    workplace = inspected.workplace
    (file,) = workplace.store.journal.files()
    lines = file.read_bytes().splitlines(keepends=True)
    file.chmod(0o644)
    file.write_bytes(b"".join([*lines[:1], *lines[2:]]))
    problems = {each.path: each.problem for each in verify_home(workplace).damaged}
    assert "总账第 2 至 2 条缺失" in problems[f"{file.name}:2"]
    file.unlink()
    (damage,) = verify_home(workplace).damaged
    assert (damage.path, "没有总账" in damage.problem) == ("journal", True)
