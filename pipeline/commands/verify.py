"""Verify: whether PDFs, or papers by their QR code, are genuine (验真)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from pipeline.authenticity import FileVerdict, PaperVerdict


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--qr", help="What the QR code on page one says.")
@click.option("--number", help="The number on a paper; with --digest.")
@click.option("--digest", help="The digest on it: its first 16 digits or all of it.")
@json_option
@click.pass_context
@reports_failures
def verify(
    ctx: click.Context,
    files: tuple[Path, ...],
    *,
    qr: str | None,
    number: str | None,
    digest: str | None,
    as_json: bool,
) -> None:
    """Say what each of FILES is: ours or not, whose signatures, changed since, still in force.

    Exit code 0: all confirmed; 1: not confirmed; 4: changed after it was sealed or signed.
    """
    from pipeline.authenticity import check_file, check_paper
    from pipeline.wiring import Workplace

    tickets = _tickets(qr, number, digest)
    if not files and not tickets:
        raise click.UsageError("请写明文件，或用 --qr，或用 --number 加 --digest")
    workplace = Workplace(home_of(ctx))
    try:
        papers = [check_paper(workplace, *ticket) for ticket in tickets]
        verdicts = [check_file(workplace, path) for path in files]
    finally:
        workplace.close()
    code = _code(papers, verdicts)
    content = {
        "ok": code is Exit.DONE,
        "papers": [_paper(paper) for paper in papers],
        "files": [_file(verdict) for verdict in verdicts],
    }
    answer(content, as_json=as_json, text=lambda: _print(papers, verdicts))
    sys.exit(code)


def _tickets(qr: str | None, number: str | None, digest: str | None) -> list[tuple[str, str]]:
    from archive.paperticket import PaperTicket

    if (number is None) != (digest is None):
        raise click.UsageError("--number 与 --digest 要同时写")
    tickets = [(number, digest)] if number is not None and digest is not None else []
    if qr is not None:
        try:
            ticket = PaperTicket.parse(qr)
        except ValueError as error:
            raise click.BadParameter("不是本系统的二维码内容", param_hint="--qr") from error
        tickets.append((ticket.number, ticket.digest))
    return tickets


def _code(papers: list[PaperVerdict], verdicts: list[FileVerdict]) -> Exit:
    from pipeline.authenticity import Standing

    if any(verdict.is_damaged for verdict in verdicts):
        return Exit.DAMAGED
    genuine = all(paper.standing is Standing.GENUINE for paper in papers)
    confirmed = all(verdict.is_confirmed for verdict in verdicts)
    return Exit.DONE if genuine and confirmed else Exit.FAILED


def _paper(paper: PaperVerdict) -> dict[str, Any]:
    return {
        "standing": paper.standing.value,
        "reason": paper.reason,
        "contract_number": paper.number,
        "reference_code": paper.code,
        "title": paper.title,
        "filed_at": paper.filed_at,
        "amended_by": list(paper.amended_by),
    }


def _file(verdict: FileVerdict) -> dict[str, Any]:
    return {
        "file": str(verdict.path),
        "sha256": verdict.sha256,
        "identity": verdict.identity.name.lower(),
        "says": verdict.identity.value,
        "copy": verdict.copy,
        "paper": _paper(verdict.paper) if verdict.paper else None,
        "damaged": verdict.is_damaged,
        "confirmed": verdict.is_confirmed,
        **verdict.found,
    }


def _print(papers: list[PaperVerdict], verdicts: list[FileVerdict]) -> None:
    for paper in papers:
        click.echo(_worth(paper))
        if paper.title:
            click.echo(f"  {paper.title}")
        _print_amended(paper)
    for verdict in verdicts:
        click.echo(f"{verdict.path}　{verdict.identity.value}")
        if verdict.paper:
            click.echo(f"  {_worth(verdict.paper)}")
            if verdict.paper.title:
                click.echo(f"  {verdict.paper.title}")
            _print_amended(verdict.paper)
        if verdict.copy:
            click.echo(f"  {verdict.copy}")
        if added := verdict.found.get("added"):
            click.echo(f"  ✗ {added}")
        if problem := verdict.found.get("problem"):
            click.echo(f"  ✗ {problem}")
            continue
        signatures = verdict.found["signatures"]
        claim = verdict.found["pdfa"] or "未标明 PDF/A"
        unsigned = "打印套章，不含电子签名" if _is_printed(verdict) else "不含电子签名"
        signed = f"签名 {len(signatures)} 个" if signatures else unsigned
        click.echo(f"  {verdict.found['pages']} 页　{claim}　{signed}")
        for one in signatures:
            _print_signature(one)


def _worth(paper: PaperVerdict) -> str:
    code = f"　档号 {paper.code}" if paper.code else ""
    return f"{paper.number}{code}　{paper.standing.value}　{paper.reason}"


def _is_printed(verdict: FileVerdict) -> bool:
    """Say whether the seal was printed on the file by us; on a scan it was put by hand."""
    from pipeline.authenticity import Identity

    return verdict.paper is not None and verdict.identity is not Identity.COUNTERSIGNED


def _print_amended(paper: PaperVerdict) -> None:
    if paper.amended_by:
        later = "、".join(paper.amended_by)
        click.echo(f"  ! 其后有 {later}，以变更或终止后的内容为准，不能单凭本件")


def _print_signature(one: dict[str, Any]) -> None:
    whole = "完整" if one["intact"] else "已损坏"
    root = f"受信任（{one['root']}）" if one["trusted"] else f"不受信任（{one['problem'] or '—'}）"
    click.echo(f"  {one['what']} {one['field']}：{one['signer']}　{whole}　{root}")
    when = one["stamped_at"] or one["claimed_at"] or "未注明"
    clock = f"时间戳 {one['stamped_by']}" if one["stamped_at"] else "签名者自称"
    click.echo(f"    时间 {when}（{clock}）　{one['change']}")
    if one["changed_pages"]:
        click.echo(f"    被改动的页：{'、'.join(map(str, one['changed_pages']))}")
