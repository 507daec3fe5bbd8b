"""Sample approvals: decisions as the sample approval system writes them."""

from __future__ import annotations

from typing import Any

from pipeline.samplefirms import SOURCE


def approval(step: str, name: str, post: str, at: str, opinion: str) -> dict[str, Any]:
    """Return one decision as the sample approval system writes it."""
    return {
        "step": step,
        "by": {"name": name, "post": post},
        "at": at,
        "opinion": opinion,
        "source": SOURCE,
    }


def contract_approvals() -> list[dict[str, Any]]:
    """Return the whole approval chain of a contract, each step by another person."""
    return [
        approval(
            "起草",
            "孙示例",
            "业务一部项目经理",
            "2026-03-07T10:00:00+08:00",
            "按标准合同模板起草，已核对报价",
        ),
        approval("核对", "林晓舟", "接单人员", "2026-03-07T15:30:00+08:00", "签订前核对单各项相符"),
        approval(
            "法务",
            "许衡",
            "法务",
            "2026-03-09T11:05:00+08:00",
            "合法性、合规性、风险均已审核，同意",
        ),
        approval(
            "业务部门负责人", "周立群", "业务一部负责人", "2026-03-09T16:40:00+08:00", "同意签订"
        ),
        approval("分管领导", "方其远", "分管副总经理", "2026-03-10T09:15:00+08:00", "同意"),
    ]
