"""What a person may not know of does not exist for them: on every engine, in every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.rulesets import packaged
from index.access import EVERYTHING, NOTHING, Access, Grant
from index.library import Answer, IndexedRecord, Library, Question
from pipeline.accessrules import AccessRules, Person

LEVELS = ("公开", "内部", "商业秘密", "商业秘密（核心）")
RULES = AccessRules.load(packaged("access"))
QUERIES = (
    "",
    "水泵",
    "-水泵",
    "青川 OR 密级:商业秘密",
    "qcyf",
    "验收合格",
    "周予安",
    "签订:2023Q1..2024Q2",
    "密级:商业秘密",
    "部门:工程部",
    "编号:QS-2024*",
    "青川远繁",
)


def _grants() -> st.SearchStrategy[Access]:
    def some(*values: str) -> st.SearchStrategy[frozenset[str] | None]:
        return st.none() | st.frozensets(st.sampled_from(values))

    grant = st.builds(
        Grant,
        secrecy=some(*LEVELS),
        department=some("销售部", "工程部", "无此部门", ""),
        kind=some("contract", "acceptance"),
        handler=some("周予安", "苏木"),
    )
    return st.builds(lambda grants: Access(tuple(grants)), st.lists(grant, max_size=3))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.builds(
        Question,
        st.sampled_from(QUERIES),
        st.sampled_from(({}, {"type": "XS"}, {"secrecy": "商业秘密"}, {"party": "无"})),
        sort=st.sampled_from(("relevance", "amount:asc", "title")),
        page_size=st.just(7),
        access=_grants(),
    )
)
def test_an_answer_is_that_of_an_index_of_what_the_person_may_know_of(
    filled: Library, read_all: Callable[[Question], Answer], question: Question
) -> None:
    assert filled.search(question) == read_all(question)
    everything = read_all(replace(question, page_size=1000)).hits
    assert filled.finds(question) == {hit.reference_code for hit in everything}


@pytest.fixture(scope="session")
def allowed(
    corpus: list[IndexedRecord], build: Callable[..., Library]
) -> Callable[[Access], Library]:
    """Return a way to a library that holds only what a person may know of."""
    return lambda access: build([each for each in corpus if access.allows(each)])


@pytest.mark.parametrize("role", [*RULES.roles, ""])
def test_every_role_is_answered_as_if_nothing_else_were_filed(
    role: str, filled: Library, allowed: Callable[[Access], Library]
) -> None:
    access = NOTHING
    if role:
        access = RULES.access_as("周予安", Person((role,), "销售部"))
    alone = allowed(access)
    for query in QUERIES:
        asked = Question(query, {}, page_size=5)
        assert filled.search(replace(asked, access=access)) == alone.search(asked), query
    for typed in ("青", "林", "qc", "yfj", "QS-202", "J001", "阿依", "临溪博", "001"):
        assert filled.suggest(typed, access=access) == alone.suggest(typed), typed


@pytest.mark.parametrize("role", RULES.roles)
@pytest.mark.parametrize("secrecy", LEVELS)
def test_a_hidden_record_leaves_no_trace(
    role: str,
    secrecy: str,
    a_record: Callable[..., IndexedRecord],
    build: Callable[..., Library],
) -> None:
    """The one record that alone has these words is known by its role, or by nothing at all."""
    secret = a_record(
        secrecy=secrecy,
        department="工程部",
        party_a="独山秘境公司",
        handler="何𠮷",
        text="唯独一词",
    )
    plain = a_record(reference_code="R2", secrecy="公开", department="", number="QS-2")
    access = RULES.access_as("周予安", Person((role,), "销售部"))
    library = build([secret, plain])
    for query in ("唯独一词", "独山秘境", "dsmj", "独山密境", "密级:" + secrecy):
        found = library.search(Question(query, {}, access=access))
        known = access.allows(secret)
        traces = repr(found) + repr(library.suggest("独山", access=access))
        assert ("独山秘境公司" in traces) == known, (query, found)
        assert (secret.reference_code in {hit.reference_code for hit in found.hits}) <= known
    everything = library.search(Question("", {}, access=access))
    assert everything.total == access.allows(secret) + access.allows(plain)
    assert sum(everything.facets["secrecy"].values()) == everything.total


def test_only_the_named_contracts_are_asked(filled: Library, corpus: list[IndexedRecord]) -> None:
    wanted = frozenset(each.contract_number for each in corpus[:4])
    found = filled.search(Question("", {}, contracts=wanted))
    assert {hit.contract_number for hit in found.hits} == wanted
    assert found.total == 4
    assert filled.search(Question("", {}, contracts=frozenset())).total == 0


def test_rules_say_what_a_person_may_know_of(
    tmp_path: Path, a_record: Callable[..., IndexedRecord]
) -> None:
    path = tmp_path / "access.toml"
    people = '\n[people."周予安"]\nroles = ["业务人员", "员工"]\ndepartment = "销售部"\n'
    path.write_text(packaged("access").read_text("utf-8") + people, "utf-8")
    access = AccessRules.load(path).access_of("周予安")
    assert access.allows(a_record(secrecy="内部", department="销售部"))
    assert not access.allows(a_record(secrecy="内部", department="工程部"))
    assert access.allows(a_record(secrecy="公开", department="工程部"))
    assert not access.allows(a_record(secrecy="商业秘密", department="销售部"))
    assert access.allows(a_record(secrecy="商业秘密", department="工程部", handler="周予安"))
    assert not access.allows(a_record(secrecy="", department="销售部"))
    assert EVERYTHING.is_whole
    assert not access.is_whole
