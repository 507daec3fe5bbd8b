"""How far long work has come: one line of a terminal that leaves nothing behind."""

from __future__ import annotations

import io

import pytest

from pipeline.commands.progressline import ProgressLine


class Terminal(io.StringIO):
    """A text stream that is one, or is none."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class Clock:
    """A clock the test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_terminal_shows_one_line_that_is_gone_at_the_end() -> None:
    terminal, clock = Terminal(is_terminal=True), Clock()
    with ProgressLine(terminal, clock) as line:
        line("核对文件与登记", 16)
        clock.now += 2
        line("核对文件与登记", 960)
        line("核验过程", 1)
    assert terminal.getvalue().split("\x1b[K") == [
        "\r核对文件与登记 16 卷",
        "\r核对文件与登记 960 卷，每秒 480 卷",
        "\r核验过程 1 卷",
        "\r",
        "",
    ]


def test_many_words_are_shown_a_few_times_a_second() -> None:
    terminal, clock = Terminal(is_terminal=True), Clock()
    with ProgressLine(terminal, clock) as line:
        for number in range(1, 1001):
            clock.now += 0.001
            line("核验过程", number)
    assert 5 <= terminal.getvalue().count("核验过程") <= 6


def test_the_line_is_taken_away_also_where_the_work_fails() -> None:
    terminal = Terminal(is_terminal=True)

    def work() -> None:
        with ProgressLine(terminal, Clock()) as line:
            line("核验过程", 1)
            raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        work()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_nothing_is_shown_where_no_person_looks() -> None:
    elsewhere = Terminal(is_terminal=False)
    with ProgressLine(elsewhere, Clock()) as line:
        line("核验过程", 1)
    assert elsewhere.getvalue() == ""
