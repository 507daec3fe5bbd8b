from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import NumberRefused, RulesUnfit
from archive.numbering import NumberingRules
from archive.rulesets import packaged, packaged_rules

RULES = NumberingRules.load(packaged("numbering"))


def test_the_rules_of_a_new_home_come_with_the_package() -> None:
    names = {path.name for path in packaged_rules()}
    assert {"numbering.toml", "approvals.toml", "seals.toml"} <= names


@given(st.text(min_size=1, max_size=8), st.integers(1, 10**7))
def test_every_number_that_is_rendered_keeps_the_grammar(company: str, value: int) -> None:
    parts = {"company": company, "type": "FW"}
    try:
        text_ = RULES["contract"].render(year=2026, value=value, parts=parts)
    except NumberRefused:
        return
    assert unicodedata.normalize("NFKC", text_) == text_
    assert not set(text_) & set('\\/:*?"<>| \t\n\u3000')
    assert text_ == f"{company}-HT-2026-FW-{value:04}"


@pytest.mark.parametrize(
    ("pattern", "scope", "text"),
    [
        ("{company}-{type}-{year}{month}-{value:04}", '["company", "type", "month"]',
         "GD-FW-202603-0012"),
        ("{company}-{year}-{dept}-{type}-{value:03}", '["company", "dept", "type"]',
         "GD-2026-YW1-FW-012"),
        ("示例合〔{year}〕{value}号", "[]", "示例合〔2026〕12号"),
    ],
)  # fmt: skip
def test_a_firm_may_number_in_its_own_way(
    tmp_path: Path, pattern: str, scope: str, text: str
) -> None:
    path = tmp_path / "numbering.toml"
    path.write_text(
        f'version = "1"\n[series.contract]\npattern = "{pattern}"\nscope = {scope}\n', "utf-8"
    )
    rule = NumberingRules.load(path)["contract"]
    parts = {"company": "GD", "type": "FW", "dept": "YW1", "month": "03"}
    assert rule.render(year=2026, value=12, parts=parts) == text
    assert rule.is_yearly


RULE = '[series.x]\npattern = "{a}-{value}"\nscope = ["a"]\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RULE, "version：缺少"),
        ('version = "1"\n', "series：缺少"),
        ('version = "1"\nseries = 5\n', "series：应为表"),
        ('version = "1"\n' + RULE.replace("pattern", "patern"), "series.x.pattern：缺少"),
        ('version = "1"\n' + RULE + 'sope = "x"', "series.x.sope：不认识的键"),
        ('version = "1"\n' + RULE.replace("{value}", "1"), "没有流水号"),
        ('version = "1"\n' + RULE.replace("{a}", "{a!r}"), "花括号"),
        ('version = "1"\n' + RULE.replace("{a}-", "{a.b}-"), "花括号"),
        ('version = "1"\n' + RULE.replace("{a}-", "{a} "), "不允许的字符"),
        ('version = "1"\n' + RULE.replace('["a"]', '["b"]'), "会出现重号"),
        ('version = "1"\n' + RULE.replace('["a"]', '"a"'), "scope：应为文本列表"),
        ("version = 1\n" + RULE, "version：应为文本"),
        ('other = 1\nversion = "1"\n' + RULE, "other：不认识的键"),
        ("version = ", "TOML"),
        ("\udcff", "TOML"),
    ],
)
def test_a_rule_file_that_cannot_be_meant_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "numbering.toml"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(RulesUnfit, match=said) as refused:
        NumberingRules.load(path)
    assert "numbering.toml" in str(refused.value)


def test_a_rule_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesUnfit, match="读不到文件"):
        NumberingRules.load(tmp_path / "numbering.toml")


def test_a_series_nobody_wrote_a_rule_for_has_no_numbers() -> None:
    with pytest.raises(NumberRefused, match="quote"):
        RULES["quote"]
