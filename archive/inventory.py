"""Inventory: what an OCFL object holds, version by version (OCFL 1.1, 3.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import quote

from archive.errors import ObjectDamaged, ShelfNameRefused
from archive.shelfnames import check_logical_path

_TYPE: Final = "https://ocfl.io/1.1/spec/#inventory"
_SHA512: Final = re.compile(r"[0-9a-f]{128}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CONTENT: Final = re.compile(r"v([1-9][0-9]*)/content/(.+)")
_KEYS: Final = {"digestAlgorithm", "fixity", "head", "id", "manifest", "type", "versions"}


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an object: who made it when, and which logical file has which SHA-512."""

    created: datetime
    message: str
    person: str
    state: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored file: its digests; the path it is kept under is its key in the manifest."""

    sha512: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """All versions of one object and every file kept for them; paths relative to the object."""

    object_id: str
    versions: tuple[Version, ...]
    manifest: Mapping[str, Kept]

    @property
    def head(self) -> int:
        """Return the number of the newest version, from 1."""
        return len(self.versions)

    @property
    def state(self) -> Mapping[str, str]:
        """Return the newest state: logical path -> SHA-512."""
        return self.versions[-1].state

    def path_of(self, logical: str) -> str:
        """Return where the newest `logical` is kept, relative to the object; raises KeyError."""
        digest = self.state[logical]
        return next(path for path, kept in self.manifest.items() if kept.sha512 == digest)

    def sha256_of(self, logical: str) -> str:
        """Return the SHA-256 of the newest `logical`; raises KeyError."""
        return self.manifest[self.path_of(logical)].sha256

    def followed_by(self, version: Version, kept: Mapping[str, Kept]) -> Self:
        """Return the inventory after `version`, which adds the files `kept`."""
        return replace(self, versions=(*self.versions, version), manifest={**self.manifest, **kept})

    def as_of(self, head: int) -> Self:
        """Return the inventory as it was when `head` was the newest version."""
        manifest = {path: kept for path, kept in self.manifest.items() if _version_of(path) <= head}
        return replace(self, versions=self.versions[:head], manifest=manifest)

    def to_bytes(self) -> bytes:
        """Return the inventory as its file says it, the same bytes for the same inventory."""
        content = {
            "digestAlgorithm": "sha512",
            "fixity": {"sha256": _grouped((p, k.sha256) for p, k in self.manifest.items())},
            "head": f"v{self.head}",
            "id": self.object_id,
            "manifest": _grouped((p, k.sha512) for p, k in self.manifest.items()),
            "type": _TYPE,
            "versions": {
                f"v{number}": _written(version)
                for number, version in enumerate(self.versions, start=1)
            },
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        return (text + "\n").encode()

    @classmethod
    def parse(cls, payload: bytes, where: str) -> Self:
        """Read the inventory file found at `where`; raises ObjectDamaged saying what is wrong."""
        try:
            content = json.loads(payload)
            inventory = cls(
                object_id=str(content["id"]),
                versions=_versions(content),
                manifest=_manifest(content),
            )
            problems = list(_contradictions(content, inventory))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ObjectDamaged(where, [f"inventory cannot be read: {error!r}"]) from error
        except ShelfNameRefused as error:
            raise ObjectDamaged(where, [f"inventory: {error}"]) from error
        if problems:
            raise ObjectDamaged(where, problems)
        return inventory


def _version_of(path: str) -> int:
    """Return the version a content path of the manifest belongs to."""
    return int(path[1 : path.index("/")])


def _written(version: Version) -> dict[str, Any]:
    return {
        "created": version.created.isoformat(),
        "message": version.message,
        "state": _grouped(version.state.items()),
        "user": {"name": version.person, "address": f"urn:guidang:person:{quote(version.person)}"},
    }


def _grouped(paths: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    by_digest: dict[str, list[str]] = {}
    for path, digest in sorted(paths):
        by_digest.setdefault(digest, []).append(path)
    return by_digest


def _ungrouped(by_digest: Mapping[str, list[str]], grammar: re.Pattern[str]) -> dict[str, str]:
    digests: dict[str, str] = {}
    for digest, paths in by_digest.items():
        if not grammar.fullmatch(digest):
            raise ValueError(f"{digest!r} is no digest")
        for path in paths:
            if path in digests:
                raise ValueError(f"{path!r} stands twice")
            digests[path] = digest
    return digests


def _versions(content: Mapping[str, Any]) -> tuple[Version, ...]:
    written = content["versions"]
    wanted = [f"v{number}" for number in range(1, len(written) + 1)]
    if not wanted or set(written) != set(wanted):
        raise ValueError(f"versions {sorted(written)} are not a row from v1")
    return tuple(_version(written[name]) for name in wanted)


def _version(written: Mapping[str, Any]) -> Version:
    created = datetime.fromisoformat(written["created"])
    if created.tzinfo is None:
        raise ValueError(f"naive datetime {written['created']!r}")
    state = _ungrouped(written["state"], _SHA512)
    for logical in state:
        check_logical_path(logical)
    return Version(
        created=created,
        message=written["message"],
        person=written["user"]["name"],
        state=state,
    )


def _manifest(content: Mapping[str, Any]) -> dict[str, Kept]:
    sha512s = _ungrouped(content["manifest"], _SHA512)
    sha256s = _ungrouped(content["fixity"]["sha256"], _SHA256)
    if set(sha512s) != set(sha256s):
        raise ValueError("manifest and fixity name different files")
    for path in sha512s:
        found = _CONTENT.fullmatch(path)
        if found is None:
            raise ValueError(f"{path!r} is no content path")
        check_logical_path(found[2])
    return {path: Kept(sha512=sha512s[path], sha256=sha256s[path]) for path in sorted(sha512s)}


def _contradictions(content: Mapping[str, Any], inventory: Inventory) -> Iterable[str]:
    if set(content) != _KEYS:
        yield f"inventory has other keys: {', '.join(sorted(set(content) ^ _KEYS))}"
    if content["type"] != _TYPE or content["digestAlgorithm"] != "sha512":
        yield "inventory is of another type or digest"
    if content["head"] != f"v{inventory.head}":
        yield f"head is {content['head']}, the newest version v{inventory.head}"
    if any(number > inventory.head for number in map(_version_of, inventory.manifest)):
        yield "manifest names a file of a version that does not exist"
    held = {kept.sha512 for kept in inventory.manifest.values()}
    used = {digest for version in inventory.versions for digest in version.state.values()}
    if used - held:
        yield f"{len(used - held)} files of a state are not in the manifest"
    if held - used:
        yield f"{len(held - used)} files of the manifest are in no state"
