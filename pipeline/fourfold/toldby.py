"""Told by: whether rows of the register's tables are what the chained history tells of them.

The history is one chain, so a row changed in a table stands against it, whoever counted the
digests of the files anew. What no event tells of a row is not judged, and `UNTOLD` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from archive.events import Event
from archive.routes import HERE
from pipeline.fourfold.exhibit import Exhibit, Row

UNTOLD: Final = (
    "过程没有记的，只由包内清单和移交清册的摘要证明：意见的作废，用印申请的金额、文件类别和依据的规则，"
    "用印的印章图像、保管人、份数和位置，编号台账中文书自身编号以外的各项（取号时间、持有者、作废等）"
)
"""What of the tables the history cannot prove, for whoever reads the report."""


def approvals_untold(exhibit: Exhibit, item: Row) -> Iterator[str]:
    """Yield the decisions on `item` that its history tells otherwise, or that it alone tells.

    A step decided again, after it was sent back, is told again: the last word counts.
    """
    kind, digest = item["kind"], item["description"].get("terms_digest")
    told = {
        (event.subject, event.details.get("step")): _decision(event)
        for event in exhibit.events
        if event.action == f"{kind}:approved"
    }
    rows = {
        (row["terms_digest"], row["step"]): (
            row["person"],
            *_parts(row, ("post", "opinion", "source")),
            _at(row["at"]),
        )
        for row in exhibit.rows("approvals", item)
    }
    for key, row in rows.items():
        if told.get(key) != row:
            yield f"{item['number']}：{row[0]} 的审批意见（{key[1]}）与过程所记不符"
    for key, each in told.items():
        if key[0] == digest and key not in rows:
            yield f"{item['number']}：过程记有 {each[0]} 的审批意见（{key[1]}），审批表中没有"


def _decision(event: Event) -> tuple[Any, ...]:
    """Return a decision as its row says it: one given here is told with its event."""
    said = event.details
    principal = said.get("principal")
    return (
        event.actor,
        f"{said.get('post')}（代 {principal}）" if principal else said.get("post"),
        said.get("opinion"),
        said.get("source", HERE),
        _at(said.get("decided_at")) or event.at,
    )


def requests_untold(exhibit: Exhibit, item: Row) -> Iterator[str]:
    """Yield the requests for seals on `item` that its history tells otherwise."""
    told = [
        (
            event.subject,
            event.actor,
            *_parts(event.details, ("round", "seals", "approved_by", "reason")),
            _at(event.details.get("expires_at")),
            event.at,
        )
        for event in exhibit.events
        if event.action == f"{item['kind']}:seal-requested"
    ]
    for row in exhibit.rows("seal_requests", item):
        said = (
            row["terms_digest"],
            row["requested_by"],
            *_parts(row, ("round", "seal_kinds", "approved_by", "reason")),
            _at(row["expires_at"]),
            _at(row["at"]),
        )
        if said not in told:
            yield f"{item['number']}：第 {row['round']} 次用印申请与过程所记不符"


def uses_untold(exhibit: Exhibit, item: Row) -> Iterator[str]:
    """Yield the uses of seals on `item` that its history tells otherwise."""
    told = dict(_uses(exhibit.events, item["kind"]))
    requests = exhibit.rows("seal_requests", item)
    asked = [_parts(row, _ASKED) for row in requests]
    for row in exhibit.rows("seal_uses", item):
        said = (row["seal_code"], row["sealed_sha256"], row["file_sha256"], _at(row["at"]))
        if told.get(row["number"]) != said:
            yield f"{row['number']}：用印登记与过程所记不符"
        elif asked and _parts(row, _ASKED) not in asked:
            who = f"申请人 {row['requested_by']}、批准人 {row['approved_by']}"
            yield f"{row['number']}：用印的{who}或所批文本与用印申请不符"


_ASKED: Final = ("requested_by", "approved_by", "terms_digest")


def _uses(events: tuple[Event, ...], kind: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for event in events:
        if event.action != f"{kind}:sealed":
            continue
        details = event.details
        first = {"use": details.get("use"), "seal": details.get("seal")}
        for each in (first, *details.get("also", ())):
            said = (each.get("seal"), event.subject, details.get("before_sha256"), event.at)
            yield str(each.get("use")), said


def numbers_untold(exhibit: Exhibit) -> Iterator[str]:
    """Yield the ledger's rows of papers that neither history nor metadata bear out."""
    told = {event.subject for event in exhibit.events}
    told |= {exhibit.code, *(item["reference_code"] for item in exhibit.items)}
    told |= {item["number"] for item in exhibit.items}
    papers = {
        f"{row['kind']}:{row['order_no']}:{row['round']}:r{row['revision']}": row["number"]
        for row in exhibit.tables.get("instruments", ())
    }
    for row in exhibit.tables.get("numbers", ()):
        holder = row["holder"]
        if row["series"].partition(":")[0] != holder.partition(":")[0]:
            continue  # the number of a seal's use, of a code: not the paper's own
        if holder in papers and papers[holder] != row["text"]:
            yield f"{row['text']}：编号台账中的持有者 {holder} 是 {papers[holder]}"
        elif holder in papers and row["text"] not in told:
            yield f"{row['text']}：编号台账有此号，过程中没有"


def _parts(said: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(said.get(name) for name in names)


def _at(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
