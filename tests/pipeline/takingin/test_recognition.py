"""Scans are read beside their untouched original, or say that nobody read them."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import Keeping
from oldpapers import a_pdf, a_picture
from pypdfium2 import PdfDocument
from sqlalchemy import select

from archive import recognition
from archive.dossiers import Record, Rendition
from pipeline.cli import main

AS = ("--as", "档小安")


def a_scan() -> bytes:
    """Return a page with letters on it, as a picture."""
    document = PdfDocument(a_pdf("设备采购合同\n供方：青山机械厂\n水泵十二台"))
    image = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    document.close()
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def run(root: Path, *words: object, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(main, ["--home", str(root), *map(str, words), "--json"])
    assert done.exit_code == code, done.output
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.fixture
def scanned(keeping: Keeping, tmp_path: Path) -> Path:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "采购合同.png").write_bytes(a_scan())
    root = keeping.workplace.home.root
    assert run(root, "archive", "import", folder, *AS)["accepted"] == 1
    return root


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is an extra")
def test_a_scan_is_found_by_what_was_read_off_it(keeping: Keeping, scanned: Path) -> None:
    assert run(scanned, "search", "青山机械厂")["hits"] == []

    done = run(scanned, "archive", "recognise", *AS)

    assert (done["files"], done["pages"], done["waiting"]) == (1, 1, 0)
    (hit,) = run(scanned, "search", "青山机械厂")["hits"]
    assert hit["pages"] == [1]
    assert "文字识别" in hit["excerpt"]
    with keeping.workplace.register.read.begin() as session:
        record = session.scalars(select(Record)).first()
        roles = set(session.scalars(select(Rendition.role).where(Rendition.record_id == record.id)))
    with keeping.workplace.register.read.begin() as session:
        original = session.scalars(select(Rendition).where(Rendition.role == "original")).one()
    assert keeping.workplace.store.read_path(original.path, original.sha256) == a_scan()
    assert roles == {"original", "text", "ocr_text", "fourfold"}
    assert record.description["recognition_by"].startswith("tesseract")
    assert run(scanned, "archive", "verify")["damaged"] == []
    assert run(scanned, "archive", "recognise", *AS)["files"] == 0
    assert run(scanned, "archive", "rebuild", "--replace")["damaged"] == []
    assert len(run(scanned, "search", "青山机械厂")["hits"]) == 1


def test_without_an_engine_a_scan_is_taken_in_and_says_so(
    scanned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    recognition.engine.cache_clear()
    try:
        refused = run(scanned, "archive", "recognise", *AS, code=1)
    finally:
        recognition.engine.cache_clear()
    assert "tesseract-ocr-chi-sim" in refused["error"]["hint"]
    (entry,) = run(scanned, "archive", "accessions")["accessions"]
    assert entry["counts"]["unread"] == 1


@pytest.mark.parametrize("behaviour", ["sleep 9; echo late", "exit 3", "kill -SEGV $$"])
def test_an_engine_that_hangs_or_crashes_is_told_and_marked(
    scanned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, behaviour: str
) -> None:
    engine = tmp_path / "bin" / "tesseract"
    engine.parent.mkdir()
    engine.write_text(
        "#!/bin/sh\ncase $1 in --version) echo tesseract 5;; --list-langs) echo chi_sim;;"
        f" *) cat >/dev/null; {behaviour};; esac\n"
    )
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(engine.parent), prepend=":")
    monkeypatch.setattr(recognition, "PAGE_ALLOWED", recognition.timedelta(seconds=1))
    recognition.engine.cache_clear()
    try:
        done = run(scanned, "archive", "recognise", *AS, code=3)
        assert (done["files"], len(done["failed"]), done["waiting"]) == (0, 1, 0)
    finally:
        recognition.engine.cache_clear()
    assert run(scanned, "archive", "verify")["damaged"] == []


def test_a_picture_without_a_letter_is_marked_as_waiting(keeping: Keeping, tmp_path: Path) -> None:
    (tmp_path / "旧档").mkdir()
    (tmp_path / "旧档" / "a.png").write_bytes(a_picture())
    run(keeping.workplace.home.root, "archive", "import", tmp_path / "旧档", *AS)
    with keeping.workplace.register.read.begin() as session:
        record = session.scalars(select(Record).where(Record.kind == "takenin")).one()
    assert record.description["recognition"] == "pending"
