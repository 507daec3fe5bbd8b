"""Sample papers: what follows a sample order, and an agreement on its own, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pipeline.sampleapprovals import approval, contract_approvals
from pipeline.samplereports import sample_acceptance
from pipeline.samples import payment_plan, sample_order

_ADDED = Decimal("10600.00")
_ADDED_NET = Decimal("10000.00")


def sample_change(number: int, *, seq: int = 1) -> dict[str, Any]:
    """Return change `seq` of sample order `number`: more of item 3, at 10,600 yuan a change."""
    order = sample_order(number)
    before = Decimal(order["amount"]["total"]) + _ADDED * (seq - 1)
    after = before + _ADDED
    net = Decimal(order["amount"]["net"]) + _ADDED_NET * seq
    payments = payment_plan(after)
    items = order["acceptance_items"]
    standard = items[2]["standard"]
    items[2] |= {"standard": f"{standard}，含第 {seq} 次增加的设备"}
    earlier = f"{standard}，含第 {seq - 1} 次增加的设备" if seq > 1 else standard
    return {
        "schema": "guidang.change/1",
        "order_no": order["order_no"],
        "seq": seq,
        "reason": "甲方新增机房，需要扩大监控平台的接入范围",
        "changes": [
            {
                "seq": 1,
                "clause": "附件二第 3 项",
                "before": earlier,
                "after": items[2]["standard"],
            }
        ],
        "price": {
            "before_total": str(before),
            "delta": str(_ADDED),
            "after_total": str(after),
            "after_net": str(net),
            "after_tax": str(after - net),
        },
        "payments": payments,
        "acceptance_items": items,
        "warranty": order["warranty"] | {"retention_amount": payments[-1]["amount"]},
        "copies": {"total": 4, "a": 2, "b": 2},
        "signatory": order["party_b"]["legal_rep"],
        "drafted_by": "孙示例",
        "approvals": contract_approvals(),
    }


def sample_termination(number: int, *, changes: int = 0) -> dict[str, Any]:
    """Return the end of sample order `number` after so many sample changes: all done and paid."""
    order = sample_order(number)
    total = Decimal(order["amount"]["total"])
    final = total + _ADDED * changes
    retention = Decimal(payment_plan(final)[-1]["amount"])
    paid = final - retention
    return {
        "schema": "guidang.termination/1",
        "order_no": order["order_no"],
        "ending": "履行完毕",
        "reason": "约定的服务和交付成果已全部完成并验收合格",
        "ended_on": "2026-11-10",
        "performance": "乙方已完成附件二所列全部服务，甲方已按约支付前三期价款",
        "settlement": {
            "contract_total": str(total),
            "change_total": str(final - total),
            "deduct": "0.00",
            "deduct_basis": "无",
            "final": str(final),
            "paid": str(paid),
            "retention": str(retention),
            "payable": "0.00",
            "invoiced": str(final),
            "invoice_diff": "0.00",
        },
        "payments": [
            {"paid_on": "2026-05-12", "amount": "50000.00", "voucher": "银行回单 0512-03"},
            {
                "paid_on": "2026-11-09",
                "amount": str(paid - 50000),
                "voucher": "银行回单 1109-11",
            },
        ],
        "handover_by": "2026-11-30",
        "handovers": [
            {
                "seq": 1,
                "name": "年度运维报告",
                "medium": "纸质、电子",
                "quantity": "2 份",
                "extent": "86 页",
                "giver": "林晓舟",
                "taker": order["party_a"]["contact"],
                "due": "2026-11-20",
            },
            {
                "seq": 2,
                "name": "监控平台管理员账号",
                "medium": "电子",
                "quantity": "3 个",
                "extent": "/",
                "giver": "何䶮",
                "taker": order["party_a"]["agent"],
                "due": "2026-11-20",
                "remark": "交接当日更改口令",
            },
        ],
        "copies": {"total": 4, "a": 2, "b": 2},
        "signatory": order["party_b"]["legal_rep"],
        "drafted_by": "孙示例",
        "approvals": _chain(
            "2026-11-11",
            ("起草", "孙示例", "业务一部项目经理", "按终止与结算协议模板起草"),
            ("核对", "林晓舟", "接单人员", "款项、发票与台账核对相符"),
            ("法务", "许衡", "法务", "已审核，同意"),
            ("财务负责人", "白示账", "财务负责人", "到账与发票核对无误，同意结算"),
            ("业务部门负责人", "周立群", "业务一部负责人", "同意"),
            ("分管领导", "方其远", "分管副总经理", "同意"),
        ),
    }


def sample_nda(number: int) -> dict[str, Any]:
    """Return a confidentiality agreement with the client of sample order `number`, on its own."""
    order = sample_order(number)
    return {
        "schema": "guidang.nda/1",
        "request_no": f"BMSQ-2026-{number:04d}",
        "party_a": order["party_a"],
        "party_b": order["party_b"],
        "department": {"name": order["project"]["dept"], "code": order["project"]["dept_code"]},
        "purpose": f"评估、订立和履行{order['project']['name']}的合同",
        "relates_to": order["project"]["name"],
        "start": "2026-02-01",
        "end": "2029-01-31",
        "dispute": order["contract"]["dispute"],
        "copies": {"total": 2, "a": 1, "b": 1},
        "signatory": order["party_b"]["legal_rep"],
        "drafted_by": "孙示例",
        "approvals": _chain(
            "2026-02-02",
            ("起草", "孙示例", "业务一部项目经理", "按保密协议模板起草"),
            ("法务", "许衡", "法务", "已审核，同意"),
            ("业务部门负责人", "周立群", "业务一部负责人", "同意"),
        ),
    }


def sample_authority(number: int) -> dict[str, Any]:
    """Return the power of attorney for the agent that sample order `number` names."""
    order = sample_order(number)
    return {
        "schema": "guidang.authority/1",
        "order_no": order["order_no"],
        "agent_name": order["party_b"]["agent"],
        "agent_title": "业务一部负责人",
        "agent_id_kind": "居民身份证",
        "agent_id": "110105********0012",
        "matter": f"签署{order['project']['name']}的合同及其变更、验收文件",
        "powers": ["签署合同及其附件", "签署变更协议", "签署验收报告"],
        "limit": str(2 * Decimal(order["amount"]["total"])),
        "start": "2026-03-01",
        "end": "2027-12-31",
        "copies": 2,
        "drafted_by": "孙示例",
        "approvals": _chain(
            "2026-03-08",
            ("起草", "孙示例", "业务一部项目经理", "按授权委托书模板起草"),
            ("法务", "许衡", "法务", "已审核，同意"),
            ("分管领导", "方其远", "分管副总经理", "同意授权"),
        ),
    }


def _chain(day: str, *steps: tuple[str, str, str, str]) -> list[dict[str, Any]]:
    """Return one decision an hour, in order."""
    return [
        approval(step, name, post, f"{day}T{9 + hour:02}:30:00+08:00", opinion)
        for hour, (step, name, post, opinion) in enumerate(steps)
    ]


SAMPLES: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "guidang.order/1": sample_order,
    "guidang.change/1": sample_change,
    "guidang.acceptance/1": sample_acceptance,
    "guidang.termination/1": sample_termination,
    "guidang.nda/1": sample_nda,
    "guidang.authority/1": sample_authority,
}
"""A sample of every schema, by the number of its order."""
