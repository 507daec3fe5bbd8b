from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.fileformats import format_of
from archive.metadataxml import NAMESPACE, to_xml
from archive.storageroot import SCHEMA

if TYPE_CHECKING:
    from office import Office

WORDS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def read(element: etree._Element) -> Any:
    """Return what an element of metadata.xml says, as its JSON would say it."""
    kind, text = element.get("type"), element.text or ""
    if kind == "object" or (kind is None and len(element)):
        return {_name(child): read(child) for child in element}
    if kind == "list":
        return [read(child) for child in element]
    if kind == "null":
        return None
    return text if kind is None else json.loads(text)


def _name(element: etree._Element) -> str:
    if (escaped := element.get("escaped-name")) is not None:
        return str(json.loads(escaped))
    return str(element.get("name", etree.QName(element).localname))


def document(payload: bytes) -> etree._Element:
    return etree.fromstring(payload, etree.XMLParser(resolve_entities=False))


@given(description=st.dictionaries(WORDS, VALUES, max_size=4))
def test_xml_says_what_the_json_says_whatever_the_description_holds(
    description: dict[str, Any],
) -> None:
    metadata = {
        "schema": "guidang.dossier/1",
        "dossier": {"title": "a&b<c>\r\n\t]]>"},
        "items": [{"item_no": 1, "description": description, "files": []}],
        "acts": [],
        "seal_uses": [],
    }
    parsed = document(to_xml(metadata))
    assert read(parsed) == metadata
    schema().assertValid(parsed)


@pytest.mark.requirement_part("F-207")
def test_every_version_carries_the_same_metadata_as_json_and_xml(office: Office) -> None:
    office.file(office.prepare("XSDD-1"))
    record = office.file(office.prepare("XSDD-1", round_=1))
    path = record.reference_code.rsplit("-", 1)[0]
    folder = next(office.store.root.rglob(f"{path.replace('·', '.')}/"))

    for version in ("v1", "v2"):
        said = json.loads((folder / version / "content" / "metadata.json").read_bytes())
        parsed = document((folder / version / "content" / "metadata.xml").read_bytes())
        assert read(parsed) == said
        schema().assertValid(parsed)
    assert (office.store.root / SCHEMA.name).read_bytes() == SCHEMA.read_bytes()


def test_what_must_be_said_of_a_record_is_said_in_both(office: Office) -> None:
    instrument = office.prepare("XSDD-1")
    record = office.file(instrument)
    path = next(office.store.objects())
    said = json.loads(office.store.read(path, "metadata.json"))
    item, dossier = said["items"][0], said["dossier"]
    file = next(each for each in item["files"] if each["role"] == "sealed")

    assert item["reference_code"] == record.reference_code
    assert all(dossier[name] for name in ("uuid", "code", "contract_number", "title", "secrecy"))
    assert all(dossier[name] for name in ("retention", "retention_trigger", "scope"))
    assert all(item[name] for name in ("kind_name", "responsible", "formed_on", "pages"))
    assert (file["format"], file["name"][-4:]) == ("PDF 1.7", ".pdf")
    assert re.fullmatch(r"guidang \S+", file["program"])
    assert (len(file["sha256"]), len(file["sm3"])) == (64, 64)
    assert file["bytes"] == len(office.pdf(instrument))
    assert said["term"] == {
        "period": "D30",
        "rule": dossier["retention_trigger"],
        "starts_on": None,
        "expires_on": None,
        "missing": ["终止", "结清", "质保期满", "争议终结"],
    }
    assert [act["action"] for act in said["acts"]] == [
        "contract:received",
        "contract:numbered",
        "contract:sealed",
        "record:filed",
    ]
    assert all(act["at"].endswith("+08:00") and len(act["digest"]) == 64 for act in said["acts"])
    assert said["seal_uses"][0]["keeper"] == "何静"


def test_every_element_of_the_schema_is_told_in_chinese() -> None:
    tree = etree.parse(str(SCHEMA))
    spaces = {"xs": "http://www.w3.org/2001/XMLSchema"}
    for element in tree.iterfind(".//xs:complexType//xs:element", spaces):
        told = "".join(element.itertext()).strip()
        of_type = tree.find(f"xs:complexType[@name='{element.get('type')[2:]}']", spaces)
        told = told or "".join(of_type[0].itertext())
        assert re.search("[一-鿿]", told), element.get("name")
    assert tree.getroot().get("targetNamespace") == NAMESPACE


@pytest.mark.parametrize(
    ("media_type", "content", "told"),
    [
        ("application/pdf", b"%PDF-1.7\n<pdfaid:part>2</pdfaid:part>", "PDF 1.7"),
        (
            "application/pdf",
            b"%PDF-1.7 <pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
            "PDF 1.7（PDF/A-2b）",
        ),
        ("application/pdf", b"junk", "PDF"),
        ("text/csv; charset=gb18030", b"", "CSV (RFC 4180)"),
        ("image/png", b"", "PNG (ISO/IEC 15948)"),
        ("image/x-unknown", b"", "image/x-unknown"),
    ],
)
def test_a_format_is_told_with_its_version(media_type: str, content: bytes, told: str) -> None:
    assert format_of(media_type, content) == told
