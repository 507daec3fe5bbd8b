"""Taking in: an existing archive with its catalogue, its receipts, and reading of scans."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import (
    Exit,
    account,
    answer,
    fail,
    home_of,
    json_option,
    reports_failures,
)

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--catalogue", type=_FILE, help="XLSX or CSV: which file is what.")
@click.option(
    "--as",
    "by",
    default=account,
    metavar="NAME",
    help="Who takes it in (接收经办人); without, the account that runs it.",
)
@click.option("--from", "source", default="不详", help="Who hands it over (移交方).")
@click.option("--originals-at", default="", help="Where the paper originals are kept (原件存放处).")
@click.option("--uncatalogued", is_flag=True, help="Take in files the catalogue does not name too.")
@click.option("--ocr", is_flag=True, help="Read scans at once instead of by archive recognise.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken in, and change nothing.")
@json_option
@click.pass_context
@reports_failures
def import_(
    ctx: click.Context,
    *,
    folder: Path,
    catalogue: Path | None,
    by: str,
    source: str,
    originals_at: str,
    uncatalogued: bool,
    ocr: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in the files below DIR: PDF, DOCX, OFD, images, text. Run again, it goes on."""
    from pipeline.acting import keeper
    from pipeline.takingin.catalogue import CatalogueRefused, cell_text
    from pipeline.takingin.closing import close
    from pipeline.takingin.taking import Order, Taking
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    by = keeper(workplace, by)
    source, originals_at = cell_text(source), cell_text(originals_at)
    order = Order(folder, catalogue, by, source, originals_at, uncatalogued, dry_run)
    taking = Taking(workplace, order, progress=_told)
    try:
        with WorkerLock(workplace.home.work / "import.lock"):
            outcome = taking.run()
            close(workplace, order, outcome)
            read = _recognised(workplace, by, as_json=as_json) if ocr and not dry_run else None
    except CatalogueRefused as error:
        fail(
            Exit.FAILED,
            "catalogue-refused",
            str(error),
            "改正目录后再次运行；已接收的不会重复",
            as_json=as_json,
        )
    finally:
        workplace.close()
    indexed = _indexed(workplace) if not dry_run else False
    content = {
        "ok": not outcome.rejected,
        "accession": outcome.accession or None,
        "dry_run": dry_run,
        "resumed": outcome.is_resumed,
        "accepted": len(outcome.accepted),
        "duplicates": len(outcome.duplicates),
        "rejected": [{"file": file, "reason": why} for file, why in outcome.rejected],
        "duplicate_files": [{"file": file, "reason": why} for file, why in outcome.duplicates],
        "remarks": [{"file": file, "remark": why} for file, why in outcome.remarks],
        "recognised": read,
        "indexed": indexed,
    }
    answer(content, as_json=as_json, text=lambda: _print(content))
    if outcome.rejected:
        sys.exit(Exit.PARTLY if outcome.accepted or outcome.duplicates else Exit.FAILED)


@click.command()
@json_option
@click.pass_context
@reports_failures
def accessions(ctx: click.Context, *, as_json: bool) -> None:
    """List the accession register (接收登记)."""
    from pipeline.takingin.closing import accessions as listed
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    with workplace.register.read.begin() as session:
        found = listed(session)

    def text() -> None:
        for one in found:
            counts = one["counts"]
            click.echo(
                f"{one['number']}　{one['closed_at'][:10]}　{one['source']}　"
                f"{counts['dossiers']} 卷 {counts['files']} 件　"
                f"未接收 {counts['rejected']}　重复 {counts['duplicates']}"
                f"　{one['dossier']}"
            )
        click.echo(f"共 {len(found)} 次接收")

    answer({"ok": True, "accessions": found}, as_json=as_json, text=text)


