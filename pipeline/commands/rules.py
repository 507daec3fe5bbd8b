"""Rules: see whether edited rules can be used before they count, and show the checks in force."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """Check edited rules before they count, and show those in force."""


@rules.command()
@click.argument("files", nargs=-1, type=_FILE)
@json_option
@click.pass_context
@reports_failures
def check(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say whether each rule FILE can be used, by default all of this home; nothing is changed."""
    from archive.days import business_day
    from pipeline.rulebook import READERS, read_rules
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    chosen = files or tuple(workplace.home.rules / f"{name}.toml" for name in READERS)
    readings = [read_rules(file, on=business_day(workplace.clock())) for file in chosen]
    is_sound = not any(reading.problem for reading in readings)
    content = {
        "ok": is_sound,
        "files": [
            {
                "file": str(reading.file),
                "ok": not reading.problem,
                "version": reading.version,
                "sha256": reading.digest,
                "problem": reading.problem,
            }
            for reading in readings
        ],
    }

    def text() -> None:
        for reading in readings:
            said = reading.problem or f"可用，版本 {reading.version}，摘要 {reading.digest[:12]}…"
            click.echo(f"{'✗' if reading.problem else '✓'} {reading.file.name}：{said}")

    answer(content, as_json=as_json, text=text)
    if not is_sound:
        sys.exit(Exit.FAILED)


@rules.command()
@click.argument("codes", nargs=-1)
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, codes: tuple[str, ...], *, as_json: bool) -> None:
    """Show the check rules in force, or only those with CODES such as K05."""
    from pipeline.examining import rules_in_force
    from pipeline.wiring import Workplace

    in_force = rules_in_force(Workplace(home_of(ctx)))
    shown: list[dict[str, Any]] = [
        {
            "code": check.code,
            "title": check.title,
            "level": check.level.value,
            "levels": {key: level.value for key, level in check.levels.items()},
            "doubts": check.doubts.value,
            "may_lower": check.may_lower,
            "basis": check.basis,
        }
        for check in in_force.checks.values()
    ]
    shown += [
        {"code": own.code, "title": own.title, "level": own.level.value, "levels": {},
         "doubts": own.level.value, "may_lower": True, "basis": own.basis}
        for own in in_force.company
    ]  # fmt: skip
    shown = [one for one in shown if not codes or one["code"] in codes]
    content = {
        "version": in_force.version,
        "sha256": in_force.digest,
        "valid_from": in_force.valid_from.isoformat(),
        "valid_to": in_force.valid_to.isoformat() if in_force.valid_to else None,
        "checks": shown,
    }
    answer(content, as_json=as_json, text=lambda: _print(content))


_WORDS = {"block": "拦下", "warn": "提示"}


def _print(content: dict[str, Any]) -> None:
    end = f" 至 {content['valid_to']}" if content["valid_to"] else " 起"
    click.echo(f"检查规则 {content['version']}，{content['valid_from']}{end}施行")
    for one in content["checks"]:
        levels = [_WORDS[one["level"]]]
        levels += [f"{key} {_WORDS[level]}" for key, level in one["levels"].items()]
        fixed = "" if one["may_lower"] else "，不可下调"
        click.echo(f"{one['code']:<6}{one['title']}：{'、'.join(levels)}{fixed}")
        click.echo(f"      依据：{one['basis']}")
