"""What a person gets of an answer: files for spreadsheets, dossiers together, news of a search."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from archive.directory import User, put_user, set_enabled
from index.access import Access, Grant
from index.library import IndexedRecord, Library, Question
from index.opening import rebuild
from pipeline import savedsearches
from pipeline.accessrules import PersonUnknown
from pipeline.asking import access_of, all_hits, dossiers_of
from pipeline.cli import main
from pipeline.exporting import ExportRefused, export, harmless
from pipeline.founding import found
from pipeline.savedsearches import SearchDamaged, SearchExists, SearchUnknown
from pipeline.wiring import Workplace

AT = datetime(2026, 3, 9, tzinfo=UTC)


def record(nth: int, **own: Any) -> IndexedRecord:
    plain = IndexedRecord(
        reference_code=f"J001-{nth:03d}",
        contract_number=f"QS-{nth:03d}",
        number=f"QS-{nth:03d}",
        order_no=f"DD{nth:03d}",
        kind="contract",
        title="水泵采购合同",
        text=f"第{nth}号正文，水泵一台。",
        party_a="青川远帆机械有限公司",
        party_b="临溪博岳软件有限公司",
        project="泵房改造",
        persons=(),
        amount=Decimal("1200.50"),
        formed_on=date(2026, 3, 2),
        filed_on=date(2026, 3, 9),
        type_code="XS",
        status="已归档",
        secrecy="内部",
        retention="D30",
        department="销售部",
    )
    return replace(plain, **own)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = Workplace(found(tmp_path / "home", sample=False).home.root, clock=lambda: AT)
    yield made
    made.close()


@pytest.fixture
def filled(workplace: Workplace) -> Callable[..., Library]:
    def fill(*records: IndexedRecord) -> Library:
        return rebuild(workplace.home.index, records, 1)

    return fill


def rows_of(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(path).active
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]


@pytest.mark.parametrize("name", ["结果.csv", "结果.xlsx"])
def test_an_export_holds_every_hit_in_order_and_no_formula(
    name: str, workplace: Workplace, filled: Callable[..., Library], tmp_path: Path
) -> None:
    evil = '=HYPERLINK("http://x","水泵")'
    library = filled(*(record(n) for n in range(30)), record(40, title=evil, amount=None))
    target = tmp_path / "新" / name
    asked = Question("水泵", {}, sort="number", page=2, page_size=3)
    assert export(library, asked, target, archive=workplace.home.archive) == 31
    head, *rows = rows_of(target)
    assert head[0] == "档号"
    assert [row[0] for row in rows] == [f"J001-{n:03d}" for n in [*range(30), 40]]
    amount, title = head.index("金额（元）"), head.index("题名")
    assert Decimal(rows[0][amount]) == Decimal("1200.50")
    assert rows[-1][amount] == ""
    if target.suffix == ".csv":
        assert rows[-1][title] == f"'{evil}"
    else:
        book = openpyxl.load_workbook(target)
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {
            "s",
            "n",
            "d",
        }
    assert list(target.parent.iterdir()) == [target]


def test_an_export_holds_only_what_the_person_may_know_of(
    workplace: Workplace, filled: Callable[..., Library], tmp_path: Path
) -> None:
    library = filled(record(1), record(2, secrecy="商业秘密"))
    access = Access((Grant(secrecy=frozenset(("内部",))),))
    target = tmp_path / "a.csv"
    asked = Question("", {}, access=access)
    assert export(library, asked, target, archive=workplace.home.archive) == 1
    assert "J001-002" not in target.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("typed", "total"),
    [
        (("水泵", "-阀门"), 1),
        (("-阀门",), 1),
        (("-甲方:白沙", "水泵"), 1),
        (("水泵", "-QS-002"), 1),
        (("--", "-阀门"), 1),
        (("水泵", "阀门", "--page-size", "1"), 1),
    ],
)
def test_a_minus_on_the_command_line_is_no_option(
    typed: tuple[str, ...], total: int, workplace: Workplace, filled: Callable[..., Library]
) -> None:
    filled(record(1), record(2, text="水泵和阀门", party_a="白沙公司"))
    home = str(workplace.home.root)
    done = CliRunner().invoke(main, ["--home", home, "search", "--json", *typed])
    assert (done.exit_code, json.loads(done.stdout)["total"]) == (0, total)


def test_a_misspelt_option_is_no_word_to_search_for(workplace: Workplace) -> None:
    home = str(workplace.home.root)
    wrong = CliRunner().invoke(main, ["--home", home, "search", "水泵", "--expotr=x.csv"])
    assert wrong.exit_code == 2
    assert "--expotr" in wrong.output


def test_an_export_writes_over_nothing_and_leaves_nothing_behind(
    workplace: Workplace, filled: Callable[..., Library], tmp_path: Path
) -> None:
    library = filled(record(1))
    archive = workplace.home.archive
    standing = tmp_path / "有.csv"
    standing.write_text("原有")
    for target in (standing, tmp_path / "无.pdf", archive / "x.csv"):
        with pytest.raises(ExportRefused):
            export(library, Question("", {}), target, archive=archive)
    assert standing.read_text() == "原有"
    assert not (archive / "x.csv").exists()

    class Restless:
        """A library to which something is applied whenever anybody looks."""

        def __init__(self) -> None:
            self.applied = 1

        def __getattr__(self, name: str) -> Any:
            self.applied += 1
            library.apply((), (), applied=self.applied)
            return getattr(library, name)

    restless: Any = Restless()
    with pytest.raises(ExportRefused, match="正在更新"):
        export(restless, Question("", {}), tmp_path / "b.csv", archive=archive)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "有.csv"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("＝1", "'＝1"),
        ("-作废", "'-作废"),
        ("+86", "'+86"),
        ("-12.50", "-12.50"),
        ("合同=1", "合同=1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_could_take_for_a_formula_is_text(text: str, cell: str) -> None:
    assert harmless(text) == cell


def test_parts_of_a_dossier_are_found_apart_and_shown_together(
    filled: Callable[..., Library],
) -> None:
    library = filled(
        *(record(n) for n in range(1, 8)),
        record(8, contract_number="QS-001", number="QS-001-B01", kind="change", text="水泵改两台"),
        record(9, contract_number="QS-001", number="QS-001-YS1", kind="acceptance", text="合格"),
        record(10, contract_number="QS-0011", number="QS-0011"),
    )
    asked = Question("水泵", {}, sort="number", page_size=2)
    first, second = dossiers_of(library, asked)
    assert [hit.number for hit in first.hits] == ["QS-001", "QS-001-B01", "QS-001-YS1"]
    assert second.contract_number == "QS-0011"
    pages = [dossiers_of(library, replace(asked, page=page)) for page in range(1, 6)]
    numbers = [each.contract_number for page in pages for each in page]
    assert len(numbers) == len(set(numbers)) == 8
    assert len(list(all_hits(library, asked))) == library.search(asked).total == 10


def test_a_saved_search_tells_what_is_new_since_somebody_looked(
    workplace: Workplace, filled: Callable[..., Library]
) -> None:
    filled(record(1), record(2, text="阀门", title="阀门"))
    kept = savedsearches.save(workplace, "水泵/全部", None, Question("水泵", {"type": "XS"}))
    assert kept.seen == {"J001-001"}
    assert savedsearches.new_codes(workplace, kept) == set()

    library = workplace.library
    library.apply([record(3), record(2, text="水泵", title="改")], (), applied=2)
    kept = savedsearches.find(workplace, "水泵/全部", None)
    new = savedsearches.new_codes(workplace, kept)
    assert new == {"J001-002", "J001-003"}
    asked = kept.question(workplace)
    assert {hit.reference_code for hit in savedsearches.new_hits(library, asked, new)} == new
    savedsearches.note_seen(workplace, kept, library.finds(asked))
    (kept,) = savedsearches.saved(workplace, None)
    assert savedsearches.new_codes(workplace, kept) == set()

    again = savedsearches.save(workplace, "水泵/全部", None, Question("水泵", {"type": "XS"}))
    assert again == kept
    with pytest.raises(SearchExists):
        savedsearches.save(workplace, "水泵/全部", None, Question("阀门", {}))
    savedsearches.remove(workplace, "水泵/全部", None)
    with pytest.raises(SearchUnknown):
        savedsearches.find(workplace, "水泵/全部", None)
    with pytest.raises(SearchUnknown):
        savedsearches.remove(workplace, "水泵/全部", None)


def test_a_saved_search_is_the_persons_own_and_tells_nothing_hidden(
    workplace: Workplace, filled: Callable[..., Library]
) -> None:
    filled(record(1))
    rules = workplace.home.rules / "access.toml"
    people = '\n[people."周予安"]\nroles = ["业务人员"]\ndepartment = "销售部"\n'
    rules.write_text(rules.read_text("utf-8") + people, "utf-8")
    savedsearches.save(workplace, "全部", "周予安", Question("", {}))
    workplace.library.apply([record(2, secrecy="商业秘密")], (), applied=2)
    (kept,) = savedsearches.saved(workplace, "周予安")
    assert kept.seen == {"J001-001"}
    assert savedsearches.new_codes(workplace, kept) == set()
    assert savedsearches.saved(workplace, None) == []
    with pytest.raises(PersonUnknown):
        savedsearches.save(workplace, "全部", "无此人", Question("", {}))
    with pytest.raises(SearchUnknown):
        savedsearches.find(workplace, "全部", None)


def test_a_saved_search_that_cannot_be_read_is_told_with_its_file(
    workplace: Workplace, filled: Callable[..., Library]
) -> None:
    filled(record(1))
    savedsearches.save(workplace, "全部", None, Question("", {}))
    (path,) = workplace.home.searches.iterdir()
    for content in (b"{", b"[]", b'{"name": 1}', b"\xff"):
        path.write_bytes(content)
        with pytest.raises(SearchDamaged, match=path.name):
            savedsearches.saved(workplace, None)


def test_who_is_in_the_directory_searches_with_the_roles_the_rules_know(
    workplace: Workplace,
) -> None:
    people = (
        User("su", "苏木", "工程部", "经办", ("业务人员", "legal")),
        User("he", "何远", "工程部", "法务", ("legal",)),
    )
    with workplace.register.write.begin() as session:
        for user in people:
            put_user(session, user, by="root", at=AT)
    access = access_of(workplace, "su")
    assert access.allows(record(1, department="工程部"))
    assert not access.allows(record(1, department="销售部"))
    assert access.allows(record(1, department="销售部", handler="苏木"))
    assert not access_of(workplace, "he").allows(record(1, secrecy="公开"))
    assert access_of(workplace, None).is_whole
    with workplace.register.write.begin() as session:
        set_enabled(session, "su", is_enabled=False, reason="离职", by="root", at=AT)
    for name in ("su", "无此人"):
        with pytest.raises(PersonUnknown):
            access_of(workplace, name)


def test_a_page_or_a_value_that_is_not_there_is_told(
    workplace: Workplace, filled: Callable[..., Library]
) -> None:
    filled(*(record(n) for n in range(5)))

    def said(*words: str) -> str:
        done = CliRunner().invoke(main, ["--home", str(workplace.home.root), "search", *words])
        assert done.exit_code == 0, done.output
        return done.output

    beyond = said("水泵", "--page-size", "2", "--page", "99")
    assert "“水泵” 共 5 件，没有第 99 页，只有 3 页" in beyond
    assert "共 5 件，第 3 页，共 3 页" in said("水泵", "--page-size", "2", "--page", "3")
    assert "没有第 9 页" in said("水泵", "--by-dossier", "--page", "9")
    assert "没有部门为“工程部”的文件；该项现有：销售部" in said("--filter", "department=工程部")
    assert "该项现有" not in said("没有的词", "--filter", "department=销售部")
