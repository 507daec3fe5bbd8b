"""Samples: fictional approved orders, the same every time, for a first run and for benchmarks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.sampleapprovals import contract_approvals
from pipeline.samplefirms import (
    CLIENTS,
    COMPANY,
    COMPANY_USCC,
    GOODS,
    PROJECTS,
    WORK,
    sample_uscc,
)
from templates.wording import amount_in_words

_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Line:
    fee_type: str
    name: str
    spec: str
    unit: str
    qty: int
    price: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.qty

    @property
    def net(self) -> Decimal:
        return (self.amount / (1 + self.rate)).quantize(_FEN, ROUND_HALF_UP)


def sample_order(number: int, *, lines: int | None = None) -> dict[str, Any]:
    """Return sample order `number` (from 1), approved upstream; the same number, the same order.

    It has `lines` priced lines, by default three to eight.
    """
    chance = random.Random(20260000 + number)  # noqa: S311 - samples must repeat
    priced = [_line(chance, position) for position in range(lines or chance.randint(3, 8))]
    total = sum((line.amount for line in priced), Decimal(0))
    net = sum((line.net for line in priced), Decimal(0))
    start = date(2026, chance.randint(4, 9), 1)
    end = start + timedelta(days=364)
    client = CLIENTS[(number - 1) % len(CLIENTS)]
    project = f"{client[0][:2]}{client[5]}{PROJECTS[number % len(PROJECTS)]}"
    payments = payment_plan(total)
    return {
        "schema": "guidang.order/1",
        "order_no": f"XSDD-2026-{number:04d}",
        **_upstream(number),
        "party_a": _client(chance, client),
        "party_b": _company(),
        "contract": _contract(chance, client[5]),
        "project": {
            "no": f"XM-2026-{number:03d}",
            "name": project,
            "manager": "何䶮",
            "manager_phone": "13900000000",
            "dept": "业务一部",
            "dept_code": "YW1",
        },
        "service": {
            "scope": "、".join(line.name for line in priced[:4]) + "及相关配套服务",
            "place": "甲方指定场所",
            "method": "现场服务",
            "start": start.isoformat(),
            "end": end.isoformat(),
        },
        "items": [_item(position, line) for position, line in enumerate(priced, 1)],
        "amount": {
            "currency": "CNY",
            "total": str(total),
            "net": str(net),
            "tax": str(total - net),
            "total_upper": amount_in_words(total),
        },
        "invoice": {"type": "增值税专用发票"},
        "payments": payments,
        "milestones": _milestones(start, end),
        "acceptance_items": _acceptance_items(),
        "warranty": {
            "months": 12,
            "retention_pct": "5",
            "retention_amount": payments[-1]["amount"],
            "response_hours": 2,
        },
        "retention": {
            "class": "一般业务合同",
            "period": "D30",
            "trigger": "合同权利义务终止（质保期满、结清取最晚者）",
        },
        "approvals": contract_approvals(),
    }


def _line(chance: random.Random, position: int) -> _Line:
    if position % 4 == 3:  # noqa: PLR2004 - every fourth line is carriage
        price = Decimal("1266.67")
        return _Line(
            "运输费",
            "设备及材料市内运输",
            "含装卸",
            "车次",
            chance.randint(1, 4),
            price,
            Decimal("0.09"),
        )
    kind, source, rate = ("材料费", GOODS, "0.13") if position % 2 else ("服务费", WORK, "0.06")
    name, spec, unit, price_text = chance.choice(source)
    return _Line(kind, name, spec, unit, chance.randint(1, 40), Decimal(price_text), Decimal(rate))


def _item(position: int, line: _Line) -> dict[str, Any]:
    return {
        "line_no": position,
        "fee_type": line.fee_type,
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "qty": str(line.qty),
        "unit_price_tax_incl": str(line.price),
        "tax_rate": str(line.rate),
        "amount_net": str(line.net),
        "tax": str(line.amount - line.net),
        "amount_tax_incl": str(line.amount),
    }


def _upstream(number: int) -> dict[str, Any]:
    return {
        "quote": {
            "no": f"BJ-2026-{number:04d}",
            "version": "V2",
            "drafted_by": "孙示例",
            "approved_by": {
                "name": "周立群",
                "post": "业务一部负责人",
                "signed_at": "2026-03-02T16:20:00+08:00",
            },
            "accepted_by_client": {
                "evidence": f"客户邮件回函（附件 QA-{number:04d}）",
                "date": "2026-03-06",
            },
        },
        "status": "已批准",
        "intake": {
            "channel": "电话",
            "received_at": "2026-02-18T09:42:00+08:00",
            "handler": "林晓舟",
            "demand": "年度运维及升级服务",
            "budget_range": "以报价为准",
            "special_requirements": "夜间施工须提前报备",
        },
        "evaluation": {
            "no": f"PG-2026-{number:04d}",
            "conclusion": "承接",
            "risks": ["原有平台无备件"],
            "cost_budget": "431200.00",
            "visibility": "内部·不得进入对外文书",
        },
    }


def _client(chance: random.Random, client: tuple[str, ...]) -> dict[str, Any]:
    name, address, legal_rep, agent, contact, city = client
    return {
        "role": "甲方/委托方",
        "name": name,
        "uscc": sample_uscc(f"91330106MA{chance.randint(0, 9999999):07d}"[:17]),
        "address": address,
        "legal_rep": legal_rep,
        "agent": agent,
        "contact": contact,
        "phone": "0571-88120000",
        "mobile": "13800000000",
        "email": "contact@example.com",
        "bank": f"示例银行{city}支行",
        "bank_account": f"3301{chance.randint(0, 10**15 - 1):015d}",
        "type": "企业",
    }


def _company() -> dict[str, Any]:
    return {
        "role": "乙方/服务方",
        "name": COMPANY,
        "uscc": COMPANY_USCC,
        "address": "北京市朝阳区示例街道6号院2号楼",
        "legal_rep": "郑𠅤",
        "agent": "周立群",
        "contact": "林晓舟",
        "phone": "010-65000000",
        "email": "sales@example.com",
        "bank": "示例银行北京朝阳支行",
        "bank_account": "11010000000000000002",
    }


def _contract(chance: random.Random, city: str) -> dict[str, Any]:
    court = chance.random() < 0.5  # noqa: PLR2004 - half go to court, half to arbitration
    return {
        "type": "FW",
        "type_name": "服务合同",
        "template": "HT-MB-FW-01",
        "template_version": "2026.1",
        "sign_place": f"{city}市",
        "secrecy": "内部",
        "copies": {"total": 4, "a": 2, "b": 2},
        "dispute": (
            {"option": 2, "court_place": f"{city}市"}
            if court
            else {"option": 1, "arbitration_body": f"{city}仲裁委员会"}
        ),
    }


def payment_plan(total: Decimal) -> list[dict[str, Any]]:
    """Return the four instalments of `total`."""
    plan = (
        ("预付款", "合同生效", "0.30", 10),
        ("进度款一", "服务满 6 个月且进展报告经甲方确认", "0.40", 15),
        ("验收款", "验收报告签署（结论合格）", "0.25", 15),
        ("质量保证金", "质量保证期届满且无未了事项", "0.05", 15),
    )
    payments: list[dict[str, Any]] = []
    left = total
    for seq, (name, condition, share, days) in enumerate(plan, 1):
        amount = (total * Decimal(share)).quantize(_FEN, ROUND_HALF_UP)
        if seq == len(plan):
            amount = left
        left -= amount
        payments.append(
            {
                "seq": seq,
                "name": name,
                "condition": condition,
                "pct": share,
                "amount": str(amount),
                "pay_within_workdays": days,
            }
        )
    return payments


def _milestones(start: date, end: date) -> list[dict[str, Any]]:
    stages = (
        ("进场及资料交接", "交接记录、执行计划", start + timedelta(days=6)),
        ("平台升级完成", "升级方案、测试报告", start + timedelta(days=90)),
        ("半年服务评审", "半年运维报告", start + timedelta(days=182)),
        ("服务期满终验", "年度运维报告、全部资料", end),
    )
    return [
        {"seq": seq, "name": name, "deliverable": deliverable, "due": due.isoformat()}
        for seq, (name, deliverable, due) in enumerate(stages, 1)
    ]


def _acceptance_items() -> list[dict[str, Any]]:
    items = (
        ("监控平台可用率", "≥99.5%（按月统计）", "平台日志核查"),
        ("故障响应时间", "一般故障≤2小时，重大故障≤30分钟", "工单抽查30份"),
        ("设备安装", "加电正常、标识齐全", "现场清点"),
        ("技术资料", "拓扑图、配置备份、操作手册齐全", "清单核对"),
    )
    return [
        {
            "seq": seq,
            "name": name,
            "standard": standard,
            "method": method,
            "clause": f"附件二 第{seq}项",
        }
        for seq, (name, standard, method) in enumerate(items, 1)
    ]
