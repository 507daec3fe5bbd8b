"""Receiving: packages that came, examined before anything is taken from them (接收检测)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.errors import RetentionRefused
from pipeline.fourfold.batches import Batch, Examined, means_of, scanning
from pipeline.fourfold.exhibit import Exhibit, told_by, unread
from pipeline.fourfold.judging import judge
from pipeline.fourfold.lists import entries_in
from pipeline.fourfold.verdicts import Checkpoint
from pipeline.handover.bags import read_bag
from pipeline.handover.exports import LIST
from pipeline.wiring import Workplace


def receive_check(workplace: Workplace, folder: Path) -> Batch:
    """Return what the rules of hand-over find in the packages in `folder`; writes nothing.

    A dossier the list names and that did not come is a finding. Raises RetentionRefused where
    there is no package.
    """
    bags = sorted(path for path in folder.iterdir() if (path / "bagit.txt").is_file())
    listed = entries_in(folder / LIST) if (folder / LIST).is_file() else None
    if not bags and not listed:
        raise RetentionRefused(f"{folder} 中没有移交包（含 bagit.txt 的文件夹）")
    at = workplace.clock()
    means = replace(
        means_of(workplace, at=at, listed=listed), scan=scanning(workplace, folder.resolve())
    )
    exhibits = [_exhibit(folder, bag.name) for bag in bags]
    came = {exhibit.code for exhibit in exhibits}
    exhibits += [
        unread(code, ["移交清册所列的案卷没有移交"]) for code in listed or () if code not in came
    ]
    found = [
        Examined(
            str(exhibit.dossier.get("title", "")),
            len(exhibit.items),
            judge(exhibit, workplace.fourfold, Checkpoint.HANDOVER, replace(means, seen={})),
        )
        for exhibit in exhibits
    ]
    return Batch(Checkpoint.HANDOVER, at, None, workplace.fourfold.version, tuple(found))


def _exhibit(folder: Path, name: str) -> Exhibit:
    bag = read_bag(folder / name)
    data = (folder / name / "data").resolve()

    def read(path: str) -> bytes:
        target = data / path
        if target.is_symlink() or not target.resolve().is_relative_to(data):
            raise ValueError(f"{path} 指到包外")
        return target.read_bytes()

    known: dict[str, Any] = {"structure": bag.structure, "strays": bag.strays}
    return told_by(name, bag.digests, read, **known)
