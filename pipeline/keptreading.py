"""Kept reading: how an order file was understood when it came, kept beside its bytes (识读).

A file that is no JSON is read once: later versions of this program and of the firm's rules
must not make another contract of the same bytes. The reading is filed with the order file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.home import Home
from pipeline.intake.content import Content
from pipeline.intake.formats import FORMATS, JSON
from pipeline.intake.forms import Form
from pipeline.intake.reading import Reading, read_form
from pipeline.keeping import keep
from templates.errors import Finding, Level

READING_SCHEMA = "guidang.reading/1"
DEFAULTS = "客户规则补入"
"""The extension that names what the rules filled, in an order taken out of a workbook."""


def keep_reading(home: Home, digest: str, reading: Reading) -> None:
    """Keep how the file of that digest was read, unless that stands already; JSON needs none."""
    path = reading_path(home, digest)
    if reading.format is not JSON and not path.exists():
        keep(path.parent, path.name, _written(reading, digest))


def kept_reading(home: Home, digest: str) -> dict[str, Any] | None:
    """Return the reading kept for the file of that digest, None where there is none."""
    try:
        content: dict[str, Any] = json.loads(reading_path(home, digest).read_bytes())
    except FileNotFoundError:
        return None
    return content


def reading_path(home: Home, digest: str) -> Path:
    """Return where the reading of a received file is kept."""
    return home.received / "readings" / f"{digest}.json"


def form_of_reading(content: dict[str, Any]) -> Form:
    """Return the form a kept reading holds."""
    return read_form(json.dumps(content["form"]).encode())


def restored(content: dict[str, Any]) -> Reading:
    """Return a kept reading as it was when the file came; the places are paths now."""
    form = next(each for each in FORMATS if each.name == content["format"])
    made = Content(
        tree=content["form"],
        notes=[Finding("K00", Level.WARN, **remark) for remark in content["remarks"]],
        defaults={each["path"]: each["from"] for each in content["defaults"]},
        rules=content["customer_rules"],
    )
    return Reading(form_of_reading(content), form, made)


def extract_of(reading: Reading) -> bytes:
    """Return one order of a file that holds several, as an order file of its own.

    The same order always gives the same bytes, wherever in the file it stands.
    """
    content = _plain(reading.form)
    if defaults := defaults_of(reading):
        content["extensions"] = content.get("extensions", {}) | {DEFAULTS: defaults}
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def defaults_of(reading: Reading) -> list[dict[str, Any]]:
    """Return what the rules filled: path, value and rule."""
    content = reading.content
    return [
        {"path": path, "value": content.get(path), "from": source}
        for path, source in content.defaults.items()
    ]


def _written(reading: Reading, digest: str) -> bytes:
    about = {
        "schema": READING_SCHEMA,
        "source_sha256": digest,
        "format": reading.format.name,
        "media_type": reading.format.media_type,
        "defaults": defaults_of(reading),
        "customer_rules": reading.content.rules,
        "remarks": [
            {"place": note.place, "message": note.message} for note in reading.content.notes
        ],
        "form": _plain(reading.form),
    }
    return json.dumps(about, ensure_ascii=False, indent=1).encode() + b"\n"


def _plain(form: Form) -> dict[str, Any]:
    return form.model_dump(mode="json", by_alias=True, exclude_unset=True)
