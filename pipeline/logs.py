"""Logs: one JSON line an act, with the order it belongs to; no names, no amounts."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

import structlog


def start_logging(folder: Path, level: str) -> None:
    """Write every package's log lines to `folder`/guidang.log, ten files of 10 MB."""
    target = logging.handlers.RotatingFileHandler(
        folder / "guidang.log", maxBytes=10_000_000, backupCount=9, encoding="utf-8"
    )
    target.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [target]
    root.setLevel(level)
    for chatty in ("alembic", "watchdog", "fontTools", "pikepdf", "pypdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
