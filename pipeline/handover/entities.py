"""Entities: what a package says of a dossier beside its bytes: papers, acts, people (实体).

Told from the dossier's own files alone, so that who receives a package can tell them anew and
compare. The names follow DA/T 46—2009 where it has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from archive.days import BUSINESS_ZONE
from archive.events import Event

Row = Mapping[str, Any]
Leaf = tuple[str, str]
Entity = tuple[Leaf, ...]

_DOSSIER: Final = {
    "标识符": "uuid",
    "档号": "code",
    "全宗号": "fonds",
    "全宗名称": "fonds_name",
    "门类": "series",
    "年度": "year",
    "题名": "title",
    "文件编号": "contract_number",
    "来源": "order_no",
    "保管期限": "retention",
    "保管期限依据": "retention_basis",
    "密级": "secrecy",
    "机构": "office",
    "归档时间": "opened_at",
}
_ITEM: Final = {
    "标识符": "uuid",
    "档号": "reference_code",
    "题名": "title",
    "文件编号": "number",
    "来源": "source_sha256",
    "文种": "kind_name",
    "责任者": "responsible",
    "形成日期": "formed_on",
    "页数": "pages",
    "密级": "secrecy",
    "归档时间": "filed_at",
    "归档人": "filed_by",
    "著录": "description",
}
_EVENT: Final = {
    "岗位": "post",
    "部门": "department",
    "代理": "principal",
    "环节": "step",
    "描述": "opinion",
    "依据": "basis",
}
_APPROVAL: Final = {
    "行为时间": "at",
    "行为人": "person",
    "岗位": "post",
    "环节": "step",
    "对象": "instrument",
    "描述": "opinion",
    "依据": "source",
}
_SEAL_USE: Final = {
    "行为时间": "at",
    "行为人": "keeper",
    "申请人": "requested_by",
    "批准人": "approved_by",
    "印章": "seal_code",
    "页数": "pages",
    "份数": "copies",
    "对象": "sealed_sha256",
}
_PARTIES: Final = ("party_a", "party_b")
_PROGRAM: Final = frozenset({"guidang", "inbox"})


@dataclass(frozen=True, slots=True)
class Source:
    """What a dossier's own files say: metadata.json, events.jsonl, and two of its tables."""

    dossier: Row
    items: Sequence[Row]
    events: Sequence[Event]
    approvals: Sequence[Row]
    seal_uses: Sequence[Row]


def papers_of(source: Source) -> Iterator[Entity]:
    """Yield the metadata of the dossier (案卷), then of each item (件)."""
    yield (("聚合层次", "案卷"), *_leaves(source.dossier, _DOSSIER))
    yield from ((("聚合层次", "件"), *_leaves(item, _ITEM)) for item in source.items)


def acts_of(source: Source) -> Iterator[Entity]:
    """Yield every event, approval and use of a seal: who, in which post, when, upon what."""
    posts = _posts(source)
    for event in source.events:
        yield (
            ("业务标识符", f"过程-{event.seq}"),
            ("业务类别", "过程"),
            ("业务行为", event.action),
            ("行为时间", event.at.astimezone(BUSINESS_ZONE).isoformat()),
            ("行为人", event.actor),
            ("对象", event.subject),
            *_leaves(event.details, _EVENT),
            ("摘要", event.hash),
        )
    for number, row in enumerate(source.approvals, 1):
        yield (
            ("业务标识符", f"审批-{number}"),
            ("业务类别", "审批"),
            ("业务行为", "approval"),
            *_leaves(row, _APPROVAL),
            ("业务状态", "有效" if row.get("voided_at") is None else "已作废"),
        )
    for row in source.seal_uses:
        yield (
            ("业务标识符", _text(row["number"])),
            ("业务类别", "用印"),
            ("业务行为", "seal-use"),
            *_leaves(row, _SEAL_USE),
            *(("岗位", post) for post in posts.get(_text(row["keeper"]), ())[:1]),
        )


def people_of(source: Source) -> Iterator[Entity]:
    """Yield the agencies (单位) first, then every person with the posts they acted in (个人)."""
    for name, code in _agencies(source).items():
        said = (("机构人员类型", "单位"), ("机构人员名称", name))
        yield (*said, ("组织机构代码", code)) if code else said
    for name, posts in _posts(source).items():
        kind = "系统" if name in _PROGRAM else "个人"
        yield (
            ("机构人员类型", kind),
            ("机构人员名称", name),
            *(("个人职位", post) for post in posts),
        )


def _agencies(source: Source) -> dict[str, str]:
    """Return the firm and all parties with their codes, blank where the dossier knows none."""
    names = [_text(source.dossier.get("fonds_name"))]
    names += [n for item in source.items for n in _text(item.get("responsible")).split("；")]
    found = {name.strip(): "" for name in names if name.strip()}
    for item in source.items:
        for party in (item["description"].get(key) for key in _PARTIES):
            if isinstance(party, Mapping) and party.get("name"):
                found[_text(party["name"])] = _text(party.get("uscc"))
    return found


def _posts(source: Source) -> dict[str, list[str]]:
    """Return everybody who acted, in their order, with the posts their acts name."""
    found: dict[str, list[str]] = {}
    for name, post in _named(source):
        posts = found.setdefault(name, [])
        if post and post not in posts:
            posts.append(post)
    found.pop("", None)
    return found


def _named(source: Source) -> Iterable[Leaf]:
    for event in source.events:
        yield event.actor, _text(event.details.get("post"))
    for row in source.approvals:
        yield _text(row.get("person")), _text(row.get("post"))
    for row in source.seal_uses:
        yield from ((_text(row.get(who)), "") for who in ("keeper", "requested_by", "approved_by"))


def _leaves(row: Row, names: Mapping[str, str]) -> Iterator[Leaf]:
    """Yield what `row` says under `names`; what is blank is left out."""
    for name, key in names.items():
        if text := _text(row.get(key)):
            yield name, text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
