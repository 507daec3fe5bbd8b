"""Init: make a home."""

from __future__ import annotations

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures


@click.command()
@click.option("--sample", is_flag=True, help="Add a fictional company, sample seals and orders.")
@json_option
@click.pass_context
@reports_failures
def init(ctx: click.Context, *, sample: bool, as_json: bool) -> None:
    """Make a home: settings, rules, database, archive, inbox; run again, it changes nothing."""
    from pipeline.founding import found

    made = found(home_of(ctx), sample=sample)
    content = {"ok": True, "home": str(made.home.root), "created": made.created}

    def text() -> None:
        word = "已初始化" if made.created else "已存在，未作改动"
        click.echo(f"{word}：{made.home.root}")
        if sample:
            click.echo(
                f"样例订单：{made.home.samples / 'orders'}（复制到 {made.home.inbox} 即办理）"
            )
        elif made.created:
            click.echo(f"请在 {made.home.settings} 中填写本公司名称、信用代码和编号前缀")
            click.echo(
                "登记印章：在 rules/seals.toml 的 [powers] 指定管理人和稽核人，"
                "用 guidang seals key new 生成密钥，再 guidang seals add"
            )

    answer(content, as_json=as_json, text=text)
