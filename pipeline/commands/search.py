"""Search: find filed records in full text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from pipeline.commands.questions import WITH_MINUS, Asked, asks

if TYPE_CHECKING:
    from index.errors import QuestionRefused
    from index.library import Question
    from pipeline.wiring import Workplace


@click.command(context_settings=WITH_MINUS)
@click.option("--by-dossier", is_flag=True, help="Show what answers in one dossier together.")
@click.option("--facets", "all_facets", is_flag=True, help="Print all counted values.")
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the whole result to this new .xlsx or .csv file.",
)
@click.option(
    "--save", "saved_as", metavar="NAME", help="Keep this search, to be told what is new."
)
@json_option
@click.pass_context
@reports_failures
@asks
def search(
    ctx: click.Context,
    *,
    asked: Asked,
    by_dossier: bool,
    all_facets: bool,
    target: Path | None,
    saved_as: str | None,
    as_json: bool,
) -> None:
    """Find records whose text, number, code, party or title holds QUERY; without one, all.

    \b
    验收 水泵         both words           "验收 水泵"    as written
    水泵 OR 阀门      either               -作废          not
    甲方:云帆         in a field           QS-2026*       begins so
    金额:10万..50万   an amount            签订:2026Q1    a day, month, quarter, year
    """  # noqa: D301 \b is the sign that click leaves the lines below as they are
    from index.errors import IndexDamaged, IndexUnreachable, QuestionRefused
    from pipeline.commands.searchwords import told_beside
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    question = asked.question(workplace)
    beside = told_beside(workplace, question.access)
    try:
        _read(question)
        content = beside | _content(workplace, question, by_dossier=by_dossier)
        if target is not None:
            content |= _exported(workplace, question, target)
        if saved_as is not None:
            content |= _saved(workplace, question, saved_as, asked.person)
    except QuestionRefused as error:
        _refuse(error, asked.text, as_json=as_json)
    except (IndexDamaged, IndexUnreachable):
        if target is not None or saved_as is not None:
            raise
        _answer_from_register(workplace, question, as_json=as_json)
    answer(
        content,
        as_json=as_json,
        text=lambda: _print(content, question, all_facets=all_facets),
    )
    if beside:
        sys.stdout.flush()
        sys.exit(Exit.PARTLY)


def _read(question: Question) -> None:
    """Refuse what cannot be understood, also where the index cannot be asked."""
    from index.searching import read_question

    read_question(question)


def _refuse(error: QuestionRefused, text: str, *, as_json: bool) -> NoReturn:
    below = "" if as_json else f"\n{error.pointed(text)}"
    fail(
        Exit.USAGE,
        "query-refused",
        f"检索式第 {error.place + 1} 个字符处：{error}{below}",
        '词以空格分隔；任选其一用 OR；不要的前加减号；原样查找加引号 "…"；字段如 甲方:云帆',
        as_json=as_json,
    )


def _content(workplace: Workplace, question: Question, *, by_dossier: bool) -> dict[str, Any]:
    from pipeline.asking import as_row, dossiers_of
    from pipeline.commands.searchwords import absent_values, facet_rows, pages_of, suggestion_rows

    found = workplace.library.search(question)
    content: dict[str, Any] = {
        "ok": True,
        "total": found.total,
        "hits": [as_row(hit) for hit in found.hits],
        "facets": facet_rows(found),
        "meant": [one.text for one in found.meant],
        "suggestions": suggestion_rows(found.meant),
        "alone": dict(found.alone),
        "pages": pages_of(found.total, question),
        "absent": {} if found.total else absent_values(workplace.library, question),
    }
    if not found.total and question.access.is_whole:
        from pipeline.counting import under_way_count

        content["under_way"] = under_way_count(workplace)
    if by_dossier:
        content["dossiers"] = [
            {"contract_number": each.contract_number, "hits": [as_row(hit) for hit in each.hits]}
            for each in dossiers_of(workplace.library, question)
        ]
    return content


def _exported(workplace: Workplace, question: Question, target: Path) -> dict[str, Any]:
    from pipeline.exporting import export

    count = export(workplace.library, question, target, archive=workplace.home.archive)
    return {"exported": str(target), "exported_records": count}


def _saved(
    workplace: Workplace, question: Question, name: str, person: str | None
) -> dict[str, Any]:
    from pipeline.savedsearches import save

    return {"saved_as": save(workplace, name, person, question).name}


def _answer_from_register(workplace: Workplace, question: Question, *, as_json: bool) -> NoReturn:
    """Answer from the register alone, saying so; the exit code says it is no whole answer."""
    from pipeline.asking import as_row
    from pipeline.commands.searchwords import facet_rows, pages_of
    from pipeline.lookingup import NOTICE, look_up

    found = look_up(workplace, question)
    content: dict[str, Any] = {
        "ok": True,
        "notice": NOTICE,
        "total": found.total,
        "hits": [as_row(hit) for hit in found.hits],
        "facets": facet_rows(found),
        "meant": [],
        "suggestions": [],
        "pages": pages_of(found.total, question),
    }

    answer(content, as_json=as_json, text=lambda: _print(content, question, all_facets=False))
    sys.exit(Exit.PARTLY)


def _print(content: dict[str, Any], question: Question, *, all_facets: bool) -> None:
    from pipeline.commands.searchwords import (
        page_words,
        print_absent,
        print_facets,
        print_hit,
        print_notice,
        suggestion_line,
    )

    print_notice(content)
    click.echo(f"“{question.text}” 共 {content['total']} 件{page_words(content, question)}")
    print_absent(content, question)
    if content["suggestions"]:
        click.echo(f"是否要找：{'、'.join(map(suggestion_line, content['suggestions']))}")
    if alone := content.get("alone"):
        counts = "，".join(f"{piece} {count} 件" for piece, count in alone.items())
        click.echo(f"没有一件同时符合各项；各项单独检索：{counts}")
    if under_way := content.get("under_way"):
        click.echo(f"只检索已归档的文书；另有 {under_way} 件在办，见 guidang contracts list")
    print_facets(content["facets"], is_whole=all_facets)
    for dossier in content.get("dossiers", ()):
        click.echo(f"\n■ {dossier['contract_number']}（{len(dossier['hits'])} 件）")
        for hit in dossier["hits"]:
            print_hit(hit)
    for hit in () if "dossiers" in content else content["hits"]:
        print_hit(hit)
    if "exported" in content:
        click.echo(f"\n已导出 {content['exported_records']} 件：{content['exported']}")
    if "saved_as" in content:
        click.echo(f"\n已保存检索：{content['saved_as']}（guidang searches list 查看新命中）")
