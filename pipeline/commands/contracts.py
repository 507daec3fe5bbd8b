"""Contracts: list contracts and reports, and show one with its files and history."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands import (
    approvallists,
    approving,
    contractpapers,
    countersigning,
    delegations,
    deviations,
    voiding,
)
from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.approving import print_acts
from pipeline.commands.contractpapers import no_such
from pipeline.commands.questions import as_option
from pipeline.commands.registerwords import act_word, actor_word, role_word, step_word


@click.group()
def contracts() -> None:
    """List and show contracts and the papers that belong to them."""


for each in (
    *approving.COMMANDS,
    *approvallists.COMMANDS,
    *contractpapers.COMMANDS,
    *delegations.COMMANDS,
    voiding.void,
    countersigning.countersigned,
    countersigning.correct_signing,
):
    contracts.add_command(each)
contracts.add_command(deviations.revise)
contracts.add_command(deviations.withdraw)
contracts.add_command(deviations.deviation)


@contracts.command("list")
@click.option("--state", help="received, drafted, numbered, sealed, filed, superseded, refused.")
@click.option("--kind", help="contract, change, acceptance, termination, nda, authority.")
@click.option("--text", help="A part of number, order or party.")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 1_000_000))
@as_option
@json_option
@click.pass_context
@reports_failures
def list_(
    ctx: click.Context,
    *,
    state: str | None,
    kind: str | None,
    text: str | None,
    limit: int,
    person: str | None,
    as_json: bool,
) -> None:
    """List contracts and reports, newest first."""
    from archive.instruments import InstrumentState
    from pipeline.knowing import known_to
    from pipeline.listing import list_instruments
    from pipeline.naming import STATE_WORDS
    from pipeline.papers.kinds import KINDS
    from pipeline.wiring import Workplace

    by_word = {word: each.value for each, word in STATE_WORDS.items()}
    kinds = {word.word: name for name, word in KINDS.items()}
    kind = kinds.get(kind, kind) if kind is not None else None
    if kind is not None and kind not in KINDS:
        raise click.BadParameter(
            f"没有“{kind}”这种文种；可写：{'、'.join(kinds)}", param_hint="--kind"
        )
    state = by_word.get(state, state) if state is not None else None
    if state is not None and state not in {each.value for each in InstrumentState}:
        raise click.BadParameter(
            f"没有“{state}”这种状态；可写：{'、'.join(by_word)}", param_hint="--state"
        )
    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    with workplace.register.read.begin() as session:
        found = list_instruments(
            session, state=state, kind=kind, text=text, limit=limit, known=known
        )
    content = {"ok": True, "contracts": found}
    answer(content, as_json=as_json, text=lambda: _print_list(found))


def _print_list(found: list[dict[str, Any]]) -> None:
    from archive.instruments import InstrumentState
    from pipeline.naming import state_word
    from pipeline.papers.kinds import KINDS

    for one in found:
        state = state_word(InstrumentState(one["state"]), destroyed_by=one.get("destroyed_by"))
        number = one["contract_number"] or "（未编号）"
        kind = "非标合同" if one["deviating"] else KINDS[one["kind"]].word
        click.echo(
            f"{number}　{kind}　{state}　{one['order_no']}　{one['party_a']}　{one['amount'] or ''}"
        )
        if one["reference_code"]:
            click.echo(f"    档号 {one['reference_code']}　{one['filed_at']}")
        _print_marks(one, "    ")
        if one["reason"]:
            click.echo(f"    {one['reason']}")
    click.echo(f"共 {len(found)} 件")
    if any((one["reason"] or "").startswith("搁置：") for one in found):
        click.echo("→ 搁置的：消除原因后，把原文件再放入收件夹一次，即续办，编号不变")


@contracts.command()
@click.argument("name")
@as_option
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, name: str, *, person: str | None, as_json: bool) -> None:
    """Show the paper NAME: a contract number, a reference code (档号) or an order number."""
    from pipeline.knowing import known_to
    from pipeline.listing import show_instrument
    from pipeline.naming import find_instrument
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    with workplace.register.read.begin() as session:
        instrument = find_instrument(session, name)
        found = show_instrument(session, workplace.home, instrument, known) if instrument else None
    if found is None:
        no_such(name, as_json=as_json)
    for approval in found["approvals"]:
        approval["step_name"] = step_word(workplace.approvals, approval["step"])
    answer({"ok": True} | found, as_json=as_json, text=lambda: _print_one(found))


def _print_marks(one: dict[str, Any], indent: str) -> None:
    if one.get("destroyed_by"):
        click.echo(f"{indent}! 已销毁（清册 {one['destroyed_by']}）")
    if one.get("holds"):
        click.echo(f"{indent}! 冻结中：{'、'.join(one['holds'])}")


def _print_dossier(one: dict[str, Any]) -> None:
    from pipeline.papers.changewords import UNCHANGED

    changed = one.get("as_changed")
    if changed:
        click.echo(f"  经 {changed['by']} 变更后　含税总价 {changed['amount']['total']}")
        for said in changed["agreed"].values():
            if said != UNCHANGED:
                click.echo(f"    {said}")
    for paper in one.get("papers", ()):
        click.echo(f"  同卷 {paper['number']}　{paper['title']}")


def _print_one(one: dict[str, Any]) -> None:
    from archive.instruments import InstrumentState
    from pipeline.naming import state_word

    click.echo(f"{one['contract_number'] or '（未编号）'}　{one['title']}")
    state = state_word(InstrumentState(one["state"]), destroyed_by=one.get("destroyed_by"))
    click.echo(f"  状态 {state}　订单 {one['order_no']}　第 {one['revision']} 版")
    if one["reason"]:
        click.echo(f"  {one['reason']}")
    if one["reference_code"]:
        click.echo(
            f"  档号 {one['reference_code']}　保管期限 {one['retention']}　{one['pages']} 页"
        )
    _print_marks(one, "  ")
    _print_countersigned(one)
    _print_dossier(one)
    for each in one["deviations"]:
        state = f"已结束：{each['end_reason']}" if each["ended_at"] else "生效"
        click.echo(f"  非标合同 第 {each['seq']} 稿（{state}）　{each['by']}　{each['reason']}")
        click.echo(f"    {each['summary']}")
    for warning in one["warnings"]:
        click.echo(f"  ! {warning}")
    for file in one["files"]:
        click.echo(f"  文件 {role_word(file['role'])}　{file['path']}　{file['bytes']} 字节")
    for approval in one["approvals"]:
        click.echo(
            f"  审批 {approval['step_name']}　{approval['person']}（{approval['post']}）"
            f"　{approval['at']}　{approval['opinion']}{_standing_of(approval, one)}"
        )
    print_acts(one["acts"])
    for use in one["seal_uses"]:
        click.echo(
            f"  用印 {use['number']}　{use['seal']}　{one['seal_way']}　"
            f"保管人 {use['keeper']}　{use['at']}"
        )
    for event in one["events"]:
        click.echo(
            f"  {event['seq']:>3}. {event['at']}　"
            f"{act_word(event['action'])}　{actor_word(event['actor'])}"
        )


def _print_countersigned(one: dict[str, Any]) -> None:
    for each in one["countersigned_waiting"]:
        day = f"　签订 {each['signed_on']}" if each["signed_on"] else ""
        click.echo(f"  {each['kind']} 等候　{each['name']}{day}　{each['why']}")
    if one["reference_code"] is None or not any(f["role"] == "sealed" for f in one["files"]):
        return
    signed = one.get("countersigned")
    day = f"签订 {one['signed_on']}" if one["signed_on"] else "签订日期未登记"
    if signed is None and one["original_supplied"]:
        click.echo(f"  签署件 {one['original_supplied']}　{day}")
        return
    if signed is None:
        click.echo(f"  签署件 尚缺（双方签署的原件还没有归卷）　{day}")
        return
    click.echo(f"  签署件 已归卷　{signed['way']}　{signed['pages']} 页　{day}")


def _standing_of(approval: dict[str, Any], one: dict[str, Any]) -> str:
    if approval["voided_at"]:
        return "（已作废）"
    return "" if approval["terms_digest"] == one["terms_digest"] else "（按另一文本给出，不计入）"
