"""Doctor: whether everything this installation needs is there and sound."""

from __future__ import annotations

import sys

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures


@click.command()
@json_option
@click.pass_context
@reports_failures
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check programs, fonts, rules, seals, templates, register, archive and index."""
    from pipeline.diagnosing import diagnose
    from pipeline.wiring import Workplace

    findings = diagnose(Workplace(home_of(ctx)))
    content = {
        "ok": all(finding.ok for finding in findings),
        "checks": [
            {
                "name": finding.name,
                "ok": finding.ok,
                "detail": finding.detail,
                "hint": finding.hint,
            }
            for finding in findings
        ],
    }

    def text() -> None:
        for finding in findings:
            click.echo(f"{'✓' if finding.ok else '✗'} {finding.name}：{finding.detail}")
            if not finding.ok:
                click.echo(f"    → {finding.hint}")

    answer(content, as_json=as_json, text=text)
    if not content["ok"]:
        sys.exit(Exit.FAILED)
