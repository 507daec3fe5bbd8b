"""Receiving: packages that came, examined before anything is taken from them (接收检测)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from archive.errors import RetentionRefused
from pipeline.fourfold.batches import Batch, Examined, means_of, scanning
from pipeline.fourfold.exhibit import UNREADABLE, Exhibit, told_by, unread
from pipeline.fourfold.judging import judge
from pipeline.fourfold.lists import entries_in
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import Checkpoint
from pipeline.handover.bags import read_bag
from pipeline.handover.entities import Leaf, Source, acts_of, papers_of, people_of
from pipeline.handover.exports import LIST
from pipeline.handover.sums import problems_beside
from pipeline.handover.unpacking import PackageRefused, unpack
from pipeline.handover.xmlforms import ACT, PAPER_TOLD, PERSON
from pipeline.wiring import Workplace


def receive_check(workplace: Workplace, folder: Path) -> Batch:
    """Return what the rules of hand-over find in the packages in `folder`; writes nothing.

    A dossier the list names and that did not come is a finding, and so is what lies beside the
    packages and is not as the digests that came with it say. Raises RetentionRefused where
    there is no package.
    """
    bags = sorted(path for path in folder.iterdir() if (path / "bagit.txt").is_file())
    files = sorted(
        path for path in folder.glob("*.xml") if path.is_file() and not path.is_symlink()
    )
    listed = entries_in(folder / LIST) if (folder / LIST).is_file() else None
    if not bags and not files and not listed:
        raise RetentionRefused(f"{folder} 中没有移交包（含 bagit.txt 的文件夹，或 XML 封装包）")
    at = workplace.clock()
    means = means_of(workplace, at=at, listed=listed)
    shelf = replace(means, scan=scanning(workplace, folder.resolve()))
    beside = tuple(problems_beside(folder)) if listed is not None else ()
    found = [_examined(workplace, _exhibit(folder, bag.name, beside), shelf) for bag in bags]
    for file in files:
        with tempfile.TemporaryDirectory(prefix="guidang-") as desk:
            room = Path(desk)
            unpacked = replace(means, scan=scanning(workplace, room))
            exhibit = _unpacked(file, room)
            exhibit = replace(exhibit, structure=(*exhibit.structure, *beside))
            found.append(_examined(workplace, exhibit, unpacked))
    came = {one.examination.code for one in found}
    found += [
        _examined(workplace, unread(code, ["移交清册所列的案卷没有移交"]), shelf)
        for code in listed or ()
        if code not in came
    ]
    return Batch(Checkpoint.HANDOVER, at, None, workplace.fourfold.version, tuple(found))


def _examined(workplace: Workplace, exhibit: Exhibit, means: Means) -> Examined:
    found = judge(exhibit, workplace.fourfold, Checkpoint.HANDOVER, replace(means, seen={}))
    return Examined(str(exhibit.dossier.get("title", "")), len(exhibit.items), found)


def _unpacked(package: Path, room: Path) -> Exhibit:
    """Return the dossier in an XML package; its files stand below `room` while it is judged."""
    folder = room / package.name
    folder.mkdir()
    try:
        came = unpack(package, folder)
    except PackageRefused as error:
        return unread(package.name, [str(error)])

    def opened(path: str) -> IO[bytes]:
        return (folder / path).open("rb")

    exhibit = told_by(package.name, came.digests, opened, structure=came.structure)
    if exhibit.unreadable or came.told == _retold(exhibit):
        return exhibit
    said = "封装包所写的文件元数据、业务实体或机构人员与包内案卷文件不符"
    return replace(exhibit, structure=(*exhibit.structure, said))


def _retold(exhibit: Exhibit) -> tuple[tuple[str, Leaf], ...] | None:
    """Return what the dossier's own files say, as a package writes it; None where they cannot."""
    tables = exhibit.tables
    source = Source(
        exhibit.dossier,
        exhibit.items,
        exhibit.events,
        tables.get("approvals", ()),
        tables.get("seal_uses", ()),
    )
    blocks = ((PAPER_TOLD, papers_of), (ACT, acts_of), (PERSON, people_of))
    try:
        return tuple(
            (tag, leaf) for tag, told in blocks for entity in told(source) for leaf in entity
        )
    except UNREADABLE:
        return None


def _exhibit(folder: Path, name: str, beside: tuple[str, ...]) -> Exhibit:
    bag = read_bag(folder / name)
    data = (folder / name / "data").resolve()

    def opened(path: str) -> IO[bytes]:
        target = data / path
        if target.is_symlink() or not target.resolve().is_relative_to(data):
            raise ValueError(f"{path} 指到包外")
        return target.open("rb")

    known: dict[str, Any] = {"structure": (*bag.structure, *beside), "strays": bag.strays}
    return told_by(name, bag.digests, opened, **known)
