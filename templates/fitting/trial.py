"""Trial: a template filled for once and read back, to find what looking alone does not (T40)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from templates.catalogue import Template
from templates.errors import DocumentUnreadable, Finding, TemplateUnfit, TermsRefused
from templates.expectation import Outline
from templates.fieldsets.shape import Fields, flatten
from templates.filling import fill
from templates.fitting.findings import WHOLE, blocks
from templates.reading import body_of, margins_of
from templates.wordfile import Wordfile

_SHOWN = 60


def filled_trial(content: bytes, model: Template, fields: Fields) -> bytes:
    """Return `content` filled with `fields`, as though it were registered like `model`.

    Raises TemplateUnfit or TermsRefused where the strict filling would.
    """
    with tempfile.TemporaryDirectory(prefix="guidang-") as folder:
        path = Path(folder) / "template.docx"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return fill(replace(model, path=path, digest=digest), fields, title="试填")


def trial_findings(content: bytes, model: Template, fields: Fields) -> Iterator[Finding]:
    """Yield why `content` cannot be filled, or does not say afterwards what it should."""
    try:
        filled = Wordfile.open(filled_trial(content, model, fields))
        template = Wordfile.open(content)
    except TemplateUnfit as error:
        yield from (blocks("T40", WHOLE, f"试填不成：{each}") for each in error.problems)
        return
    except TermsRefused as error:
        yield from (
            blocks("T40", each.place, f"试填不成：{each.message}") for each in error.findings
        )
        return
    except DocumentUnreadable as error:
        yield from (blocks("T40", WHOLE, f"试填后无法读回：{each}") for each in error.differences)
        return
    texts = flatten(fields)
    for place, before, after in (
        ("正文", body_of(template), body_of(filled)),
        ("页眉页脚", margins_of(template), margins_of(filled)),
    ):
        expectation = Outline.of(before).filled(texts)
        wanted, said = expectation.texts, tuple(each.text for each in after)
        yield from (blocks("T40", place, problem) for problem in expectation.problems)
        for one, other in zip(wanted, said, strict=False):
            if one != other:
                message = f"试填后应为“{one.strip()[:_SHOWN]}”，实为“{other.strip()[:_SHOWN]}”"
                yield blocks("T40", place, f"{message}；请把该处的标签删去后连续重新输入一遍")
                return
        if len(wanted) != len(said):
            message = (
                f"试填后应有 {len(wanted)} 段，实有 {len(said)} 段；请检查循环标签是否各占一行"
            )
            yield blocks("T40", place, message)
            return
