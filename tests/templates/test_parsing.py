from __future__ import annotations

import pytest

from templates.catalogue import Template
from templates.package import packed, unpacked
from templates.parsing import Unparsable, parse

PLACE = b"{{ service.place }}"


@pytest.fixture
def parts(contract_template: Template) -> dict[str, bytes]:
    return unpacked(contract_template.path.read_bytes())


def _with_tag(parts: dict[str, bytes], tag: str) -> bytes:
    page = parts["word/document.xml"]
    assert PLACE in page
    return packed({**parts, "word/document.xml": page.replace(PLACE, tag.encode())})


def test_a_template_lists_the_fields_and_rows_it_prints(contract_template: Template) -> None:
    form = parse(contract_template.path.read_bytes())

    assert form.rows == {"items", "payments", "milestones", "acceptance_items"}
    assert {"contract.no", "amount.total_upper", "items[].amount"} <= form.texts


@pytest.mark.parametrize(
    "tag",
    [
        "{{ service.place|default('') }}",
        "{{ service.place or '' }}",
        "{{ 7*7 }}",
        "{{ service.place() }}",
        "{{ service['place'] }}",
        "{{ ''.__class__ }}",
        "{% if service.place %}x{% endif %}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{% for a in items if a %}x{% endfor %}",
        "{% for a in items recursive %}x{% endfor %}",
        "{% for a in [1,2] %}x{% endfor %}",
        "{{ service.place",
        "{% for a in items %}",
    ],
)
def test_a_tag_that_does_more_than_print_a_field_is_refused(
    parts: dict[str, bytes], tag: str
) -> None:
    with pytest.raises(Unparsable) as refused:
        parse(_with_tag(parts, tag))
    assert refused.value.problems


def test_a_tag_word_has_split_over_runs_is_read_whole(parts: dict[str, bytes]) -> None:
    split = "</w:t></w:r><w:r><w:t>".join("{{ service.place }}")

    assert "service.place" in parse(_with_tag(parts, split)).texts


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("word/vbaProject.bin", b"x", "宏"),
        (
            "word/_rels/footer1.xml.rels",
            b'<Relationship Id="a" Type="x/image" Target="http://x" TargetMode="External"/>',
            "链接",
        ),
        ("word/comments.xml", b"<a>{{ secret }}</a>", "标签"),
        ("word/header1.xml", b"<!DOCTYPE a><a/>", "DOCTYPE"),
        ("word/header1.xml", "<a>{{ 合同</a>".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_dangerous_part_is_refused(
    parts: dict[str, bytes], name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(Unparsable, match=problem):
        parse(packed({**parts, name: content}))


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", packed({"a.txt": b"x"})])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(Unparsable):
        parse(content)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unparsable, match="展开后超过"):
        parse(packed({"word/document.xml": bytes(60 * 1024 * 1024)}))
