"""What may not come near the converter is refused by what it is, not by its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from templates.errors import RenderingFailed
from templates.rendering.admission import admit
from templates.rendering.specimen import specimen

Paper = Callable[..., bytes]
RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_part(name: str, content: str | bytes) -> bytes:
    """Return the specimen with a part added or replaced."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(specimen())) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return packed.getvalue()


def pointing_at(target: str, kind: str) -> bytes:
    return with_part(
        RELATIONS,
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="x" Type="{OFFICE}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>',
    )


def with_field(*runs: str) -> bytes:
    texts = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return with_part(
        "word/document.xml",
        f'<w:document xmlns:w="{WORD}"><w:body><w:p>{texts}</w:p></w:body></w:document>',
    )


@pytest.mark.parametrize("kind", ["image", "attachedTemplate", "frame", "oleObject", "aFChunk"])
@pytest.mark.parametrize("target", ["http://example.invalid/a.png", "file:///etc/hostname"])
def test_what_points_outside_is_refused(kind: str, target: str) -> None:
    with pytest.raises(RenderingFailed, match="points outside"):
        admit(pointing_at(target, kind))


def test_a_hyperlink_is_no_danger() -> None:
    assert admit(pointing_at("https://example.invalid/", "hyperlink")).weight_bytes > 0


@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin"]
)
def test_macros_and_embedded_objects_are_refused(part: str) -> None:
    with pytest.raises(RenderingFailed, match="macros or embedded"):
        admit(with_part(part, b"\xd0\xcf\x11\xe0"))


@pytest.mark.parametrize(
    "runs",
    [
        ("INCLUDETEXT /etc/passwd",),
        ("INCLUDE", "PICTURE http://example.invalid/x"),
        (" dde", "auto excel a b"),
    ],
)
def test_a_field_that_reaches_outside_is_refused_even_split_over_runs(
    runs: tuple[str, ...],
) -> None:
    with pytest.raises(RenderingFailed, match="field reaches outside"):
        admit(with_field(*runs))


def test_page_numbers_are_fields_and_welcome() -> None:
    assert admit(with_field("PAGE", " NUMPAGES ")).weight_bytes > 0


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(RenderingFailed, match="beyond reason"):
        admit(with_part("word/bomb.xml", bytes(64 * 1024 * 1024)))


def test_a_document_type_is_refused() -> None:
    with pytest.raises(RenderingFailed, match="document type"):
        admit(with_part("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))


def test_a_document_without_its_main_part_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")

    with pytest.raises(RenderingFailed, match="main part"):
        admit(packed.getvalue())


def test_a_truncated_document_is_refused(paper: Paper) -> None:
    whole = paper("一份合同")
    for kept in (10, len(whole) // 2, len(whole) - 30):
        with pytest.raises(RenderingFailed):
            admit(whole[:kept])


def test_the_characters_of_all_printed_parts_are_known(paper: Paper) -> None:
    text = f'<w:p xmlns:w="{WORD}"><w:r><w:t>页眉&#x20164;&#19968;</w:t></w:r></w:p>'
    known = admit(with_part("word/header1.xml", text)).characters

    assert set("页眉𠅤一合同") <= known
    assert set("㛃文静") <= admit(paper("㛃文静")).characters
