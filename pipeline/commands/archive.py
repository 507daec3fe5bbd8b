"""Archive: prove what stands on the shelves, rebuild all else from them, keep their paper."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands import completeness, fourfold, handover, paper, takingin
from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from pipeline.rebuilding import RebuiltAll


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
        "kept": rebuilt.kept.name if rebuilt.kept else None,
        "not_restored": rebuilt.not_restored,
    }

    def text() -> None:
        click.echo(
            f"已恢复案卷 {rebuilt.dossiers} 卷、档案 {rebuilt.records} 件、"
            f"过程记录 {rebuilt.events} 条；"
            f"未归档订单重新排队 {rebuilt.requeued} 件；异常 {len(damaged)} 处"
        )
        for one in damaged:
            click.echo(f"  ✗ {one['place']}：{one['problem']}")
        for each in _not_restored(rebuilt):
            click.echo(f"  {each}")

    answer(content, as_json=as_json, text=text)
    if damaged:
        sys.exit(Exit.DAMAGED)


def _not_restored(rebuilt: RebuiltAll) -> Iterator[str]:
    from pipeline.commands.registerwords import act_word

    if rebuilt.kept and rebuilt.not_restored is None:
        yield f"原登记库 {rebuilt.kept.name} 不可读：只在其中登记过的过程无法核对，请保留该文件"
    elif rebuilt.kept and rebuilt.not_restored:
        acts = "、".join(f"{act_word(act)} {n} 条" for act, n in rebuilt.not_restored.items())
        yield (
            f"! {sum(rebuilt.not_restored.values())} 条过程只在原登记库中：{acts}；"
            f"请保留 {rebuilt.kept.name}"
        )
    if rebuilt.requeued:
        yield "未归档订单的过程在下次 guidang run 时由留存的来件和意见补回，其余的不再补回"


for _command in (*completeness.COMMANDS, *paper.COMMANDS):
    archive.add_command(_command)
