"""Breaking: ways to break a real dossier, and the rules that must notice each of them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pikepdf
from PIL import Image

from archive.digests import sha256, sm3
from archive.events import Event, as_json, from_json, prepare
from pipeline.fourfold.exhibit import Exhibit

PDF = "items/001/sealed.pdf"


def item_with(exhibit: Exhibit, **changed: Any) -> Exhibit:
    return replace(exhibit, items=({**exhibit.items[0], **changed},))


def described_with(exhibit: Exhibit, **changed: Any) -> Exhibit:
    return item_with(exhibit, description={**exhibit.items[0]["description"], **changed})


def dossier_with(exhibit: Exhibit, **changed: Any) -> Exhibit:
    return replace(exhibit, dossier={**exhibit.dossier, **changed})


def table_with(exhibit: Exhibit, table: str, **changed: Any) -> Exhibit:
    rows = tuple({**row, **changed} for row in exhibit.tables[table])
    return replace(exhibit, tables={**exhibit.tables, table: rows})


def bytes_with(exhibit: Exhibit, path: str, content: bytes) -> Exhibit:
    def read(wanted: str) -> bytes:
        return content if wanted == path else exhibit.read(wanted)

    return replace(exhibit, read=read, opened=None, _contents={}, _measured={})


def file_with(exhibit: Exhibit, path: str, content: bytes, **changed: Any) -> Exhibit:
    """Return the dossier as if `content` had been filed at `path` from the first."""
    digest = sha256(content)
    item = deepcopy(dict(exhibit.items[0]))
    for file in item["files"]:
        if file["path"] == path:
            file.update({"sha256": digest, "sm3": sm3(content), "bytes": len(content)} | changed)
    made = replace(
        bytes_with(exhibit, path, content),
        items=(item,),
        files={**exhibit.files, path: digest},
        states=tuple(
            {**state, path: hashlib.sha512(content).hexdigest()} for state in exhibit.states
        ),
    )
    if path != PDF:
        return made
    return resealed(table_with(made, "seal_uses", sealed_sha256=digest), digest)


def resealed(exhibit: Exhibit, digest: str) -> Exhibit:
    """Return the dossier with a history that tells of the sealing of `digest`."""
    events: list[Event] = []
    for event in exhibit.events:
        is_sealing = event.action.endswith(":sealed")
        events.append(
            prepare(
                events[-1] if events else None,
                chain=event.chain,
                at=event.at,
                actor=event.actor,
                action=event.action,
                subject=digest if is_sealing else event.subject,
                details=event.details,
            )
        )
    return replace(exhibit, events=tuple(events))


def pdf_with(change: Callable[[pikepdf.Pdf], None]) -> Callable[[Exhibit], Exhibit]:
    def broken(exhibit: Exhibit) -> Exhibit:
        written = io.BytesIO()
        with pikepdf.open(io.BytesIO(exhibit.content(PDF))) as document:
            change(document)
            document.save(written)
        return file_with(exhibit, PDF, written.getvalue())

    return broken


def with_foreign_font(document: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    document.pages[0].add_resource(font, pikepdf.Name.Font)


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def without_intent(document: pikepdf.Pdf) -> None:
    del document.Root["/OutputIntents"]


def turned_pages(document: pikepdf.Pdf) -> None:
    document.pages[1], document.pages[2] = document.pages[2], document.pages[1]


def pageless_text(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        page.obj.Contents = document.make_stream(b"")


def with_scan(exhibit: Exhibit) -> Exhibit:
    """Return the dossier with its first page covered by a coarse image."""
    coarse = io.BytesIO()
    Image.new("L", (620, 877), 255).save(coarse, "JPEG")

    def change(document: pikepdf.Pdf) -> None:
        image = document.make_stream(coarse.getvalue())
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=620,
            Height=877,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = document.pages[0]
        name = page.add_resource(image, pikepdf.Name.XObject)
        page.contents_add(f"q 595 0 0 842 0 0 cm {name} Do Q".encode(), prepend=True)

    return pdf_with(change)(exhibit)


def with_signed_scan(exhibit: Exhibit) -> Exhibit:
    """Return the dossier with a scan of what both signed, come in a version after the filing."""
    scan = io.BytesIO()
    Image.new("L", (2480, 3508), 255).save(scan, "PDF", resolution=300)
    content, path = scan.getvalue(), "items/001/countersigned.pdf"
    digest, sealed = sha256(content), next(f for f in exhibit.items[0]["files"] if f["path"] == PDF)
    row = {
        **sealed,
        "role": "countersigned",
        "name": "签署件.pdf",
        "path": path,
        "bytes": len(content),
        "sha256": digest,
        "sm3": sm3(content),
    }
    joined = item_with(exhibit, files=[*exhibit.items[0]["files"], row])
    state = {**exhibit.states[-1], path: hashlib.sha512(content).hexdigest()}
    return replace(
        bytes_with(joined, path, content),
        files={**exhibit.files, path: digest},
        states=(*exhibit.states, state),
    )


def rewritten_event(exhibit: Exhibit) -> Exhibit:
    events = [from_json(as_json(event)) for event in exhibit.events]
    events[3].actor = "别人"
    return replace(exhibit, events=tuple(events))


def forgotten_act(exhibit: Exhibit) -> Exhibit:
    kept = tuple(event for event in exhibit.events if event.action != "contract:numbered")
    return replace(exhibit, events=kept)


def without_role(role: str) -> Callable[[Exhibit], Exhibit]:
    def broken(exhibit: Exhibit) -> Exhibit:
        files = [file for file in exhibit.items[0]["files"] if file["role"] != role]
        lost = next(f["path"] for f in exhibit.items[0]["files"] if f["role"] == role)
        kept = {path: digest for path, digest in exhibit.files.items() if path != lost}
        return replace(item_with(exhibit, files=files), files=kept)

    return broken


def flipped(exhibit: Exhibit) -> Exhibit:
    path = "items/001/proof_page.html"
    content = bytearray(exhibit.content(path))
    content[-3] ^= 1
    return bytes_with(exhibit, path, bytes(content))


def misnamed_format(exhibit: Exhibit) -> Exhibit:
    return file_with(exhibit, "items/001/docx.docx", b"no word file at all")


def lost_file(exhibit: Exhibit) -> Exhibit:
    kept = {p: d for p, d in exhibit.files.items() if p != "items/001/order.json"}
    return replace(exhibit, files=kept)


def rewritten_later(exhibit: Exhibit) -> Exhibit:
    changed = {**exhibit.states[-1], "items/001/docx.docx": "0" * 128}
    return replace(exhibit, states=(*exhibit.states, changed))


def annexless(exhibit: Exhibit) -> Exhibit:
    path = "items/001/text.txt"
    text = exhibit.content(path).decode().replace("\n附件二　", "\n附表　")
    return file_with(exhibit, path, text.encode())


def returned_at_filing(exhibit: Exhibit) -> Exhibit:
    path = "items/001/fourfold.json"
    said = json.loads(exhibit.content(path)) | {"conclusion": "退回"}
    return file_with(exhibit, path, json.dumps(said).encode())


def programless(exhibit: Exhibit) -> Exhibit:
    files = [{**file, "program": ""} for file in exhibit.items[0]["files"]]
    return item_with(described_with(exhibit, template={}), files=files)


def late_numbering(exhibit: Exhibit) -> Exhibit:
    return table_with(exhibit, "instruments", numbered_at="2099-01-01T00:00:00+08:00")


BROKEN: Mapping[str, tuple[Callable[[Exhibit], Exhibit], set[str]]] = {
    "ZS01": (flipped, {"ZS01"}),
    "ZS03": (lambda e: item_with(e, pages="十"), {"ZS03", "ZS08", "ZS13"}),
    "ZS04": (lambda e: item_with(e, title=e.items[0]["title"] + "\ue000"), {"ZS04"}),
    "ZS05": (late_numbering, {"ZS05"}),
    "ZS06": (lambda e: dossier_with(e, year=2019), {"ZS06"}),
    "ZS08": (misnamed_format, {"ZS08"}),
    "ZS09": (lost_file, {"ZS09"}),
    "ZS10": (lambda e: replace(e, structure=("v1：该版本的清单与案卷清单不一致",)), {"ZS10"}),
    "ZS11": (
        lambda e: described_with(
            e, amount={**e.items[0]["description"]["amount"], "total": "404493.49"}
        ),
        {"ZS11"},
    ),
    "ZS12": (lambda e: table_with(e, "approvals", terms_digest="0" * 64), {"ZS12"}),
    "ZS13": (lambda e: table_with(e, "seal_uses", sealed_sha256="0" * 64), {"ZS13"}),
    "WZ02": (lambda e: dossier_with(e, retention_trigger=""), {"WZ02"}),
    "WZ03": (forgotten_act, {"WZ03", "AQ03"}),
    "WZ04": (
        lambda e: item_with(e, item_no=2, reference_code=e.items[0]["reference_code"][:-1] + "2"),
        {"WZ04", "WZ03", "WZ09"},
    ),
    "WZ05": (annexless, {"WZ05"}),
    "WZ06": (pdf_with(turned_pages), {"WZ06"}),
    "WZ07": (without_role("proof"), {"WZ07"}),
    "WZ08": (lambda e: item_with(e, secrecy="绝密"), {"WZ08"}),
    "WZ09": (returned_at_filing, {"WZ09"}),
    "KY01": (lambda e: replace(e, unreadable=("元数据读不出",)), {"KY01"}),
    "KY02": (
        lambda e: file_with(e, PDF, b"%PDF-1.7 nothing more"),
        {"KY02", "KY04", "KY06", "ZS11"},
    ),
    "KY03": (pdf_with(with_foreign_font), {"KY03"}),
    "KY04": (pdf_with(pageless_text), {"KY04", "ZS11"}),
    "KY05": (pdf_with(with_script), {"KY05"}),
    "KY06": (pdf_with(without_intent), {"KY06"}),
    "KY07": (with_scan, {"KY07"}),
    "KY08": (programless, {"KY08"}),
    "AQ02": (lambda e: replace(e, strays=("items/001/多.txt：多出的文件，清单中没有",)), {"AQ02"}),
    "AQ03": (rewritten_event, {"AQ03", "ZS12"}),
    "AQ04": (rewritten_later, {"AQ04"}),
}
