"""Clauses: what a contract must settle before it can be signed (T31)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from templates.completeness import CONTRACT_TOPICS
from templates.errors import Finding
from templates.fitting.findings import WHOLE, blocks
from templates.fitting.places import Line

_BLANK: Final = re.compile(r"\s")

_USUAL: Final = {
    "contract": tuple(CONTRACT_TOPICS.items()),
    "acceptance": (
        ("验收依据", "验收依据|验收标准|依据"),
        ("验收结论", "验收结论|结论"),
    ),
    "change": (
        ("变更的内容", "变更内容|变更如下|变更为"),
        ("对价款的影响", "价款|总价"),
        ("未变更条款的效力", "继续有效"),
    ),
    "termination": (
        ("终止的原因和日期", "终止|解除"),
        ("结算", "结算"),
        ("交接", "交接|移交"),
        ("继续有效的条款", "不因.{0,8}终止|继续有效"),
    ),
    "nda": (
        ("保密信息的范围", "保密信息|商业秘密"),
        ("保密义务", "保密义务|不得.{0,10}(?:披露|泄露|使用)"),
        ("保密期限", "期限|期间"),
        ("违约责任", "违约责任"),
        ("解决争议的方法", "争议"),
    ),
    "authority": (
        ("代理人", "受托人|代理人"),
        ("代理事项", "代理事项|委托事项|办理下列"),
        ("代理权限", "权限"),
        ("代理期限", "期限"),
    ),
    "legal_opinion": (("审核结论", "结论|审核意见"),),
    "approval_sheet": (("审批意见", "意见"),),
    "seal_request": (("印章种类", "印章"), ("应盖枚数", "枚数|枚")),
}
"""What a text of each kind settles (Civil Code, articles 165, 470, 543, 567; the company's
regulation P-302), by the words that show it."""


def missing_clauses(lines: Sequence[Line], kind: str, required: Sequence[str]) -> Iterator[Finding]:
    """Yield every clause that is missing: those usual for the kind, and those `required`."""
    text = "".join(_BLANK.sub("", line.text) for line in lines)
    for clause, words in _USUAL.get(kind, ()):
        if not re.search(words, text):
            law = "（《民法典》第四百七十条及公司合同管理制度）" if kind == "contract" else ""
            yield _missing(f"{clause}{law}", words.replace("|", "、"))
    for clause in required:
        if _BLANK.sub("", clause) not in text:
            yield _missing(f"“{clause}”（本模板登记的必备条款）", clause)


def _missing(clause: str, words: str) -> Finding:
    message = f"缺少必备条款：{clause}；请补写，文中应出现：{words}"
    return blocks("T31", WHOLE, message)
