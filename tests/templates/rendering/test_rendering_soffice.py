"""The way without LibreOfficeKit: slower, and just as little trusted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from templates.errors import RendererMissing, RenderingFailed
from templates.rendering.installed import find_office, has_kit
from templates.rendering.opening import open_renderer
from templates.rendering.pool import OfficePool
from templates.rendering.soffice import SofficeRenderer

Paper = Callable[..., bytes]


def test_it_prints_what_the_pool_prints(
    fonts: Path, tmp_path: Path, pool: OfficePool, paper: Paper, text_in: Callable[[bytes], str]
) -> None:
    said = paper("第一条 服务内容", "第二条 ¥1,234.00 ☑", bookmark="sealB")
    renderer = SofficeRenderer(fonts=fonts, work=tmp_path)
    try:
        pdf = renderer.render(said)
    finally:
        renderer.close()

    assert text_in(pdf) == text_in(pool.render(said))
    assert b"sealB" in pdf
    assert not list(tmp_path.glob("room-*"))


def test_a_run_that_takes_too_long_is_ended(fonts: Path, tmp_path: Path, paper: Paper) -> None:
    renderer = SofficeRenderer(
        fonts=fonts, work=tmp_path, document_deadline=timedelta(milliseconds=50)
    )
    with pytest.raises(RenderingFailed, match="took longer"):
        renderer.render(paper("太慢"))
    renderer.close()

    with pytest.raises(RenderingFailed, match="closed"):
        renderer.render(paper("太晚了"))


def test_garbage_is_refused(fonts: Path, tmp_path: Path) -> None:
    renderer = SofficeRenderer(fonts=fonts, work=tmp_path)
    with pytest.raises(RenderingFailed, match="not a Word document"):
        renderer.render(b"five pages of anything")
    renderer.close()


def test_opening_chooses_the_pool_where_libreofficekit_loads(fonts: Path, tmp_path: Path) -> None:
    renderer = open_renderer(fonts=fonts, work=tmp_path)
    renderer.close()

    assert isinstance(renderer, OfficePool)


def test_a_folder_without_libreofficekit_is_known_for_it(tmp_path: Path) -> None:
    assert not has_kit(tmp_path)


def test_a_missing_libreoffice_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RendererMissing, match="libreoffice-writer-nogui"):
        find_office((str(tmp_path),))
