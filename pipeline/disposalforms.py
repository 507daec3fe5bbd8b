"""Disposal forms: the papers of a list, as data, as text, and as a page to print and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

from archive.days import BUSINESS_ZONE, business_day, span_word
from archive.disposal import Decision, DisposalList, Entry

SCHEMA = "guidang.disposal/1"
Form = Mapping[str, Any]

_OPINIONS = (
    *("序号", "档号", "题名", "起止日期", "原期限", "起算日", "到期日"),
    *("鉴定意见", "新期限", "理由", "鉴定人"),
)
_LIST = (
    *("序号", "档号", "题名", "起止日期", "应保管期限", "已保管期限", "页数", "销毁原因"),
    *("鉴定报告号", "批准人", "销毁时间", "销毁方式", "地点", "监销人", "备注"),
)
_SIGNERS = ("批准人（法定代表人）", "执行人", "监销人", "监销人")
_STYLE = """
@page { size: A4 landscape; margin: 15mm 12mm 15mm 25mm }
body { font: 10.5pt/1.5 SimSun, "Noto Serif CJK SC", serif; color: #000; margin: 1.5em }
h1 { font-size: 18pt; text-align: center; letter-spacing: .3em; margin: 0 0 .4em }
p { margin: .2em 0 } table { border-collapse: collapse; width: 100%; margin: .8em 0 }
th, td { border: 1px solid #000; padding: 2px 4px; text-align: left; vertical-align: top;
  overflow-wrap: anywhere } thead { display: table-header-group } tr { break-inside: avoid }
section + section { break-before: page }
.signed { display: flex; flex-wrap: wrap; gap: 1.2em 3em; margin-top: 2em }
.signed span { min-width: 14em; border-bottom: 1px solid #000 }
"""


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


def page_of(forms: Sequence[Form]) -> str:
    """Return the forms as one page; it loads nothing and prints on A4 landscape."""
    body = "".join(_section(form) for form in forms)
    title = escape(forms[0]["title"])
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _section(form: Form) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in form["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in form["rows"]
    )
    said = "".join(f"<p>{escape(n)}：{escape(v)}</p>" for n, v in form["said"].items())
    signed = "".join(f"<span>{escape(name)}：</span>" for name in form["signed"])
    return (
        f"<section><h1>{escape(form['form'])}</h1><p>编号：{escape(form['list'])}　"
        f"日期：{escape(form['on'])}</p>{said}<table><thead><tr>{head}</tr></thead>"
        f'<tbody>{rows}</tbody></table><div class="signed">{signed}</div></section>'
    )


def _form(
    known: DisposalList,
    name: str,
    at: datetime,
    *,
    table: tuple[Sequence[str], Sequence[Sequence[str]]],
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
        "columns": list(table[0]),
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
        gone_at.astimezone(BUSINESS_ZONE).isoformat(timespec="minutes") if gone_at else "",
        presence.method if presence and is_gone else "",
        presence.place if presence and is_gone else "",
        "、".join(presence.witnesses) if presence and is_gone else "",
        "已销毁" if is_gone else "；".join(("未销毁", *outcome["reasons"])) if outcome else "",
    ]


def _years(start: date, end: date) -> int:
    """Return the whole years from `start` to `end`."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
