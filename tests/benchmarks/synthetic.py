"""Many dossiers fast: one contract filed the whole way, written again under other terms.

    from synthetic import filed_pattern, fill

`filed_pattern` takes one sample order to the shelf, LibreOffice and all; `fill` writes as many
dossiers like it as asked for through the archive's own writer, each with its own numbers,
digests, parties, amounts and history, so that register and index can be rebuilt from them.
Nothing is made durable on the way: what is measured comes after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive import durable, events
from archive.carrying import Carried
from archive.digests import sha256, sm3
from archive.referencecode import ReferenceCode
from archive.shelved import Shelved
from archive.store import Store
from pipeline import samples
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.wiring import Workplace
from pipeline.worker import Worker

PARTIES = ("云帆数据", "青禾园区", "远山医药", "海岳重工", "北辰软件", "松江水务", "同济材料")
THINGS = ("交换机", "安全等级保护整改", "水泵阀门", "机房搬迁", "数据治理", "厂区绿化", "巡检运维")
_TABLES = ("instruments", "approvals", "seal_uses", "numbers", "counters")
_LATER = ("deviations", "approval_acts", "seal_requests")


@dataclass(frozen=True)
class Pattern:
    """A dossier as it was filed: what it says, and the files of its one item."""

    shelved: Shelved
    files: Mapping[str, bytes]


def filed_pattern(folder: Path) -> Pattern:
    """File one sample order in a home of its own and return what stands on the shelf."""
    home = found(folder / "pattern", sample=True).home
    order = json.dumps(samples.sample_order(1), ensure_ascii=False)
    (home.inbox / "1.json").write_text(order, "utf-8")
    workplace = Workplace(home.root)
    Worker(workplace, SilentProgress()).run(until_idle=True)
    store = workplace.store
    path = next(store.objects())
    inventory = store.inventory(path)
    shelved = Shelved.read(store, path, inventory)
    names = [file["path"] for item in shelved.items for file in item["files"]]
    pattern = Pattern(shelved, {name: store.read(path, name) for name in names})
    workplace.close()
    return pattern


def fill(store: Store, pattern: Pattern, count: int, *, first: int = 1) -> None:
    """Write dossiers `first` to `count` like `pattern` into `store`."""
    with _nothing_durable():
        for number in range(first, count + 1):
            order = _order(pattern, number)
            shelved = _altered(pattern.shelved, order, number, count)
            code = ReferenceCode.parse(shelved.dossier["code"])
            store.create(
                code.object_path,
                code.object_id,
                shelved.to_files() | pattern.files | {_order_of(shelved)["path"]: order},
                message=f"归档 {code}",
                person="guidang",
                at=datetime.fromisoformat(shelved.items[0]["filed_at"]),
            )


def _order(pattern: Pattern, number: int) -> bytes:
    """Return the order as if another had been dropped: another digest, the same terms."""
    return (
        pattern.files[_order_of(pattern.shelved)["path"]]
        + f"{number:>012}".translate(
            {ord("0") + digit: " \t"[digit & 1] + "\n" * (digit >> 1) for digit in range(10)}
        ).encode()
    )


def _order_of(shelved: Shelved) -> dict[str, Any]:
    files = shelved.items[0]["files"]
    return next(file for file in files if file["role"] == "order")


def _altered(shelved: Shelved, order: bytes, number: int, count: int) -> Shelved:
    said = _replaced(shelved, order, number)
    for row in (*said["numbers"], *said["counters"]):
        if not row["series"].startswith("item:"):
            row.update({"value": number} if "value" in row else {"last": count})
    for file in said["items"][0]["files"]:
        if file["role"] == "order":
            file["bytes"] = len(order)
    later = timedelta(minutes=number)
    said["dossier"]["volume_no"] = number
    chain: list[events.Event] = []
    for event in said["events"]:
        details = {key: event[key] for key in ("chain", "actor", "action", "subject", "details")}
        at = datetime.fromisoformat(event["at"]) + later
        chain.append(events.prepare(chain[-1] if chain else None, at=at, **details))
    tables = {table: tuple(said[table]) for table in (*_TABLES, *_LATER)}
    return Shelved(said["dossier"], tuple(said["items"]), Carried(events=tuple(chain), **tables))


def _replaced(shelved: Shelved, order: bytes, number: int) -> dict[str, Any]:
    """Return everything the dossier says with what makes it this one replaced."""
    carried = shelved.carried
    said: dict[str, Any] = {"dossier": shelved.dossier, "items": shelved.items}
    said |= {table: getattr(carried, table) for table in (*_TABLES, *_LATER)}
    said["events"] = [events.as_json(event) for event in carried.events]
    text = json.dumps(said, ensure_ascii=False)
    item = shelved.items[0]
    digests = {use["file_sha256"] for use in carried.seal_uses} | {item["uuid"]}
    digests.add(shelved.dossier["uuid"])
    unique = {old: sha256(f"{number}{old}".encode())[: len(old)] for old in digests}
    unique |= {item["source_sha256"]: sha256(order), _order_of(shelved)["sm3"]: sm3(order)}
    for old, new in unique.items():
        text = text.replace(old, new)
    code = shelved.dossier["code"]
    words = {
        code: re.sub(r"\d+$", f"{number:04}", code),
        shelved.dossier["order_no"]: f"XSDD-2026-S{number:06}",
        item["number"]: re.sub(r"\d+$", f"{number:04}", item["number"]),
        item["description"]["party_a"]["name"]: f"{PARTIES[number % 7]}（{number % 997}）有限公司",
        item["description"]["amount"][
            "total"
        ]: f"{10_000 + number * 37 % 900_000}.{number % 100:02}",
        item["description"]["project"]["name"]: f"{THINGS[number // 7 % 7]}第{number}项目",
    }
    words |= {
        use["number"]: re.sub(r"\d+$", f"{number:06}", use["number"]) for use in carried.seal_uses
    }
    for old, new in words.items():
        text = text.replace(old, new)
    altered: dict[str, Any] = json.loads(text)
    return altered


@contextmanager
def _nothing_durable() -> Iterator[None]:
    before = durable._sync
    durable._sync = lambda _path: None
    try:
        yield
    finally:
        durable._sync = before
