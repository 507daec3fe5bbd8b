"""Template words: how templates, their fields and what is found in them are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail

if TYPE_CHECKING:
    from datetime import date

    from pipeline.templating import TemplateRefused
    from templates.catalogue import Catalogue, Template
    from templates.errors import Finding
    from templates.fitting.vocabulary import Vocabulary

_OFFSET = re.compile(r"(-?\d{1,3}(?:\.\d)?),(-?\d{1,3}(?:\.\d)?)")
_LEVELS = {"block": "✗", "warn": "!"}


def standard_figures(given: Iterable[str]) -> dict[str, str]:
    """Return the NAME=VALUE pairs of the command line."""
    return dict(_split(each) for each in given)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value.strip() or name.count(".") != 1:
        raise click.BadParameter(f"{text} 应写成 组.名称=值", param_hint="--default")
    return name.strip(), value.strip()


def offset(text: str) -> tuple[float, float] | None:
    """Return RIGHT,UP of the command line in millimetres, None where it is not given."""
    if not text:
        return None
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text} 应写成 右移,上移（毫米）", param_hint="--seal-offset")
    return float(found[1]), float(found[2])


def described(template: Template) -> dict[str, Any]:
    """Return a template as its row in the list."""
    last = template.in_force_to
    return {
        "code": template.code,
        "version": template.version,
        "kind": template.kind,
        "contract_types": list(template.contract_types),
        "in_force_from": template.in_force_from.isoformat(),
        "in_force_to": last.isoformat() if last else None,
        "sha256": template.digest,
        "approved_by": template.approved_by,
    }


def listed(catalogue: Catalogue, today: date) -> dict[str, Any]:
    """Return the whole list, with what cannot be used."""
    return {
        "ok": not catalogue.unfit,
        "templates": [
            described(one) | {"is_in_force": one.is_in_force(today)} for one in catalogue.templates
        ],
        "unfit": unfit_in(catalogue),
    }


def unfit_in(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the registered templates that cannot be used, and why."""
    return [
        {"name": one.name, "folder": one.folder.name, "problems": list(one.problems)}
        for one in catalogue.unfit
    ]


def findings_of(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Return findings as JSON values."""
    return [
        {"code": one.code, "level": one.level.value, "place": one.place, "message": one.message}
        for one in findings
    ]


def vocabulary_as_json(known: Vocabulary) -> dict[str, Any]:
    """Return every field with its example and meaning, lists with their columns."""
    from templates.fitting.seals import seals_of

    def one(name: str, path: str) -> dict[str, Any]:
        return {
            "name": name,
            "type": known.shape(path),
            "example": known.examples[path],
            "meaning": known.meaning(path),
        }

    return {
        "ok": True,
        "kind": known.kind,
        "fields": [
            one(path, path) | {"standard": path in known.standard}
            for path in known.examples
            if "[]" not in path
        ],
        "lists": [
            {
                "name": rows,
                "meaning": known.meaning(rows),
                "columns": [one(each, f"{rows}[].{each}") for each in known.columns(rows)],
            }
            for rows in known.rows
        ],
        "seal_places": dict(seals_of(known.kind)),
    }


def print_vocabulary(content: dict[str, Any]) -> None:
    """Print the fields for people who write templates."""
    click.echo("字段：在正文、表格、页眉、页脚中写 {{ 字段名 }}；标准约定以外的须全部印出")
    for one in content["fields"]:
        mark = "（标准约定，可不用）" if one["standard"] else ""
        click.echo(
            f"  {{{{ {one['name']} }}}}　{one['type']}　{one['meaning']}{mark}　"
            f"例：{one['example']}"
        )
    click.echo(
        "列表：表格中一行写 {%tr for row in 列表 %}，下一行写各列，再下一行写 {%tr endfor %}"
    )
    for each in content["lists"]:
        click.echo(f"  {each['name']}　{each['meaning']}")
        for one in each["columns"]:
            click.echo(
                f"    {{{{ row.{one['name']} }}}}　{one['type']}　{one['meaning']}　"
                f"例：{one['example']}"
            )
    if places := [f"{name}（{party}）" for name, party in content["seal_places"].items()]:
        click.echo(f"盖章位置：在签署栏插入书签 {'、'.join(places)}")


def print_list(content: dict[str, Any]) -> None:
    """Print the list for people."""
    from pipeline.papers.kinds import word_of

    for one in content["templates"]:
        until = f"至 {one['in_force_to']}" if one["in_force_to"] else "起"
        mark = "✓" if one["is_in_force"] else "－"
        click.echo(
            f"{mark} {one['code']}@{one['version']}　{word_of(one['kind'])}　"
            f"{'、'.join(one['contract_types'])}　{one['in_force_from']} {until}　"
            f"{one['sha256'][:12]}…　{one['approved_by']}"
        )
    print_unfit(content["unfit"])


def print_unfit(unfit: Sequence[dict[str, Any]]) -> None:
    """Print the registered templates that cannot be used."""
    for one in unfit:
        click.echo(f"✗ {one['name']} 不能使用：{'；'.join(one['problems'])}")


def print_check(report: dict[str, Any]) -> None:
    """Print what was found in a file for people, and what to do next."""
    verdict = "可以登记为模板" if report["ok"] else "还不能登记为模板"
    click.echo(f"{report['file']}：{verdict}")
    print_findings(report["findings"])
    if report["ok"]:
        words = f"{report['file']} --code … --version … --kind {report['kind']} --type …"
        click.echo(f"→ 登记：guidang templates add {words} --in-force-from … --approved-by …")
    else:
        click.echo(f"→ 可用的字段：guidang templates fields --kind {report['kind']}")
    print_unfit(report["unfit_registered"])


def print_added(content: dict[str, Any]) -> None:
    """Print for people that a template was registered."""
    code, version = content["template"]["code"], content["template"]["version"]
    click.echo(f"已登记 {code}@{version}：{content['folder']}")
    print_findings(content["findings"])
    click.echo(f"→ 先看样稿：guidang templates preview {code} {version} -o 样稿.pdf")
    click.echo("→ 正在运行的 guidang run 重启后才使用新模板")


def print_findings(findings: Sequence[dict[str, str]]) -> None:
    """Print findings for people, what stops first."""
    for one in sorted(findings, key=lambda each: each["level"]):
        click.echo(f"  {_LEVELS[one['level']]} {one['code']} {one['place']}：{one['message']}")


def refuse(error: TemplateRefused, *, as_json: bool) -> NoReturn:
    """Report a refusal with everything found and leave."""
    hint = "按提示在 Word 中改正后重试" if error.findings else "按提示改正后重试"
    if not error.findings:
        fail(Exit.FAILED, "template-refused", str(error), hint, as_json=as_json)
    content: dict[str, Any] = {
        "ok": False,
        "error": {"code": "template-refused", "message": str(error), "hint": hint},
        "findings": findings_of(error.findings),
    }

    def text() -> None:
        click.echo(str(error))
        print_findings(content["findings"])
        click.echo(f"→ {hint}")

    answer(content, as_json=as_json, text=text)
    raise SystemExit(Exit.FAILED)
