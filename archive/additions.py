"""Additions: files that join an item after it was filed, what stood there untouched (补入)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.carrying import Row
from archive.errors import RetentionRefused
from archive.joining import file_row

FileContents = Mapping[str, tuple[str, str, bytes]]
"""By role: name, media type and bytes, as a submission holds them."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Files for the item `reference_code`, and what its description says besides from now on."""

    reference_code: str
    files: FileContents = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


def added(
    items: Sequence[Row], additions: Sequence[Addition]
) -> tuple[tuple[Row, ...], dict[str, bytes]]:
    """Return the items with `additions`, and the new files by where they stand in the dossier.

    Raises RetentionRefused where an item has another file in that role already, or is not there.
    """
    anew = {item["reference_code"]: item for item in items}
    contents: dict[str, bytes] = {}
    for addition in additions:
        item = anew.get(addition.reference_code)
        if item is None:
            raise RetentionRefused(f"案卷中没有 {addition.reference_code}")
        standing = {file["role"]: file for file in item["files"]}
        for role, (name, media_type, content) in sorted(addition.files.items()):
            row = file_row(role, item["item_no"], name, media_type, content)
            known = standing.get(role)
            if known is not None and known["sha256"] != row["sha256"]:
                raise RetentionRefused(f"{addition.reference_code} 已有另一份 {role}")
            standing.setdefault(role, row)
            contents[row["path"]] = content
        anew[addition.reference_code] = item | {
            "files": [standing[role] for role in sorted(standing)],
            "description": item["description"] | dict(addition.said),
        }
    return tuple(anew.values()), contents
