"""Search: find filed records in full text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from index.library import Question
    from pipeline.wiring import Workplace

_FILTERS = ("year", "type", "kind", "status", "party", "department", "retention", "secrecy")


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="FACET=VALUE",
    help=f"Only records with this value; facets: {', '.join(_FILTERS)}.",
)
@click.option(
    "--sort",
    default="relevance",
    show_default=True,
    help="relevance, formed_on, filed_on or amount.",
)
@click.option("--page", default=1, show_default=True, type=click.IntRange(1))
@click.option("--page-size", default=20, show_default=True, type=click.IntRange(1, 1000))
@json_option
@click.pass_context
@reports_failures
def search(
    ctx: click.Context,
    query: tuple[str, ...],
    *,
    filters: tuple[str, ...],
    sort: str,
    page: int,
    page_size: int,
    as_json: bool,
) -> None:
    """Find records whose text, number, code, party or title holds QUERY."""
    from index.errors import IndexDamaged, IndexUnreachable, QuestionRefused
    from index.library import Question
    from pipeline.counting import under_way_count
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    chosen = dict(_split(each) for each in filters)
    text = " ".join(query)
    question = Question(text, chosen, sort=sort, page=page, page_size=page_size)
    try:
        found = workplace.library.search(question)
    except QuestionRefused as error:
        below = "" if as_json else f"\n{error.pointed(text)}"
        fail(
            Exit.USAGE,
            "query-refused",
            f"检索式第 {error.place + 1} 个字符处：{error}{below}",
            '词以空格分隔；任选其一用 OR；不要的前加减号；原样查找加引号 "…"；字段如 甲方:云帆',
            as_json=as_json,
        )
    except (IndexDamaged, IndexUnreachable):
        _answer_from_register(workplace, question, as_json=as_json)
    content: dict[str, Any] = {
        "ok": True,
        "total": found.total,
        "hits": [
            {
                "reference_code": hit.reference_code,
                "contract_number": hit.contract_number,
                "number": hit.number,
                "order_no": hit.order_no,
                "kind": hit.kind,
                "title": hit.title,
                "excerpt": hit.excerpt,
                "party_a": hit.party_a,
                "party_b": hit.party_b,
                "amount": str(hit.amount) if hit.amount is not None else None,
                "formed_on": hit.formed_on.isoformat(),
                "filed_on": hit.filed_on.isoformat(),
            }
            for hit in found.hits
        ],
        "facets": {name: dict(counts) for name, counts in found.facets.items()},
        "meant": [one.text for one in found.meant],
    }
    if not found.total:
        content["under_way"] = under_way_count(workplace)
    answer(content, as_json=as_json, text=lambda: _print(content, text))


def _answer_from_register(workplace: Workplace, question: Question, *, as_json: bool) -> NoReturn:
    """Answer from the register alone, saying so; the exit code says it is no whole answer."""
    from pipeline.lookingup import NOTICE, look_up

    found = look_up(workplace, question.text, page=question.page, page_size=question.page_size)
    content = {"ok": True, "notice": NOTICE, **found, "facets": {}, "meant": []}

    def text() -> None:
        click.echo(f"! {NOTICE}")
        _print(content, question.text)

    answer(content, as_json=as_json, text=text)
    sys.exit(Exit.PARTLY)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name not in _FILTERS:
        raise click.BadParameter(f"{text!r} is not FACET=VALUE", param_hint="--filter")
    return name, value


def _print(content: dict[str, Any], text: str) -> None:
    click.echo(f"“{text}” 共 {content['total']} 件")
    if content["meant"]:
        click.echo(f"是否要找：{'、'.join(content['meant'])}")
    if under_way := content.get("under_way"):
        click.echo(f"只检索已归档的文书；另有 {under_way} 件在办，见 guidang contracts list")
    for hit in content["hits"]:
        click.echo(f"\n{hit['reference_code']}　{hit['number']}　{hit['formed_on']}")
        click.echo(f"  {hit['title']}")
        click.echo(f"  {hit['excerpt']}")
