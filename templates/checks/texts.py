"""Texts: blanks, leftovers and characters that must not reach a contract (K01, K02, K11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from templates.checks.places import Said
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.printable import is_printable

_LEFTOVERS = (
    (re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}"), "模板标记"),
    (re.compile(r"×{2,}|[Ｘ]{2,}|[＊*]{3,}"), "待填占位符"),
    (re.compile(r"[_＿]{2,}"), "未填的空白横线"),
    (re.compile(r"\[\s*\]|【\s*】|〔\s*〕|［\s*］"), "未填的空括号"),
    (re.compile(r"(?<![A-Za-z])(?:TBD|TBC|TODO|N/A\?)(?![A-Za-z])", re.IGNORECASE), "待定标记"),
    (re.compile(r"待定|待补充|待填|待确认(?:后填)"), "待定标记"),
    (re.compile(r"（审批完成后编号）"), "编号占位文字"),
    (re.compile("\ufffd"), "乱码（U+FFFD）"),
)
_BLANK_CODES = (
    (re.compile(r"party_[ab]\.(?:name|address)"), "K01"),
    (re.compile(r"service\.scope|items\[\d+\]\.name"), "K02"),
    (re.compile(r"acceptance_items\[\d+\]\.(?:standard|method)"), "K04"),
    (re.compile(r"service\.(?:place|method)|milestones\[\d+\]\..*"), "K06"),
    (re.compile(r"payments\[\d+\]\..*|party_b\.bank.*"), "K07"),
)
_CODES = re.compile(
    r".*\.(?:uscc|bank_account|phone|manager_phone|email|no|template|template_version)"
    r"|order_no|contract_number|template|template_version|contract\.type"
)
_NAMES = re.compile(
    r"party_[ab]\.(?:name|legal_rep|agent|contact)|project\.manager"
    r"|rectifications\[\d+\]\.(?:responsible|rechecked_by)"
)
_WIDE = re.compile(r"[\uff01-\uff5e\u3000]")
_DOTS = re.compile(
    r"[\u0387\u02d9\u2022\u2027\u2219\u22c5\u25cf\u30fb\ua78f\uff0e\uff65]"
    r"|(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])"
)
_CELLS = re.compile(r"(?:items|payments|milestones|acceptance_items|results|rectifications)\[.*")
_CELL_LENGTH = 300
_LONGEST = 4000
_LONG_NAME = 100
_NOTHING = {"无", "/", "／", "-", "—", "——", "N/A", "暂无", "空"}
# What a contract cannot do without: a stroke there is a blank.
_MUST_SAY = re.compile(
    r"party_[ab]\.(?:name|uscc|address|legal_rep|phone)|party_b\.bank(?:_account)?"
    r"|service\.(?:scope|place|method)|project\.(?:name|manager|manager_phone)"
    r"|contract\.(?:type_name|sign_place)|items\[\d+\]\.(?:name|unit)"
    r"|payments\[\d+\]\.(?:name|condition)|milestones\[\d+\]\.(?:name|deliverable)"
    r"|acceptance_items\[\d+\]\.(?:name|standard|method)"
)
_RADICALS = re.compile(r"[\u2e80-\u2fd5]")
_FOREIGN_LETTERS = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]+")
_WIDE_LETTERS = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")


def check_text(said: Said) -> Iterator[Finding]:
    """Yield what is wrong with one text."""
    if not said.text.strip():
        if not said.may_be_blank:
            message = "不能为空；请补充，确无内容的填“无”或“/”"
            yield block(_blank_code(said.place), said.place, message)
        return
    if _MUST_SAY.fullmatch(said.place) and said.text.strip() in _NOTHING:
        message = f"此项不能写“{said.text.strip()}”；请填写实际内容"
        yield block(_blank_code(said.place), said.place, message)
    yield from _leftovers(said)
    yield from _unprintable(said)
    yield from _look_alikes(said)
    if _CODES.fullmatch(said.place):
        yield from _wide(said)
    if _NAMES.fullmatch(said.place):
        yield from _name(said)
    yield from _layout(said)


def _blank_code(place: str) -> str:
    for places, code in _BLANK_CODES:
        if places.fullmatch(place):
            return code
    return "K11"


def _leftovers(said: Said) -> Iterator[Finding]:
    for pattern, what in _LEFTOVERS:
        if found := pattern.search(said.text):
            message = f"含有{what}“{found[0]}”；请填写确定的内容"
            yield block("K11", said.place, message)


def _unprintable(said: Said) -> Iterator[Finding]:
    for position, char in enumerate(said.text, 1):
        if not is_printable(char):
            message = (
                f"第 {position} 个字符 U+{ord(char):04X} 是控制符、不可见字符、叠加符号或私用区"
                "造字，无法可靠印出；请删除或换用国家标准收录的字形"
            )
            yield block("K11", said.place, message)
            return


def _look_alikes(said: Said) -> Iterator[Finding]:
    """Yield characters that look like others: pages copied from PDF have radicals for words."""
    if found := _RADICALS.findall(said.text):
        fixed = unicodedata.normalize("NFKC", said.text)
        then = f"应为“{fixed}”" if not _RADICALS.search(fixed) else "请重新录入"
        message = (
            f"“{found[0]}”（U+{ord(found[0]):04X}）是部首符号而不是汉字，多由 PDF 复制而来；{then}"
        )
        yield block("K11", said.place, message)
    is_code = _CODES.fullmatch(said.place) is not None
    if not is_code and not _NAMES.fullmatch(said.place):
        return
    for letters in _FOREIGN_LETTERS.finditer(said.text):
        beside = said.text[: letters.start()][-1:] + said.text[letters.end() :][:1]
        if is_code or len(letters[0]) == 1 or re.search(r"[A-Za-z0-9]", beside):
            message = (
                f"“{letters[0]}”（U+{ord(letters[0][0]):04X}）是希腊或西里尔字母，形似拉丁字母；"
                "请用英文输入法重新录入"
            )
            yield block("K11", said.place, message)
            return


def _wide(said: Said) -> Iterator[Finding]:
    if _WIDE.search(said.text):
        fixed = unicodedata.normalize("NFKC", said.text)
        yield block("K11", said.place, f"号码含全角字符“{said.text}”；请改为半角“{fixed}”")


def _name(said: Said) -> Iterator[Finding]:
    if len(said.text) > _LONG_NAME:
        message = f"姓名或名称长达 {len(said.text)} 字；请与证照核对"
        yield warn("K01", said.place, message)
    if _WIDE_LETTERS.search(said.text):
        fixed = _WIDE_LETTERS.sub(lambda f: unicodedata.normalize("NFKC", f[0]), said.text)
        message = f"姓名或名称含全角字母、数字；登记名称一般为半角，请与证照核对（“{fixed}”）"
        yield warn("K01", said.place, message)
    if _DOTS.search(said.text):
        fixed = _DOTS.sub("\u00b7", said.text)
        yield warn(
            "K01",
            said.place,
            f"姓名或名称中的间隔号不是“·”（U+00B7）；请与证件核对，建议改为“{fixed}”",
        )
    if re.search(r"[(][^()]*[)]", said.text) and re.search(r"[\u4e00-\u9fff]", said.text):
        fixed = said.text.translate(str.maketrans("()", "（）"))
        yield warn(
            "K01", said.place, f"名称用了半角括号；登记名称一般为全角，请与执照核对（“{fixed}”）"
        )


def _layout(said: Said) -> Iterator[Finding]:
    if len(said.text) > _LONGEST:
        message = f"文字过长（{len(said.text)} 字，上限 {_LONGEST} 字）；请精简，或另作附件"
        yield block("K11", said.place, message)
    # A row of ours may break over pages, one of a firm's own template perhaps not: a row
    # that may not loses what is higher than a page.
    if _CELLS.fullmatch(said.place) and len(said.text) > _CELL_LENGTH:
        message = f"表格中的文字过长（{len(said.text)} 字），可能跨页；建议拆成几项"
        yield warn("K11", said.place, message)
    if re.search(r"[ \u3000]{2,}", said.text):
        yield warn("K11", said.place, "含有连续空格，可能漏填内容；请核对")
