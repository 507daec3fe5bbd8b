"""Search words: answers of the index as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from archive.days import formed_word
from index.labels import FILED, label_of
from index.library import Answer, Library, Question, Suggestion

if TYPE_CHECKING:
    from index.access import Access
    from pipeline.wiring import Workplace

_FACETS = {
    "year": "年度",
    "type": "类型",
    "kind": "文种",
    "status": "状态",
    "party": "当事人",
    "department": "部门",
    "retention": "期限",
    "secrecy": "密级",
}
_NAMES = {**_FACETS, "project": "项目", "person": "人员", "number": "编号"}
_SHOWN, _NAMED = 5, 20


def told_beside(workplace: Workplace, access: Access) -> dict[str, Any]:
    """Return what is said beside an answer of an index that does not know all that is filed.

    To be asked before the index is; nothing where it knows all that `access` allows.
    """
    import sqlite3

    from pipeline.backlog import NOTICE, UNKNOWN, unfound

    try:
        count = unfound(workplace, access)
    except sqlite3.Error:
        return {"not_indexed": None, "notice": UNKNOWN}
    return {"not_indexed": count, "notice": NOTICE.format(count)} if count else {}


def print_notice(content: Mapping[str, Any]) -> None:
    """Print what is to be known before an answer is read, where there is something."""
    if notice := content.get("notice"):
        click.echo(f"! {notice}")


def pages_of(total: int, question: Question) -> int:
    """Return how many pages an answer of `total` hits has."""
    return -(-total // question.page_size)


def page_words(content: Mapping[str, Any], question: Question) -> str:
    """Return which page of how many is shown; nothing where there is one and it is shown."""
    pages = content["pages"]
    if "dossiers" in content:
        is_beyond = content["total"] and not content["dossiers"]
        return f"，没有第 {question.page} 页，案卷没有这么多" if is_beyond else ""
    if pages and question.page > pages:
        return f"，没有第 {question.page} 页，只有 {pages} 页"
    return f"，第 {question.page} 页，共 {pages} 页" if pages > 1 else ""


def absent_values(library: Library, question: Question) -> dict[str, list[str]]:
    """Return the filters whose value no record has, each with values that records have."""
    absent = [
        name
        for name, value in question.filters.items()
        if not library.search(replace(question, text="", filters={name: value}, page=1)).total
    ]
    if not absent:
        return {}
    facets = library.search(replace(question, text="", filters={}, page=1)).facets
    return {name: list(facets[name])[:_NAMED] for name in absent}


def print_absent(content: Mapping[str, Any], question: Question) -> None:
    """Print which filters no record answers, and what may be asked for."""
    for name, values in content.get("absent", {}).items():
        there = "、".join(label_of(name, value) for value in values) or "（无）"
        asked = label_of(name, question.filters[name])
        click.echo(f"没有{_FACETS[name]}为“{asked}”的文件；该项现有：{there}")


def suggestion_rows(found: Iterable[Suggestion]) -> list[dict[str, Any]]:
    """Return suggestions as programs are given them."""
    return [{"text": one.text, "kind": one.kind, "records": one.records} for one in found]


def suggestion_line(one: Mapping[str, Any]) -> str:
    """Return a suggestion with what it is and how many records have it."""
    return f"{one['text']}（{_NAMES.get(one['kind'], one['kind'])}，{one['records']} 件）"


def facet_rows(found: Answer) -> dict[str, dict[str, int]]:
    """Return the counts by facet and value."""
    return {name: dict(counts) for name, counts in found.facets.items()}


def print_facets(facets: Mapping[str, Mapping[str, int]], *, is_whole: bool) -> None:
    """Print what the hits are of, the most counted first; a few values of each, or all."""
    for name, word in _FACETS.items():
        counts = list(facets.get(name, {}).items())
        if not counts:
            continue
        shown = counts if is_whole else counts[:_SHOWN]
        values = "　".join(f"{label_of(name, value)} {count}" for value, count in shown)
        more = f"　…共 {len(counts)} 项" if len(shown) < len(counts) else ""
        click.echo(f"  {word}：{values}{more}")


def print_hit(hit: Mapping[str, Any], *, is_new: bool = False) -> None:
    """Print a hit: its codes and state, its title, where it was found, what changed it."""
    marks = "　〔新〕" if is_new else ""
    if hit["status"] != FILED:
        marks += f"　〔{hit['status']}〕"
    kind = label_of("kind", hit["kind"])
    formed = hit["formed_on"] or formed_word(None, hit["formed_in"])
    click.echo(f"\n{hit['reference_code']}　{hit['number']}　{kind}　{formed}{marks}")
    click.echo(f"  {hit['title']}")
    if hit["changed_by"]:
        click.echo(f"  {_changed(hit)}")
    if hit["excerpt"]:
        pages = f"第{'、'.join(map(str, hit['pages']))}页：" if hit["pages"] else ""
        click.echo(f"  {pages}{hit['excerpt']}")


def _changed(hit: Mapping[str, Any]) -> str:
    own = hit["contract_number"]
    numbers = "、".join(number.removeprefix(own) for number in hit["changed_by"])
    if hit["amount_now"] is None or hit["amount_now"] == hit["amount"]:
        return f"已由 {numbers} 变更"
    return f"已由 {numbers} 变更：金额 {hit['amount']} 元，现为 {hit['amount_now']} 元"
