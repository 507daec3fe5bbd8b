"""Usability: whether a dossier can be read, today and without us (可用性)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from archive.countersigning import COUNTERSIGNED_TEXT
from archive.fileformats import RECEIVED
from archive.takingin import RECOGNISED
from pipeline.fourfold.exhibit import Exhibit
from pipeline.fourfold.means import Facts, Means
from pipeline.fourfold.verdicts import Verdict, by_people, judged, not_applicable

_LEAST_DPI: Final = 300
_ENGINES: Final = ("pypdf", "PDFium")
_OWN_CHECKS: Final = "自查项：声明、输出意图、XMP、字体嵌入、未加密、无脚本及外部引用；不是认证"


def readable(exhibit: Exhibit, _means: Means) -> Verdict:
    """KY01: the metadata can be read and speaks of items."""
    told = f"案卷、{len(exhibit.items)} 件、{len(exhibit.events)} 条过程均可解析"
    problems = list(exhibit.unreadable)
    if not problems and not exhibit.items:
        problems.append("元数据中没有件")
    return judged(problems, told)


def opened(exhibit: Exhibit, means: Means) -> Verdict:
    """KY02: two engines that share no code open every PDF and agree on its pages."""

    def problems(path: str, facts: Facts) -> Iterator[str]:
        yield from (f"{path}：{problem}" for problem in facts["problems"])
        pages = facts["pages"]
        if len({pages.get(engine) for engine in _ENGINES}) != 1:
            yield f"{path}：页数 pypdf {pages.get('pypdf')}，PDFium {pages.get('PDFium')}"

    return _each(exhibit, means, problems, "用 pypdf 和 PDFium 都能打开，页数相同")


def embedded(exhibit: Exhibit, means: Means) -> Verdict:
    """KY03: every font travels with its file."""

    def problems(path: str, facts: Facts) -> Iterator[str]:
        yield from (f"{path}：字体 {font} 没有嵌入" for font in facts["unembedded"])

    return _each(exhibit, means, problems, "字体均已嵌入", leaves_received=True)


def texted(exhibit: Exhibit, means: Means) -> Verdict:
    """KY04: there is text to take out."""

    def problems(path: str, facts: Facts) -> Iterator[str]:
        beside = {
            f"{path.rpartition('/')[0]}/{role}.txt" for role in (COUNTERSIGNED_TEXT, RECOGNISED)
        }
        if not any(text.strip() for text in facts["text"]) and not beside & exhibit.files.keys():
            yield f"{path}：没有可提取的文字"

    return _each(exhibit, means, problems, "文字层可提取，或识别文字在旁", leaves_received=True)


def inert(exhibit: Exhibit, means: Means) -> Verdict:
    """KY05: nothing encrypted, nothing that acts, nothing from outside."""

    def problems(path: str, facts: Facts) -> Iterator[str]:
        if facts["encrypted"]:
            yield f"{path}：已加密"
        yield from (f"{path}：含{each}" for each in facts["active"])

    return _each(exhibit, means, problems, "未加密，无脚本、嵌入文件、外部引用")


def lasting(exhibit: Exhibit, means: Means) -> Verdict:
    """KY06: the claim of PDF/A, and our own list of what such a file must have."""

    def problems(path: str, facts: Facts) -> Iterator[str]:
        if facts["claim"] is None:
            yield f"{path}：没有 PDF/A 声明"
        yield from (f"{path}：{lack}" for lack in facts["lacks"])

    told = f"声明为 PDF/A。{_OWN_CHECKS}"
    return _each(exhibit, means, problems, told, leaves_received=True)


def sharp(exhibit: Exhibit, means: Means) -> Verdict:
    """KY07: what was scanned was scanned at 300 dpi at least."""
    if means.look is None:
        return by_people("本环节不打开版式文件")
    found = {}
    for file in exhibit.pdfs:
        facts = means.facts(exhibit.content(file["path"]))
        if facts is not None and facts["scan_dpi"] is not None:
            found[file["path"]] = facts["scan_dpi"]
    if not found:
        return not_applicable("没有扫描件，版式文件均由系统生成")
    low = [f"{path}：{dpi} dpi" for path, dpi in found.items() if dpi < _LEAST_DPI]
    return judged(low, *(f"{path}：{dpi} dpi" for path, dpi in found.items()))


def programmed(exhibit: Exhibit, _means: Means) -> Verdict:
    """KY08: what made each file is recorded: its program, or for older papers the template."""
    told: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.sealed_items():
            template = item["description"].get("template") or {}
            made = {file.get("program") or template.get("version") for file in item["files"]}
            if not all(made):
                yield f"{item['number']}：有文件没有记录形成程序"
            else:
                by = "、".join(sorted(map(str, made)))
                told.append(f"{item['number']}：{by}；模板 {template.get('code')}")

    found = list(problems())
    return judged(found, *told) if found or told else not_applicable("没有由模板形成的文书")


def _each(
    exhibit: Exhibit,
    means: Means,
    problems: Callable[[str, Facts], Iterator[str]],
    told: str,
    *,
    leaves_received: bool = False,
) -> Verdict:
    """Return the verdict over all PDFs, each looked at by the engines once.

    With `leaves_received`, what others made and is kept as it came is a question to people: it
    cannot be made anew.
    """
    if means.look is None:
        return by_people("本环节不打开版式文件")
    if not exhibit.pdfs:
        return not_applicable("没有版式文件")
    found: list[str] = []
    asked: list[str] = []
    for file in exhibit.pdfs:
        facts = means.facts(exhibit.content(file["path"]))
        where = asked if leaves_received and file["role"] in RECEIVED else found
        where += problems(file["path"], facts or {})
    if asked and not found:
        return by_people(f"外部形成、原样保存的文件，请档案员认定：{'；'.join(asked)}")
    return judged([*found, *asked], f"{len(exhibit.pdfs)} 个版式文件{told}")
