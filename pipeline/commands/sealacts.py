"""Seal acts: what changes a seal or opens its image, each by a named person."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from archive.sealcase import SealKind, SealState
from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures
from pipeline.commands.seals import as_option

_DAY = click.DateTime(["%Y-%m-%d"])
_KINDS = [kind.value for kind in SealKind]
_STATES = [state.value for state in SealState]


class _Yuan(click.ParamType[Decimal]):
    """An amount in yuan, whole fen."""

    name = "YUAN"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            amount = Decimal(str(value).replace(",", ""))
        except InvalidOperation:
            self.fail(f"“{value}”不是金额", param, ctx)
        if not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
            self.fail(f"“{value}”应为大于零、至多两位小数的金额（元）", param, ctx)
        return amount


@click.command()
@click.argument("code")
@click.option(
    "--image",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PDF, SVG or PNG with a transparent ground, cut to the ink.",
)
@click.option("--name", help="Left out: the kind.")
@click.option("--kind", required=True, type=click.Choice(_KINDS))
@click.option("--owner", help="Left out: the company of this home.")
@click.option("--width", "width_mm", required=True, type=float, help="Measured, in mm.")
@click.option("--height", "height_mm", required=True, type=float, help="Measured, in mm.")
@click.option("--from", "valid_from", required=True, type=_DAY, help="First day of use.")
@click.option("--to", "valid_to", type=_DAY, help="Last day of use.")
@click.option("--keeper", "keepers", required=True, multiple=True, help="May be given again.")
@click.option("--paper", "papers", multiple=True, help="Only these kinds of paper.")
@click.option("--up-to", type=_Yuan(), help="The highest amount of a paper, in yuan.")
@click.option("--record-no", help="刻制备案号.")
@as_option
@json_option
@click.pass_context
@reports_failures
def add(
    ctx: click.Context,
    *,
    code: str,
    image: Path,
    name: str | None,
    kind: str,
    owner: str | None,
    width_mm: float,
    height_mm: float,
    valid_from: datetime,
    valid_to: datetime | None,
    keepers: tuple[str, ...],
    papers: tuple[str, ...],
    up_to: Decimal | None,
    record_no: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Register the seal CODE; its image is examined, encrypted and never given out again."""
    from archive.sealcase import Seal
    from pipeline.sealdesk import register_seal
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    seal = Seal(
        code=code,
        name=name or kind,
        kind=SealKind(kind),
        owner=owner or workplace.settings.company.name,
        width_mm=width_mm,
        height_mm=height_mm,
        image_sha256="",
        valid_from=valid_from.date(),
        valid_to=valid_to.date() if valid_to else None,
        keepers=keepers,
        state=SealState.IN_USE,
        sample=False,
        papers=papers,
        up_to=up_to,
        record_no=record_no,
    )
    register_seal(workplace, seal, image, by=acting(workplace, by))
    answer(
        {"ok": True, "code": code, "state": seal.state.value},
        as_json=as_json,
        text=lambda: click.echo(f"已登记 {code} {seal.name}；请把原图像文件 {image} 安全删除"),
    )


@click.command()
@click.argument("code")
@click.argument("to", type=click.Choice(_STATES))
@click.option("--reason", required=True)
@click.option("--second", help="The second person, for 收缴 and 销毁.")
@as_option
@json_option
@click.pass_context
@reports_failures
def state(
    ctx: click.Context,
    *,
    code: str,
    to: str,
    reason: str,
    second: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Put the seal CODE in or out of use; a destroyed one's image is removed for good."""
    from pipeline.sealdesk import change_state
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    change_state(
        workplace, code, SealState(to), by=acting(workplace, by), reason=reason, second=second
    )
    answer(
        {"ok": True, "code": code, "state": to},
        as_json=as_json,
        text=lambda: click.echo(f"{code} 已{to}"),
    )


@click.command()
@click.argument("code")
@click.option("--to", "keepers", required=True, multiple=True, help="May be given again.")
@click.option("--reason", required=True)
@as_option
@json_option
@click.pass_context
@reports_failures
def keeper(
    ctx: click.Context,
    *,
    code: str,
    keepers: tuple[str, ...],
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Hand the seal CODE over to other keepers."""
    from pipeline.sealdesk import hand_over
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    hand_over(workplace, code, keepers, by=acting(workplace, by), reason=reason)
    answer(
        {"ok": True, "code": code, "keepers": list(keepers)},
        as_json=as_json,
        text=lambda: click.echo(f"{code} 现由 {'、'.join(keepers)} 保管"),
    )


@click.command()
@as_option
@json_option
@click.pass_context
@reports_failures
def migrate(ctx: click.Context, *, by: str, as_json: bool) -> None:
    """Encrypt and register the plain seals of this home; exit code 3 where some were refused."""
    from pipeline.sealdesk import take_over
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    powers = workplace.seal_rules.powers
    manager = acting(workplace, by)
    powers.assert_manager(manager)
    taken = take_over(workplace, powers=powers, by=manager)
    refused = [{"code": one.code, "reason": one.refused} for one in taken if one.refused]
    done = [one.code for one in taken if one.refused is None]

    def text() -> None:
        click.echo(f"已加密登记 {len(done)} 枚：{'、'.join(done) or '无'}")
        for one in refused:
            click.echo(f"✗ {one['code']}：{one['reason']}；请改正后重试，或用 seals add 重新登记")

    answer({"ok": not refused, "taken": done, "refused": refused}, as_json=as_json, text=text)
    if refused:
        sys.exit(Exit.PARTLY if done else Exit.FAILED)


@click.command()
@click.argument("code")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A PNG file."
)
@click.option("--reason", default="")
@as_option
@json_option
@click.pass_context
@reports_failures
def preview(
    ctx: click.Context, *, code: str, out: Path, reason: str, by: str, as_json: bool
) -> None:
    """Write a small picture of the seal CODE marked 样张; it cannot serve as a seal."""
    from pipeline import sealdesk
    from pipeline.keeping import keep
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    picture = sealdesk.preview(workplace, code, by=acting(workplace, by), reason=reason)
    keep(out.parent, out.name, picture)
    answer(
        {"ok": True, "file": str(out)},
        as_json=as_json,
        text=lambda: click.echo(f"{out}（样张，不能作印章使用）"),
    )


@click.command()
@click.argument("number")
@click.option("--approved-by", required=True, help="One who decided on this paper.")
@click.option("--reason", required=True)
@as_option
@json_option
@click.pass_context
@reports_failures
def request(
    ctx: click.Context, *, number: str, approved_by: str, reason: str, by: str, as_json: bool
) -> None:
    """Ask anew for the seal on the paper NUMBER, whose request ran out."""
    from pipeline.sealpeople import acting
    from pipeline.sealrenewal import renew_request
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    until = renew_request(
        workplace, number, by=acting(workplace, by), approved_by=approved_by, reason=reason
    )
    answer(
        {"ok": True, "number": number, "expires_at": until.isoformat()},
        as_json=as_json,
        text=lambda: click.echo(f"{number} 的用印申请有效至 {until:%Y-%m-%d %H:%M}"),
    )
