"""Text of a page is found across the ends of its lines, not across those of its paragraphs."""

from __future__ import annotations

import pytest

from archive.dossiers import Record
from archive.takingin import KIND
from index.analysis import needle, normalise
from pipeline.reading import whole_text


def _found(words: str, page: str) -> bool:
    paper = Record(kind=KIND, pages=1, description={})
    text, starts = whole_text(paper, [page])
    assert len(starts) == 1 + page.count("\f")
    return needle(words) in normalise(text)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("自动化立\n体仓库", "自动化立体仓库"),
        ("合同总价为\n1,234,567.00元", "总价为1,234,567.00"),
        ("合同总价为1,234,\n567.00元", "1234567.00"),
        ("签订于2026年\n3月5日", "2026年3月5日"),
        ("编号QS-2026-\nXS-0001号", "QS-2026-XS-0001"),
        ("采用Type\nA型", "Type A型"),
        ("电子邮件：a@\r\nb.cn", "a@b.cn"),
        ("阿依古丽·\n买买提", "阿依古丽买买提"),
    ],
)
def test_what_a_line_end_broke_is_whole(page: str, words: str) -> None:
    assert _found(words, page)


@pytest.mark.parametrize("border", ["\n\n", "\n\n\n", "\n \n", "\f"])
def test_a_blank_line_or_the_end_of_a_page_joins_nothing(border: str) -> None:
    assert not _found("甲方乙方", f"甲方{border}乙方")
