"""Homes with the sample company, and the command line as its users start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline import samplereports, samples

QUICK = {"GUIDANG_INBOX__SETTLE_SECONDS": "0.05", "GUIDANG_INBOX__SCAN_SECONDS": "0.2"}


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class House:
    """A home and the command line on it."""

    root: Path

    def guidang(self, *words: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run a command with --json and return its answer."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "pipeline", "--home", str(self.root), *words],
            capture_output=True,
            text=True,
            timeout=300,
            env=os.environ | QUICK | dict(env or {}),
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def drop(self, content: Mapping[str, Any] | bytes, name: str) -> Path:
        """Drop a file into the inbox and return its path."""
        target = self.root / "inbox" / name
        payload = content if isinstance(content, bytes) else as_bytes(content)
        target.write_bytes(payload)
        return target

    def run_until_idle(self) -> dict[str, Any]:
        """Work until nothing moves and return what was done."""
        done = self.guidang("run", "--until-idle", "--json")
        assert done.code in {0, 1, 3}, done.err + done.out
        assert "filed" in done.content, done.out
        return done.content

    def contracts(self) -> list[dict[str, Any]]:
        """Return all papers, newest first."""
        found: list[dict[str, Any]] = self.guidang("contracts", "list", "--json").content[
            "contracts"
        ]
        return found

    def show(self, name: str) -> dict[str, Any]:
        """Return one paper whole."""
        return self.guidang("contracts", "show", name, "--json").content

    def search(self, *words: str) -> dict[str, Any]:
        """Return the answer to a query."""
        return self.guidang("search", *words, "--json").content

    def rejected(self) -> dict[str, str]:
        """Return refused file names with their reasons."""
        suffix = ".原因.txt"
        return {
            path.name.removesuffix(suffix): path.read_text("utf-8")
            for path in (self.root / "rejected").glob(f"*{suffix}")
        }


def as_bytes(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


@pytest.fixture(scope="session")
def house_at() -> Callable[[Path], House]:
    return House


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path / "home")
    assert made.guidang("init", "--sample", "--json").code == 0
    return made


@pytest.fixture
def order() -> Callable[..., dict[str, Any]]:
    return samples.sample_order


@pytest.fixture
def acceptance() -> Callable[..., dict[str, Any]]:
    return samplereports.sample_acceptance
