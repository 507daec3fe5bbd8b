"""What is shown of a change is what was done: applied to the one text it gives the other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.deviating.comparing import Kind, apply, compare

_LINES = st.lists(
    st.text(alphabet="甲乙丙违约责任，。12.５ \t\n\u3000😀㛃", max_size=14), max_size=14
)


@given(_LINES, _LINES)
@settings(deadline=None)
def test_the_difference_applied_to_the_standard_text_gives_the_changed_one(
    before: list[str], after: list[str]
) -> None:
    edits = compare(before, after)
    assert apply(before, edits, after) == tuple(after)
    assert [edit.at for edit in edits if edit.at >= 0] == list(range(len(before)))
    assert [edit.to for edit in edits if edit.to >= 0] == list(range(len(after)))
    for edit in edits:
        if edit.kind is Kind.CHANGED:
            assert "".join(text for turn, text in edit.letters if turn >= 0) == after[edit.to]


@given(_LINES, st.data())
@settings(deadline=None)
def test_one_edit_of_one_paragraph_is_told_as_that(lines: list[str], data: st.DataObject) -> None:
    texts = [
        f"第{number}款 各方应当依照约定全面履行义务。{line}" for number, line in enumerate(lines)
    ]
    texts.append("末款 本合同自盖章之日起生效。")
    place = data.draw(st.integers(0, len(texts) - 1))
    changed = [*texts]
    changed[place] = changed[place].replace("。", "，且不得无故拖延。", 1)
    edits = [edit for edit in compare(texts, changed) if edit.kind is not Kind.KEPT]
    assert [(edit.kind, edit.at, edit.to) for edit in edits] == [(Kind.CHANGED, place, place)]
    assert [text for turn, text in edits[0].letters if turn] == ["，且不得无故拖延"]


def test_a_paragraph_that_stands_elsewhere_now_is_moved() -> None:
    before = ["一、定义如下所述", "二、范围如下所述", "三、价款如下所述"]
    edits = compare(before, [before[1], before[2], before[0]])
    assert {(e.kind, e.at, e.to, e.moved) for e in edits if e.moved >= 0} == {
        (Kind.REMOVED, 0, -1, 2),
        (Kind.ADDED, -1, 2, 0),
    }


def test_a_difference_of_another_text_cannot_be_applied() -> None:
    edits = compare(["各方应当全面履行义务。"], ["各方应当及时全面履行义务。"])
    with pytest.raises(ValueError, match="not what was compared"):
        apply(["别的文字"], edits, ["各方应当及时全面履行义务。"])
