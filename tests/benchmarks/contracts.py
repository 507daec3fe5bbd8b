"""Contracts: a corpus of about 4 KB a record, the same every time, and what people ask of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from index.library import IndexedRecord

_SYLLABLES = "青川临溪云阳柏港松陵白沙银湖沧南兰渡石浦远帆博岳恒泽星桥启辰瑞林安禾嘉木凌云清源"
_STOCK = (
    "甲方应于本合同签订后{n}个工作日内支付人民币{amount}元作为预付款。",
    "乙方交付的{w}应当符合{w}的要求，质保期为{n}个月，自验收合格之日起算。",
    "任何一方违反本合同约定的，应承担违约责任，并支付合同总价款{n}%的违约金。",
    "因不可抗力致使{w}不能履行的，受影响一方应在{n}日内书面通知对方。",
    "双方对{w}及商业秘密负有保密义务，保密期限为{n}年。",
    "争议由{w}仲裁委员会仲裁，仲裁裁决是终局的。",
)


def contract(number: int) -> IndexedRecord:
    """Return record `number` of a corpus that is the same every time."""
    chance = random.Random(number)  # noqa: S311 the same corpus every time

    def word() -> str:
        return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3, 4))))

    day = date(2018, 1, 1) + timedelta(days=chance.randrange(3000))
    amount = Decimal(chance.randrange(100_000, 999_999_999)) / 100
    code = f"HT-{day.year}-{chance.choice(('XS', 'CG', 'FW'))}-{number:06d}"
    firms = [f"{word()}{chance.choice(('机械', '软件', '物流'))}有限公司" for _ in range(2)]
    lines = [f"合同编号：{code}", f"甲方：{firms[0]}", f"乙方：{firms[1]}", f"{amount:,.2f}元"]
    while sum(map(len, lines)) < 1350:
        clause = chance.choice(_STOCK).replace("{n}", str(chance.randrange(2, 90)))
        clause = clause.replace("{amount}", f"{chance.randrange(10_000, 9_999_999):,}.00")
        lines.append(clause.replace("{w}", word()) + word() + word() + word() + "。")
    return IndexedRecord(
        reference_code=f"J001-JY·{day.year}-D30-XSB-{number:06d}",
        contract_number=code,
        number=code,
        order_no=f"DD{number:08d}",
        kind=chance.choice(("contract", "acceptance")),
        title=f"{word()}采购合同",
        text="\n".join(lines),
        party_a=firms[0],
        party_b=firms[1],
        project=f"{word()}项目",
        persons=(word(),),
        amount=amount,
        formed_on=day,
        filed_on=day,
        type_code=code[8:10],
        status="已归档",
        secrecy="内部",
        retention=chance.choice(("Y", "D30", "D10")),
        department="销售部",
    )


def queries(count: int) -> Iterator[str]:
    """Yield what people ask: names in part, numbers, amounts, stock phrases, single characters."""
    chance = random.Random(7)  # noqa: S311 the same questions every time
    for _ in range(25):
        record = contract(chance.randrange(count))
        start = chance.randrange(len(record.text) - 8)
        yield record.party_a[: chance.choice((2, 3, 4))]
        yield record.contract_number.replace("-", chance.choice(("-", "")))
        yield f"{record.amount:,.2f}"
        yield f'"{record.text[start : start + 6].replace(chr(10), "")}"'
        yield f"{record.party_b[:3]} 违约责任"
        yield chance.choice(("违约责任", "保密义务", "不可抗力", "仲裁委员会"))
        yield f"验收合格 年度:{record.formed_on.year}"
        yield chance.choice("青川临溪云")
