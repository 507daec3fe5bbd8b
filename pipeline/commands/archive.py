"""Archive: prove what stands on the shelves, rebuild all else from them, keep their paper."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands import completeness, fourfold, handover, paper, takingin
from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures


@click.group()
def archive() -> None:
    """Verify, examine, hand over or rebuild the archive; what dossiers lack; their paper."""


archive.add_command(fourfold.examine)
archive.add_command(handover.export)
archive.add_command(handover.receive_check)
for each in takingin.COMMANDS:
    archive.add_command(each)


@archive.command()
@json_option
@click.pass_context
@reports_failures
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Check every file's digest, every event chain, and register against shelves."""
    from pipeline.commands.progressline import ProgressLine
    from pipeline.verifying import verify_home
    from pipeline.wiring import Workplace

    with ProgressLine() as line:
        verified = verify_home(Workplace(home_of(ctx)), told=line)
    damaged = [{"place": one.path, "problem": one.problem} for one in verified.damaged]
    content = {
        "ok": not damaged,
        "dossiers": verified.dossiers,
        "files": verified.files,
        "damaged": damaged,
    }

    def text() -> None:
        click.echo(f"案卷 {verified.dossiers} 卷，文件 {verified.files} 个，异常 {len(damaged)} 处")
        for one in damaged:
            click.echo(f"  ✗ {one['place']}：{one['problem']}")

    answer(content, as_json=as_json, text=text)
    if damaged:
        sys.exit(Exit.DAMAGED)


@archive.command()
@click.option("--replace", is_flag=True, help="Set an existing register aside and build a new one.")
@json_option
@click.pass_context
@reports_failures
def rebuild(ctx: click.Context, *, replace: bool, as_json: bool) -> None:
    """Restore register, events, numbers and index from the archive folder alone."""
    from pipeline.commands.progressline import ProgressLine
    from pipeline.rebuilding import RegisterStands, rebuild_all
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    with WorkerLock(workplace.home.worker_lock), ProgressLine() as line:
        try:
            rebuilt = rebuild_all(workplace, replace=replace, told=line)
        except RegisterStands:
            fail(
                Exit.FAILED,
                "register-stands",
                "登记库仍在且有内容，未作改动",
                "确需重建请加 --replace（原登记库将改名保留）",
                as_json=as_json,
            )
    damaged = [{"place": one.path, "problem": one.problem} for one in rebuilt.damaged]
    content: dict[str, Any] = {
        "ok": not damaged,
        "dossiers": rebuilt.dossiers,
        "records": rebuilt.records,
        "events": rebuilt.events,
        "damaged": damaged,
        "requeued": rebuilt.requeued,
    }

    def text() -> None:
        click.echo(
            f"已恢复案卷 {rebuilt.dossiers} 卷、档案 {rebuilt.records} 件、"
            f"过程记录 {rebuilt.events} 条；"
            f"未归档订单重新排队 {rebuilt.requeued} 件；异常 {len(damaged)} 处"
        )
        if rebuilt.requeued:
            click.echo("  未归档订单的过程在下次 guidang run 时由留存的来件和意见补回")
        for one in damaged:
            click.echo(f"  ✗ {one['place']}：{one['problem']}")

    answer(content, as_json=as_json, text=text)
    if damaged:
        sys.exit(Exit.DAMAGED)


for _command in (*completeness.COMMANDS, *paper.COMMANDS):
    archive.add_command(_command)
