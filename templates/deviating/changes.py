"""Changes: edits told to people, with the clause they stand in and what kind they are (改动)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from templates.deviating.comparing import Edit, Kind, Letters, compare, without_blanks
from templates.deviating.lines import Line


class What(StrEnum):
    """What kind of change it is; the last two change no word."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    SPACING = "spacing"
    FORMAT = "format"


WORDS: Final = {
    What.ADDED: "新增",
    What.REMOVED: "删除",
    What.CHANGED: "修改",
    What.MOVED: "移动",
    What.SPACING: "空格",
    What.FORMAT: "格式",
}
QUIET: Final = (What.SPACING, What.FORMAT)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where it stands, what was there, what is there, and letter by letter."""

    what: What
    clause: str
    place: str
    before: str
    after: str
    letters: Letters

    @property
    def put_in(self) -> str:
        """Return the letters that are new."""
        return "".join(text for turn, text in self.letters if turn > 0)

    def as_json(self) -> dict[str, Any]:
        """Return the change as JSON values; `parse` reads it back."""
        return {
            "what": self.what.value,
            "clause": self.clause,
            "place": self.place,
            "before": self.before,
            "after": self.after,
            "letters": [[turn, text] for turn, text in self.letters],
        }

    @classmethod
    def parse(cls, content: dict[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(
            What(content["what"]),
            content["clause"],
            content["place"],
            content["before"],
            content["after"],
            tuple((turn, text) for turn, text in content["letters"]),
        )


def changes_of(
    before: Sequence[Line], after: Sequence[Line], edits: Sequence[Edit]
) -> tuple[Change, ...]:
    """Return the changes in the order of the text; a moved paragraph is one change."""
    return tuple(_changes(before, after, edits))


def changes_of_margins(before: Sequence[Line], after: Sequence[Line]) -> tuple[Change, ...]:
    """Return the changes of headers and footers."""
    edits = compare([line.text for line in before], [line.text for line in after])
    return changes_of(before, after, edits)


def summary_of(changes: Sequence[Change]) -> str:
    """Return the changes in one sentence: how many, and in which clause what was done."""
    told = [change for change in changes if change.what not in QUIET]
    clauses: dict[str, list[str]] = {}
    for change in told:
        item = change.place.removeprefix(change.clause).strip()
        words = f"{WORDS[change.what]} {item}".strip()
        listed = clauses.setdefault(change.clause, [])
        if words not in listed:
            listed.append(words)
    parts = "；".join(f"{clause}（{'、'.join(words)}）" for clause, words in clauses.items())
    return f"{len(told)} 条改动：{parts}" if told else "文字没有改动"


def _changes(
    before: Sequence[Line], after: Sequence[Line], edits: Sequence[Edit]
) -> Iterator[Change]:
    for edit in edits:
        one = before[edit.at] if edit.at >= 0 else None
        other = after[edit.to] if edit.to >= 0 else None
        if one is not None and other is not None:
            yield from _of_both(one, other, edit)
        elif other is not None:
            what = What.MOVED if edit.moved >= 0 else What.ADDED
            if what is What.ADDED and not other.text.strip():
                what = What.SPACING
            was = other.text if edit.moved >= 0 else ""
            yield Change(what, other.clause, other.place, was, other.text, _whole(what, other, 1))
        elif one is not None and edit.moved < 0:
            what = What.REMOVED if one.text.strip() else What.SPACING
            yield Change(what, one.clause, one.place, one.text, "", _whole(what, one, -1))


def _of_both(one: Line, other: Line, edit: Edit) -> Iterator[Change]:
    if edit.kind is Kind.CHANGED:
        same = without_blanks(one.text) == without_blanks(other.text)
        what = What.SPACING if same else What.CHANGED
        yield Change(what, one.clause, one.place, one.text, other.text, edit.letters)
    elif one.form != other.form and one.text.strip():
        letters: Letters = ((0, one.text),)
        yield Change(What.FORMAT, one.clause, one.place, one.text, other.text, letters)


def _whole(what: What, line: Line, turn: int) -> Letters:
    return ((0 if what is What.MOVED else turn, line.text),) if line.text else ()
