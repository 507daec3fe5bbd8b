"""Every act a history can name is shown to people in words."""

from __future__ import annotations

import re
from pathlib import Path

import archive
import pipeline
from pipeline.commands.registerwords import act_word

_NAMED = re.compile(r'"([a-z]+:[a-z-]+)"|action=f"\{[^}]*\}:([a-z-]+)"|act = "([a-z-]+)"')
_NO_ACTS = {"g:fields"}


def named() -> set[str]:
    folders = (Path(str(package.__file__)).parent for package in (archive, pipeline))
    texts = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")]
    found = (match.groups() for text in texts for match in _NAMED.finditer(text))
    return {whole or f"contract:{given or by_name}" for whole, given, by_name in found} - _NO_ACTS


def test_every_act_in_the_code_has_a_chinese_word() -> None:
    acts = named()
    assert {"contract:seal-requested", "hold:placed", "dossier:placed"} <= acts
    assert {act for act in acts if act_word(act) == act or act_word(act).isascii()} == set()


def test_a_hold_is_not_called_a_place_on_a_shelf() -> None:
    assert (act_word("hold:placed"), act_word("dossier:placed")) == ("冻结", "装盒上架")
