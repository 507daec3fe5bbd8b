"""Forms: a batch examined as the report the archivist signs (四性检测报告)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from archive.days import BUSINESS_ZONE, business_day
from pipeline.fourfold.batches import Batch, Examined
from pipeline.fourfold.verdicts import Checkpoint, Finding, Outcome
from pipeline.reportsheets import Report, Table

_WORDS: Final = {
    Checkpoint.FILING: "归档环节",
    Checkpoint.HANDOVER: "移交与接收环节",
    Checkpoint.KEEPING: "长期保存环节",
}
_SIGNED: Final = ("检测人（档案员）", "复核人", "日期")
_NOTE: Final = (
    "本报告参照 DA/T 70-2018 的四性检测列项，检测项编号和方法由本系统自定，不是认证。"
    "“人工”的各项须由档案员查看后签字；任何一项不通过，整批退回。"
)


def said_of(batch: Batch) -> dict[str, Any]:
    """Return the batch as JSON values."""
    return {
        "checkpoint": batch.checkpoint.value,
        "at": batch.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "person": batch.person,
        "rules": batch.rules_version,
        "conclusion": batch.conclusion,
        "returned": list(batch.returned),
        "dossiers": [
            {"title": one.title, "items": one.items} | one.examination.said()
            for one in batch.dossiers
        ],
    }


def report_of(batch: Batch) -> Report:
    """Return the report of a batch: overview, what needs an answer, then every finding."""
    at = batch.at.astimezone(BUSINESS_ZONE)
    number = f"SX-{at:%Y%m%d-%H%M%S}"
    said = {
        "报告编号": number,
        "环节": _WORDS[batch.checkpoint],
        "检测时间": at.isoformat(timespec="seconds"),
        "规则版本": batch.rules_version,
        "检测人": batch.person or "（未登记，仅供查看）",
        "范围": f"{len(batch.dossiers)} 卷 {sum(one.items for one in batch.dossiers)} 件",
        "结论": _conclusion(batch),
    }
    return Report(
        title=f"四性检测报告（{_WORDS[batch.checkpoint]}）",
        number=number,
        on=business_day(batch.at),
        said=said,
        paragraphs=(_NOTE,),
        tables=(_overview(batch), *_answers(batch), *map(_whole, batch.dossiers)),
        signed=_SIGNED,
    )


def _conclusion(batch: Batch) -> str:
    if batch.returned:
        return f"退回。不通过 {len(batch.returned)} 卷：{'、'.join(batch.returned)}"
    if batch.conclusion == "待人工":
        return "系统检测无不通过项；人工项查看后方为通过"
    return "通过"


def _overview(batch: Batch) -> Table:
    rows = []
    for number, one in enumerate(batch.dossiers, 1):
        counts = Counter(f.verdict.outcome for f in one.examination.findings)
        rows.append(
            [
                str(number),
                one.examination.code,
                one.title,
                str(one.items),
                *(str(counts[outcome]) for outcome in Outcome),
                one.examination.conclusion,
            ]
        )
    columns = ("序号", "档号", "题名", "件数", *(each.value for each in Outcome), "结论")
    return Table("一、各卷结果", columns, (10, 50, 92, 12, 14, 16, 16, 14, 20), rows)


def _answers(batch: Batch) -> Iterator[Table]:
    for heading, outcome in (
        ("二、不通过的项目及理由", Outcome.FAILED),
        ("三、须人工查看的项目", Outcome.BY_PEOPLE),
    ):
        rows = [
            [one.examination.code, *_row(finding), ""]
            for one in batch.dossiers
            for finding in one.examination.findings
            if finding.verdict.outcome is outcome
        ]
        columns = ("档号", "编号", "性", "检测项", "依据", "结果", "说明", "处理意见")
        if rows:
            yield Table(heading, columns, (46, 13, 16, 42, 40, 14, 56, 20), rows)


def _whole(one: Examined) -> Table:
    columns = ("编号", "性", "检测项", "依据", "结果", "比对内容")
    rows = [_row(finding) for finding in one.examination.findings]
    heading = f"附：{one.examination.code} 逐项结果"
    return Table(heading, columns, (13, 16, 45, 45, 16, 112), rows)


def _row(finding: Finding) -> list[str]:
    return [
        finding.code,
        finding.property,
        finding.title,
        finding.basis,
        finding.verdict.outcome.value,
        finding.evidence(),
    ]
