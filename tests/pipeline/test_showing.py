"""What the register holds is shown to people in their own words, and counted as it stands."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner
from rich.console import Console

from archive import events
from archive.instruments import Instrument, InstrumentState
from pipeline.cli import main
from pipeline.commands.progress import TerminalProgress
from pipeline.counting import StandingStill, standing_still
from pipeline.failures import Outcome
from pipeline.founding import found
from pipeline.reception import Reception, Taken
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)


def a_paper(**changed: Any) -> Instrument:
    return Instrument(
        **{
            "kind": "contract",
            "order_no": "XSDD-1",
            "round": 0,
            "revision": 1,
            "source_sha256": "1" * 64,
            "source_name": "a.json",
            "state": InstrumentState.SUPERSEDED,
            "attempts": 0,
            "type_code": "FW",
            "title": "园区网络运维服务合同",
            "party_a": "示例园区运营有限公司",
            "party_b": "示例网络技术（北京）有限公司",
            "terms_digest": "a" * 64,
            "received_at": AT,
        }
        | changed
    )


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = Workplace(found(tmp_path / "home", sample=False).home.root)
    new = a_paper(
        revision=2,
        source_sha256="2" * 64,
        terms_digest="b" * 64,
        state=InstrumentState.DRAFTED,
        reason="搁置：没有印章",
    )
    behind = a_paper(
        kind="change", source_sha256="3" * 64, state=InstrumentState.RECEIVED, reason="待归档：合同"
    )
    with made.register.write.begin() as session:
        session.add_all([a_paper(), new, behind])
        session.flush()
        for digest, warning in (
            ("a", "K06 甲方电话：旧版的提示"),
            ("b", "K18 服务开始日期：请确认"),
        ):
            events.append(
                session,
                chain=new.chain,
                at=AT,
                actor="guidang",
                action="contract:drafted",
                subject=digest * 64,
                details={"warnings": [warning]},
            )
    yield made
    made.close()


def said(workplace: Workplace, *words: str) -> str:
    home = str(workplace.home.root)
    return CliRunner().invoke(main, ["--home", home, *words], catch_exceptions=False).output


def test_a_paper_is_shown_without_codes_and_without_what_an_older_revision_was_told(
    workplace: Workplace,
) -> None:
    shown = said(workplace, "contracts", "show", "XSDD-1")
    assert "K18 服务开始日期：请确认" in shown
    assert "旧版的提示" not in shown
    assert "合同起草　系统" in shown
    assert "contract:" not in shown
    assert "guidang" not in shown


def test_a_list_with_a_parked_paper_says_how_it_goes_on(workplace: Workplace) -> None:
    assert "搁置：没有印章" in said(workplace, "contracts", "list")
    assert "把原文件再放入收件夹一次" in said(workplace, "contracts", "list")
    assert "→" not in said(workplace, "contracts", "list", "--kind", "change")


def test_a_search_without_hits_names_the_papers_it_cannot_see(workplace: Workplace) -> None:
    shown = said(workplace, "search", "水泵")
    assert "共 0 件" in shown
    assert "另有 2 件在办" in shown


def test_papers_that_stand_still_are_counted_whenever_they_came_to(workplace: Workplace) -> None:
    assert standing_still(workplace) == StandingStill(waiting=1, parked=1)


def test_a_line_names_the_kind_of_paper_and_a_long_remark_is_cut() -> None:
    screen = io.StringIO()
    progress = TerminalProgress(Console(file=screen, highlight=False, width=400))
    note = Finding("K00", Level.WARN, "rules/customers.toml", "补入：" + "很长" * 400)
    progress.received(cast("Reception", SimpleNamespace(
        taken=Taken.ACCEPTED, name="a.xml", findings=(note,)
    )))  # fmt: skip
    progress.stopped(a_paper(), Outcome.WAIT, "待审批：法务审核")
    progress.stopped(a_paper(kind="change"), Outcome.WAIT, "待归档：合同")
    remark, contract, change = screen.getvalue().splitlines()
    assert len(remark) < 250
    assert "orders check" in remark
    assert contract == "… 等待  XSDD-1　待审批：法务审核"
    assert change == "… 等待  XSDD-1 变更协议　待归档：合同"


@pytest.mark.parametrize("what", ["example", "schema"])
def test_a_form_is_called_by_its_whole_name_or_the_middle_of_it(what: str) -> None:
    def told(name: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["orders", what, name])
        return ran.exit_code, ran.output

    assert told("change") == told("guidang.change/1")
    assert told("change")[0] == 0
    code, said = told("变更")
    assert code == 2
    assert "acceptance、" in said
