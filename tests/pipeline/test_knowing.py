"""Lists and prints show a person what search would find for them, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import ARCHIVIST, Keeping
from sqlalchemy import select

from archive.dossiers import Dossier, Record
from index.access import Access
from pipeline.asking import access_of
from pipeline.cli import main
from pipeline.disposing import propose
from pipeline.indexing import apply_outbox, described
from pipeline.knowing import Guarded, known_to

PEOPLE = """
[people."市小场"]
roles = ["业务人员"]
department = "市场部"

[people."财小务"]
roles = ["财务人员"]

[people."员小工"]
roles = ["员工"]
"""
OPEN, SECRET, OTHER = "XSDD-1", "XSDD-2", "XSDD-3"


def run(keeping: Keeping, *words: object, code: int = 0) -> dict[str, Any]:
    asked = ["--home", str(keeping.workplace.home.root), *map(str, words), "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == code, done.output
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.fixture
def codes(keeping: Keeping) -> dict[str, str]:
    """Three dossiers: of the market department, one secret there, and one of another."""
    rules = keeping.workplace.home.rules / "access.toml"
    rules.write_text(rules.read_text("utf-8") + PEOPLE, "utf-8")
    said = {
        OPEN: {"secrecy": "内部", "description": {"department": "市场部", "handler": "周予安"}},
        SECRET: {"secrecy": "商业秘密", "description": {"department": "市场部", "handler": "张三"}},
        OTHER: {"secrecy": "内部", "description": {"department": "财务部", "handler": "李四"}},
    }
    found = {order: keeping.over(order, **about) for order, about in said.items()}
    while apply_outbox(keeping.workplace):
        pass
    return found


@pytest.mark.parametrize(
    ("person", "seen"),
    [("市小场", {OPEN}), ("财小务", {OPEN, SECRET, OTHER}), ("员小工", set()), (None, "all")],
)
def test_every_list_shows_what_search_finds(
    keeping: Keeping, codes: dict[str, str], person: str | None, seen: set[str] | str
) -> None:
    asked = ("--as", person) if person else ()
    wanted = set(codes) if seen == "all" else set(seen)
    by_search = {hit["order_no"] for hit in run(keeping, "search", *asked)["hits"]}
    listed = {one["order_no"] for one in run(keeping, "contracts", "list", *asked)["contracts"]}
    due = {
        one["code"] for one in run(keeping, "retention", "due", "--on", "2040-01-01", *asked)["due"]
    }
    lacking = {one["order_no"] for one in run(keeping, "archive", "missing", *asked)["missing"]}

    assert by_search == listed == wanted
    assert due == {codes[order] for order in wanted}
    assert lacking <= wanted
    for order, code in codes.items():
        is_seen = order in wanted
        run(keeping, "contracts", "show", order, *asked, code=0 if is_seen else 1)
        run(keeping, "retention", "show", code, *asked, code=0 if is_seen else 1)


def test_nothing_of_what_is_hidden_is_printed(
    keeping: Keeping, codes: dict[str, str], tmp_path: Path
) -> None:
    def printed(*words: str, code: int = 0) -> dict[str, Any]:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
        asked = ("archive", "print", *words, "--out", out, "--as", "市小场")
        return run(keeping, *asked, code=code)

    assert printed("volumes")["dossiers"] == 1
    assert printed("volumes", "--query", "合同")["dossiers"] == 1
    assert printed("volumes", codes[OPEN])["dossiers"] == 1
    hidden = printed("contents", codes[SECRET], code=1)["error"]["message"]
    unknown = printed("contents", "Q001-JY·HT·2026·D30-9999", code=1)["error"]["message"]
    assert hidden.replace(codes[SECRET], "") == unknown.replace("Q001-JY·HT·2026·D30-9999", "")


def test_holds_are_listed_with_what_is_known_of_them(
    keeping: Keeping, codes: dict[str, str]
) -> None:
    words = ("--matter", "诉讼", "--reason", "争议", "--as", "冻小法")
    run(keeping, "holds", "place", codes[SECRET], *words)
    run(keeping, "holds", "place", codes[OPEN], codes[OTHER], *words)
    assert len(run(keeping, "holds", "list")["holds"]) == 2
    (hold,) = run(keeping, "holds", "list", "--as", "市小场")["holds"]
    assert [one["code"] for one in hold["dossiers"]] == [codes[OPEN]]
    assert codes[OTHER] not in str(hold)


def test_an_unknown_person_is_refused_in_every_list(keeping: Keeping, tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    for words in (
        ("contracts", "list"),
        ("retention", "due"),
        ("archive", "missing"),
        ("holds", "list"),
        ("archive", "print", "volumes", "--out", out),
    ):
        refused = run(keeping, *words, "--as", "路人", code=2)
        assert refused["error"]["code"] == "person-unknown"


def test_index_and_register_are_asked_the_same(keeping: Keeping, codes: dict[str, str]) -> None:
    del codes
    access: Access = access_of(keeping.workplace, "市小场")
    with keeping.workplace.register.read.begin() as session:
        rows = session.execute(select(Record, Dossier).join(Dossier)).all()
        for record, dossier in rows:
            guarded = Guarded.of(record, dossier, record)
            indexed = described(record, dossier, "", [record], ())
            assert access.allows(guarded) == access.allows(indexed)
    known = known_to(keeping.workplace, "市小场")
    assert known.papers is not None
    assert len(known.papers) == 1
    assert not known.has_paper(None)


@pytest.mark.parametrize(("person", "seen"), [("市小场", {OPEN}), ("员小工", set())])
def test_ledger_proof_and_disposal_lists_show_no_more(
    keeping: Keeping, codes: dict[str, str], person: str, seen: set[str], tmp_path: Path
) -> None:
    everything = tuple(codes.values())
    propose(keeping.workplace, codes=everything, reason="到期", person=ARCHIVIST)
    asked = ("--as", person)

    listed = {one["order_no"] for one in run(keeping, "numbers", "list", *asked)["numbers"]}
    assert listed - {None} == seen
    whole = {one["order_no"] for one in run(keeping, "numbers", "list")["numbers"]}
    assert whole >= set(codes)
    assert len(run(keeping, "retention", "lists")["lists"]) == 1
    assert run(keeping, "retention", "lists", *asked)["lists"] == []
    refused = run(keeping, "contracts", "proof", SECRET, *asked, code=1)["error"]
    unknown = run(keeping, "contracts", "proof", "XSDD-9", *asked, code=1)["error"]
    assert refused["code"] == unknown["code"]
    assert run(keeping, "contracts", "forms", SECRET, *asked, code=1)["error"] == refused
    (made,) = run(keeping, "retention", "lists")["lists"]
    printing = ("retention", "print", made["number"], "--out", tmp_path / "清册.xlsx")
    assert "没有清单" in run(keeping, *printing, *asked, code=1)["error"]["message"]
    assert not (tmp_path / "清册.xlsx").exists()
    run(keeping, *printing)
