"""Folder: where a template lives: its text, its manifest, its Word file."""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path

from templates.catalogue import MANIFEST, WORD_FILE
from templates.typesetting.blocks import Paragraph, StandardText, Style, Words
from templates.typesetting.markup import read_text
from templates.typesetting.wordfile import word_file

TEXT = "text.md"
_DIGEST = re.compile(r'^sha256 = "[0-9a-f]*"$', re.MULTILINE)


def typeset(folder: Path) -> bytes:
    """Return the Word file of the text in `folder`, dated by its manifest."""
    manifest = tomllib.loads((folder / MANIFEST).read_text("utf-8"))
    dated = manifest["in_force_from"]
    if type(dated) is not date:
        raise ValueError(f"{folder / MANIFEST}: in_force_from is no date")
    text = read_text((folder / TEXT).read_text("utf-8"))
    return word_file(text, title=_title(text), dated=dated)


def register(folder: Path) -> str:
    """Write the Word file of `folder`, note its digest in the manifest, and return that.

    The file goes first: a crash in between leaves a digest that does not fit, which the
    catalogue refuses, never an unregistered file that it takes.
    """
    content = typeset(folder)
    (folder / WORD_FILE).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    manifest = (folder / MANIFEST).read_text("utf-8")
    registered, places = _DIGEST.subn(f'sha256 = "{digest}"', manifest)
    if places != 1:
        raise ValueError(f'{folder / MANIFEST}: needs exactly one line sha256 = "…"')
    (folder / MANIFEST).write_text(registered, "utf-8")
    return digest


def _title(text: StandardText) -> str:
    for sheet in text.sheets:
        for block in sheet.blocks:
            if isinstance(block, Paragraph) and block.style is Style.TITLE:
                return "".join(each.text for each in block.content if isinstance(each, Words))
    return ""
