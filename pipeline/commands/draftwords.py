"""Draft words: a draft written beside what the checks found in it, for both doors to drafts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail

if TYPE_CHECKING:
    from pipeline.drafts import DraftShown
    from pipeline.wiring import Workplace
    from templates.errors import Finding

_UNSAFE = re.compile(r"[^\w.\-（）]+")
_LONGEST = 80


def show_draft(
    workplace: Workplace,
    drawn: Callable[[], DraftShown],
    *,
    out: Path,
    pdf: bool,
    as_json: bool,
) -> None:
    """Write the draft that `drawn` gives into `out` and say what the checks found in it.

    Exit code 3 where it was drawn but would be refused, 1 where there is no text to draw.
    """
    from pipeline.drafts import NoDraft
    from pipeline.failures import ContractNeeded, SourceLost
    from pipeline.intake.refusal import OrderRefused
    from templates.errors import TermsRefused

    try:
        shown = drawn()
    except (OrderRefused, TermsRefused) as error:
        _refuse(error.findings, as_json=as_json)
    except ContractNeeded as error:
        fail(
            Exit.FAILED,
            "contract-needed",
            f"尚未归档：{error}",
            "待它归档后再出草稿",
            as_json=as_json,
        )
    except (NoDraft, SourceLost) as error:
        hint = "用 guidang contracts list 查看办理情况"
        fail(Exit.FAILED, "no-draft", str(error), hint, as_json=as_json)
    content = _write(workplace, shown, out, pdf=pdf)
    answer(content, as_json=as_json, text=lambda: _print(content))
    if not content["ok"]:
        sys.exit(Exit.PARTLY)


def findings_as_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as JSON values."""
    return [
        {"code": f.code, "level": f.level.value, "place": f.place, "message": f.message}
        for f in findings
    ]


def print_findings(findings: Iterable[dict[str, str]]) -> None:
    """Print findings, a line each."""
    for finding in findings:
        mark = "✗" if finding["level"] == "block" else "!"
        click.echo(f"  {mark} {finding['code']} {finding['place']}：{finding['message']}")


def _write(workplace: Workplace, shown: DraftShown, out: Path, *, pdf: bool) -> dict[str, Any]:
    from pipeline.drafts import print_draft
    from pipeline.examining import blocking
    from pipeline.keeping import keep

    name = f"草稿-{_UNSAFE.sub('_', shown.order_no)[:_LONGEST]}"
    files = [keep(out, f"{name}.docx", shown.docx)]
    if pdf:
        files.append(keep(out, f"{name}.pdf", print_draft(workplace, shown)))
    return {
        "ok": not blocking(shown.findings),
        "order_no": shown.order_no,
        "title": shown.title,
        "contract_number": shown.number,
        "terms_digest": shown.terms_digest,
        "files": [str(file) for file in files],
        "findings": findings_as_json(shown.findings),
    }


def _print(content: dict[str, Any]) -> None:
    click.echo(f"{content['title']}　{content['contract_number'] or '（审批完成后编号）'}")
    for file in content["files"]:
        click.echo(f"  草稿 {file}")
    click.echo(f"  条款摘要 {content['terms_digest']}")
    print_findings(content["findings"])
    if not content["ok"]:
        click.echo("  以上 ✗ 各项改正之前，不会受理办理")


def _refuse(findings: tuple[Finding, ...], *, as_json: bool) -> NoReturn:
    listed = findings_as_json(findings)
    error = {
        "code": "no-text",
        "message": "订单内容不全，成不了文",
        "hint": "按下列各项改正订单文件",
    }
    content = {"ok": False, "error": error, "findings": listed}
    answer(content, as_json=as_json, text=lambda: _print_refusal(listed))
    sys.exit(Exit.FAILED)


def _print_refusal(listed: list[dict[str, str]]) -> None:
    click.echo("订单内容不全，成不了文：")
    print_findings(listed)