@click.command()
@click.argument("number")
@click.option("--out", required=True, type=click.Path(path_type=Path), help=".docx, .pdf or .xlsx")
@json_option
@click.pass_context
@reports_failures
def receipt(ctx: click.Context, *, number: str, out: Path, as_json: bool) -> None:
    """Write the receipt (.docx, .pdf) or the list (.xlsx) of accession NUMBER."""
    from pipeline.legible import legible
    from pipeline.takingin.closing import accession_list
    from pipeline.takingin.receipts import receipt_document, register_workbook
    from pipeline.wiring import Workplace

    suffix = out.suffix.lower()
    if suffix not in (".docx", ".pdf", ".xlsx"):
        raise click.BadParameter("应以 .docx、.pdf 或 .xlsx 结尾", param_hint="--out")
    workplace = Workplace(home_of(ctx))
    said = accession_list(workplace, number)
    try:
        if suffix == ".xlsx":
            content = register_workbook(said)
        else:
            content = receipt_document(legible(workplace.home.fonts, said))
        if suffix == ".pdf":
            content = workplace.renderer.render(content)
    finally:
        workplace.close()
    with out.open("xb") as file:
        file.write(content)
    said = {"ok": True, "number": number, "file": str(out)}
    answer(said, as_json=as_json, text=lambda: click.echo(f"已写入 {out}"))


@click.command()
@click.option(
    "--as",
    "by",
    default=account,
    metavar="NAME",
    help="Who has it read; without, the account that runs it.",
)
@click.option("--most", type=click.IntRange(1), help="No more files than this.")
@json_option
@click.pass_context
@reports_failures
def recognise(ctx: click.Context, *, by: str, most: int | None, as_json: bool) -> None:
    """Read the scans that wait (未做文字识别), the text kept beside the untouched original."""
    from pipeline.acting import keeper
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    by = keeper(workplace, by)
    try:
        with WorkerLock(workplace.home.work / "import.lock"):
            read = _recognised(workplace, by, as_json=as_json, most=most)
    finally:
        workplace.close()
    content = {"ok": not read["failed"]} | read | {"indexed": _indexed(workplace)}

    def text() -> None:
        click.echo(
            f"已识别 {read['files']} 个文件，{read['pages']} 页；仍未识别 {read['waiting']} 个"
        )
        for one in read["failed"]:
            click.echo(f"  ✗ {one['file']}：{one['reason']}")

    answer(content, as_json=as_json, text=text)
    if read["failed"]:
        sys.exit(Exit.PARTLY)


COMMANDS = (import_, accessions, receipt, recognise)


def _recognised(
    workplace: Any, by: str, *, as_json: bool, most: int | None = None
) -> dict[str, Any]:
    from archive.recognition import RecognitionMissing
    from pipeline.takingin.recognising import recognise_waiting, waiting

    try:
        done = recognise_waiting(
            workplace,
            actor=by,
            most=most,
            progress=lambda code, left: click.echo(f"识别 {code}，还有 {left} 个", err=True),
        )
    except RecognitionMissing as error:
        fail(
            Exit.FAILED,
            "recognition-missing",
            str(error),
            "管理员安装：apt-get install tesseract-ocr tesseract-ocr-chi-sim；"
            "文件已接收的不受影响，装好后运行 guidang archive recognise",
            as_json=as_json,
        )
    return {
        "files": done.files,
        "pages": done.pages,
        "failed": [{"file": code, "reason": why} for code, why in done.failed],
        "waiting": waiting(workplace),
    }


def _indexed(workplace: Any) -> bool:
    """Bring the index up to date, unless a running service does so anyway."""
    from pipeline.indexing import apply_outbox
    from pipeline.workerlock import WorkerBusy, WorkerLock

    try:
        with WorkerLock(workplace.home.worker_lock):
            while apply_outbox(workplace):
                pass
    except WorkerBusy:
        return False
    return True


def _told(done: int, total: int) -> None:
    click.echo(f"已核对 {done} / {total}", err=True)


def _print(content: dict[str, Any]) -> None:
    verb = "将接收" if content["dry_run"] else "已接收"
    number = f"接收号 {content['accession']}　" if content["accession"] else ""
    click.echo(
        f"{number}{verb} {content['accepted']} 件，重复 {content['duplicates']} 件，"
        f"未接收 {len(content['rejected'])} 项"
    )
    for one in content["duplicate_files"]:
        click.echo(f"  ＝ {one['file']}：{one['reason']}")
    for one in content["rejected"]:
        click.echo(f"  ✗ {one['file']}：{one['reason']}")
    for one in content["remarks"]:
        click.echo(f"  ! {one['file']}：{one['remark']}")
    if content["accession"] and not content["dry_run"]:
        click.echo(f"→ 接收凭据：guidang archive receipt {content['accession']} --out 凭据.docx")
