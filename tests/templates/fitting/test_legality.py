"""The company's list as questions to the text of a contract (K08, K10, K12, K14, K15, K19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import ModuleType

import pytest

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.catalogue import Catalogue
from templates.checks.places import Said
from templates.errors import Finding, Level
from templates.fitting.legality import clauses_of, findings_of, legal_findings
from templates.fitting.outline import (
    Outline,
    annexes_named,
    check_outline,
    check_references,
    number_of,
)
from templates.package import packed, unpacked

RULES = load_check_rules(packaged("checks"))
CLAUSES = clauses_of("contract", ("FW",), RULES.figures)
Found = Callable[..., list[tuple[str, Level, str]]]


@pytest.fixture(scope="module")
def found(firm: ModuleType, firm_file: bytes) -> Found:
    """Return a finder of what the rules say against the firm's file with some text replaced."""

    def find(*changes: tuple[str, str]) -> list[tuple[str, Level, str]]:
        content = firm.edited(firm_file, *changes)
        findings = RULES.govern(
            legal_findings(content, "contract", CLAUSES), kind="contract", type_code="FW"
        )
        return [(each.code, each.level, each.message) for each in findings if each.code != "K19"]

    return find


@pytest.mark.requirement_part("P-302", "F-102", "P-305")
def test_every_shipped_text_stands_before_a_legal_officer(catalogue: Catalogue) -> None:
    for template in catalogue.templates:
        clauses = clauses_of(template.kind, template.contract_types, RULES.figures)
        assert findings_of(template, clauses) == (), template.code


def test_a_sound_file_of_a_firm_lacks_only_the_number_of_pages(
    found: Found, firm_file: bytes
) -> None:
    assert found() == []
    (pages,) = RULES.govern(legal_findings(firm_file, "contract", CLAUSES))
    assert (pages.code, pages.level) == ("K19", Level.WARN)
    assert "第 x 页 共 N 页" in pages.message


LIABILITY = "第十条　乙方逾期交付、甲方逾期付款的，均应支付违约金并赔偿损失。"
SEVENTH = "第七条　违约责任：违约方应赔偿损失。"
NINTH = "第九条　本合同一式"
LAST = "第十二条　本合同自双方签字并盖章之日起生效。"


@pytest.mark.parametrize(
    ("changes", "code", "level", "says"),
    [
        (
            [(LIABILITY, "第十条　乙方逾期交付的，应支付违约金。"),
             (SEVENTH, "第七条　违约责任：乙方违约的，应赔偿损失。")],
            "K08", Level.BLOCK, "没有写明甲方的违约责任",
        ),
        (
            [(SEVENTH, "第七条　违约责任：违约方的赔偿总额不超过合同总价。")],
            "K08", Level.BLOCK, "民法典第五百零六条",
        ),
        ([("通知按首部地址送达", "通知按首部地址")], "K10", Level.BLOCK, "通知送达"),
        ([("成果的知识产权归甲方。", "")], "K10", Level.BLOCK, "知识产权"),
        ([("第八条　争议", "第九条　争议")], "K12", Level.BLOCK, "条的序号不连续"),
        ([(LAST, "第十二条　本合同按第二十条生效。")], "K12", Level.BLOCK, "第二十条不存在"),
        ([(LAST, "第十二条　本合同生效，附件一为其组成部分。")], "K12", Level.BLOCK,
         "附件一不存在"),
        (
            [(LAST, "第十二条　本合同生效。甲方逾期不验收的，视为验收合格。")],
            "K15", Level.WARN, "没有加粗提示",
        ),
        (
            [(LAST, "第十二条　“成果”指图纸。“成果”指报告。本合同生效。")],
            "K14", Level.WARN, "“成果”定义了 2 次",
        ),
    ],
)  # fmt: skip
def test_what_a_text_lacks_is_named_at_the_level_of_the_rules(
    found: Found, changes: list[tuple[str, str]], code: str, level: Level, says: str
) -> None:
    assert any(c == code and lv is level and says in message for c, lv, message in found(*changes))


@pytest.mark.parametrize(
    "text",
    [
        "第十二条　本合同按《民法典》第五百零六条解释，自签字起生效。",
        "第十二条　本合同依照中华人民共和国民法典第四百六十九条订立并生效。",
        "第十二条　本合同按第十一条生效。",
        "第十二条　签收不视为对质量的认可。本合同自签字起生效。",
        ("第十二条　除故意或者重大过失、侵害人身权益外责任各自承担。本合同自签字起生效。"),
    ],
)
def test_what_is_no_fault_is_let_alone(found: Found, text: str) -> None:
    assert found((LAST, text)) == []


def test_a_bold_standard_term_asks_for_its_confirmation(found: Found) -> None:
    bold = "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>视为验收合格</w:t></w:r><w:r><w:t>"
    one = f"第十二条　本合同生效。甲方逾期不验收的，{bold}。"
    (finding,) = found((LAST, one))
    assert "提示和说明" in finding[2]
    both = f"{one}甲方确认乙方已就加粗条款作出提示和说明。"
    assert found((LAST, both)) == []


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("一", 1), ("十", 10), ("十九", 19), ("二十", 20), ("九十九", 99), ("一百零二", 102),
     ("一百一十", 110), ("五百零六", 506)],
)  # fmt: skip
def test_a_numeral_is_read(numeral: str, number: int) -> None:
    assert number_of(numeral) == number


def referring(text: str, *further: str) -> list[Finding]:
    outline = Outline.of(
        ["第一条　标的", "1.1 内容", "1.2 见附件一", "第二条　价款", "附件一　费用明细表"]
    )
    return list(check_references(outline, [Said("service.scope", text)], further))


def test_an_order_refers_only_to_what_the_contract_has() -> None:
    for sound in ("按第二条付款", "见附件一第3项", "按 1.2 约定", "依《民法典》第五百条"):
        assert referring(sound) == []
    for dangling in ("按第三条付款", "见附件四", "按 1.3 约定"):
        (finding,) = referring(dangling)
        assert (finding.code, finding.place, finding.level) == (
            "K12",
            "service.scope",
            Level.BLOCK,
        )
    assert referring("见附件四", *annexes_named("附件四《图纸》")) == []


def test_numbers_of_clauses_follow_each_other() -> None:
    outline = Outline.of(["第一条　标的", "1.1 甲", "1.3 乙", "第二条　价款", "2.1 丙"])
    (finding,) = check_outline(outline)
    assert "1.2" in finding.message


def without(content: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    parts = unpacked(content)
    text = parts[part]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return packed({**parts, part: text})


def test_terms_in_small_print_and_pages_without_a_number_are_told(catalogue: Catalogue) -> None:
    template = catalogue.pick("contract", "XS", on=date(2026, 3, 1))
    content = template.path.read_bytes()

    def said(changed: bytes) -> list[Finding]:
        return list(legal_findings(changed, "contract", ()))

    small = said(without(content, "word/document.xml", (b"<w:b/><w:bCs/>", b"")))
    assert {each.code for each in small} == {"K15"}
    assert all("加粗" in each.message and "第" in each.place for each in small)
    footer = "word/footer1.xml"
    for change in ((b" PAGE ", b" DATE "), (b"NUMPAGES", b"DATE")):
        (finding,) = said(without(content, footer, change))
        assert finding.code == "K19"
    number = (b"{{ contract.no }}", b"A")
    nameless = without(without(content, footer, number), "word/header1.xml", number)
    assert [each.code for each in said(nameless)] == ["K19"]
    unended = without(content, "word/document.xml", ("（以下无正文）".encode(), b""))
    assert [each.code for each in said(unended)] == ["K19"]
