"""Proof words: how a proof is told in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from templates.proofpage import verdict_of


def print_proof(record: Mapping[str, Any]) -> None:
    """Print what was proved, then every field with its value, its place and its page."""
    click.echo(f"{record.get('number', '')}　{verdict_of(record)}")
    click.echo(f"  正文 {record['paragraphs']} 段　PDF {record['pages']} 页")
    for name, said in record.get("readers", {}).items():
        click.echo(f"  PDF 读取程序 {name}　{said}")
    for check in record["checks"]:
        click.echo(f"  {'√' if check['verdict'] == 'pass' else '×'} {check['detail']}")
    fields = record["fields"]
    if isinstance(fields, int):
        return
    for field in fields:
        where = "；".join(_place(place) for place in field["places"])
        click.echo(f"  {field['label']}：{field['value']}　〔{where}〕")
    for name, digest in record.get("digests", {}).items():
        click.echo(f"  SHA-256 {name:<8} {digest}")


def _place(place: Mapping[str, Any]) -> str:
    page = f"PDF 第 {place['page']} 页" if place["page"] else "PDF 每页"
    return f"{place['word']}，{page}"
