"""Deviations: bring in a contract changed in Word, look at the difference, withdraw it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from pipeline.commands.draftwords import findings_as_json, print_findings

if TYPE_CHECKING:
    from archive.instruments import Instrument
    from pipeline.wiring import Workplace
    from templates.deviating.changes import Change
    from templates.deviating.report import Report

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_as_option = click.option("--as", "person", required=True, help="Who asks for it.")
_reason_option = click.option("--reason", required=True, help="Why; it is kept with the contract.")


@click.command()
@click.argument("order_no")
@click.argument("file", type=_FILE)
@_as_option
@_reason_option
@json_option
@click.pass_context
@reports_failures
def revise(
    ctx: click.Context, order_no: str, file: Path, *, person: str, reason: str, as_json: bool
) -> None:
    """Bring in FILE, a draft changed in Word, as the text of the contract of ORDER_NO."""
    from pipeline.acting import assert_enabled
    from pipeline.revising import Brought, bring_in
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    assert_enabled(workplace, person)
    brought = Brought(file.read_bytes(), file.name, person, reason)
    report = _refusing(lambda: bring_in(workplace, order_no, brought), as_json=as_json)
    content = {"ok": True} | report.as_json()
    answer(content, as_json=as_json, text=lambda: _print_report(report))


@click.command("withdraw-revision")
@click.argument("order_no")
@_as_option
@_reason_option
@json_option
@click.pass_context
@reports_failures
def withdraw(ctx: click.Context, order_no: str, *, person: str, reason: str, as_json: bool) -> None:
    """Take the revision of ORDER_NO back: the contract says its standard text again."""
    from pipeline.acting import assert_enabled
    from pipeline.revising import withdraw as withdraw_revision
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    assert_enabled(workplace, person)
    ended = _refusing(
        lambda: withdraw_revision(workplace, order_no, by=person, reason=reason), as_json=as_json
    )
    content = {"ok": True, "order_no": order_no, "seq": ended.seq}
    words = f"订单 {order_no} 第 {ended.seq} 稿修订已撤回，合同恢复标准文本"
    answer(content, as_json=as_json, text=lambda: click.echo(words))


@click.command()
@click.argument("name")
@click.option("--html", type=_OUT, help="Write the page for legal review here.")
@click.option("--docx", type=_OUT, help="Write a Word file with tracked changes here.")
@json_option
@click.pass_context
@reports_failures
def deviation(
    ctx: click.Context, name: str, *, html: Path | None, docx: Path | None, as_json: bool
) -> None:
    """Show what the contract NAME differs in from its standard text, clause by clause."""
    from pipeline.deviationreading import NoDeviation, deviation_in
    from pipeline.failures import SourceLost
    from pipeline.keeping import keep
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    instrument = _found(workplace, name, as_json=as_json)
    try:
        found = deviation_in(workplace, instrument)
    except (NoDeviation, SourceLost) as error:
        hint = "用 guidang contracts show 查看该合同"
        fail(Exit.FAILED, "no-deviation", str(error), hint, as_json=as_json)
    files = []
    if html is not None:
        files.append(keep(html.absolute().parent, html.name, found.report.to_html()))
    if docx is not None:
        files.append(
            keep(docx.absolute().parent, docx.name, _redlines(workplace, found, as_json=as_json))
        )
    content = {"ok": True, "files": [str(file) for file in files]} | found.report.as_json()
    answer(content, as_json=as_json, text=lambda: _print_report(found.report))


def _redlines(workplace: Workplace, found: Any, *, as_json: bool) -> bytes:
    from pipeline.deviationreading import redlined
    from templates.deviating.redlines import RedlinesFailed, RedlinesMissing

    try:
        return redlined(workplace, found)
    except (RedlinesMissing, RedlinesFailed) as error:
        hint = "差异本身不受影响；可用 --html 查看"
        fail(Exit.FAILED, "no-redlines", str(error), hint, as_json=as_json)


def _found(workplace: Workplace, name: str, *, as_json: bool) -> Instrument:
    from pipeline.naming import find_instrument

    with workplace.register.read.begin() as session:
        instrument = find_instrument(session, name)
    if instrument is None:
        fail(
            Exit.FAILED,
            "not-found",
            f"没有编号、档号或订单号为 {name} 的文书",
            "用 guidang contracts list --text 查找",
            as_json=as_json,
        )
    return instrument


def _refusing(act: Callable[[], Any], *, as_json: bool) -> Any:
    """Do `act`; report what keeps it from being done, place by place."""
    from pipeline.failures import ContractNeeded, SourceLost
    from pipeline.intake.refusal import OrderRefused
    from templates.errors import TermsRefused

    try:
        return act()
    except (TermsRefused, OrderRefused) as error:
        _refuse(findings_as_json(error.findings), as_json=as_json)
    except (SourceLost, ContractNeeded) as error:
        fail(Exit.FAILED, "not-possible", str(error), "核对订单后重试", as_json=as_json)


def _refuse(findings: list[dict[str, str]], *, as_json: bool) -> NoReturn:
    error = {
        "code": "revision-refused",
        "message": "不能作为修订受理",
        "hint": "按下列各项处理后重新提交",
    }
    content = {"ok": False, "error": error, "findings": findings}
    answer(content, as_json=as_json, text=lambda: _print_refusal(findings))
    raise SystemExit(Exit.FAILED)


def _print_refusal(findings: list[dict[str, str]]) -> None:
    click.echo("不能作为修订受理：")
    print_findings(findings)


def _print_report(report: Report) -> None:
    from templates.deviating.changes import WORDS

    about = report.about
    click.secho(f"非标合同　订单 {about.order_no}　第 {about.seq} 稿", bold=True)
    click.echo(f"  {about.brought_by}　{about.brought_at}　{about.reason}")
    click.echo(f"  {report.summary}" + (f"；另有{report.quiet}" if report.quiet else ""))
    for change in report.changes:
        click.secho(f"\n{change.place}【{WORDS[change.what]}】", bold=True)
        _print_change(change)
    for figure in report.figures:
        click.echo(f"\n标准数字改动：{figure.place}　{figure.value}（{figure.path}）")
    click.echo("")
    print_findings(findings_as_json(report.findings))
    click.echo(f"  条款摘要 {about.terms_digest}")
    click.echo("  各项审批意见须载明此摘要（terms_digest）")


def _print_change(change: Change) -> None:
    """Print what was and what is, each on a line of its own, in colours on a terminal."""
    for turn, sign, colour in ((-1, "-", "red"), (1, "+", "green")):
        said = [(each, text) for each, text in change.letters if each in (0, turn)]
        if not said or (change.before == change.after and turn < 0):
            continue
        click.secho(f"{sign} ", fg=colour, nl=False)
        for each, text in said:
            if each:
                click.secho(_marked(text, turn), fg=colour, nl=False)
            else:
                click.echo(text, nl=False)
        click.echo("")


def _marked(text: str, turn: int) -> str:
    """Return changed letters between signs, so that they are seen without colours too."""
    return f"[-{text}-]" if turn < 0 else f"{{+{text}+}}"
