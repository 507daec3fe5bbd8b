"""Report: a revision as its dossier keeps it, and as a page for legal review (偏离报告)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Self

from templates.deviating.changes import QUIET, WORDS, Change, What, summary_of
from templates.deviating.guarding import Figure
from templates.deviating.revision import Revision
from templates.errors import Finding, Level

SCHEMA: Final = "guidang.deviation/1"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who brought which revision of what, when, and why; `brought_at` as people read it."""

    title: str
    order_no: str
    seq: int
    template: str
    brought_by: str
    brought_at: str
    reason: str
    source_name: str
    source_sha256: str
    standard_digest: str
    terms_digest: str


@dataclass(frozen=True, slots=True)
class Report:
    """A revision told to people and programs, the same whenever it is told."""

    about: Circumstances
    changes: tuple[Change, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, revision: Revision, about: Circumstances) -> Self:
        """Return the report of `revision`."""
        return cls(about, revision.changes, revision.figures, revision.findings)

    @property
    def summary(self) -> str:
        """Return the changes of wording in one sentence."""
        return summary_of(self.changes)

    @property
    def quiet(self) -> str:
        """Return how many changes touch blanks or form alone; "" where none does."""
        counts = {what: sum(c.what is what for c in self.changes) for what in QUIET}
        told = [f"仅{WORDS[what]}不同 {count} 处" for what, count in counts.items() if count]
        return "，".join(told)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values; `parse` reads it back."""
        return {
            "schema": SCHEMA,
            "about": {name: getattr(self.about, name) for name in Circumstances.__slots__},
            "summary": self.summary,
            "changes": [change.as_json() for change in self.changes],
            "standard_figures": [
                {"place": each.place, "path": each.path, "value": each.value}
                for each in self.figures
            ],
            "findings": [
                {name: getattr(each, name) for name in Finding.__slots__} for each in self.findings
            ],
        }

    def to_bytes(self) -> bytes:
        """Return the report as a JSON file."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, indent=1)
        return text.encode() + b"\n"

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read what `to_bytes` wrote; raises ValueError or KeyError on anything else."""
        content = json.loads(payload)
        if content["schema"] != SCHEMA:
            raise ValueError(f"{content['schema']} is no {SCHEMA}")
        return cls(
            Circumstances(**content["about"]),
            tuple(Change.parse(each) for each in content["changes"]),
            tuple(Figure(**each) for each in content["standard_figures"]),
            tuple(
                Finding(**each | {"level": Level(each["level"])}) for each in content["findings"]
            ),
        )

    def to_html(self) -> bytes:
        """Return a page that needs nothing beside itself and prints on A4."""
        return "".join(_page(self)).encode()


_STYLE: Final = """\
@page{size:A4;margin:18mm 15mm}
*{box-sizing:border-box}
body{font:14px/1.7 "Source Han Serif SC","Noto Serif CJK SC","SimSun",serif;color:#1a1a1a;
max-width:1000px;margin:24px auto;padding:0 16px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:22px 0 6px;border-bottom:1px solid #999}
.flag{display:inline-block;border:1.5px solid #a40000;color:#a40000;padding:0 8px;font-weight:bold}
.sum{font-size:16px;background:#f4f4f4;padding:8px 12px;border-left:4px solid #a40000}
table{border-collapse:collapse;width:calc(100% - 2px);table-layout:fixed}
td,th{border:1px solid #888;padding:5px 7px;vertical-align:top;text-align:left;
overflow-wrap:anywhere;white-space:pre-wrap}
th{background:#eee}thead{display:table-header-group}tr{break-inside:avoid}
.changes th:nth-child(1){width:19%}.about th{width:22%}
del{color:#a40000;background:#fde8e8;text-decoration:line-through}
ins{color:#0a5c1e;background:#e3f5e6;text-decoration:underline}
.digest{font-family:monospace;font-size:11px}.none{color:#888}
@media print{body{font-size:11pt;margin:0;max-width:none;padding:0}
del,ins,th,.sum{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""


def _page(report: Report) -> Iterator[str]:
    about = report.about
    yield '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
    yield '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    yield "style-src 'unsafe-inline'\">"
    yield f"<title>偏离报告 {escape(about.order_no)}</title><style>{_STYLE}</style></head><body>"
    yield '<p><span class="flag">非标合同</span></p><h1>合同文本偏离报告</h1>'
    yield f"<p>{escape(about.title)}</p>"
    yield f'<p class="sum">{escape(report.summary)}</p>'
    if report.quiet:
        yield f"<p>另有{escape(report.quiet)}。</p>"
    yield "<h2>一、来由</h2>" + _table("about", _circumstances(about))
    yield "<h2>二、与标准文本的差异</h2>"
    yield from _changes(report.changes)
    if report.figures:
        yield "<h2>三、随条款改动的标准数字</h2>"
        yield "<p>下列数字取自标准文本，订单未另作约定，随条款文字一并改动：</p>"
        yield _table("", [(each.place, f"{each.value}（{each.path}）") for each in report.figures])
    if report.findings:
        yield "<h2>审核提示</h2>"
        yield _table("", [(f"{f.code}　{f.place}", f.message) for f in report.findings])
    yield "<h2>法务意见</h2><table><tr><td style='height:30mm'></td></tr></table>"
    yield "<p>审核人：　　　　　　　　日期：　　　　年　　月　　日</p></body></html>\n"


def _circumstances(about: Circumstances) -> Sequence[tuple[str, str]]:
    return (
        ("订单", about.order_no),
        ("修订稿", f"第 {about.seq} 稿　{about.source_name}"),
        ("提出人、时间", f"{about.brought_by}　{about.brought_at}"),
        ("偏离理由", about.reason),
        ("标准文本", about.template),
        ("标准文本条款摘要", about.standard_digest),
        ("修订后条款摘要（审批须载明）", about.terms_digest),
        ("修订稿文件摘要 SHA-256", about.source_sha256),
    )


def _table(name: str, rows: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f'<table class="{name}">{told}</table>'


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    yield '<table class="changes"><thead><tr><th>条款</th><th>标准文本</th>'
    yield "<th>修订文本</th></tr></thead><tbody>"
    for change in changes:
        yield f"<tr><td>{escape(change.place)}<br>【{WORDS[change.what]}】</td>"
        yield f"<td>{_side(change, -1)}</td><td>{_side(change, 1)}</td></tr>"
    yield "</tbody></table>"


def _side(change: Change, turn: int) -> str:
    """Return one side of a change, what is gone or new on it marked."""
    if change.what is What.MOVED:
        return escape(change.before if turn < 0 else f"（移至此处）{change.after}")
    mark = "del" if turn < 0 else "ins"
    told = "".join(
        escape(text) if each == 0 else f"<{mark}>{escape(text)}</{mark}>"
        for each, text in change.letters
        if each in (0, turn)
    )
    return told or '<span class="none">（无）</span>'
