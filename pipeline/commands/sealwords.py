"""Seal words: seals, their changes and their uses as the command line tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from archive.days import BUSINESS_ZONE

if TYPE_CHECKING:
    from archive.sealbook import SealChange
    from archive.sealcase import Seal
    from pipeline.sealuses import UseLine

_ACTS = {
    "seal:registered": "登记",
    "seal:state": "变更状态",
    "seal:keepers": "变更保管人",
    "seal:previewed": "查看样张",
}


def told(seal: Seal) -> dict[str, Any]:
    """Return `seal` as JSON values; of its image only the digest."""
    return {
        "code": seal.code,
        "name": seal.name,
        "kind": seal.kind.value,
        "owner": seal.owner,
        "width_mm": seal.width_mm,
        "height_mm": seal.height_mm,
        "state": seal.state.value,
        "keepers": list(seal.keepers),
        "valid_from": seal.valid_from.isoformat(),
        "valid_to": seal.valid_to.isoformat() if seal.valid_to else None,
        "papers": list(seal.papers),
        "up_to": str(seal.up_to) if seal.up_to is not None else None,
        "record_no": seal.record_no,
        "sample": seal.sample,
        "image_sha256": seal.image_sha256,
    }


def told_change(row: SealChange) -> dict[str, Any]:
    """Return one change as JSON values."""
    return {
        "at": row.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "act": row.act,
        "by": row.by,
        "second": row.second,
        "reason": row.reason,
        "state": row.state,
        "keepers": list(row.seal["keepers"]),
    }


def told_use(line: UseLine) -> dict[str, Any]:
    """Return one line of the book as JSON values."""
    return {name: getattr(line, name) for name in line.__slots__} | {
        "at": line.at.isoformat(timespec="seconds")
    }


def print_seals(found: Sequence[dict[str, Any]]) -> None:
    """Print a line for every seal."""
    for one in found:
        until = one["valid_to"] or "长期"
        keepers = "、".join(one["keepers"])
        click.echo(f"{one['code']}　{one['name']}　{one['state']}　保管 {keepers}　至 {until}")
    click.echo(f"共 {len(found)} 枚")


def print_seal(one: dict[str, Any]) -> None:
    """Print one seal whole."""
    until = one["valid_to"] or "长期"
    limit = f"不超过 {one['up_to']} 元" if one["up_to"] else "不限金额"
    click.echo(f"{one['code']}　{one['name']}（{one['kind']}）　{one['state']}")
    click.echo(f"单位　　{one['owner']}")
    click.echo(f"尺寸　　{one['width_mm']:g}×{one['height_mm']:g} 毫米")
    click.echo(f"有效期　{one['valid_from']} 至 {until}")
    click.echo(f"保管人　{'、'.join(one['keepers'])}")
    click.echo(f"授权　　{'、'.join(one['papers']) or '依用印规则'}，{limit}")
    click.echo(f"备案号　{one['record_no'] or '未登记'}")
    click.echo(f"图样　　SHA-256 {one['image_sha256']}")
    for row in one["changes"]:
        second = f"，监督 {row['second']}" if row["second"] else ""
        act = _ACTS.get(row["act"], row["act"])
        click.echo(
            f"  {row['at'][:19]}　{act}（{row['state']}）　{row['by']}{second}：{row['reason']}"
        )


def print_uses(found: Sequence[dict[str, Any]]) -> None:
    """Print a line for every use."""
    for one in found:
        click.echo(
            f"{one['number']}　{one['at'][:19]}　{one['seal']}　{one['document_number']}　"
            f"{one['place']}　{one['copies']} 份　申请 {one['requested_by']}　"
            f"批准 {one['approved_by']}　用印 {one['keeper']}"
        )
    click.echo(f"共 {len(found)} 条")
