"""Sample reports: the acceptance report of a sample order, the same every time."""

from __future__ import annotations

from typing import Any

from pipeline.sampleapprovals import approval


def sample_acceptance(number: int) -> dict[str, Any]:
    """Return the acceptance report of sample order `number`: everything passed at once."""
    return {
        "schema": "guidang.acceptance/1",
        "order_no": f"XSDD-2026-{number:04d}",
        "round": 1,
        "round_kind": "阶段验收",
        "completed_on": "2026-10-20",
        "notice": {"no": f"YT-2026-{number:04d}", "delivered_on": "2026-10-26"},
        "accepted_on": "2026-11-03",
        "place": "甲方指定场所",
        "method": "现场验收",
        "self_check": {
            "no": f"ZC-2026-{number:04d}",
            "date": "2026-10-23",
            "result": "合格",
            "issues": 2,
            "fixed": 2,
        },
        "deliverables": [
            _deliverable(1, "年度运维报告", "纸质及 PDF"),
            _deliverable(2, "配置备份与操作手册", "光盘"),
        ],
        "results": [
            {"seq": seq, "finding": finding, "result": "合格"}
            for seq, finding in enumerate(
                ("99.87%", "抽查 30 份，最长 1 小时 12 分", "全部加电正常", "齐全"), 1
            )
        ],
        "conclusion": "合格",
        "satisfaction": 5,
        "attachment_pages": 12,
        "copies": {"total": 2, "a": 1, "b": 1},
        "drafted_by": "孙示例",
        "approvals": [
            approval(
                "起草",
                "孙示例",
                "业务一部项目经理",
                "2026-11-03T15:00:00+08:00",
                "验收各项合格，拟出具报告",
            ),
            approval(
                "业务部门负责人", "周立群", "业务一部负责人", "2026-11-03T17:20:00+08:00", "同意"
            ),
        ],
    }


def _deliverable(seq: int, name: str, medium: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "name": name,
        "medium": medium,
        "quantity": "1 套",
        "delivered_on": "2026-10-24",
        "complete": True,
    }
