"""YAML text: an order with a remark above each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pipeline.intake.forms import FORMS
from pipeline.intake.order import OrderForm
from pipeline.intake.words import word_of

_REMARKS = {
    "schema": "数据格式，不要改动",
    "order_no": "订单号",
    "quote": "报价：须经部门负责人审批（与起草人不同），并经客户接受",
    "status": "订单状态",
    "intake": "客户咨询登记",
    "evaluation": "承接评估（内部，不进入合同）",
    "party_a": "甲方（客户），按营业执照填写",
    "party_b": "乙方（本公司）",
    "contract": "合同：类型、模板、份数、争议解决（1 仲裁，2 诉讼）",
    "project": "项目",
    "service": "服务内容与期限，日期写成 2026-03-15",
    "items": "费用明细：金额以元为单位，税率写成 0.06",
    "amount": "合计",
    "invoice": "发票",
    "payments": "付款计划：比例写成 0.30，各期之和为 1；末期金额为总价减去前各期",
    "milestones": "交付节点",
    "acceptance_items": "验收项目",
    "warranty": "质量保证：质保金比例写成百分数，5 即 5%",
    "retention": "归档建议，以归档方案为准",
    "approvals": "在其他系统中已作出的审批",
    "terms": "条款选项",
    "extensions": "自有字段，不进入合同",
}
_LAST = ("warranty",)
"""What no order is without comes last, so that a cut file lacks it."""


def yaml_of(content: Mapping[str, Any]) -> bytes:
    """Return an order, or another form, as YAML with a remark above each part."""
    parts = sorted(content, key=lambda name: name in _LAST)
    return "".join(
        _remark(content, name)
        + yaml.safe_dump({name: content[name]}, allow_unicode=True, sort_keys=False, width=10**6)
        for name in parts
    ).encode()


def _remark(content: Mapping[str, Any], name: str) -> str:
    """Return the line above a part: of what follows a contract, with every name in it."""
    form = FORMS.get(str(content.get("schema")), OrderForm)
    if form is OrderForm or name == "schema":
        return f"# {_REMARKS[name]}\n" if name in _REMARKS else ""
    part = content[name]
    row = part[0] if isinstance(part, list) and part else part
    inner = [
        f"{each} {word_of(form.kind, f'{name}.{each}')}"
        for each in (row if isinstance(row, Mapping) else ())
    ]
    return f"# {word_of(form.kind, name)}{'：' if inner else ''}{'；'.join(inner)}\n"
