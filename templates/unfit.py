"""Unfit: a registered template that cannot be used, and what is still known of it (不可用模板)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

_ANY_TYPE = "*"


@dataclass(frozen=True, slots=True)
class Unfit:
    """A folder whose template cannot be used, and why; the rest is what its manifest still says."""

    folder: Path
    problems: tuple[str, ...]
    code: str = ""
    version: str = ""
    kind: str = ""
    contract_types: tuple[str, ...] = ()
    in_force_from: date | None = None

    @classmethod
    def at(cls, manifest: Path, problems: Iterable[str]) -> Unfit:
        """Return the unfit template of `manifest`, which may be damaged or unreadable."""
        said = _said(manifest)
        texts = {
            name: said[name]
            for name in ("code", "version", "kind")
            if isinstance(said.get(name), str)
        }
        types, start = said.get("contract_types"), said.get("in_force_from")
        return cls(
            manifest.parent,
            tuple(problems),
            **texts,
            contract_types=tuple(filter(_is_text, types)) if isinstance(types, list) else (),
            in_force_from=start if type(start) is date else None,
        )

    @property
    def name(self) -> str:
        """Return code and version, or the folder's name where they cannot be read."""
        return f"{self.code}@{self.version}" if self.code and self.version else self.folder.name

    def is_named(self, code: str, version: str | None) -> bool:
        """Return whether an order that names `code` and `version` means this one."""
        if not self.code:
            return self.folder.name in (code, f"{code}-{version}")
        return self.code == code and version in (None, self.version)

    def would_win(self, kind: str, contract_type: str, on: date, over: date | None) -> bool:
        """Return whether it would be picked before one in force from `over`, were it fit."""
        if kind != self.kind or not {contract_type, _ANY_TYPE} & set(self.contract_types):
            return False
        start = self.in_force_from
        return start is None or (start <= on and (over is None or start > over))


def _said(manifest: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(manifest.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)
