"""Who was disabled in the directory acts no more and is told nothing, whatever rules name them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from keepers import ARCHIVIST, LEGAL, Keeping, Line

from archive.directory import ADMINISTRATOR, User, put_user, set_enabled

ROOT = Path(__file__).parents[2] / "pipeline"


@pytest.fixture
def left(keeping: Keeping) -> Keeping:
    """A home with a dossier, whose archivist, counsel, appraiser and inspector have left."""
    keeping.contract("S-1")
    names = (ARCHIVIST, LEGAL, "鉴一鸣", "法定代", "监小天", "查小实", "核小准")
    people = [User(f"u{at}", name, "综合部", "职员", ("员工",)) for at, name in enumerate(names)]
    with keeping.workplace.register.write.begin() as session:
        for user in (User("feng", "冯管理", "信息部", "管理员", (ADMINISTRATOR,)), *people):
            put_user(session, user, by="feng", at=keeping.now)
        for user in people:
            set_enabled(
                session, user.login, is_enabled=False, reason="离职", by="feng", at=keeping.now
            )
    return keeping


DAY = ("--event", "终止", "--on", "2026-03-16", "--evidence", "到期。")
ACTS = [
    ("holds", "place", "S-1", "--matter", "诉讼", "--reason", "起诉", "--as", LEGAL),
    ("holds", "release", "DJ-2026-0001", "--basis", "撤诉", "--as", LEGAL),
    ("retention", "date", "S-1", *DAY, "--as", ARCHIVIST),
    ("retention", "extend", "S-1", "--period", "Y", "--reason", "重要", "--as", ARCHIVIST),
    ("retention", "propose", "S-1", "--as", ARCHIVIST),
    ("archive", "supply", "S-1", "original", "--evidence", "已收。", "--as", ARCHIVIST),
    ("archive", "export", "S-1", "--purpose", "查阅", "--out", "{out}", "--as", ARCHIVIST),
    ("inspect", "start", "季度检查", "--as", "查小实"),
    ("audit", "begin", "--as", ARCHIVIST, "--second", "冻小务", "--reason", "损坏"),
    ("search", "合同", "--as", ARCHIVIST),
]


@pytest.mark.parametrize("words", ACTS, ids=lambda words: " ".join(words[:2]))
def test_no_act_and_no_answer(left: Keeping, tmp_path: Path, words: tuple[str, ...]) -> None:
    line = Line(left.workplace.home.root)
    asked = [word.format(out=tmp_path / "包") for word in words]
    refused = line(*asked, code=2 if words[0] == "search" else 1)
    assert "停用" in refused["error"]["message"]


def test_nobody_is_asked_for_past_the_directory() -> None:
    """Whoever may act is found out in `acting.py`, which asks the directory too."""
    past = re.compile(r"(?:retention|rules|inspections)\.need(?:_\w+)?\(")
    found = [path.name for path in ROOT.rglob("*.py") if past.search(path.read_text("utf-8"))]
    assert found == ["acting.py"]
