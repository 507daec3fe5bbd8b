"""Texts: blanks, leftovers and characters that must not reach a contract (K01, K02, K11, K13)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from templates.checks.places import Said
from templates.checks.remarks import block, warn
from templates.errors import Finding

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
_DUTIES = re.compile(r"service\.scope|acceptance_items\[\d+\]\.standard|payments\[\d+\]\.condition")
_VAGUE = re.compile(
    r"尽快|尽早|及时|合理|大约|左右|适当|原则上|酌情|视情况"
    r"|(?<![平相高中上下同优对])等(?=[，。；、）)\s]|$|相关|有关|工作|服务|内容|事项|方面|材料)"
)
_WIDE = re.compile(r"[\uff01-\uff5e\u3000]")
_DOTS = re.compile(r"[\u30fb\u2027\u2022\u22c5\uff65\u2219\uff0e]")
_CELLS = re.compile(r"(?:items|payments|milestones|acceptance_items|results|rectifications)\[.*")
_CELL_LENGTH = 300
_UNPRINTABLE = {"Cc", "Cf", "Co", "Cs"}


def check_text(said: Said) -> Iterator[Finding]:
    """Yield what is wrong with one text."""
    if not said.text.strip():
        if not said.may_be_blank:
            message = "不能为空；请补充，确无内容的填“无”或“/”"
            yield block(_blank_code(said.place), said.place, message)
        return
    yield from _leftovers(said)
    yield from _unprintable(said)
    if _CODES.fullmatch(said.place):
        yield from _wide(said)
    if _NAMES.fullmatch(said.place):
        yield from _name(said)
    yield from _wording(said)


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
        if unicodedata.category(char) in _UNPRINTABLE or ord(char) & 0xFFFE == 0xFFFE:  # noqa: PLR2004  noncharacters
            message = (
                f"第 {position} 个字符 U+{ord(char):04X} 是控制符、不可见字符或私用区造字，"
                "无法可靠印出；请删除或换用国家标准收录的字形"
            )
            yield block("K11", said.place, message)
            return


def _wide(said: Said) -> Iterator[Finding]:
    if _WIDE.search(said.text):
        fixed = unicodedata.normalize("NFKC", said.text)
        yield block("K11", said.place, f"号码含全角字符“{said.text}”；请改为半角“{fixed}”")


def _name(said: Said) -> Iterator[Finding]:
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


def _wording(said: Said) -> Iterator[Finding]:
    if _DUTIES.fullmatch(said.place) and (words := _VAGUE.findall(said.text)):
        listed = "、".join(dict.fromkeys(words))
        message = f"含有含糊用语“{listed}”，容易产生歧义；请改为可核对的数量、时限或清单"
        yield block("K13", said.place, message)
    if found := re.search(r"[订定]金", said.text):
        message = (
            f"出现“{found[0]}”：定金适用定金罚则（民法典第五百八十六至五百八十八条），订金不适用；"
            "请确认用字与本意一致"
        )
        yield warn("K13", said.place, message)
    # A row of ours may break over pages, one of a firm's own template perhaps not: a row
    # that may not loses what is higher than a page.
    if _CELLS.fullmatch(said.place) and len(said.text) > _CELL_LENGTH:
        message = f"表格中的文字过长（{len(said.text)} 字），可能跨页；建议拆成几项"
        yield warn("K11", said.place, message)
    if re.search(r"[ \u3000]{2,}", said.text):
        yield warn("K11", said.place, "含有连续空格，可能漏填内容；请核对")
