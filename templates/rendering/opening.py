"""Opening: the renderer this machine can have."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from templates.rendering.fonts import prepare_fonts
from templates.rendering.installed import find_office, has_kit
from templates.rendering.pool import OfficePool
from templates.rendering.renderer import Renderer
from templates.rendering.soffice import SofficeRenderer

log = logging.getLogger(__name__)


def open_renderer(
    *,
    fonts: Path,
    work: Path,
    children: int = 2,
    recycle_after: int = 200,
    memory_limit_mb: int = 600,
    start_deadline: timedelta = timedelta(seconds=60),
    document_deadline: timedelta = timedelta(seconds=10),
) -> Renderer:
    """Return a renderer that prints in `fonts`, made ready here, and works below `work`.

    Nothing is started before the first document or `warm`. Raises RendererMissing where
    LibreOffice or the fonts are not installed.
    """
    program = find_office()
    prepare_fonts(fonts)
    if has_kit(program):
        return OfficePool(
            program=program,
            fonts=fonts,
            work=work,
            children=children,
            recycle_after=recycle_after,
            memory_limit_mb=memory_limit_mb,
            start_deadline=start_deadline,
            document_deadline=document_deadline,
        )
    log.warning("LibreOfficeKit cannot be loaded; each document starts LibreOffice anew")
    return SofficeRenderer(
        program=program,
        fonts=fonts,
        work=work,
        memory_limit_mb=memory_limit_mb,
        document_deadline=start_deadline + document_deadline,
    )
