"""Builders of the index's tests: one record by what matters, and a corpus that never changes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from postgres import ServerMissing, running_server

from index.access import EVERYTHING, Access
from index.analysis import normalise
from index.cards import Card, card_of, header, named, searched
from index.language import Part
from index.lexicon import Lexicon
from index.library import Answer, IndexedRecord, Library, Question
from index.matching import Sounding
from index.opening import ENGINES, rebuild
from index.searching import answer, with_meant
from index.spellings import spellings

_PLACES = ["青川", "临溪", "云阳", "柏港", "松陵", "白沙", "银湖", "沧南", "兰渡", "石浦"]
_NAMES = ["远帆", "博岳", "恒泽", "星桥", "启辰", "瑞林", "安禾", "嘉木", "凌云", "清源"]
_TRADES = ["机械", "软件", "测绘", "环保科技", "建材", "医疗器械", "仓储", "物业管理"]
_GIVEN = ["林晓舟", "周予安", "阿依古丽·买买提", "何𠮷", "郑𬱖", "欧阳若水", "苏木", "高一鸣"]
_THINGS = ["水泵", "控制柜", "传感器", "管路", "支架", "软件模块", "检测报告", "备件", "图纸"]
_CLAUSES = (
    "甲方应于{day}前向乙方支付人民币{amount}元，乙方开具增值税专用发票。",
    "乙方交付的{thing}、{thing}应符合附件{n}的要求，质保期{n}个月。",
    "因不可抗力致使{thing}不能交付的，受影响方应在{n}日内书面通知对方。",
    "{thing}验收合格后，甲方在{n}个工作日内支付余款{amount}元。",
    "逾期交付{thing}的，每日按合同总价的0.{n}%支付违约金，累计不超过{n}%。",
    "本条所称“{thing}”包括 Type-{n} 型及其 Ver {n}.0 配件；联系人：{person}。",
    "爭議由{place}仲裁委員會仲裁；繁體條款與簡體條款具有同等效力。",
    "双方对{thing}资料负有保密义务，未经许可不得向第三方披露。",
)
_STATES, _TYPES = ("已归档", "履行中", "已终止"), ("XS", "CG", "FW", "ZL")


def _plain(**own: Any) -> IndexedRecord:
    record = IndexedRecord(
        reference_code="J001-JY·2026-D30-XSB-0001",
        contract_number="QS-2026-XS-0001",
        number="QS-2026-XS-0001",
        order_no="DD20260001",
        kind="contract",
        title="水泵采购合同",
        text="合同正文",
        party_a="青川远帆机械有限公司",
        party_b="临溪博岳软件有限公司",
        project="泵房改造",
        persons=("林晓舟",),
        amount=Decimal("1234567.00"),
        formed_on=date(2026, 3, 2),
        filed_on=date(2026, 3, 9),
        type_code="XS",
        status="已归档",
        secrecy="内部",
        retention="D30",
        department="销售部",
    )
    return replace(record, **own)


def _contract(number: int) -> IndexedRecord:
    chance = random.Random(number * 7919 + 11)  # noqa: S311 the same corpus every time
    pick = chance.choice
    formed_on = date(2021, 1, 1) + timedelta(days=chance.randrange(2000))
    amount = Decimal(chance.randrange(10_000, 900_000_000)) / 100
    type_code = pick(_TYPES)
    code = f"QS-{formed_on.year}-{type_code}-{number:04d}"
    firms = [f"{pick(_PLACES)}{pick(_NAMES)}{pick(_TRADES)}有限公司" for _ in range(2)]
    parties = f"甲方：{firms[0]}\t乙方：{firms[1]}"
    lines = [f"合同编号：{code}", parties, f"合同总价：{amount:,.2f}元"]
    goal = chance.randrange(250, 1100)
    while sum(map(len, lines)) < goal:
        clause = pick(_CLAUSES)
        while "{" in clause:
            clause = (
                clause.replace("{thing}", pick(_THINGS), 1)
                .replace("{n}", str(chance.randrange(2, 90)), 1)
                .replace("{amount}", f"{chance.randrange(1000, 9_000_000):,}.{number % 100:02d}", 1)
                .replace("{day}", f"{formed_on.year}年{chance.randrange(1, 13)}月5日", 1)
                .replace("{person}", pick(_GIVEN), 1)
                .replace("{place}", pick(_PLACES), 1)
            )
        lines.append(f"第{len(lines)}条 {clause}")
    return _plain(
        reference_code=f"J001-JY·{formed_on.year}-D30-XSB-{number:04d}",
        contract_number=code,
        number=code,
        order_no=f"DD{formed_on:%Y%m%d}{number:04d}",
        kind=pick(("contract", "contract", "acceptance")),
        title=f"{pick(_THINGS)}{pick(_THINGS)}采购合同",
        text="\n".join(lines),
        party_a=firms[0],
        party_b=firms[1],
        project=f"{pick(_PLACES)}{pick(_THINGS)}项目",
        persons=(pick(_GIVEN), pick(_GIVEN)),
        amount=None if number % 17 == 0 else amount,
        formed_on=formed_on,
        filed_on=formed_on + timedelta(days=chance.randrange(30)),
        type_code=type_code,
        status=pick(_STATES),
        retention=pick(("Y", "D30", "D10")),
        department=pick(("销售部", "工程部", "")),
        secrecy=pick(("公开", "内部", "内部", "商业秘密", "商业秘密（核心）")),
        handler=pick(("周予安", "苏木", "")),
    )


@pytest.fixture(scope="session")
def a_record() -> Callable[..., IndexedRecord]:
    return _plain


@pytest.fixture(scope="session")
def contracts() -> Callable[[int], list[IndexedRecord]]:
    return lambda count: [_contract(number) for number in range(count)]


@pytest.fixture(scope="session")
def corpus() -> list[IndexedRecord]:
    return [_contract(number) for number in range(300)]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the connection string of a server of the tests' own."""
    try:
        with running_server(durable=False) as folder:
            yield f"host={folder} user=postgres dbname=postgres"
    except ServerMissing:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")


