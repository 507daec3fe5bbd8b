"""Approving: submit, approve, reject, withdraw papers, one or a list of them, as a person."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from archive.acts import ApprovalAct
    from pipeline.approvalacts import Said
    from pipeline.wiring import Workplace

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _deciding(command: Callable[..., Any]) -> click.Command:
    """Give a command the papers, the person and the opinion, and the report of a batch."""

    @functools.wraps(command)
    def wrapped(ctx: click.Context, /, **given: Any) -> None:
        from pipeline.approvalbatch import Wanted, listed_in

        wanted = [Wanted(name, given["digest"]) for name in given.pop("names")]
        listed = given.pop("listed")
        wanted += list(listed_in(listed)) if listed else []
        if not wanted:
            raise click.UsageError("请写明至少一份文书，或用 --from 给出清单")
        if given["digest"] is not None and len(wanted) > 1:
            raise click.UsageError("--digest 只用于一份文书；成批办理的，在清单中逐份写明摘要")
        given.pop("digest")
        _decide(ctx, wanted, command, given)

    for option in (
        click.option("--yes", is_flag=True, help="Do not ask for confirmation on a terminal."),
        click.option("--digest", help="The terms digest that was seen; another is refused."),
        click.option("--from", "listed", type=_FILE, help="A list: a paper and its digest a line."),
        click.option("--opinion", required=True, help="In words; a click is no opinion."),
        click.option("--as", "login", required=True, help="Who acts, as the directory has them."),
        click.argument("names", nargs=-1),
    ):  # fmt: skip
        wrapped = option(wrapped)
    decorated = json_option(click.pass_context(reports_failures(wrapped)))
    return click.command()(decorated)


_step_option = click.option("--step", help="Which step, where several are yours.")


@_deciding
def submit(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Submit the draft of each paper (起草, 送审)."""
    from pipeline.approvalacts import submit as act

    return act(workplace, name, said)


