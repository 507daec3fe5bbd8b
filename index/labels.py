"""Labels: what people call the values that records carry as codes."""

from __future__ import annotations

from collections.abc import Mapping

from index.analysis import normalise

FILED, VOID, DESTROYED = "已归档", "已作废", "已销毁"
"""What a record's status may be (状态)."""

KIND_WORDS: Mapping[str, str] = {
    "quote": "报价单",
    "contract": "合同",
    "acceptance": "验收报告",
    "change": "变更协议",
    "termination": "终止与结算协议",
    "nda": "保密协议",
    "authority": "授权委托书",
    "takenin": "接收的合同材料",
    "accession": "接收登记",
    "disposal": "鉴定销毁文书",
    "inspection": "检查记录",
}
"""The one list of what kinds of document are called (文种)."""

_ALSO = {
    "kind": {"终止协议": "termination", "合同变更协议": "change", "委托书": "authority"},
    "status": {"归档": FILED, "作废": VOID, "销毁": DESTROYED},
    "secrecy": {"核心": "商业秘密(核心)", "核心商业秘密": "商业秘密(核心)"},
    "retention": {"30": "d30", "定期30年": "d30", "10": "d10", "定期10年": "d10"},
}
_TYPES = {
    "FW": "服务",
    "XS": "销售",
    "CG": "采购",
    "ZL": "租赁",
    "JS": "技术",
    "CL": "承揽",
    "YS": "运输",
    "BM": "保密",
    "KJ": "框架",
    "QT": "其他",
}
_RETENTIONS = {"Y": "永久", "D10": "10年", "D30": "30年"}
LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": KIND_WORDS,
    "type": _TYPES,
    "retention": _RETENTIONS,
}

CLOSED: Mapping[str, Mapping[str, str]] = {
    "kind": KIND_WORDS,
    "status": {word: word for word in (FILED, VOID, DESTROYED)},
}
"""The fields that have these values and no others, with what people call each."""


def label_of(field: str, value: str) -> str:
    """Return what people call a value; the value itself where it needs no other name."""
    return LABELS.get(field, {}).get(value, value)


def value_of(field: str, word: str) -> str:
    """Return the value people call so; the word itself where it is none."""
    return next((value for value, label in LABELS.get(field, {}).items() if label == word), word)


def values_named(field: str, asked: str) -> tuple[str, ...]:
    """Return the normalised values that a normalised name stands for: itself, and its code."""
    own = LABELS.get(field, {})
    return (
        asked,
        *([f"{asked}部"] if field == "department" else ()),
        *(code for word, code in _ALSO.get(field, {}).items() if normalise(word) == asked),
        *(
            normalise(value)
            for value, label in own.items()
            if asked in (normalise(label), normalise(label + "合同")) and normalise(value) != asked
        ),
    )
