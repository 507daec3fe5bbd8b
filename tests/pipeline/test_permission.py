"""What a role may not know of is in nothing that search gives: every role, every way."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from archive.rulesets import packaged
from index.library import IndexedRecord
from index.opening import rebuild
from pipeline.accessrules import AccessRules, Person
from pipeline.cli import main
from pipeline.founding import found
from pipeline.wiring import Workplace

ROLES = tuple(AccessRules.load(packaged("access")).roles)
PERSON, DEPARTMENT = "周予安", "销售部"
AT = datetime(2026, 3, 9, tzinfo=UTC)


def _records() -> list[IndexedRecord]:
    """Every way in which the rules tell records apart, each with words that no other has.

    Two of them always make one dossier.
    """
    made = []
    secrecies = ("公开", "内部", "商业秘密", "商业秘密（核心）")
    kinds = ("contract", "nda")
    ways = product(secrecies, (DEPARTMENT, "工程部"), (PERSON, "苏木"), kinds)
    for nth, (secrecy, department, handler, kind) in enumerate(ways):
        own = chr(ord("㐀") + nth)
        made.append(
            IndexedRecord(
                reference_code=f"J001-{own}",
                contract_number=f"QS-{nth // 2:03d}",
                number=f"QS-{nth // 2:03d}-{own}",
                order_no=f"DD{own}",
                kind=kind,
                title=f"{own}水泵合同",
                text=f"甲方应验收。水泵{own}{own}一台。",
                party_a=f"{own}山机械有限公司",
                party_b=f"{own}海软件有限公司",
                project=f"{own}河改造",
                persons=(f"林{own}",),
                amount=Decimal(1000 + nth),
                formed_on=date(2020 + nth % 6, 3, 2),
                filed_on=date(2026, 3, 9),
                type_code="XS",
                status="已归档",
                secrecy=secrecy,
                retention="D30",
                department=department,
                handler=handler,
            )
        )
    return made


@dataclass(frozen=True)
class Desk:
    """A person with one role at a home; `known` and `hidden` are the records by what it may see."""

    workplace: Workplace
    known: list[IndexedRecord]
    hidden: list[IndexedRecord]

    def says(self, *words: str) -> dict[str, Any]:
        """Return what a command says, after seeing that nothing hidden stands in it."""
        home = str(self.workplace.home.root)
        done = CliRunner().invoke(main, ["--home", home, *words, "--as", PERSON, "--json"])
        assert done.exit_code == 0, done.output
        plain = CliRunner().invoke(main, ["--home", home, *words, "--as", PERSON])
        content: dict[str, Any] = json.loads(done.stdout)
        told = {key: value for key, value in content.items() if key != "alone"}
        self.assert_no_trace(json.dumps(told, ensure_ascii=False))
        # The first line repeats the query, that of its parts each of them with its count.
        lines = plain.output.splitlines()[1:]
        self.assert_no_trace("\n".join(each for each in lines if "各项单独检索" not in each))
        for piece, count in content.get("alone", {}).items():
            assert piece in "".join(words)
            assert count == 0 or not self.is_traced(piece)
        return content

    def is_traced(self, said: str) -> bool:
        """Return whether something hidden stands in `said`."""
        return any(each.reference_code[-1] in said for each in self.hidden)

    def assert_no_trace(self, said: str) -> None:
        assert not self.is_traced(said), said


def by_code(records: list[IndexedRecord]) -> set[str]:
    return {record.reference_code for record in records}


def codes(hits: list[dict[str, Any]]) -> list[str]:
    return [hit["reference_code"] for hit in hits]


@pytest.fixture(params=ROLES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    workplace = Workplace(found(tmp_path / "home", sample=False).home.root, clock=lambda: AT)
    rules = workplace.home.rules / "access.toml"
    person = f'\n[people."{PERSON}"]\nroles = ["{request.param}"]\ndepartment = "{DEPARTMENT}"\n'
    rules.write_text(rules.read_text("utf-8") + person, "utf-8")
    access = AccessRules.load(rules).access_of(PERSON)
    records = _records()
    rebuild(workplace.home.index, records, 1)
    known = [record for record in records if access.allows(record)]
    yield Desk(workplace, known, [record for record in records if record not in known])
    workplace.close()


def test_the_roles_differ_in_what_they_may_know_of() -> None:
    rules = AccessRules.load(packaged("access"))

    seen = [
        sum(
            rules.access_as(PERSON, Person((role,), DEPARTMENT)).allows(each) for each in _records()
        )
        for role in ROLES
    ]
    assert len(set(seen)) >= 5
    assert max(seen) == len(_records())


def test_hits_counts_facets_and_pages(desk: Desk) -> None:
    pages = [
        desk.says("search", "水泵", "--facets", "--page-size", "5", "--page", str(page))
        for page in range(1, len(desk.known) // 5 + 3)
    ]
    assert sorted(code for page in pages for code in codes(page["hits"])) == sorted(
        by_code(desk.known)
    )
    for page in pages:
        assert page["total"] == len(desk.known)
        facets = page["facets"]
        assert facets["secrecy"] == Counter(each.secrecy for each in desk.known)
        assert facets["department"] == Counter(each.department for each in desk.known)
        assert facets["kind"] == Counter(each.kind for each in desk.known)
        assert set(facets["party"]) == {
            name for each in desk.known for name in (each.party_a, each.party_b)
        }


def test_what_is_asked_for_by_its_own_words(desk: Desk) -> None:
    for record in desk.hidden[::5]:
        own = record.reference_code[-1]
        queries = (own, f"甲方:{own}", f'档号:"J001-{own}"', f"编号:QS* {own}", f"{own}出机械")
        for query in queries:
            said = desk.says("search", query)
            assert (said["total"], said["hits"]) == (0, []), query
            assert not any(said["facets"].values())
    for record in desk.known[::5]:
        said = desk.says("search", record.reference_code[-1])
        assert codes(said["hits"]) == [record.reference_code]
        assert f"【{2 * record.reference_code[-1]}】" in said["hits"][0]["excerpt"]


def test_suggestions_and_what_was_meant(desk: Desk) -> None:
    suggested = [
        desk.says("suggest", typed, "--limit", "100") for typed in ("山", "QS", "J001", "林")
    ]
    names = {one["text"] for said in suggested for one in said["suggestions"]}
    assert {each.party_a for each in desk.known} <= names
    for record in desk.hidden[::5]:
        assert desk.says("suggest", record.reference_code[-1])["suggestions"] == []
        meant = desk.says("search", f"{record.reference_code[-1]}山机戒有限公司")["meant"]
        assert set(meant) <= {name for each in desk.known for name in (each.party_a, each.party_b)}
    values = desk.says("search", "密级:绝密")["meant"]
    assert set(values) == {each.secrecy for each in desk.known}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_exports(desk: Desk, name: str, tmp_path: Path) -> None:
    home = str(desk.workplace.home.root)
    target = tmp_path / name
    words = ["search", "水泵", "--export", str(target), "--as", PERSON, "--json"]
    done = CliRunner().invoke(main, ["--home", home, *words])
    assert json.loads(done.stdout)["exported_records"] == len(desk.known)
    if name.endswith(".csv"):
        rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
    else:
        sheet = openpyxl.load_workbook(target).active
        rows = [[str(cell) for cell in row] for row in sheet.values]
    assert sorted(row[0] for row in rows[1:]) == sorted(by_code(desk.known))
    desk.assert_no_trace(repr(rows))


def test_parts_of_a_dossier(desk: Desk) -> None:
    said = desk.says("search", "水泵", "--by-dossier", "--page-size", "100")
    shown = [code for dossier in said["dossiers"] for code in codes(dossier["hits"])]
    assert sorted(shown) == sorted(by_code(desk.known))


def test_news_of_a_saved_search(desk: Desk) -> None:
    library = desk.workplace.library
    late = desk.known[::2] + desk.hidden[::2]
    library.apply((), by_code(late), applied=2)
    desk.says("search", "水泵", "--save", "泵")
    assert desk.says("searches", "list")["searches"][0]["new"] == 0
    library.apply(late, (), applied=3)
    (listed,) = desk.says("searches", "list")["searches"]
    assert (listed["new"], listed["total"]) == (len(desk.known[::2]), len(desk.known))
    told = desk.says("searches", "run", "泵", "--keep-new")
    assert set(codes(told["hits"])) == by_code(desk.known[::2])
    assert told["total"] == len(desk.known)


def test_a_record_that_becomes_secret_is_gone_from_all(desk: Desk) -> None:
    before = desk.known[0]
    desk.says("search", "水泵", "--save", "泵")
    desk.workplace.library.apply([replace(before, secrecy="绝密")], (), applied=2)
    is_whole = len(desk.hidden) == 0
    left = len(desk.known) - (not is_whole)
    assert desk.says("search", "水泵")["total"] == left
    assert desk.says("search", before.reference_code[-1])["total"] == is_whole
    assert desk.says("searches", "list")["searches"][0]["total"] == left
