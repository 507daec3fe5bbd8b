"""Dossier checks: bytes, register, openability and signatures of dossiers, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from archive.books import books_of
from archive.crosschecking import against_register
from archive.dossiers import Dossier
from archive.errors import ArchiveError, ChildLost
from archive.fixity import EVIDENCE, Examined
from archive.inspection import Spotted
from archive.instruments import Instrument
from archive.inventory import Inventory
from archive.seals import SealUse
from archive.shelved import Shelved
from pipeline.inspection.seen import Seen
from pipeline.wiring import Workplace

_ALLOWED: Final = timedelta(seconds=60)
_PDF: Final = "application/pdf"
_SEALED: Final = "sealed"


def look_at(workplace: Workplace, codes: Sequence[str], checks: Sequence[str]) -> dict[str, Seen]:
    """Return what each of `checks` sees in the dossiers `codes`.

    A dossier the shelf does not hold is the find of the shelf check; here it counts as not seen.
    Differences between register and shelf count only where they are seen twice: a filing under
    way stands on the shelf a moment before the register knows it.
    """
    with workplace.register.read.begin() as session:
        rows = session.execute(
            select(Dossier.object_path, Dossier.code).where(Dossier.code.in_(codes))
        )
        paths = {path: code for path, code in rows if workplace.store.exists(path)}
    examined = _examined(workplace, paths)
    seen: dict[str, Seen] = {}
    if "fixity" in checks:
        seen["fixity"] = _fixity(codes, examined)
    if "register" in checks:
        spotted = _differences(workplace, examined)
        if spotted:
            spotted = spotted & _differences(workplace, _examined(workplace, paths))
        counts = {"应查": len(codes), "实查": len(examined), "不符": len(spotted)}
        seen["register"] = Seen(counts, tuple(sorted(spotted, key=lambda each: each.key)))
    if wanted := [each for each in ("readable", "signatures") if each in checks]:
        seen |= _files(workplace, examined, wanted)
    return seen


def _examined(workplace: Workplace, paths: Iterable[str]) -> list[Examined]:
    parts = workplace.readers.examined(sorted(paths), EVIDENCE)
    return [each for part in parts for each in part]


def _fixity(codes: Sequence[str], examined: Sequence[Examined]) -> Seen:
    spotted = tuple(
        Spotted("fixity", path, problem, problem)
        for each in examined
        for path, problem in each.problems
    )
    counts = {
        "应查": len(codes),
        "实查": len(examined),
        "文件": sum(each.files for each in examined),
        "不符": len(spotted),
    }
    return Seen(counts, spotted)


def _differences(workplace: Workplace, examined: Sequence[Examined]) -> set[Spotted]:
    spotted: set[Spotted] = set()
    read: dict[str, tuple[Shelved, Inventory]] = {}
    for each in examined:
        if each.inventory is None:
            continue
        path = each.object_path
        try:
            read[path] = (Shelved.read(workplace.store, path, each.inventory), each.inventory)
        except ArchiveError as error:
            spotted.add(Spotted("register", path, "unreadable", f"案卷不可读：{error}"))
    with workplace.register.read.begin() as session:
        books = books_of(session, {path: shelved for path, (shelved, _) in read.items()})
        for path, (shelved, inventory) in read.items():
            for where, problem in against_register(books, path, shelved, inventory):
                spotted.add(Spotted("register", where, problem, problem))
    return spotted


def _files(
    workplace: Workplace, examined: Sequence[Examined], wanted: Sequence[str]
) -> dict[str, Seen]:
    spotted: dict[str, list[Spotted]] = {check: [] for check in wanted}
    counts = {check: {"文件": 0, "签名": 0} for check in wanted}
    damaged = {path for each in examined for path, _ in each.problems}
    for path, item, file, content in _contents(workplace, examined):
        if path in damaged:
            continue
        if "readable" in wanted:
            counts["readable"]["文件"] += 1
            if problem := _opened(workplace, item, file, content):
                spotted["readable"].append(Spotted("readable", path, "unreadable", problem))
        if "signatures" in wanted and file["media_type"] == _PDF:
            counts["signatures"]["文件"] += 1
            signatures, problems = _signatures(workplace, content)
            if file["role"] == _SEALED and not _is_booked(workplace, item, file):
                problems.append(("unbooked", "已盖章，用印登记中却没有这份文件"))
            counts["signatures"]["签名"] += signatures
            spotted["signatures"] += [
                Spotted("signatures", path, aspect, problem) for aspect, problem in problems
            ]
    counts.get("readable", {}).pop("签名", None)
    return {
        check: Seen(counts[check] | {"不符": len(spotted[check])}, tuple(spotted[check]))
        for check in wanted
    }


def _contents(
    workplace: Workplace, examined: Sequence[Examined]
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], bytes]]:
    """Yield the files of every item as they are filed; what is damaged is left to fixity."""
    for each in examined:
        if each.inventory is None:
            continue
        try:
            shelved = Shelved.read(workplace.store, each.object_path, each.inventory)
        except ArchiveError:
            continue
        if shelved.destroyed is not None:
            continue
        for item in shelved.items:
            for file in item["files"]:
                path = f"{each.object_path}/{each.inventory.path_of(file['path'])}"
                try:
                    yield path, item, file, workplace.store.read_path(path, file["sha256"])
                except ArchiveError:
                    continue


def _opened(
    workplace: Workplace, item: Mapping[str, Any], file: Mapping[str, Any], content: bytes
) -> str | None:
    media_type = file["media_type"].partition(";")[0].strip()
    try:
        told = workplace.confined.ask("open", (media_type, content), allowed=_ALLOWED).told
    except ChildLost as error:
        return f"打不开：{error}"
    if told["problem"]:
        return str(told["problem"])
    if file["role"] == _SEALED and told["pages"] != item["pages"]:
        return f"实有 {told['pages']} 页，登记 {item['pages']} 页"
    return None


def _is_booked(workplace: Workplace, item: Mapping[str, Any], file: Mapping[str, Any]) -> bool:
    """Return whether the book of uses holds the act that made this sealed file."""
    query = (
        select(SealUse.id)
        .join(Instrument, Instrument.id == SealUse.instrument_id)
        .where(
            Instrument.source_sha256 == item["source_sha256"],
            SealUse.sealed_sha256 == file["sha256"],
        )
    )
    with workplace.register.read.begin() as session:
        return session.scalars(query.limit(1)).first() is not None


def _signatures(workplace: Workplace, content: bytes) -> tuple[int, list[tuple[str, str]]]:
    try:
        question = (content, workplace.trust)
        told = workplace.confined.ask("examine", question, allowed=_ALLOWED).told
    except ChildLost as error:
        return 0, [("lost", f"无法验签：{error}")]
    problems = []
    for each in told["signatures"]:
        name = f"{each['what']}“{each['field']}”"
        if not each["intact"]:
            problems.append(
                (f"{each['field']}:intact", f"{name}不完好：{each['problem'] or '内容已变'}")
            )
        elif not each["permitted"]:
            problems.append(
                (f"{each['field']}:change", f"{name}之后有不允许的改动：{each['change']}")
            )
    if told["problem"] and "签名" in told["problem"]:
        problems.append(("unjudged", str(told["problem"])))
    return len(told["signatures"]), problems
