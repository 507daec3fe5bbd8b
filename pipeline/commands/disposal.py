"""Disposal: lists of what is due, from the proposal to the certificate of destruction."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option
from pipeline.commands.retention import retention, user_option

if TYPE_CHECKING:
    from archive.disposal import DisposalList
    from pipeline.wiring import Workplace


@retention.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--reason", default="保管期限届满", show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what the list would hold, and stop.")
@user_option
@json_option
@click.pass_context
@reports_failures
def propose(
    ctx: click.Context,
    *,
    codes: tuple[str, ...],
    reason: str,
    dry_run: bool,
    person: str,
    as_json: bool,
) -> None:
    """Draw up a list of the dossiers CODE…, or of all that is due, with its own number."""
    from pipeline.disposing import plan_list
    from pipeline.disposing import propose as propose_list
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    if not dry_run:
        _answer(propose_list(workplace, codes=codes, reason=reason, person=person), as_json=as_json)
        return
    planned = plan_list(workplace, codes=codes, person=person)
    content = {
        "ok": True,
        "dry_run": True,
        "entries": [entry.said() for entry in planned.entries],
        "left_out": [{"code": code, "reason": why} for code, why in planned.left_out],
    }

    def text() -> None:
        for entry in planned.entries:
            click.echo(f"将列入　{entry.code}　{entry.title}　到期 {entry.expires_on}")
        for code, why in planned.left_out:
            click.echo(f"不列入　{code}　{why}")

    answer(content, as_json=as_json, text=text)


@retention.command()
@click.argument("number")
@click.argument("code")
@click.option("--decision", required=True, type=click.Choice(["续存", "销毁"]))
@click.option("--period", help="The new period where it is kept, such as D40, or Y.")
@click.option("--reason", required=True)
@user_option
@json_option
@click.pass_context
@reports_failures
def appraise(
    ctx: click.Context,
    *,
    number: str,
    code: str,
    decision: str,
    period: str | None,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Give one appraiser's opinion of the dossier CODE on the list NUMBER."""
    from archive.disposal import Decision
    from pipeline.disposing import appraise as appraise_dossier
    from pipeline.wiring import Workplace

    known = appraise_dossier(
        Workplace(home_of(ctx)),
        number,
        code,
        decision=Decision(decision),
        period=period,
        reason=reason,
        person=person,
    )
    _answer(known, as_json=as_json)


@retention.command()
@click.argument("number")
@click.option("--opinion", default="同意", show_default=True)
@user_option
@json_option
@click.pass_context
@reports_failures
def approve(ctx: click.Context, *, number: str, opinion: str, person: str, as_json: bool) -> None:
    """Approve the list NUMBER: what is decided is fixed, nothing is destroyed yet."""
    from pipeline.disposing import approve as approve_list
    from pipeline.wiring import Workplace

    known = approve_list(Workplace(home_of(ctx)), number, opinion=opinion, person=person)
    _answer(known, as_json=as_json)


@retention.command("return")
@click.argument("number")
@click.option("--opinion", required=True, help="Why it is not approved.")
@user_option
@json_option
@click.pass_context
@reports_failures
def return_(ctx: click.Context, *, number: str, opinion: str, person: str, as_json: bool) -> None:
    """Return the list NUMBER without approval; its dossiers may be proposed again."""
    from pipeline.disposing import give_back
    from pipeline.wiring import Workplace

    known = give_back(Workplace(home_of(ctx)), number, opinion=opinion, person=person)
    _answer(known, as_json=as_json)


@retention.command()
@click.argument("number")
@click.option("--witness", "witnesses", multiple=True, required=True, help="Twice: 监销人.")
@click.option("--method", default="删除档案库中的全部文件及副本", show_default=True)
@click.option("--place", required=True, help="Where it is carried out.")
@click.option("--dry-run", is_flag=True, help="Say what would be destroyed, and what not and why.")
@user_option
@json_option
@click.pass_context
@reports_failures
def destroy(
    ctx: click.Context,
    *,
    number: str,
    witnesses: tuple[str, ...],
    method: str,
    place: str,
    dry_run: bool,
    person: str,
    as_json: bool,
) -> None:
    """Destroy what the approved list NUMBER says; run again, it finishes what was interrupted."""
    from pipeline.destroying import People, carry_out, plan_destruction
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    people = People(person, witnesses)
    with WorkerLock(workplace.home.worker_lock):
        if not dry_run:
            known = carry_out(workplace, number, people, method=method, place=place)
            _answer(known, as_json=as_json)
            if any(outcome["reasons"] for outcome in known.outcomes):
                sys.exit(Exit.PARTLY)
            return
        planned = plan_destruction(workplace, number, people)
    content = {
        "ok": True,
        "dry_run": True,
        "dossiers": [{"code": code, "obstacles": list(why)} for code, why in planned.items()],
    }

    def text() -> None:
        for code, why in planned.items():
            click.echo(f"{'不销毁' if why else '将销毁'}　{code}　{'；'.join(why)}")

    answer(content, as_json=as_json, text=text)


