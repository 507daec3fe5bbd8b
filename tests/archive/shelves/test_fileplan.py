from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.errors import FilingRefused, RulesUnfit
from archive.fileplan import FilePlan
from archive.rulesets import packaged


@pytest.fixture(scope="module")
def plan() -> FilePlan:
    return FilePlan.load(packaged("fileplan"))


@pytest.mark.requirement_part("F-204")
def test_a_service_contract_is_kept_thirty_years_and_says_why(plan: FilePlan) -> None:
    place = plan.place("contract", "一般业务合同", "YW1")
    assert (place.fonds, place.category, place.series) == ("Q001", "JY", "HT")
    assert (place.retention, place.office) == ("D30", "YW1")
    assert "民法典" in place.basis


@pytest.mark.parametrize(
    ("retention_class", "period"),
    [("重大合同", "Y"), ("一般业务合同", "D30"), ("小额事务性合同", "D10"), (None, "D30")],
)
def test_the_class_decides_the_period(
    plan: FilePlan, retention_class: str | None, period: str
) -> None:
    assert plan.problem_with("contract", retention_class) is None
    assert plan.place("contract", retention_class, "X").retention == period


def test_a_department_the_plan_does_not_list_files_with_the_default_office(plan: FilePlan) -> None:
    assert plan.place("contract", None, "没有的部门").office == "YWB"


@pytest.mark.requirement_part("G-103")
def test_the_plan_is_versioned_and_known_by_its_digest(plan: FilePlan) -> None:
    assert plan.version == "2026.4"
    assert plan.digest == hashlib.sha256(packaged("fileplan").read_bytes()).hexdigest()


def test_what_the_plan_does_not_know_is_refused_with_what_it_does_know(plan: FilePlan) -> None:
    with pytest.raises(FilingRefused, match=r"保管类别“随便”.*一般业务合同"):
        plan.place("contract", "随便", "YW1")
    assert "合同（contract）" in str(plan.problem_with("poem", None))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('period = "Y"', 'period = "永久"', "retentions.重大合同.period"),
        ('period = "D10"', 'period = "D5"', "retentions.小额事务性合同.period"),
        ('code = "Q001"', 'code = "1"', "fonds.code"),
        ('category = "JY"', 'category = "经营"', "kinds.contract.category"),
        ('retention = "一般业务合同"', 'retention = "没有"', "kinds.contract.retention"),
        ('"内部"', '"机密"', "secrecy.levels"),
        ('default = "YWB"', 'defautl = "YWB"', "offices.default"),
        ('department = "YW1"', 'department = "default"', "department"),
        ('version = "2026.4"', "", "version"),
        ('name = "本公司全宗"', 'name = "本公司全宗"\nnmae = "x"', "fonds.nmae"),
        ('basis = "企业档案管理规定第二十八条；民法典第一百八十八条"', "", "保密协议.basis"),
    ],
)
def test_a_mistake_in_the_plan_is_refused_with_the_name_of_its_key(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    text = packaged("fileplan").read_text("utf-8")
    assert old in text
    path = tmp_path / "fileplan.toml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RulesUnfit) as refused:
        FilePlan.load(path)
    assert key in str(refused.value)
    assert "fileplan.toml" in str(refused.value)