@_deciding
def withdraw(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Take back what you submitted while it is under way (撤回)."""
    from pipeline.approvalacts import withdraw as act

    return act(workplace, name, said)


@_deciding
def approve(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Agree to each paper at the step that is your turn (同意)."""
    from pipeline.approvalacts import approve as act

    return act(workplace, name, said)


@_deciding
def reject(
    workplace: Workplace, name: str, said: Said, *, to: str | None, amend: bool
) -> ApprovalAct:
    """Disagree: send the order back; with --to to an earlier step, with --amend to be changed."""
    from pipeline.approvalacts import ask_for_changes, refuse, send_back

    if to is not None:
        return send_back(workplace, name, said, to=to)
    return (ask_for_changes if amend else refuse)(workplace, name, said)


@_deciding
def add_signer(workplace: Workplace, name: str, said: Said, *, signer: str) -> ApprovalAct:
    """Have one more person agree before your step (加签)."""
    from pipeline.approvalacts import add_signer as act

    return act(workplace, name, said, signer=signer)


@_deciding
def ask(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Put a question to the business department while a paper is your turn (问询)."""
    from pipeline.approvalacts import ask as act

    return act(workplace, name, said)


@_deciding
def reply(workplace: Workplace, name: str, said: Said, *, question: int) -> ApprovalAct:
    """Answer the question of a review (答复)."""
    from pipeline.approvalacts import reply as act

    return act(workplace, name, said, question=question)


def _also(command: click.Command, *options: Callable[[click.Command], click.Command]) -> None:
    for option in options:
        option(command)


_also(
    approve,
    _step_option,
    click.option(
        "--point", "points", multiple=True, help="POINT=ANSWER, for each point of the step."
    ),
)
_also(
    reject,
    _step_option,
    click.option("--to", help="Give it back to this step instead of ending it (退回)."),
    click.option("--amend", is_flag=True, help="Agree to changed terms only (修改后同意)."),
)
_also(
    add_signer,
    _step_option,
    click.option("--signer", required=True, help="Who is asked to agree as well."),
)
_also(ask, _step_option)
_also(reply, click.option("--question", type=int, required=True, help="Its number."))
add_signer.name = "add-signer"

COMMANDS = (submit, approve, reject, withdraw, add_signer, ask, reply)
"""What is added to `guidang contracts`."""


def _decide(
    ctx: click.Context, wanted: list[Any], command: Callable[..., Any], given: dict[str, Any]
) -> None:
    from pipeline.approvalacts import Said
    from pipeline.approvalbatch import decide_each
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    as_json, login, opinion = given.pop("as_json"), given.pop("login"), given.pop("opinion")
    step, answers = given.pop("step", None), _answers(given.pop("points", ()))
    asks = sys.stdin.isatty() and not as_json and not given.pop("yes")
    given.pop("yes", None)

    def act(name: str, digest: str | None) -> Any:
        said = Said(login, opinion, step, digest, answers)
        return command(workplace, name, said, **given)

    def confirmed(seen: dict[str, Any]) -> bool:
        if not as_json:
            print_seen(seen)
        return not asks or click.confirm("确认办理？")

    results = decide_each(workplace, wanted, act, confirmed=confirmed)
    done = sum(each["done"] for each in results)
    content = {
        "ok": done == len(results),
        "done": done,
        "refused": len(results) - done,
        "results": results,
    }
    answer(content, as_json=as_json, text=lambda: _print_results(results, done))
    if done < len(results):
        sys.exit(Exit.PARTLY if done else Exit.FAILED)


def _answers(points: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for each in points:
        point, equals, text = each.replace("＝", "=").partition("=")
        if not equals:
            raise click.BadParameter(f"{each} 应写成 事项=答复", param_hint="--point")
        answers[point.strip()] = text.strip()
    return answers


def print_seen(seen: dict[str, Any]) -> None:
    """Print what is decided about, before it counts."""
    number = seen["contract_number"] or "（未编号）"
    click.secho(
        f"\n{seen['kind_name']}　{number}　订单 {seen['order_no']}　第 {seen['revision']} 版",
        bold=True,
    )
    click.echo(f"  {seen['title']}")
    click.echo(f"  {seen['party_a']}　与　{seen['party_b']}")
    if seen["amount"] is not None:
        click.echo(f"  含税总价 {seen['amount']} 元　人民币{seen['amount_upper']}")
    click.echo(f"  条款摘要 {seen['terms_digest']}")
    if seen["deviation"]:
        click.secho(f"  非标合同：{seen['deviation']}", fg="yellow")
    for finding in seen["findings"]:
        click.echo(f"  ! {finding}")
    for question in seen["questions"]:
        click.echo(f"  问询 {question['no']} {question['by']}：{question['question']}")
        for reply_ in question["answers"]:
            click.echo(f"      答复 {reply_['by']}：{reply_['answer']}")
    for step in seen["steps"]:
        mark = "✓" if step["person"] else "→" if step["is_open"] else "·"
        click.echo(f"  {mark} {step['name']}　{step['person'] or ''}")
    if seen["given_back"]:
        click.echo(f"  {seen['given_back']}")


def _print_results(results: list[dict[str, Any]], done: int) -> None:
    click.echo("")
    for each in results:
        if each["done"]:
            act = each["act"]
            click.echo(f"✓ {each['name']}　{act['act_name']}　{act['person']}（{act['post']}）")
        else:
            click.echo(f"✗ {each['name']}　未办理")
            for reason in each["reasons"]:
                click.echo(f"    {reason}")
    click.echo(f"办理 {done} 件，未办理 {len(results) - done} 件")


def print_acts(told: list[dict[str, Any]]) -> None:
    """Print what people did about a paper, each with the post held at that moment."""
    for act in told:
        stands_in = f"（代 {act['principal']}）" if act["principal"] else ""
        click.echo(
            f"  过程 {act['seq']:>2}. {act['at']}　{act['act_name']}　{act['person']}{stands_in}"
            f"（{act['department']}　{act['post']}）　{act['opinion']}"
        )
        for point, answered in act["details"].get("answers", {}).items():
            click.echo(f"        {point}：{answered}")
