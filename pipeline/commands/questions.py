"""Questions: what is asked of the index, as the command line has it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from index.library import Question
    from pipeline.wiring import Workplace

_FILTERS = ("year", "type", "kind", "status", "party", "department", "retention", "secrecy")

WITH_MINUS = {"ignore_unknown_options": True}
"""Of a command that is asked questions: -作废 is a word that must not be there, no option."""

as_option = click.option(
    "--as", "person", metavar="NAME", help="Only what this person may know of."
)
_OPTIONS = (
    click.argument("query", nargs=-1, callback=lambda *given: _words(given[0], given[-1])),
    click.option(
        "--filter",
        "filters",
        multiple=True,
        metavar="FACET=VALUE",
        callback=lambda *given: tuple(map(_split, given[-1])),
        help=f"Only records with this value; facets: {', '.join(_FILTERS)}.",
    ),
    click.option(
        "--sort",
        default="relevance",
        show_default=True,
        help="relevance, formed_on, filed_on, amount, number, reference_code, title, party_a,"
        " party_b, project, status or department; :asc and :desc turn it.",
    ),
    click.option("--page", default=1, show_default=True, type=click.IntRange(1)),
    click.option("--page-size", default=20, show_default=True, type=click.IntRange(1, 1000)),
    as_option,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as typed, and in whose name."""

    query: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]
    sort: str
    page: int
    page_size: int
    person: str | None

    @property
    def text(self) -> str:
        """Return the query as one text."""
        return " ".join(self.query)

    def question(self, workplace: Workplace) -> Question:
        """Return it as the index takes it; raises PersonUnknown."""
        from index.library import Question
        from pipeline.asking import access_of

        return Question(
            self.text,
            dict(self.filters),
            sort=self.sort,
            page=self.page,
            page_size=self.page_size,
            access=access_of(workplace, self.person),
        )


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the words and options of a question, as `asked`."""

    @functools.wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:
        own = {name: given.pop(name) for name in Asked.__slots__}
        command(*args, asked=Asked(**own), **given)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _words(ctx: click.Context, typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a query; raises click.NoSuchOption on what was meant as an option."""
    for word in typed:
        if word.startswith("--"):
            known = [name for option in ctx.command.params for name in option.opts]
            raise click.NoSuchOption(word.partition("=")[0], possibilities=known)
    return typed


def _split(text: str) -> tuple[str, str]:
    from index.labels import CLOSED, value_of

    name, equals, value = text.partition("=")
    if not equals or name not in _FILTERS:
        known = "、".join(_FILTERS)
        raise click.BadParameter(
            f"{text} 应写成 项目=值，项目是其中之一：{known}", param_hint="--filter"
        )
    meant = value_of(name, value)
    if name in CLOSED and meant not in CLOSED[name]:
        known = "、".join(CLOSED[name].values())
        raise click.BadParameter(f"没有“{value}”这个值；可写：{known}", param_hint="--filter")
    return name, meant
