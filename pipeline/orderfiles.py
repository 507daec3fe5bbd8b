"""Order files: what is filed of the file an order came in, under its true form (原始订单)."""

from __future__ import annotations

from typing import Any

from archive.instruments import Instrument
from pipeline.intake.formats import format_of
from pipeline.intake.reading import read_form
from pipeline.keptreading import DEFAULTS, kept_reading, reading_path
from pipeline.recalling import source_bytes
from pipeline.wiring import Workplace


def order_files(workplace: Workplace, instrument: Instrument) -> dict[str, tuple[str, str, bytes]]:
    """Return the file as it was received, and how it was read where it is no JSON, by role."""
    payload = source_bytes(workplace, instrument)
    form = format_of(payload)
    files = {"order": (instrument.source_name, form.media_type, payload)}
    if kept_reading(workplace.home, instrument.source_sha256) is not None:
        content = reading_path(workplace.home, instrument.source_sha256).read_bytes()
        files["reading"] = (f"{instrument.number}-订单识读.json", "application/json", content)
    return files


def described_order_file(workplace: Workplace, instrument: Instrument) -> dict[str, Any]:
    """Return the form of the file, and every value the firm's rules filled in."""
    content = kept_reading(workplace.home, instrument.source_sha256)
    if content is not None:
        return {key: value for key, value in content.items() if key not in {"schema", "form"}}
    payload = source_bytes(workplace, instrument)
    form = format_of(payload)
    about: dict[str, Any] = {"format": form.name, "media_type": form.media_type}
    if filled := read_form(payload).extensions.get(DEFAULTS):
        about["defaults"] = filled
    return about
