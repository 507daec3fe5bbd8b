"""Run: watch the inbox and work."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from pipeline.counting import StandingStill
    from pipeline.progress import Tally


@click.command()
@click.option("--until-idle", is_flag=True, help="Return when nothing is left that can move.")
@json_option
@click.pass_context
@reports_failures
def run(ctx: click.Context, *, until_idle: bool, as_json: bool) -> None:
    """Watch the inbox and take every order to the shelf."""
    from pipeline.commands.progress import SilentProgress, TerminalProgress
    from pipeline.counting import standing_still
    from pipeline.failures import is_integrity
    from pipeline.logs import start_logging
    from pipeline.wiring import Workplace
    from pipeline.worker import Worker, WorkerStopped
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    start_logging(workplace.home.logs, workplace.settings.log_level)
    with WorkerLock(workplace.home.worker_lock):
        progress = SilentProgress() if as_json else TerminalProgress()
        worker = Worker(workplace, progress)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        try:
            with progress:
                tally = worker.run(until_idle=until_idle)
        except WorkerStopped as error:
            fail(
                Exit.DAMAGED if is_integrity(error.__cause__) else Exit.FAILED,
                "stopped",
                f"已停止工作：{error}",
                "查看 logs/guidang.log，并运行 guidang doctor、rules check 与 archive verify",
                as_json=as_json,
            )
        finally:
            workplace.close()
        still = standing_still(workplace)
    content = {
        "ok": tally.failed == 0,
        "filed": tally.filed,
        "waiting": still.waiting,
        "rejected": tally.rejected,
        "failed": tally.failed,
        "parked": still.parked,
        "received": tally.received,
        "duplicates": tally.duplicates,
    }
    answer(
        content,
        as_json=as_json,
        text=lambda: _print(tally, still),
    )
    if tally.failed:
        sys.exit(Exit.PARTLY if tally.filed else Exit.FAILED)


def _print(tally: Tally, still: StandingStill) -> None:
    click.echo(
        f"归档 {tally.filed} 件，等待 {still.waiting} 件，退回 {tally.rejected} 件，"
        f"搁置 {still.parked} 件"
    )
    if still.waiting or still.parked:
        click.echo("→ guidang contracts list 查看等待和搁置的原因")