@pytest.fixture(scope="session")
def server(engine: str, request: pytest.FixtureRequest) -> str | None:
    """Return how the server of the engine under test is reached, if it has one."""
    return str(request.getfixturevalue("postgres")) if engine == "postgres" else None


@pytest.fixture(scope="session")
def build(
    engine: str, server: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Library]:
    """Return a way to a library of given records, on the engine under test."""

    def built(records: Iterable[IndexedRecord], applied: int = 1) -> Library:
        folder = tmp_path_factory.mktemp("built") / "index"
        return rebuild(folder, records, applied, engine=engine, server=server)

    return built


@pytest.fixture(scope="session")
def filled(corpus: list[IndexedRecord], build: Callable[..., Library]) -> Library:
    return build(corpus, 300)


@pytest.fixture
def found(build: Callable[..., Library]) -> Callable[..., list[str]]:
    """Return a way to file records and get the codes a query finds among them."""

    def codes_found(query: str, *records: IndexedRecord, **asked: Any) -> list[str]:
        answer = build(records).search(Question(query, asked.pop("filters", {}), **asked))
        assert answer.total == len(answer.hits)
        return [hit.reference_code for hit in answer.hits]

    return codes_found


@pytest.fixture
def library_of(build: Callable[..., Library]) -> Callable[..., Library]:
    """Return a way to a library of a few records."""
    return lambda *records: build(records)


class _Page:
    """A shelf of records in memory, every one of which is a candidate."""

    def __init__(self, records: list[IndexedRecord]) -> None:
        forms = [normalise(searched(record)) for record in records]
        self._texts = [form.encode() for form in forms]
        self._spellings = [spellings(form).encode() for form in forms]
        self._cards = [card_of(record) for record in records]
        self._records = records

    def candidates(self, part: Part, sounding: Sounding) -> Iterable[int]:
        del part, sounding
        return range(len(self._records))

    def text(self, record: int) -> bytes:
        return self._texts[record]

    def header(self, record: int) -> bytes:
        return self._texts[record][: self._cards[record].ends[2]]

    def spellings(self, record: int) -> bytes:
        return self._spellings[record]

    def card(self, record: int) -> Card:
        return self._cards[record]

    def original(self, record: int) -> tuple[str, int]:
        above = "\n".join(header(self._records[record])) + "\n"
        return above + self._records[record].text, len(above)


@pytest.fixture(scope="session")
def read_all(corpus: list[IndexedRecord]) -> Callable[[Question], Answer]:
    """Return a way to answer from `corpus` by reading every record, without any engine.

    Of what a person may not know of, nothing is read at all.
    """
    known: dict[Access, tuple[_Page, Lexicon]] = {}

    def read(question: Question) -> Answer:
        if question.access not in known:
            allowed = [each for each in corpus if question.access.allows(each)]
            counts = Counter(name for record in allowed for name in named(record))
            known[question.access] = (_Page(allowed), Lexicon(counts))
        page, lexicon = known[question.access]

        def find(asked: Question) -> Answer:
            return answer(replace(asked, access=EVERYTHING), [page], lambda: lexicon)

        return with_meant(question, find(question), lambda: lexicon, find)

    return read
