"""Forms: the papers of inspection and clean-up, as data, as text, as a Word document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from archive.cleanup import CleanupList
from archive.days import BUSINESS_ZONE, business_day
from archive.digests import sha256
from archive.finds import Find
from archive.inspection import Inspection
from archive.inspectionrules import CHECKS
from templates.typesetting.blocks import (
    Cell,
    PageFigure,
    Paragraph,
    Sheet,
    StandardText,
    Style,
    Table,
    Words,
)
from templates.typesetting.wordfile import word_file

SCHEMA: Final = "guidang.inspection/1"
HAND: Final = ("温度", "湿度", "破损", "装订", "密级", "保管期限", "说明")
"""What inspectors enter by hand."""

_PROVING: Final = "guidang audit verify --head"
_UNIT: Final = {"温度": " ℃", "湿度": " %RH"}
_MOST_ROWS: Final = 300
_CHECK_HEAD: Final = (("检查项", 32.0), ("检查情况", 165.0), ("发现", 20.0), ("整改期限", 30.0))
_FIND_HEAD: Final = (
    *(("编号", 30.0), ("检查项", 22.0), ("位置", 58.0), ("问题", 77.0)),
    *(("责任人", 20.0), ("期限", 22.0), ("状态", 18.0)),
)
_DRAWN_HEAD: Final = (("序号", 20.0), ("档号", 120.0))
_SHELF_HEAD: Final = (("应有", 40.0), ("实有", 40.0), ("缺", 40.0), ("多", 40.0))
_SHOWN_HEAD: Final = (("档号", 62.0), ("检测项", 65.0), ("说明", 80.0), ("查看结果", 40.0))
_ORDINALS: Final = "一二三四五六七八九"
_HAND_HEAD: Final = tuple((name, 247.0 / len(HAND)) for name in HAND)
_LEFT_HEAD: Final = (
    *(("序号", 12.0), ("位置", 75.0), ("种类", 26.0), ("字节", 18.0)),
    *(("摘要（SHA-256）", 46.0), ("理由", 40.0), ("结果", 30.0)),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One table with its heading; `head` pairs a word with a width in millimetres."""

    heading: str
    head: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One paper: its name and number, what it says line by line, its tables, who signs."""

    name: str
    number: str
    said: Mapping[str, str]
    blocks: tuple[Block, ...]
    signed: tuple[tuple[str, str], ...]

    def source(self) -> bytes:
        """Return the form as JSON; the same form gives the same bytes."""
        content = {"schema": SCHEMA} | asdict(self)
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()

    def digest(self) -> str:
        """Return the SHA-256 of what is signed: everything but the signatures."""
        content = asdict(self) | {"signed": [name for name, _ in self.signed]}
        return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())

    def text(self) -> str:
        """Return the form as lines, for full-text search."""
        lines = [f"{self.number} {self.name}", *(f"{k}：{v}" for k, v in self.said.items())]
        for block in self.blocks:
            lines += [block.heading, "　".join(word for word, _ in block.head)]
            lines += ["　".join(row) for row in block.rows]
        lines += [f"{name}：{value}" for name, value in self.signed]
        return "\n".join(lines) + "\n"


def plan_form(known: Inspection) -> Form:
    """Return what is to be inspected, and how the sample was drawn (检查计划)."""
    duties = tuple(
        (CHECKS[check], duty.owner, f"{duty.days} 天", "是" if duty.is_damage else "否")
        for check, duty in known.duties.items()
    )
    head = (("检查项", 60.0), ("责任人", 60.0), ("整改天数", 40.0), ("属损坏", 40.0))
    blocks = [Block("检查项与责任人", head, duties)]
    if known.sample is not None:
        rows = tuple((str(at), code) for at, code in enumerate(known.sample, 1))
        blocks.append(Block("抽中的案卷", _DRAWN_HEAD, rows))
    if known.examined:
        rows = tuple((str(at), code) for at, code in enumerate(known.examined, 1))
        blocks.append(Block("四性抽查的案卷", _DRAWN_HEAD, rows))
    said = _scope(known) | {"制定人": known.inspector, "日期": str(business_day(known.planned_at))}
    return Form("检查计划", known.number, said, tuple(blocks), ())


def record_form(known: Inspection, finds: Mapping[str, Find]) -> Form:
    """Return what was inspected and found (检查记录); `finds` as they stood when it ended."""
    spotted = [finds[each.key] for each in known.spotted if each.key in finds]
    gone = [finds[key] for key in known.gone if key in finds]
    found = dict.fromkeys(known.duties, 0)
    for each in spotted:
        found[each.spotted.check] = found.get(each.spotted.check, 0) + 1
    checks = tuple(
        (CHECKS[check], _looked(known, check), f"{found[check]} 项", f"{duty.days} 天")
        for check, duty in known.duties.items()
    )
    ended = known.ended_at or known.planned_at
    said = _scope(known) | {
        "检查时间": f"{_moment(known.planned_at)} 至 {_moment(ended)}",
        "结论": f"发现问题 {len(spotted)} 项，其中损坏类 {sum(f.is_damage for f in spotted)} 项；"
        f"以往问题复查未见 {len(gone)} 项",
    }
    for shown in known.shown("history"):
        said[shown.what] = f"{shown.text}（{shown.subject}；请抄存于库外，以 {_PROVING} 核对）"
    shelf = known.counts("shelf")
    blocks = [
        Block(
            "一、账物核对（卷）",
            _SHELF_HEAD,
            (tuple(str(shelf[w]) if w in shelf else "本次未查" for w, _ in _SHELF_HEAD),),
        ),
        Block("二、各项检查", _CHECK_HEAD, checks),
        Block("三、现场登记", _HAND_HEAD, (tuple(_hand(known, name) for name in HAND),)),
        Block("四、问题与整改", _FIND_HEAD, tuple(map(_find_row, (*spotted, *gone)))),
    ]
    if by_hand := known.shown("fourfold"):
        rows = tuple((each.subject, each.what, each.text, "") for each in by_hand)
        blocks.append(Block("五、四性抽查须人工查看的项目", _SHOWN_HEAD, rows))
    signed = [(f"检查人：{s.person}", _moment(s.at)) for s in known.signatures]
    signed += [("检查人", "")] * (2 - len(signed))
    return Form("检查记录", known.number, said, tuple(blocks), tuple(signed))


def cleanup_form(known: CleanupList) -> Form:
    """Return what is to be cleaned up, or, once done, what was and what stayed and why."""
    outcomes = known.outcomes
    rows = tuple(
        (
            *(str(at), each.path, each.kind, str(each.bytes), each.sha256, each.reason),
            "" if outcomes is None else (outcomes.get(each.path, "") or "已清理"),
        )
        for at, each in enumerate(known.entries, 1)
    )
    said = {
        "编制人": f"{known.proposer}　{_moment(known.proposed_at)}",
        "清单": f"{len(rows)} 个文件，共 {sum(each.bytes for each in known.entries)} 字节",
        "说明": "清单只含工作文件夹中的遗留文件；档案、登记、印章和规则不在其中。",
    }
    if outcomes is not None and known.confirmed_at and known.done_at:
        left = sum(bool(outcomes.get(each.path)) for each in known.entries)
        said |= {
            "确认人": f"{known.confirmed_by}　{_moment(known.confirmed_at)}",
            "执行人": f"{known.done_by}　{_moment(known.done_at)}",
            "结果": f"清理 {len(rows) - left} 个，未清理 {left} 个",
        }
    name = "清理清单" if outcomes is None else "清理记录"
    return Form(name, known.number, said, (Block("遗留文件", _LEFT_HEAD, rows),), ())


def as_document(form: Form, *, company: str, at: datetime) -> bytes:
    """Return the form as a Word document on landscape paper; same form, same bytes.

    Long tables are cut on paper, which says so; the data filed beside it has every row.
    """
    blocks: list[Paragraph | Table] = [
        Paragraph(Style.TITLE, (Words(form.name),)),
        Paragraph(Style.FLUSH, (Words(f"编号：{form.number}"),)),
        *(Paragraph(Style.FLUSH, (Words(f"{k}：{v}"),)) for k, v in form.said.items()),
    ]
    for block in form.blocks:
        blocks += _printed(block)
    if form.signed:
        rows = (
            tuple(_cell(name) for name, _ in form.signed),
            tuple(_cell(value or "（签名、日期）") for _, value in form.signed),
        )
        width = 247.0 / len(form.signed)
        columns = (width,) * len(form.signed)
        blocks.append(
            Paragraph(
                Style.FLUSH, (Words(f"{_ORDINALS[len(form.blocks)]}、签认"),), keeps_next=True
            )
        )
        blocks.append(
            Table(columns=columns, rows=rows, align="l" * len(columns), head=1, together=True)
        )
    footer = (
        Words("第 "),
        PageFigure("PAGE"),
        Words(" 页　共 "),
        PageFigure("NUMPAGES"),
        Words(" 页"),
    )
    text = StandardText(
        sheets=(Sheet(is_landscape=True, blocks=tuple(blocks)),),
        header=(Words(f"{company}　{form.name}　{form.number}"),),
        footer=footer,
    )
    return word_file(text, title=f"{form.number} {form.name}", dated=business_day(at))


def _printed(block: Block) -> Iterable[Paragraph | Table]:
    yield Paragraph(Style.FLUSH, (Words(block.heading),), keeps_next=True)
    if not block.rows:
        yield Paragraph(Style.FLUSH, (Words("无。"),))
        return
    head = tuple(_cell(word) for word, _ in block.head)
    yield Table(
        columns=tuple(width for _, width in block.head),
        rows=(head, *(tuple(map(_cell, row)) for row in block.rows[:_MOST_ROWS])),
        align="l" * len(block.head),
        head=1,
        is_small=True,
    )
    if len(block.rows) > _MOST_ROWS:
        rest = len(block.rows) - _MOST_ROWS
        yield Paragraph(Style.NOTE, (Words(f"另有 {rest} 行，见随附的数据文件。"),))


def _scope(known: Inspection) -> dict[str, str]:
    scope = f"全部 {known.population} 卷，逐卷检查"
    if known.sample is not None:
        scope = f"{known.population} 卷中抽查 {len(known.sample)} 卷"
    return {
        "计划": f"{known.plan}（{known.period}）",
        "范围": scope,
        "抽样依据": f"种子 {known.seed}，总体摘要 {known.population_digest}",
        "规则": f"rules/inspection.toml（{known.rules}）",
    }


def _looked(known: Inspection, check: str) -> str:
    counts = known.counts(check)
    if not counts:
        return "人工，见现场登记" if check == "environment" else "未查"
    return "　".join(f"{word} {count}" for word, count in counts.items())


def _hand(known: Inspection, name: str) -> str:
    value = known.notes.get(name)
    return "未登记" if value is None else f"{value}{_UNIT.get(name, '')}"


def _find_row(find: Find) -> tuple[str, ...]:
    return (
        find.label,
        CHECKS[find.spotted.check],
        find.spotted.subject,
        find.spotted.problem,
        find.owner,
        str(find.due_on),
        find.state.value,
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def _cell(text: str) -> Cell:
    return Cell((Words(text),))
