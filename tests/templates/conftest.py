"""Builders: one service contract and its acceptance, all names and figures invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from templates.catalogue import Catalogue, Template, shipped
from templates.terms import (
    AcceptanceItem,
    AcceptanceTerms,
    ContractTerms,
    Copies,
    Deliverable,
    Dispute,
    Instalment,
    ItemResult,
    Line,
    Milestone,
    Party,
    Warranty,
)

_CLIENT = Party(
    name="示例园区运营管理有限公司",
    uscc="91330106MA2GD1113L",
    address="浙江省杭州市西湖区示例路18号3幢",
    legal_rep="阿依努尔·买买提",
    agent="王𬭼",
    contact="㛃文静",
    phone="0571-8812 0000",
    email="contact@example.com",
    bank="示例银行杭州西湖支行",
    bank_account="33010000000000000001",
)
_FIRM = Party(
    name="示例网络技术（北京）有限公司",
    uscc="91110105MA0GD00023",
    address="北京市朝阳区示例街道6号院2号楼",
    legal_rep="郑𠅤",
    agent="周立群",
    contact="林晓舟",
    phone="010-6500 0000",
    email="sales@example.com",
    bank="示例银行北京朝阳支行",
    bank_account="11010000000000000002",
)
_LINES = (
    (
        "1|服务费|机房及弱电系统驻场运维服务|2 人驻场，7×12 小时"
        "|月|12|38000.00|0.06|430188.68|25811.32|456000.00"
    ),
    "2|服务费|监控平台升级实施|含安装、调试、培训|项|1|86500.00|0.06|81603.77|4896.23|86500.00",
    "3|材料费|六类非屏蔽网线|305 米/箱，CPR B2ca|箱|40|598.00|0.13|21168.14|2751.86|23920.00",
    "4|材料费|48 口千兆接入交换机|含三年质保|台|6|4380.00|0.13|23256.64|3023.36|26280.00",
    "5|运输费|设备及材料市内运输|含装卸|车次|3|1266.67|0.09|3486.25|313.76|3800.01",
)
_INSTALMENTS = (
    "1|预付款|合同生效|0.30|178950.00|10",
    "2|进度款一|服务满 6 个月且进展报告经甲方确认|0.40|238600.00|15",
    "3|验收款|验收报告签署（结论合格）|0.25|149125.00|15",
    "4|质量保证金|质量保证期届满且无未了事项|0.05|29825.01|15",
)
_MILESTONES = (
    "1|进场及资料交接|交接记录、执行计划|2026-04-07",
    "2|平台升级完成|升级方案、测试报告|2026-06-30",
    "3|半年服务评审|半年运维报告|2026-09-30",
    "4|服务期满终验|年度运维报告、全部资料|2027-03-31",
)
_ITEMS = (
    "1|监控平台可用率|≥99.5%（按月统计）|平台日志核查|附件二 第1项",
    "2|故障响应时间|一般故障≤2小时，重大故障≤30分钟|工单抽查30份|附件二 第2项",
    "3|交换机安装|6台，加电正常、标识齐全|现场清点|附件二 第3项",
    "4|技术资料|拓扑图、配置备份、操作手册齐全|清单核对|附件二 第4项",
)


def _line(row: str) -> Line:
    no, kind, name, spec, unit, *figures = row.split("|")
    qty, price, rate, net, tax, amount = map(Decimal, figures)
    return Line(int(no), kind, name, spec, unit, qty, price, rate, net, tax, amount)


def _instalment(row: str) -> Instalment:
    seq, name, condition, share, amount, days = row.split("|")
    return Instalment(int(seq), name, condition, Decimal(share), Decimal(amount), int(days))


def _milestone(row: str) -> Milestone:
    seq, name, deliverable, due = row.split("|")
    return Milestone(int(seq), name, deliverable, date.fromisoformat(due))


def _item(row: str) -> AcceptanceItem:
    seq, name, standard, method, clause = row.split("|")
    return AcceptanceItem(int(seq), name, standard, method, clause)


@pytest.fixture(scope="session")
def contract_terms() -> ContractTerms:
    return ContractTerms(
        order_no="XSDD-2026-0318",
        quote_no="BJ-2026-0097",
        quote_version="V2",
        quote_approved_on=date(2026, 3, 2),
        quote_accepted_on=date(2026, 3, 6),
        type_code="FW",
        type_name="服务合同",
        template_code="HT-MB-FW-01",
        template_version="2026.1",
        secrecy="内部",
        sign_place="浙江省杭州市",
        party_a=_CLIENT,
        party_b=_FIRM,
        project_no="XM-2026-021",
        project_name="示例园区弱电系统运维及监控平台升级项目",
        project_manager="何䶮",
        project_manager_phone="13900000000",
        service_scope="弱电系统驻场运维、监控平台升级实施、配套材料供应及运输",
        service_place="甲方园区",
        service_method="现场服务",
        service_start=date(2026, 4, 1),
        service_end=date(2027, 3, 31),
        lines=tuple(map(_line, _LINES)),
        currency="CNY",
        total=Decimal("596500.01"),
        net=Decimal("559703.48"),
        tax=Decimal("36796.53"),
        total_upper="伍拾玖万陆仟伍佰元零壹分",
        invoice_type="增值税专用发票",
        instalments=tuple(map(_instalment, _INSTALMENTS)),
        milestones=tuple(map(_milestone, _MILESTONES)),
        acceptance_items=tuple(map(_item, _ITEMS)),
        warranty=Warranty(12, Decimal(5), Decimal("29825.01"), 2),
        copies=Copies(4, 2, 2),
        dispute=Dispute(1, "杭州仲裁委员会", ""),
    )


@pytest.fixture(scope="session")
def acceptance_terms(contract_terms: ContractTerms) -> AcceptanceTerms:
    return AcceptanceTerms(
        contract=contract_terms,
        contract_number="GD-FW-2026-0001",
        contract_signed_on=date(2026, 3, 18),
        round=1,
        round_kind="终验",
        template_code="YS-MB-01",
        template_version="2026.1",
        completed_on=date(2027, 3, 31),
        notice_no="YSTZ-2027-0011",
        notice_delivered_on=date(2027, 4, 6),
        accepted_on=date(2027, 4, 12),
        place="甲方园区",
        method="现场验收",
        standards="GB 50348-2018 安全防范工程技术标准",
        self_check_no="ZC-2027-0009",
        self_checked_on=date(2027, 4, 2),
        self_check_result="合格",
        self_check_issues=2,
        self_check_fixed=2,
        deliverables=(
            Deliverable(1, "年度运维报告", "电子/V1.0", "1 份", date(2027, 3, 31), complete=True),
            Deliverable(2, "拓扑图及配置备份", "光盘", "2 张", date(2027, 3, 31), complete=True),
        ),
        results=tuple(
            ItemResult(seq, "符合约定", "合格", "无") for seq in range(1, len(_ITEMS) + 1)
        ),
        rectifications=(),
        history="本次为首次验收",
        leftover="无",
        conclusion="合格",
        satisfaction=5,
        attachment_pages=6,
        copies=Copies(4, 2, 2),
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load(shipped())


@pytest.fixture(scope="session")
def contract_template(catalogue: Catalogue) -> Template:
    return catalogue.pick("contract", "FW", on=date(2026, 3, 15))


@pytest.fixture(scope="session")
def acceptance_template(catalogue: Catalogue) -> Template:
    return catalogue.pick("acceptance", "FW", on=date(2027, 4, 12))


@pytest.fixture(scope="session")
def long_terms(contract_terms: ContractTerms) -> ContractTerms:
    """The same contract with 60 lines and amounts as long as they get."""
    line = replace(
        contract_terms.lines[0],
        unit_price=Decimal("99999999.99"),
        net=Decimal("94339622.63"),
        tax=Decimal("5660377.36"),
        amount=Decimal("99999999.99"),
    )
    return replace(
        contract_terms,
        lines=tuple(replace(line, line_no=number) for number in range(1, 61)),
        total=Decimal("5999999999.40"),
        net=Decimal("5660377357.80"),
        tax=Decimal("339622641.60"),
    )