@retention.command("lists")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not done.")
@as_option
@json_option
@click.pass_context
@reports_failures
def lists_(ctx: click.Context, *, only_open: bool, person: str | None, as_json: bool) -> None:
    """List the disposal lists, the newest first; with --as, those known to the person in whole."""
    from pipeline.wiring import Workplace

    found = _known_lists(Workplace(home_of(ctx)), person, only_open=only_open)
    content = {"ok": True, "lists": [_said(known) for known in found]}

    def text() -> None:
        for known in found:
            click.echo(f"{known.number}　{known.stage}　{len(known.entries)} 卷　{known.proposer}")
        click.echo(f"共 {len(found)} 份清单")

    answer(content, as_json=as_json, text=text)


def _known_lists(
    workplace: Workplace, person: str | None, *, only_open: bool
) -> list[DisposalList]:
    """Return the lists of whose dossiers a person may know in whole."""
    from pipeline.disposing import lists
    from pipeline.knowing import known_to

    may_know = known_to(workplace, person)
    return [
        known
        for known in lists(workplace, only_open=only_open)
        if all(may_know.has_dossier(entry.code) for entry in known.entries)
    ]


@retention.command("print")
@click.argument("number")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new .docx, .pdf or .xlsx file.",
)
@as_option
@json_option
@click.pass_context
@reports_failures
def print_(
    ctx: click.Context, *, number: str, out: Path, person: str | None, as_json: bool
) -> None:
    """Print the last paper filed of the list NUMBER, to be signed."""
    from archive.errors import RetentionRefused
    from pipeline.disposalpapers import print_paper
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    shown = _known_lists(workplace, person, only_open=False)
    if all(each.number != number for each in shown):
        raise RetentionRefused(f"没有清单 {number}；用 guidang retention lists 查看")
    try:
        name = print_paper(workplace, number, out)
    finally:
        workplace.close()
    content = {"ok": True, "file": str(out), "form": name}
    answer(content, as_json=as_json, text=lambda: click.echo(f"{name}：{out}"))


def _answer(known: DisposalList, *, as_json: bool) -> None:
    said = _said(known)
    answer({"ok": True, "list": said}, as_json=as_json, text=lambda: _print(said))


def _said(known: DisposalList) -> dict[str, Any]:
    presence = known.presence
    return {
        "number": known.number,
        "stage": known.stage.value,
        "proposer": known.proposer,
        "reason": known.reason,
        "approver": known.approver,
        "operator": presence.operator if presence else None,
        "witnesses": list(presence.witnesses) if presence else [],
        "entries": [
            entry.said()
            | {
                "decision": entry.decision.value if entry.decision else None,
                "new_period": entry.new_period,
                "opinions": [
                    {
                        "appraiser": each.appraiser,
                        "decision": each.decision.value,
                        "period": each.period,
                        "reason": each.reason,
                    }
                    for each in entry.opinions
                ],
            }
            for entry in known.entries
        ],
        "outcomes": [dict(outcome) for outcome in known.outcomes],
        "remarks": dict(known.remarks),
    }


def _print(said: dict[str, Any]) -> None:
    click.echo(f"{said['number']}　{said['stage']}　编制 {said['proposer']}")
    outcomes = {one["code"]: one for one in said["outcomes"]}
    for entry in said["entries"]:
        decision = entry["decision"] or f"已有 {len(entry['opinions'])} 人提出意见"
        period = f"至 {entry['new_period']}" if entry["new_period"] else ""
        click.echo(f"  {entry['code']}　{entry['title']}　{decision}{period}")
        outcome = outcomes.get(entry["code"])
        if outcome is not None:
            why = "；".join(outcome["reasons"])
            click.echo(f"    {'未销毁：' + why if why else '已销毁　' + outcome['destroyed_at']}")
    for name, remark in said["remarks"].items():
        click.echo(f"  {name}：{remark}")
