"""People: when two written names are one person, for duties that must be kept apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

ACCOUNT: Final = "账户 "
"""What stands before the name of an account of the operating system, where nobody is named."""

_SEPARATORS: Final = str.maketrans(dict.fromkeys("·・‧•⋅∙᛫", "·"))


def person_key(name: str) -> str:
    """Return `name` as it compares: width, blanks, case and the dot in names do not matter.

    Namesakes compare as one person: to keep duties apart wrongly is the safe mistake.
    """
    folded = unicodedata.normalize("NFKC", name).translate(_SEPARATORS).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZC")


def is_among(name: str, others: Iterable[str]) -> bool:
    """Return whether `name` is one of `others`."""
    key = person_key(name)
    return any(person_key(other) == key for other in others)
