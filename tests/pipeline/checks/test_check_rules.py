from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import templates
from archive.errors import RulesUnfit
from archive.rulesets import packaged
from pipeline import samples
from pipeline.checkrules import load_check_rules
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper
from pipeline.rulebook import read_rules
from templates.checking import check_contract
from templates.checks.grounds import Grounds
from templates.checks.known import CODES, FIXED
from templates.checks.rules import CheckRules
from templates.errors import Finding, Level
from templates.terms import ContractTerms

ON = date(2026, 4, 1)
SHIPPED = packaged("checks").read_text("utf-8")
Edited = Callable[..., CheckRules]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return a reader of the shipped rules with some text replaced, and more text behind."""

    def read(*changes: tuple[str, str], more: str = "") -> CheckRules:
        text = SHIPPED
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "checks.toml"
        path.write_text(text + more, "utf-8")
        return load_check_rules(path)

    return read


@pytest.fixture(scope="module")
def terms() -> ContractTerms:
    return ContractPaper.of(OrderForm.model_validate(samples.sample_order(1, lines=3))).terms


def own(require: str, *more: str, code: str = "C01", level: str = "block") -> str:
    """Return a rule of the firm as its file would hold it."""
    lines = (
        "[[company]]",
        f'code = "{code}"',
        'title = "公司规则"',
        f'level = "{level}"',
        'basis = "公司规定〔2026〕3号"',
        "valid_from = 2026-01-01",
        *more,
        f"require = [{require}]",
    )
    return "\n" + "\n".join(lines) + "\n"


def found(terms: ContractTerms, rules: CheckRules, prefix: str = "C") -> list[Finding]:
    findings = rules.govern(check_contract(terms, Grounds(ON, rules)), type_code=terms.type_code)
    return [finding for finding in findings if finding.code.startswith(prefix)]


def test_the_shipped_rules_govern_every_check_and_are_in_force(edited: Edited) -> None:
    rules = edited()
    assert set(rules.checks) == CODES
    assert rules.problem_on(ON) is None
    assert re.fullmatch(r"[0-9a-f]{64}", rules.digest)


def test_every_code_a_check_gives_is_governed() -> None:
    """A new code belongs into templates/checks/known.py and archive/rules/checks.toml."""
    given: set[str] = set()
    for path in Path(templates.__file__).parent.joinpath("checks").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if (
                named
                and node.func.id in {"block", "warn"}
                and isinstance(node.args[0], ast.Constant)
            ):
                given.add(str(node.args[0].value))
    assert {"K05", "F-106"} <= given
    assert given <= CODES


@pytest.mark.requirement_part("G-103")
@pytest.mark.parametrize(
    ("changes", "more", "says"),
    [
        ([("[checks.K13]", "[checks.K21]")], "", "checks.K21：不认识的检查项"),
        ([("[checks.K13]", "[checks.K12x]")], "", "不认识的检查项"),
        ([('title = "含糊用语"\n', "")], "", "checks.K13.title：缺少此键"),
        ([('version = "2026.1"', 'version = ""')], "", "version：不能为空"),
        (
            [('title = "数量"\nlevel = "block"', 'title = "数量"\nlevel = "stop"')],
            "",
            "只能是 block",
        ),
        (
            [('title = "数量"\nlevel = "block"', 'title = "数量"\nlevel = "warn"')],
            "",
            "K03 不得下调：数量不明，合同不成立",
        ),
        (
            [('title = "数量"\nlevel = "block"\nmay_lower = false',
              'title = "数量"\nlevel = "block"\nmay_lower = true')],
            "",
            "checks.K03.may_lower：应为 false：数量不明",
        ),
        ([], '\n[checks.K05.levels]\nFW = "warn"\n', "K05 不得下调"),
        ([('earnest_cap = "0.20"', 'earnest_cap = "0.30"')], "", "earnest_cap：不得大于 0.2"),
        ([('earnest_cap = "0.20"', "earnest_cap = 0.2")], "", "earnest_cap：应为文本"),
        ([('rate = "0.09"', 'rate = "0.13"')], "", "税率 0.13 列了两次"),
        ([('rate = "0.09"', 'rate = "9%"')], "", "应为加引号的数字"),
        ([("usual_copies = 20", "usual_copies = 0")], "", "大于零的整数"),
        ([("usual_copies = 20", "usual_copes = 20")], "", "usual_copies：缺少此键"),
        ([("usual_copies = 20", "usual_copies = 20\nmost = 3")], "", "most：不认识的键"),
        ([("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-01-01")], "",
         "不能早于 valid_from"),
        ([("[checks.K00]", "[checks.K00")], "", "不是有效的 TOML"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_meant_so_are_refused_with_the_key(
    edited: Edited, changes: list[tuple[str, str]], more: str, says: str
) -> None:
    with pytest.raises(RulesUnfit, match=re.escape(says)):
        edited(*changes, more=more)


def test_a_check_left_out_is_named(edited: Edited) -> None:
    block = SHIPPED[SHIPPED.index("[checks.K13]") : SHIPPED.index("[checks.K14]")]
    with pytest.raises(RulesUnfit, match="缺少检查项 K13"):
        edited((block, ""))


@pytest.mark.requirement_part("G-103")
def test_expired_rules_are_not_used(edited: Edited) -> None:
    rules = edited(("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-03-31"))
    assert rules.problem_on(date(2026, 3, 31)) is None
    assert "期满" in str(rules.problem_on(ON))
    assert "尚未生效" in str(rules.problem_on(date(2025, 12, 31)))
    one = edited(
        ('title = "含糊用语"', 'title = "含糊用语"\nvalid_to = 2026-03-31'),
    )
    assert "K13" in str(one.problem_on(ON))


def test_levels_are_those_of_the_rules_and_carry_title_and_basis(
    edited: Edited, terms: ContractTerms
) -> None:
    vague = replace(terms, service_scope="尽快完成升级")
    (mild,) = found(vague, edited(), "K13")
    assert (mild.level, mild.title) == (Level.WARN, "含糊用语")
    assert "无歧义" in mild.basis
    raised = edited(('title = "含糊用语"\nlevel = "warn"', 'title = "含糊用语"\nlevel = "block"'))
    assert [f.level for f in found(vague, raised, "K13")] == [Level.BLOCK]
    by_type = edited(("[checks.K14]", '[checks.K13.levels]\nFW = "block"\n\n[checks.K14]'))
    assert [f.level for f in found(vague, by_type, "K13")] == [Level.BLOCK]
    assert [f.level for f in found(replace(vague, type_code="XS"), by_type, "K13")] == [Level.WARN]


def test_a_finding_is_weighed_once_and_what_no_rule_governs_stays(edited: Edited) -> None:
    rules = edited(
        (
            'title = "含糊用语"\nlevel = "warn"',
            'title = "含糊用语"\nlevel = "warn"\ndoubts = "block"',
        )
    )
    fault, foreign = Finding("K13", Level.BLOCK, "x", "y"), Finding("T99", Level.BLOCK, "x", "y")
    once = rules.govern([fault, foreign])
    assert [each.level for each in once] == [Level.WARN, Level.BLOCK]
    assert rules.govern(once) == once


@pytest.mark.parametrize("code", sorted(FIXED))
def test_law_sums_and_identity_stop_whatever_the_kind(edited: Edited, code: str) -> None:
    assert edited().level(code, kind="nda", type_code="ZZ") is Level.BLOCK


COMPANY_RULES = [
    ('{ place = "warranty.months", at_least = "24" }', "warranty.months", "不得小于 24，现为12"),
    (
        '{ place = "party_b.bank_account", one_of = ["1234 5678"] }',
        "party_b.bank_account",
        "只能是“1234 5678”",
    ),
    ('{ place = "service.scope", without = ["配套"] }', "service.scope", "不得含有“配套”"),
    ('{ place = "service.scope", contains = ["培训"] }', "service.scope", "应含有“培训”"),
    (
        '{ place = "items[].fee_type", none_of = ["运输费", "材料费"] }',
        "items[1].fee_type",
        "不得是“运输费”、“材料费”，现为“材料费”",
    ),
    (
        '{ place = "contract.dispute.court_place", filled = true }',
        "contract.dispute.court_place",
        "必须填写",
    ),
    ('{ place = "payments[].pct", below = "0.3" }', "payments[0].pct", "应小于 0.3"),
]


@pytest.mark.parametrize(("require", "place", "says"), COMPANY_RULES)
def test_a_firms_own_rule_is_data(
    edited: Edited, terms: ContractTerms, require: str, place: str, says: str
) -> None:
    for level in Level:
        findings = found(terms, edited(more=own(require, level=level)))
        finding = next(each for each in findings if each.place == place)
        assert says in finding.message
        assert (finding.level, finding.basis) == (level, "公司规定〔2026〕3号")


MONTHS = '{ place = "warranty.months", at_least = "24" }'


@pytest.mark.parametrize(
    "rule",
    [
        own(MONTHS, 'when = [{ place = "amount.total", above = "999999999999" }]'),
        own('{ place = "warranty.months", at_least = "12" }'),
        own(MONTHS, 'types = ["XS"]'),
        own(MONTHS, "valid_to = 2026-03-31"),
        own('{ place = "round", at_most = "0" }', 'kind = "acceptance"'),
    ],
)
def test_a_firms_own_rule_is_silent_where_it_is_kept_or_not_meant(
    edited: Edited, terms: ContractTerms, rule: str
) -> None:
    assert found(terms, edited(more=rule)) == []


def test_one_row_is_enough_for_a_rule_to_be_meant(edited: Edited, terms: ContractTerms) -> None:
    when = 'when = [{ place = "items[].fee_type", one_of = ["材料费"] }]'
    assert found(terms, edited(more=own(MONTHS, when))) != []


def test_an_account_is_compared_by_its_digits(edited: Edited, terms: ContractTerms) -> None:
    spaced = " ".join(re.findall(r".{1,4}", terms.party_b.bank_account))
    rule = own(f'{{ place = "party_b.bank_account", one_of = ["{spaced}"] }}')
    assert found(terms, edited(more=rule)) == []


TOTAL = '{ place = "amount.total", above = "1" }'


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (own(TOTAL, code="K01"), "C01、C02"),
        (own(""), "不能为空"),
        (own('{ place = "amount", at_most = "3" }'), "不认识的位置“amount”"),
        (own('{ place = "amount.total" }'), "须且只能写一项"),
        (own('{ place = "amount.total", above = "1", below = "3" }'), "须且只能写一项"),
        (own('{ place = "amount.total", one_of = ["1"] }'), "是数字，不能用 one_of"),
        (own('{ place = "service.scope", above = "1" }'), "是文字，不能用 above"),
        (own('{ place = "service.scope", filled = false }'), "只能是 true"),
        (own('{ place = "service.scope", without = [] }'), "不能为空"),
        (own('{ place = "amount.total", above = 5 }'), "应为文本"),
        (own('{ place = "amount.total", above = "NaN" }'), "应为加引号的数字"),
        (own('{ place = "amount.total", above = "1", eval = "x" }'), "不认识的键"),
        (own(TOTAL, 'unless = "x"'), "不认识的键"),
        (own(TOTAL, level="maybe"), "只能是 block"),
        (own(TOTAL, 'types = ["服务"]'), "不是合同类型代码"),
        (own(TOTAL, 'kind = "letter"'), "只能是 contract"),
        (own(TOTAL, "valid_to = 2025-01-01"), "不能早于"),
        (own(TOTAL) + own(TOTAL), "C01 用了两次"),
    ],
)
def test_a_malformed_rule_of_the_firm_is_refused(edited: Edited, rule: str, says: str) -> None:
    with pytest.raises(RulesUnfit, match=re.escape(says)):
        edited(more=rule)


def test_rules_are_read_before_they_count(tmp_path: Path) -> None:
    copy = tmp_path / "checks.新.toml"
    copy.write_text(SHIPPED, "utf-8")
    assert read_rules(copy, on=ON).problem == ""
    assert "尚未生效" in read_rules(copy, on=date(2025, 1, 1)).problem
    copy.write_text(SHIPPED.replace("\nmay_lower", "\nmay_lowr", 1), "utf-8")
    assert "may_lower" in read_rules(copy, on=ON).problem
    assert "不认识的规则文件" in read_rules(tmp_path / "settings.toml", on=ON).problem
    missing: Any = read_rules(tmp_path / "checks.toml", on=ON).problem
    assert "guidang init" in missing


def test_figures_are_exact(edited: Edited) -> None:
    assert edited().figures.earnest_cap == Decimal("0.20")
