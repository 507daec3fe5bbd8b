"""Disposal forms: the papers of a list, as data, as text, and as pages to print and sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from archive.days import BUSINESS_ZONE, business_day, span_word
from archive.disposal import Decision, DisposalList, Entry
from pipeline.bookfile import Column, Page

SCHEMA = "guidang.disposal/1"
Form = Mapping[str, Any]

_OPINIONS = (
    Column("序号", 11, "c"),
    Column("档号", 40),
    Column("题名", 44),
    Column("起止日期", 24),
    Column("原期限", 13, "c"),
    Column("起算日", 21),
    Column("到期日", 21),
    Column("鉴定意见", 13, "c", may_be_blank=True),
    Column("新期限", 13, "c", may_be_blank=True),
    Column("理由", 27, may_be_blank=True),
    Column("鉴定人", 20, may_be_blank=True),
)
_LIST = (
    Column("序号", 8, "c"),
    Column("档号", 30),
    Column("题名", 33),
    Column("起止日期", 21),
    Column("应保管期限", 12, "c"),
    Column("已保管期限", 12, "c"),
    Column("页数", 9, "c"),
    Column("销毁原因", 22),
    Column("鉴定报告号", 19),
    Column("批准人", 13),
    Column("销毁时间", 19, may_be_blank=True),
    Column("销毁方式", 13, may_be_blank=True),
    Column("地点", 13, may_be_blank=True),
    Column("监销人", 13, may_be_blank=True),
    Column("备注", 10, may_be_blank=True),
)
_TABLES = {tuple(each.word for each in columns): columns for columns in (_OPINIONS, _LIST)}
_SIGNERS = ("批准人（法定代表人）", "执行人", "监销人", "监销人")
_LINE = "＿" * 10


def proposal_of(known: DisposalList) -> Form:
    """Return the list to be appraised (鉴定清单)."""
    rows = [_opinion_row(at, entry) for at, entry in enumerate(known.entries, 1)]
    return _form(
        known,
        "鉴定清单",
        known.proposed_at,
        table=(_OPINIONS, rows),
        said={
            "编制人": known.proposer,
            "编制理由": known.reason,
            "案卷": f"{len(known.entries)} 卷",
        },
        signed=("编制人", "鉴定人", "鉴定人"),
    )


def opinions_of(known: DisposalList) -> Form:
    """Return what was said of each dossier, and what was decided (鉴定意见表)."""
    rows = [_opinion_row(at, entry) for at, entry in enumerate(known.entries, 1)]
    said = {
        "鉴定小组": "、".join(known.appraisers),
        "结论": f"销毁 {len(known.to_destroy)} 卷，"
        f"续存 {len(known.entries) - len(known.to_destroy)} 卷",
    }
    at = known.approved_at or known.proposed_at
    return _form(
        known,
        "鉴定意见表",
        at,
        table=(_OPINIONS, rows),
        said=said,
        signed=("鉴定人", "鉴定人", "批准人"),
    )


def register_of(known: DisposalList) -> Form:
    """Return the list of what is to be destroyed, as approved (销毁清册); signed before the act."""
    entries = [known.entry(code) for code in known.to_destroy]
    at = known.approved_at or known.proposed_at
    rows = [_list_row(number, known, entry, at, {}) for number, entry in enumerate(entries, 1)]
    said = {"批准人": str(known.approver), "案卷": f"{len(entries)} 卷"}
    return _form(known, "销毁清册", at, table=(_LIST, rows), said=said, signed=_SIGNERS)


def certificate_of(known: DisposalList, at: datetime) -> Form:
    """Return what was destroyed, and what was not and why (销毁证明); signed after the act."""
    rows = []
    for number, outcome in enumerate(known.outcomes, 1):
        rows.append(_list_row(number, known, known.entry(outcome["code"]), at, outcome))
    presence = known.presence
    people = {
        "执行人": presence.operator if presence else "",
        "监销人": "、".join(presence.witnesses) if presence else "",
        "批准人": str(known.approver),
    }
    form = _form(
        known,
        "销毁证明",
        at,
        table=(_LIST, rows),
        said=people | dict(known.remarks),
        signed=_SIGNERS,
    )
    return {**form, "outcomes": [dict(outcome) for outcome in known.outcomes]}


def text_of(form: Form) -> str:
    """Return the form as lines of text, for full-text search."""
    lines = [form["title"], *(f"{name}：{value}" for name, value in form["said"].items())]
    lines.append("　".join(form["columns"]))
    lines += ["　".join(row) for row in form["rows"]]
    return "\n".join(lines) + "\n"


def pages_of(forms: Sequence[Form]) -> list[Page]:
    """Return the forms as they are printed and signed, each on paper of its own."""
    return [
        Page(
            title=form["form"],
            name=f"{form['list']} {form['form']}",
            said=(
                f"编号：{form['list']}　　日期：{form['on']}",
                *(f"{name}：{value}" for name, value in form["said"].items()),
            ),
            columns=_TABLES[tuple(form["columns"])],
            rows=tuple(tuple(row) for row in form["rows"]),
            below=tuple(_signed(form["signed"])),
            is_landscape=True,
            is_small=True,
        )
        for form in forms
    ]


def _signed(names: Sequence[str]) -> Iterator[str]:
    """Yield lines to sign on, two people a line."""
    for at in range(0, len(names), 2):
        yield "　　　".join(f"{name}：{_LINE}　日期：{_LINE}" for name in names[at : at + 2])


def _form(
    known: DisposalList,
    name: str,
    at: datetime,
    *,
    table: tuple[Sequence[Column], Sequence[Sequence[str]]],
    said: Mapping[str, str],
    signed: Sequence[str],
) -> Form:
    return {
        "schema": SCHEMA,
        "form": name,
        "list": known.number,
        "title": f"{known.number} {name}",
        "on": business_day(at).isoformat(),
        "said": dict(said),
        "columns": [each.word for each in table[0]],
        "rows": [list(row) for row in table[1]],
        "signed": list(signed),
        "entries": [entry.said() for entry in known.entries],
    }


def _opinion_row(number: int, entry: Entry) -> list[str]:
    return [
        str(number),
        entry.code,
        entry.title,
        span_word([entry.from_day, entry.to_day]),
        entry.period,
        str(entry.starts_on),
        str(entry.expires_on),
        entry.decision.value if entry.decision else "",
        (entry.new_period or "") if entry.decision is Decision.KEEP else "",
        "；".join(dict.fromkeys(each.reason for each in entry.opinions)),
        "、".join(each.appraiser for each in entry.opinions),
    ]


def _list_row(
    number: int, known: DisposalList, entry: Entry, at: datetime, outcome: Mapping[str, Any]
) -> list[str]:
    presence = known.presence if outcome else None
    is_gone = outcome.get("destroyed_at") is not None
    gone_at = datetime.fromisoformat(outcome["destroyed_at"]) if is_gone else None
    reasons = "；".join(dict.fromkeys(each.reason for each in entry.opinions))
    return [
        str(number),
        entry.code,
        f"{entry.title}（{entry.papers} 件）",
        span_word([entry.from_day, entry.to_day]),
        entry.period,
        f"{_years(entry.starts_on, business_day(at))} 年",
        str(entry.pages),
        reasons,
        f"{known.number}-02",
        str(known.approver),
        f"{gone_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if gone_at else "",
        presence.method if presence and is_gone else "",
        presence.place if presence and is_gone else "",
        "、".join(presence.witnesses) if presence and is_gone else "",
        "已销毁" if is_gone else "；".join(("未销毁", *outcome["reasons"])) if outcome else "",
    ]


def _years(start: date, end: date) -> int:
    """Return the whole years from `start` to `end`."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
