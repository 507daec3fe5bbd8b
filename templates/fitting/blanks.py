"""Blanks: places left to be filled by hand, which a finished contract may not have (T30)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from templates.errors import Finding
from templates.fitting.findings import blocks, warns
from templates.fitting.guesses import guess, guess_by_name
from templates.fitting.markup import attribute, child, name_of
from templates.fitting.places import Line
from templates.fitting.seals import SEALS, bookmarks_of
from templates.fitting.tags import tags_of
from templates.fitting.vocabulary import Vocabulary

_CROSSES = re.compile(r"[×✕✖]{2,}|×(?=年|月|日|元|公司)")
_RULES = re.compile(r"[_＿﹍]{2,}(?:\s*[年月]\s*[_＿﹍]+)*(?:\s*日)?")
_NAMED = re.compile(r"[【〔\[]([\u4e00-\u9fff·、（）]{2,16})[】〕\]]")
_LETTERS = re.compile(r"(?<![A-Za-z0-9])[XxＸ]{2,}(?![A-Za-z0-9])|待填写?|待定")
_EMPTY = re.compile(r"[【〔\[]\s*[】〕\]]|（\s{2,}）|\(\s{3,}\)|(?<=[￥¥])\s*元|：\s*[。；]")
_SIGNING = re.compile(r"盖章|签章|签字|签名|（公章）")
_OPENING = re.compile(r"以下无正文|签署页|签章页")
_AFTER = 8
"""How many paragraphs after a place to sign may still belong to it."""


def left_blank(lines: Sequence[Line], known: Vocabulary) -> Iterator[Finding]:
    """Yield every blank; by the signatures, only what would be taken for a forgotten field."""
    signing = _signature_block(lines)
    for line in lines:
        text = _without_tags(line.text)
        is_signing = line in signing
        for found in _CROSSES.finditer(text):
            yield _blank(line, found, f"留有占位符“{found[0]}”；请改为 {{{{ 字段名 }}}} 或固定文字")
        for found in _RULES.finditer(text):
            hint = "" if is_signing else guess(line, found.start(), lines, known)
            yield _blank(line, found, _rule_message(is_signing=is_signing) + hint)
        if is_signing:
            continue
        for found in _EMPTY.finditer(text):
            hint = guess(line, found.start(), lines, known)
            yield _blank(line, found, f"留有空白；请改为 {{{{ 字段名 }}}} 或固定文字{hint}")
        for found in _NAMED.finditer(text):
            hint = guess_by_name(found[1], known)
            message = f"“{found[0]}”像是占位符；如是，请改为 {{{{ 字段名 }}}} 或固定文字{hint}"
            # What names a field was left for it; other words in brackets may be meant.
            told = blocks if hint else warns
            yield told("T30", line.at(found.start(), found.end()), message)
        for found in _LETTERS.finditer(text):
            message = f"“{found[0]}”像是占位符；如是，请改为 {{{{ 字段名 }}}} 或固定文字"
            yield warns("T30", line.at(found.start(), found.end()), message)
        yield from _underlined(line, lines, known)


def _blank(line: Line, found: re.Match[str], message: str) -> Finding:
    return blocks("T30", line.at(found.start(), found.end()), message)


def _rule_message(*, is_signing: bool) -> str:
    if is_signing:
        return "签署栏请用空格或带下划线的空格留白，不要用 __：核验时会把它当作漏填的字段"
    return "留有空白横线；请改为 {{ 字段名 }} 或固定文字"


def _underlined(line: Line, lines: Sequence[Line], known: Vocabulary) -> Iterator[Finding]:
    for piece in line.pieces:
        text = piece.element.text or ""
        underline = attribute(child(_run_of(piece.element), "rPr", "u"), "val")
        if len(text) > 1 and not text.strip() and underline not in (None, "none"):
            hint = guess(line, piece.start, lines, known)
            message = f"留有带下划线的空白；请改为 {{{{ 字段名 }}}} 或固定文字{hint}"
            yield blocks("T30", line.at(piece.start, piece.end), message)
            return


def _run_of(text: etree._Element) -> etree._Element | None:
    parent = text.getparent()
    return parent if parent is not None and name_of(parent) == "r" else None


def _without_tags(text: str) -> str:
    for tag in tags_of(text):
        text = text[: tag.start] + "\ufffc" * (tag.end - tag.start) + text[tag.end :]
    return text


def _signature_block(lines: Sequence[Line]) -> frozenset[Line]:
    """Return the lines to be signed: their table, or what follows a place to sign closely."""
    start = next((n for n, each in enumerate(lines) if _OPENING.search(each.text)), None)
    if start is None:
        start = next((n for n, each in enumerate(lines) if set(bookmarks_of(each)) & set(SEALS)), 0)
    found: set[Line] = set()
    for number, line in enumerate(lines[start:], start):
        if line.kind != "body" or not _SIGNING.search(line.text):
            continue
        if line.table is None:
            found.update(each for each in lines[number : number + _AFTER] if each.kind == "body")
        else:
            found.update(each for each in lines if each.table is line.table)
    return frozenset(found)
