"""Versioning: what a new version of an object says, and which bytes it adds (版本)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from archive.digests import sha256, sha512
from archive.inventory import Kept, Version
from archive.shelfnames import check_logical_path


def version_of(
    files: Mapping[str, bytes],
    before: Mapping[str, str],
    *,
    message: str,
    person: str,
    at: datetime,
) -> Version:
    """Return the state after `before` with `files` put or replaced; raises ShelfNameRefused."""
    state = dict(before)
    for logical, content in files.items():
        state[check_logical_path(logical)] = sha512(content)
    return Version(created=at, message=message, person=person, state=state)


def new_contents(
    files: Mapping[str, bytes], number: int, manifest: Mapping[str, Kept]
) -> tuple[dict[str, bytes], dict[str, Kept]]:
    """Return what must be written for version `number`, and what the manifest gains by it."""
    known = {kept.sha512 for kept in manifest.values()}
    contents: dict[str, bytes] = {}
    gained: dict[str, Kept] = {}
    for logical in sorted(files):
        digest = sha512(files[logical])
        if digest not in known:
            known.add(digest)
            contents[f"content/{logical}"] = files[logical]
            gained[f"v{number}/content/{logical}"] = Kept(digest, sha256(files[logical]))
    return contents, gained
