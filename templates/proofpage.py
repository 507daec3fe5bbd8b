"""Proof page: the record of a proof as a page people can read and print (核验页)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from templates.fitting.lexicon import ROWS

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.6 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, 宋体, serif;
 color: #111; background: #fff; max-width: 178mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 16pt; text-align: center; margin: 0 0 2mm; letter-spacing: .1em; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; border-bottom: 1px solid #999; break-after: avoid; }
.what { text-align: center; margin: 0 0 5mm; }
.verdict { font-size: 13pt; font-weight: bold; text-align: center; border: 1.5px solid #111;
 padding: 3mm; margin: 0 0 4mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid #888; padding: 1mm 2mm; text-align: left; vertical-align: top;
 overflow-wrap: anywhere; }
th { background: #f0f0f0; font-weight: bold; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
td.value { white-space: pre-wrap; }
td.group { background: #f7f7f7; font-weight: bold; break-after: avoid; }
.path { color: #666; font: 8pt/1.3 "Noto Sans Mono", monospace; display: block; }
.digest { font: 8pt/1.4 "Noto Sans Mono", monospace; }
footer { margin-top: 6mm; font-size: 9pt; color: #444; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""
_CLOSED = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_FILES = {
    "template": "登记的模板",
    "draft": "审批稿",
    "docx": "定稿（Word 文件）",
    "pdf": "定稿（PDF，盖章前）",
}
_CHECKS = {
    "template": "与模板比对",
    "fields": "字段",
    "draft": "与审批稿比对",
    "leftovers": "遗留标记",
    "words": "大小写金额",
    "sums": "金额勾稽",
    "pdf": "PDF 读回",
    "seen": "PDF 目视",
}


def verdict_of(record: Mapping[str, Any]) -> str:
    """Return the proof in one sentence."""
    count = record.get("field_count", record["fields"])
    return f"这 {count} 个字段已填写，其余与模板逐字一致"


def proof_page(record: Mapping[str, Any], *, sha256: str) -> str:
    """Return the page of `record`, whole in itself: it loads nothing, and prints on A4.

    `sha256` is that of the record as filed; the page repeats the record and adds nothing, so the
    same record gives the same page. Records of the first form name no fields, only their count.
    """
    title = escape(record.get("title") or "")
    number = escape(record.get("number") or "")
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">',
            _CLOSED,
            f"<title>核验记录 {number}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            f'<h1>核验记录</h1>\n<p class="what">{title}<br>{number}</p>',
            f'<p class="verdict">{escape(verdict_of(record))}</p>',
            *_extent(record),
            *_checks(record),
            *_fields(record),
            *_digests(record, sha256),
            "</body>\n</html>\n",
        ]
    )


def _extent(record: Mapping[str, Any]) -> Iterator[str]:
    readers = "；".join(f"{name} {said}" for name, said in record.get("readers", {}).items())
    said = f"正文 {record['paragraphs']} 段，PDF {record['pages']} 页"
    yield f"<p>{said}{'；PDF 读取程序：' if readers else ''}{escape(readers)}。</p>"


def _checks(record: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>核验项目</h2>\n<table>"
    yield "<colgroup><col style='width:22%'><col style='width:12%'><col></colgroup>"
    yield "<thead><tr><th>项目</th><th>结论</th><th>内容</th></tr></thead><tbody>"
    for check in record["checks"]:
        name = _CHECKS.get(check["code"], check["code"])
        verdict = "通过" if check["verdict"] == "pass" else check["verdict"]
        cells = (name, verdict, check["detail"])
        yield f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in cells)}</tr>"
    yield "</tbody></table>"


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    fields = record["fields"]
    if isinstance(fields, int):
        return
    yield f"<h2>已填写的字段（{len(fields)} 个）</h2>\n<table>"
    yield (
        "<colgroup><col style='width:25%'><col><col style='width:29%'><col style='width:9%'>"
        "</colgroup><thead><tr><th>字段</th><th>读回的内容</th><th>在 Word 文件中</th>"
        "<th>PDF 页</th></tr></thead><tbody>"
    )
    for rows, group in groupby(fields, key=_rows_of):
        if rows:
            yield f'<tr><td class="group" colspan="4">{escape(rows)}</td></tr>'
        for each in group:
            yield _row(each)
    yield "</tbody></table>"


def _rows_of(field: Mapping[str, Any]) -> str:
    return ROWS.get(field["path"].partition(".")[0], "")


def _row(field: Mapping[str, Any]) -> str:
    places = list(dict.fromkeys(place["word"] for place in field["places"]))
    pages = list(dict.fromkeys(place["page"] for place in field["places"]))
    shown = "、".join(str(page) if page else "每页" for page in sorted(pages))
    where = "；".join(places)
    return (
        f'<tr><td>{escape(field["label"])}<span class="path">{escape(field["path"])}</span></td>'
        f'<td class="value">{escape(field["value"])}</td>'
        f"<td>{escape(where)}</td><td>{escape(shown)}</td></tr>"
    )


def _digests(record: Mapping[str, Any], sha256: str) -> Iterator[str]:
    yield "<h2>比对的文件（SHA-256）</h2>\n<table><colgroup><col style='width:27%'><col></colgroup>"
    yield "<tbody>"
    named = {_FILES.get(name, name): said for name, said in record.get("digests", {}).items()}
    for name, said in {**named, "本记录（JSON）": sha256}.items():
        yield f'<tr><td>{escape(name)}</td><td class="digest">{escape(said)}</td></tr>'
    yield "</tbody></table>"
    yield (
        "<footer>定稿由填写程序以外的读取程序读回，逐段与模板、审批稿和订单字段比对；"
        "PDF 由两种互不相干的程序读回，并逐页成像检查文字可见。本页由核验记录（JSON）生成，"
        "内容与之相同，以该记录为准。</footer>"
    )
