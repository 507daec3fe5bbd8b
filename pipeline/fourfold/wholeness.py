"""Wholeness: whether nothing is missing: items, metadata, acts, numbers (完整性)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.completeness import REGISTERED
from archive.shelved import FILED
from archive.takingin import KIND
from pipeline.fourfold.exhibit import RESULT, SEALED, Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import (
    RETURNED,
    Checkpoint,
    Verdict,
    by_people,
    judged,
    not_applicable,
)

_DOSSIER: Final = (
    ("code", "档号"),
    ("contract_number", "合同编号"),
    ("retention", "保管期限"),
    ("retention_trigger", "起算规则"),
    ("secrecy", "密级"),
    ("scope", "归档范围条目"),
    ("uuid", "唯一标识"),
)
_ITEM: Final = (
    ("uuid", "唯一标识"),
    ("reference_code", "档号"),
    ("number", "文件编号"),
    ("title", "题名"),
    ("responsible", "责任者"),
    ("kind", "文种"),
    ("formed_on", "形成日期"),
    ("secrecy", "密级"),
    ("pages", "页数"),
)
_UNDATED: Final = tuple((key, word) for key, word in _ITEM if word != "形成日期")
"""What a paper taken in must say: nobody may know its day (不详)."""
_FILE: Final = (
    ("name", "计算机文件名"),
    ("bytes", "计算机文件大小"),
    ("media_type", "格式"),
    ("sha256", "SHA-256"),
    ("sm3", "SM3"),
)
_ACTS: Final = ("received", "drafted", "approved", "numbered", "sealed")
_ACT_WORDS: Final = ("接收", "起草", "审批", "编号", "用印")
_PAGE: Final = re.compile(r"第\s*([0-9]+)\s*页\s*[，,]?\s*共\s*([0-9]+)\s*页")


def counted(exhibit: Exhibit, means: Means) -> Verdict:
    """WZ01: items, files and bytes as the hand-over list says."""
    if means.listed is None:
        return not_applicable("没有移交清册")
    listed = means.listed.get(exhibit.code)
    if listed is None:
        return judged([f"移交清册中没有 {exhibit.code}"])
    found = {
        "件数": (len(exhibit.items), listed.items),
        "文件数": (len(exhibit.files), listed.files),
        "字节数": (sum(exhibit.measured(path).size for path in exhibit.files), listed.bytes),
    }
    wrong = [
        f"{name} {here}，移交清册为 {there}"
        for name, (here, there) in found.items()
        if here != there
    ]
    return judged(wrong, *(f"{name} {here}" for name, (here, _) in found.items()))


def required(exhibit: Exhibit, _means: Means) -> Verdict:
    """WZ02: the metadata GB/T 18894-2016 asks for at least."""

    def problems() -> Iterator[str]:
        yield from _blank(exhibit.dossier, _DOSSIER, "案卷")
        for item in exhibit.items:
            number = str(item.get("number") or item.get("item_no"))
            yield from _blank(item, _ITEM if item["kind"] != KIND else _UNDATED, number)
            if exhibit.file(item, SEALED) is not None:
                yield from _blank(item["description"], (("language", "语种"),), number)
            for file in item["files"]:
                yield from _blank(file, _FILE, str(file.get("path")))

    return judged(
        problems(), f"案卷 {len(_DOSSIER)} 项、每件 {len(_ITEM)} 项、每文件 {len(_FILE)} 项"
    )


def _blank(row: Row, keys: tuple[tuple[str, str], ...], where: str) -> Iterator[str]:
    for key, word in keys:
        if row.get(key) in (None, "", []):
            yield f"{where}：缺{word}（{key}）"


def told_through(exhibit: Exhibit, _means: Means) -> Verdict:
    """WZ03: every act from reception to filing stands in the history, with its hands."""

    def problems() -> Iterator[str]:
        acts = {event.action for event in exhibit.events}
        subjects = {(event.action, event.subject) for event in exhibit.events}
        for item in exhibit.items:
            if (FILED, item["reference_code"]) not in subjects:
                yield f"{item['number']}：过程中没有归档"
            if exhibit.file(item, SEALED) is None:
                continue
            for act, word in zip(_ACTS, _ACT_WORDS, strict=True):
                if f"{item['kind']}:{act}" not in acts:
                    yield f"{item['number']}：过程中没有{word}"
            if (f"{item['kind']}:received", item["source_sha256"]) not in subjects:
                yield f"{item['number']}：过程中没有接收本件来源 {item['source_sha256']}"
        for event in exhibit.events:
            if not event.actor.strip():
                yield f"第 {event.seq} 条过程没有机构人员名称"

    return judged(problems(), f"{len(exhibit.events)} 条过程，自接收至归档齐全")


def running(exhibit: Exhibit, means: Means) -> Verdict:
    """WZ04: item numbers without gaps, and none in the numbers of its series."""
    told = means.told

    def problems() -> Iterator[str]:
        numbers = {item["item_no"] for item in exhibit.items}
        excused = told.excused.get(exhibit.code, frozenset()) if told else frozenset()
        for missing in sorted(set(range(1, max(numbers, default=0) + 1)) - numbers - excused):
            yield f"件号 {missing} 空缺，登记中没有空号说明"
        series = {f"{row['series']}/{row['year']}" for row in exhibit.tables.get("numbers", ())}
        for where, problem in told.gaps if told else ():
            if where in series:
                yield f"{where}：{problem}"

    return judged(problems(), f"件号 1 至 {len(exhibit.items)}，编号系列无缺号")


def paged(exhibit: Exhibit, means: Means) -> Verdict:
    """WZ06: page n of N on every page, in its order."""
    if means.look is None:
        return by_people("本环节不打开版式文件")
    compared: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.sealed_items():
            file = exhibit.file(item, SEALED)
            if file is None or file["path"] not in exhibit.files:
                continue
            facts = means.facts(exhibit.content(file["path"])) or {"text": ()}
            said = [_PAGE.findall(text)[-1:] for text in facts["text"]]
            if not any(said):
                continue
            total = len(said)
            for number, found in enumerate(said, 1):
                if found != [(str(number), str(total))]:
                    yield f"{item['number']}：第 {number} 页（共 {total} 页）印的页码为 {found}"
            compared.append(f"{item['number']}：第 1 至 {total} 页")

    found = list(problems())
    return judged(found, *compared) if found or compared else not_applicable("版式文件没有印页码")


def complete(exhibit: Exhibit, means: Means) -> Verdict:
    """WZ07: what rules/completeness.toml asks of a dossier and of each of its papers.

    Before it leaves for good also what is to come in later: late, it is not passed; not due
    yet, people decide whether to wait.
    """
    rules = means.completeness
    owed = [] if means.owed is None else means.owed(exhibit.code)

    def problems() -> Iterator[str]:
        if exhibit.is_filed and rules.lacks_opening({item["kind"] for item in exhibit.items}):
            yield "卷内没有立卷的文书"
        for item in exhibit.items:
            files = {file["role"] for file in item["files"]}
            registered = {table for table in REGISTERED if exhibit.rows(table, item)}
            lacking = rules.lacking(item["kind"], files=files, registered=registered)
            yield from (f"{item['number']}：缺{each}" for each in lacking)
        yield from (f"{each.what}，已逾期" for each in owed if each.is_late)

    found = list(problems())
    if owed and not found:
        still = "；".join(each.what for each in owed)
        return by_people(f"尚缺未到期的文书，请确认是否待补齐后再移交：{still}")
    return judged(found, f"立卷文书在；每件与完整性规则 {rules.version} 所列相符")


def in_scope(exhibit: Exhibit, means: Means) -> Verdict:
    """WZ08: kinds and secrecy the file plan knows."""

    def problems() -> Iterator[str]:
        for item in exhibit.items:
            if item["kind"] not in means.plan.kinds:
                yield f"{item['number']}：文种 {item['kind']} 不在归档范围表中"
            if item["secrecy"] not in means.plan.secrecy:
                yield f"{item['number']}：密级 {item['secrecy']} 不在归档范围表中"

    scopes = {item["kind"]: _scope(means, item) for item in exhibit.items}
    return judged(problems(), *(f"{kind}：{scope}" for kind, scope in scopes.items()))


def examined_before(exhibit: Exhibit, _means: Means) -> Verdict:
    """WZ09: what was found of each paper when it was filed, seen again."""
    compared: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.items:
            file = exhibit.file(item, RESULT)
            if file is None or file["path"] not in exhibit.files:
                continue
            said = json.loads(exhibit.content(file["path"]))
            about = (said["code"], said["checkpoint"])
            if about != (item["reference_code"], Checkpoint.FILING.value):
                yield f"{item['number']}：在卷的是 {about[0]} 在{about[1]}环节的检测结果"
            elif said["conclusion"] == RETURNED:
                yield f"{item['number']}：归档时检测结论为{RETURNED}，却已归档"
            else:
                version = said["rules"]["version"]
                compared.append(f"{item['number']}：{said['conclusion']}（规则 {version}）")

    found = list(problems())
    if found or compared:
        return judged(found, *compared)
    return not_applicable("卷内没有归档时的检测结果：归档早于此项检测，或由系统自身形成")


def _scope(means: Means, item: Mapping[str, Any]) -> str:
    rule = means.plan.kinds.get(item["kind"])
    return rule.scope if rule else ""
