"""Clauses: what a contract must settle before it can be signed (T31)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from templates.errors import Finding
from templates.fitting.findings import WHOLE, blocks
from templates.fitting.places import Line

_BLANK: Final = re.compile(r"\s")

_USUAL: Final = {
    "contract": (
        ("当事人的名称和住所", "住所|地址"),
        ("业务范围（标的）", "业务范围|服务范围|服务内容|标的|委托事项|供货范围"),
        ("数量", "数量"),
        ("质量或者服务标准", "服务标准|质量|验收标准"),
        ("价款或者报酬", "价款|报酬|服务费|总价"),
        ("费用支付方式", "支付方式|付款|支付"),
        ("履行期限（交付时间）", "交付时间|交货期|期限"),
        ("履行地点和方式", "地点|履行方式"),
        ("违约责任", "违约责任"),
        ("解决争议的方法", "争议"),
    ),
    "acceptance": (
        ("验收依据", "验收依据|验收标准|依据"),
        ("验收结论", "验收结论|结论"),
    ),
}
"""What a text of each kind settles (Civil Code, article 470; the company's regulation P-302),
by the words that show it."""


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
