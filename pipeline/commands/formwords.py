"""Form words: the firm's own forms written, and those that cannot be filled, with the reason."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import Exit, answer

if TYPE_CHECKING:
    from archive.instruments import Instrument
    from pipeline.wiring import Workplace


def write_forms(
    workplace: Workplace,
    instrument: Instrument,
    words: Sequence[str],
    *,
    out: Path,
    pdf: bool,
    as_json: bool,
) -> None:
    """Write each form into `out`; exit code 3 where some could not be filled, 1 where none."""
    from archive.errors import ApprovalRefused
    from pipeline.failures import SourceLost
    from pipeline.internalforms import form_of
    from pipeline.keeping import keep
    from pipeline.registersheets import NotRegistered
    from templates.errors import ProofFailed, RenderingFailed, TemplateUnfit

    written: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for word in words:
        try:
            form = form_of(workplace, instrument, word)
        except (
            NotRegistered,
            ApprovalRefused,
            ProofFailed,
            RenderingFailed,
            SourceLost,
            TemplateUnfit,
        ) as error:
            refused.append({"form": word, "reason": str(error)})
            continue
        files = {f"{form.number}-{word}.docx": form.docx}
        if pdf:
            files[f"{form.number}-{word}.pdf"] = form.pdf
        for file, payload in files.items():
            keep(out, file, payload)
        written.append(
            {"form": word, "number": form.number, "files": [str(out / file) for file in files]}
        )
    content = {"ok": not refused, "written": written, "refused": refused}
    answer(content, as_json=as_json, text=lambda: _print(content))
    if refused:
        sys.exit(Exit.PARTLY if written else Exit.FAILED)


def _print(content: dict[str, Any]) -> None:
    for one in content["written"]:
        click.echo(f"{one['form']}　{one['number']}　{'　'.join(one['files'])}")
    for one in content["refused"]:
        click.echo(f"✗ {one['form']}：{one['reason']}", err=True)
