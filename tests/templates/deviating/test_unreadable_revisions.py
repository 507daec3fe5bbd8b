"""What a reader of the page could not read as it stands in the file is kept out, style or run."""

from __future__ import annotations

from typing import Any

import pytest
from docx.oxml import parse_xml

from templates.deviating.ooxml import W

_SPACE = f'xmlns:w="{W}"'
_TRAITS = [
    ("spacing", "-200", "挤得"),
    ("position", "-300", "压在别的行上"),
    ("position", "200", "压在别的行上"),
    ("emboss", "1", "文字效果"),
    ("imprint", "1", "文字效果"),
    ("outline", "1", "文字效果"),
    ("bdr", "single", "文字效果"),
]


@pytest.mark.parametrize("by_style", [False, True], ids=["run", "style"])
@pytest.mark.parametrize(("trait", "value", "word"), _TRAITS)
def test_letters_nobody_can_read_are_refused(
    desk: Any, at: Any, *, by_style: bool, trait: str, value: str, word: str
) -> None:
    def edit(document: Any) -> None:
        at(document, "8.3").add_run("另行约定。")
        found = at(document, "8.2")
        holders = [found.style.element] if by_style else [run._r for run in found.runs]
        for holder in holders:
            holder.get_or_add_rPr().append(parse_xml(f'<w:{trait} {_SPACE} w:val="{value}"/>'))

    messages = [finding.message for finding in desk.refused(edit)]
    assert any(word in message for message in messages), messages


@pytest.mark.parametrize(("trait", "value"), [("spacing", "-10"), ("position", "6")])
def test_a_little_tighter_or_higher_is_no_fault(desk: Any, at: Any, trait: str, value: str) -> None:
    def edit(document: Any) -> None:
        at(document, "8.3").add_run("另行约定。")
        for run in at(document, "8.2").runs:
            made = parse_xml(f'<w:{trait} {_SPACE} w:val="{value}"/>')
            run._r.get_or_add_rPr().append(made)

    assert desk.revised(edit).changes


@pytest.mark.parametrize("face", ["Wingdings", "Webdings", "Symbol"])
def test_a_symbol_that_prints_as_another_sign_is_refused(desk: Any, at: Any, face: str) -> None:
    def edit(document: Any) -> None:
        symbol = f'<w:r {_SPACE}><w:sym w:font="{face}" w:char="0035"/></w:r>'
        at(document, "8.3")._p.append(parse_xml(symbol))

    assert any("符号字体" in finding.message for finding in desk.refused(edit))
