"""Signing: an electronic signature on a stamped file (PAdES), its appearance the firm's seal.

Loaded in a child alone (`confined`): pyHanko is heavy, and a token is a foreign library. The
stamped bytes are signed as they are; what is added stands behind them.
"""

from __future__ import annotations

import io
from typing import Any, Final

import pikepdf
from pyhanko.pdf_utils import content, generic, layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from archive.errors import SigningFailed
from archive.pageframe import POINTS_PER_MM, PageFrame
from archive.sealform import seal_form
from archive.sheets import Rectangle, Sheets
from archive.signingkeys import opened
from archive.signingorder import SignatureField, SigningLevel, SigningOrder
from archive.timestamping import Authority
from archive.trusting import validation_context, who

_DIGEST: Final = "sha256"
_ROUND: Final = 3
_PLACED: Final = "GDMultiply"


def sign(order: SigningOrder) -> tuple[dict[str, Any], bytes]:
    """Return what was signed how (JSON values), and the signed file.

    Raises SigningFailed where key, token or time-stamp authority fail; nothing is half
    signed, for the file exists only when all of it is there.
    """
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(order.pdf), strict=False)
        placed = _make_fields(writer, order)
        with opened(order.key, order.pin) as signer:
            written = io.BytesIO()
            signers.PdfSigner(
                _metadata(order),
                signer,
                timestamper=Authority(order.authority, order.patience),
                stamp_style=_style(order, placed[0]),
            ).sign_pdf(writer, output=written)
            subject = who(signer.signing_cert)
    except OSError as error:
        raise SigningFailed(f"时间戳服务 {order.authority} 不可用：{error}") from error
    except (SigningError, PdfError, PathBuildingError, PathValidationError) as error:
        raise SigningFailed(f"签名未成：{error}") from error
    signed = written.getvalue()
    if not signed.startswith(order.pdf):
        raise SigningFailed("签名改动了已盖章的内容，未采用")
    return _told(order, placed, subject), signed


def _told(
    order: SigningOrder, placed: list[tuple[int, Rectangle, PageFrame]], subject: str
) -> dict[str, Any]:
    page, target, frame = placed[0]
    return {
        "level": order.level.value,
        "field": order.fields[0].name,
        "signer": subject,
        "signed_bytes": len(order.pdf),
        "place": {
            "what": "signature",
            "page": page + 1,
            "x_mm": round((target.x + target.width / 2) / POINTS_PER_MM, 2),
            "y_mm": round((frame.height - target.y - target.height / 2) / POINTS_PER_MM, 2),
            "seal": order.seal.name,
            "destination": order.fields[0].destination,
        },
    }


def _metadata(order: SigningOrder) -> signers.PdfSignatureMetadata:
    lasting = order.level is SigningLevel.LASTING
    return signers.PdfSignatureMetadata(
        field_name=order.fields[0].name,
        md_algorithm=_DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=order.certifies,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        embed_validation_info=lasting,
        use_pades_lta=lasting,
        validation_context=validation_context(order.trust) if lasting else None,
        name=order.company,
        reason=order.reason,
    )


def _make_fields(
    writer: IncrementalPdfFileWriter, order: SigningOrder
) -> list[tuple[int, Rectangle, PageFrame]]:
    """Make every field that is not there yet; a field made after a certification breaks it."""
    with pikepdf.open(io.BytesIO(order.pdf)) as document:
        sheets = Sheets(document)
        placed = [_place(sheets, one) for one in order.fields]
    standing = {name for name, _, _ in fields.enumerate_sig_fields(writer)}
    for one, (page, target, frame) in zip(order.fields, placed, strict=True):
        if one.name not in standing:
            fields.append_signature_field(
                writer,
                fields.SigFieldSpec(
                    one.name,
                    on_page=page,
                    box=_in_file(target, frame),
                ),
            )
            _leave_blank(writer, one.name)
    return placed


def _leave_blank(writer: IncrementalPdfFileWriter, name: str) -> None:
    """Give an unsigned field an appearance without a mark: PDF/A asks for one."""
    _, _, reference = next(fields.enumerate_sig_fields(writer, with_name=name))
    annotation = reference.get_object()
    left, bottom, right, top = (float(value) for value in annotation["/Rect"])
    blank = generic.StreamObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): generic.ArrayObject(
                [generic.FloatObject(value) for value in (0, 0, right - left, top - bottom)]
            ),
        },
        stream_data=b"",
    )
    annotation["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(blank)})
    writer.update_container(annotation)


def _place(sheets: Sheets, one: SignatureField) -> tuple[int, Rectangle, PageFrame]:
    page, x, y = sheets.destination(one.destination)
    width, height = one.width_mm * POINTS_PER_MM, one.height_mm * POINTS_PER_MM
    x += one.dx_mm * POINTS_PER_MM - width / 2
    y += one.dy_mm * POINTS_PER_MM - height / 2
    frame, target = sheets.frames[page], Rectangle(x, y, width, height)
    if not target.is_within(frame.width, frame.height):
        raise SigningFailed(f"签名域“{one.name}”在第 {page + 1} 页会超出页面，不能签名")
    return page, target, frame


def _in_file(target: Rectangle, frame: PageFrame) -> tuple[Any, ...]:
    """Return the rectangle in the page's user space, however the page is turned."""
    a, b, c, d, e, f = frame.matrix
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x in (target.x, target.x + target.width)
        for y in (target.y, target.y + target.height)
    ]
    across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return tuple(round(value, _ROUND) for value in (across[0], up[0], across[-1], up[-1]))


def _style(order: SigningOrder, placed: tuple[int, Rectangle, PageFrame]) -> StaticStampStyle:
    _, target, frame = placed
    left, bottom, right, top = _in_file(target, frame)
    appearance = _appearance(order, target, frame, (right - left, top - bottom))
    return StaticStampStyle(
        background=_Seal(appearance),
        background_opacity=1.0,
        border_width=0,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            margins=layout.Margins(0, 0, 0, 0),
            inner_content_scaling=layout.InnerScaling.NO_SCALING,
        ),
    )


def _appearance(
    order: SigningOrder, target: Rectangle, frame: PageFrame, size: tuple[float, float]
) -> bytes:
    """Return the seal on a page of the field's size, upright as the page is seen, multiplied."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=size).obj
        form, box = seal_form(document, order.seal.name, order.seal.pdf)
        a, b, c, d, *_ = frame.matrix
        x = -min(0.0, a * target.width, c * target.height, a * target.width + c * target.height)
        y = -min(0.0, b * target.width, d * target.height, b * target.width + d * target.height)
        across, up = target.width / box.width, target.height / box.height
        placed = (a * across, b * across, c * up, d * up, x, y)
        shifted = (1, 0, 0, 1, -box.left, -box.bottom)
        numbers, moved = (
            " ".join(f"{value:.6f}" for value in matrix) for matrix in (placed, shifted)
        )
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Seal=form),
            ExtGState=pikepdf.Dictionary(
                {f"/{_PLACED}": pikepdf.Dictionary(BM=pikepdf.Name.Multiply)}
            ),
        )
        drawn = f"q /{_PLACED} gs {numbers} cm {moved} cm /Seal Do Q"
        page.Contents = document.make_stream(drawn.encode())
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
        return written.getvalue()


class _Seal(content.PdfContent):
    """A one-page PDF as the background of a signature field."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Bring the page in as a form and draw it."""
        form = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/GDField"] = form
        left, bottom, right, top = form.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=right - left, height=top - bottom)
        return b"/GDField Do"
