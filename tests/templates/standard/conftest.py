"""Builders: what stands beside the service contract of the parent folder; all invented."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from templates.agreements import (
    AuthorityTerms,
    ChangeTerms,
    ClauseChange,
    Ending,
    Handover,
    NdaTerms,
    Paid,
    Power,
    Settlement,
    TerminationTerms,
)
from templates.terms import (
    AcceptanceItem,
    ContractTerms,
    Copies,
    Instalment,
    Line,
    Warranty,
)

_GOODS = (
    (
        "1|材料费|48 口千兆接入交换机|示例牌 SW-48G，含导轨|台|20"
        "|4380.00|0.13|77522.12|10077.88|87600.00"
    ),
    "2|材料费|六类非屏蔽网线|305 米/箱，CPR B2ca|箱|60|598.00|0.13|31752.21|4127.79|35880.00",
    "3|服务费|安装及调试|含上架、标识、联调|项|1|12000.00|0.06|11320.75|679.25|12000.00",
    "4|运输费|货物运输及装卸|送货上门|项|1|3200.00|0.09|2935.78|264.22|3200.00",
)


@pytest.fixture(scope="session")
def sales_terms(contract_terms: ContractTerms) -> ContractTerms:
    """The same parties, buying and selling goods."""
    return replace(
        contract_terms,
        order_no="XSDD-2026-0402",
        type_code="XS",
        type_name="销售合同",
        template_code="HT-MB-XS-01",
        project_no="XM-2026-033",
        project_name="示例园区二期网络设备采购项目",
        service_scope="接入交换机 20 台、六类非屏蔽网线 60 箱及其安装调试",
        service_place="甲方园区一号楼一层库房",
        service_method="乙方送货上门，甲方清点后在送货单上签收",
        service_start=date(2026, 4, 1),
        service_end=date(2026, 5, 31),
        lines=tuple(map(_line, _GOODS)),
        total=Decimal("138680.00"),
        net=Decimal("123530.86"),
        tax=Decimal("15149.14"),
        total_upper=None,
        instalments=(
            Instalment(1, "预付款", "合同生效", Decimal("0.30"), Decimal("41604.00"), 10),
            Instalment(
                2, "验收款", "验收报告签署（结论合格）", Decimal("0.65"), Decimal("90142.00"), 15
            ),
            replace(contract_terms.instalments[3], seq=3, amount=Decimal("6934.00")),
        ),
        acceptance_items=(
            AcceptanceItem(
                1, "接入交换机", "型号与附件一一致，加电自检通过", "逐台加电", "附件一 第1行",
                "20 台"
            ),
            AcceptanceItem(
                2, "六类非屏蔽网线", "每箱 305 米，外皮标识齐全", "抽检 3 箱", "附件一 第2行",
                "60 箱"
            ),
        ),
        milestones=(
            replace(contract_terms.milestones[0], name="第一批", deliverable="交换机 20 台",
                    due=date(2026, 4, 20)),
            replace(contract_terms.milestones[1], name="第二批",
                    deliverable="网线 60 箱、全部随附资料", due=date(2026, 5, 20)),
        ),
        warranty=Warranty(36, Decimal(5), Decimal("6934.00"), 4),
    )  # fmt: skip


def _line(row: str) -> Line:
    no, kind, name, spec, unit, *figures = row.split("|")
    qty, price, rate, net, tax, amount = map(Decimal, figures)
    return Line(int(no), kind, name, spec, unit, qty, price, rate, net, tax, amount)


@pytest.fixture(scope="session")
def change_terms(contract_terms: ContractTerms) -> ChangeTerms:
    return ChangeTerms(
        contract=contract_terms,
        contract_number="GD-FW-2026-0001",
        contract_signed_on=date(2026, 3, 18),
        seq=1,
        template_code="HT-MB-BG-01",
        template_version="2026.1",
        reason="甲方新增三号楼机房，需要扩大监控平台的接入范围",
        changes=(
            ClauseChange(
                1, "附件二第 3 项", "6 台，加电正常、标识齐全", "10 台，加电正常、标识齐全"
            ),
            ClauseChange(
                2, "第四条第 4.3 项第 2 节点", "2026年6月30日", "2026年7月31日"
            ),
        ),
        before_total=Decimal("596500.01"),
        delta=Decimal("17520.00"),
        after_total=Decimal("614020.01"),
        after_net=Decimal("575207.90"),
        after_tax=Decimal("38812.11"),
        copies=Copies(4, 2, 2),
        payment_change="增加的￥17,520.00 计入第 3 期（验收款），其余各期金额不变",
        period_change="监控平台升级的完成期限顺延至 2026年7月31日，服务期限不变",
        acceptance_change="附件二第 3 项的数量由 6 台调整为 10 台，检验方法不变",
    )  # fmt: skip


@pytest.fixture(scope="session")
def termination_terms(contract_terms: ContractTerms) -> TerminationTerms:
    return TerminationTerms(
        contract=contract_terms,
        contract_number="GD-FW-2026-0001",
        contract_signed_on=date(2026, 3, 18),
        amendments=("GD-FW-2026-0001-BG1",),
        template_code="HT-MB-ZZ-01",
        template_version="2026.1",
        ending=Ending.PERFORMED,
        reason="服务期限届满，约定的服务和交付成果已全部完成",
        ended_on=date(2027, 4, 12),
        performance="乙方已完成附件二所列全部服务，甲方已按约支付前三期价款",
        acceptance_no="GD-FW-2026-0001-YS1",
        acceptance_conclusion="合格",
        settlement=Settlement(
            contract_total=Decimal("596500.01"),
            change_total=Decimal("17520.00"),
            deduct=Decimal("1200.00"),
            deduct_basis="逾期交付违约金，双方 2026年8月3日确认单",
            final=Decimal("612820.01"),
            paid=Decimal("566675.00"),
            retention=Decimal("29825.01"),
            payable=Decimal("16320.00"),
            pay_by=date(2027, 5, 10),
            invoiced=Decimal("596500.01"),
            invoice_diff=Decimal("16320.00"),
        ),
        handover_by=date(2027, 4, 30),
        handovers=(
            Handover(1, "年度运维报告", "纸质、电子", "2 份", "86 页", "林晓舟", "㛃文静",
                     date(2027, 4, 20), "无"),
            Handover(2, "监控平台管理员账号", "电子", "3 个", "/", "何䶮", "王𬭼",
                     date(2027, 4, 20), "交接当日更改口令"),
        ),
        copies=Copies(4, 2, 2),
        original_total=Decimal("596500.01"),
        deltas=(Decimal("17520.00"),),
        payments=(
            Paid(date(2026, 4, 2), Decimal("178950.00"), "银行回单 0402-18"),
            Paid(date(2027, 4, 8), Decimal("387725.00"), "银行回单 0408-07"),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def nda_terms(contract_terms: ContractTerms) -> NdaTerms:
    return NdaTerms(
        party_a=contract_terms.party_a,
        party_b=contract_terms.party_b,
        template_code="HT-MB-BM-01",
        template_version="2026.1",
        purpose="评估、订立和履行示例园区弱电系统运维及监控平台升级项目的合同",
        relates_to="示例园区弱电系统运维及监控平台升级项目",
        start=date(2026, 2, 1),
        end=date(2029, 1, 31),
        dispute=contract_terms.dispute,
        copies=Copies(2, 1, 1),
    )


@pytest.fixture(scope="session")
def authority_terms(contract_terms: ContractTerms) -> AuthorityTerms:
    return AuthorityTerms(
        principal=contract_terms.party_b,
        template_code="HT-MB-SQ-01",
        template_version="2026.1",
        agent_name="周立群",
        agent_title="销售部经理",
        agent_id_kind="居民身份证",
        agent_id="110105********0012",
        matter="商谈、签署示例园区弱电系统运维及监控平台升级项目的服务合同",
        powers=frozenset({Power.NEGOTIATE, Power.SIGN, Power.ACCEPT}),
        other_power="/",
        contract_ref="订单 XSDD-2026-0318 项下服务合同",
        limit=Decimal("800000.00"),
        start=date(2026, 3, 1),
        end=date(2027, 6, 30),
    )


@pytest.fixture(scope="session")
def changed() -> Callable[[Any, str, object], Any]:
    """Return a copier: a value with the thing at a path (changes[0].after) replaced."""
    return _changed


def _changed(value: Any, path: str, new: object) -> Any:
    step, _, rest = path.partition(".")
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", step)
    assert found is not None
    name, position = found[1], found[2]
    inner = getattr(value, name)
    if position is None:
        return replace(value, **{name: _changed(inner, rest, new) if rest else new})
    rows = list(inner)
    rows[int(position)] = _changed(rows[int(position)], rest, new) if rest else new
    return replace(value, **{name: tuple(rows)})
