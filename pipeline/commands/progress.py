"""Progress: what `guidang run` shows while it works."""

from __future__ import annotations

import threading
from typing import Self

from rich.console import Console

from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.failures import Outcome
from pipeline.papers.kinds import KINDS
from pipeline.reception import Reception, Taken

_WORDS = {
    "draw_up": "起草",
    "approve_and_number": "审批编号",
    "finish": "制版核验",
    "seal": "用印",
    "shelve": "归档",
}


_LONGEST = 160
"""In characters: what a terminal shows of one remark."""


def _shortened(message: str) -> str:
    """Return a remark short enough for a line; `orders check` shows it whole."""
    if len(message) <= _LONGEST:
        return message
    return f"{message[:_LONGEST]}……（全文见 guidang orders check，并已记入案卷）"


def _said(reception: Reception) -> str:
    return _shortened("；".join(finding.message for finding in reception.findings))


class SilentProgress:
    """Shows nothing."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """End."""

    def received(self, reception: Reception) -> None:
        """Hear and say nothing."""

    def stepped(self, step: str, instrument: Instrument) -> None:
        """Hear and say nothing."""

    def filed(self, instrument: Instrument, record: Record) -> None:
        """Hear and say nothing."""

    def stopped(self, instrument: Instrument, outcome: Outcome, reason: str) -> None:
        """Hear and say nothing."""


class TerminalProgress(SilentProgress):
    """A line for each paper that ends somewhere; on a terminal also what is in hand now."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._status = self._console.status("待命") if self._console.is_terminal else None
        self._in_hand: dict[int, str] = {}
        self._lock = threading.Lock()
        self._filed = 0

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop showing."""
        if self._status:
            self._status.stop()

    def received(self, reception: Reception) -> None:
        """Show a refused or repeated file."""
        if reception.taken is Taken.REJECTED:
            first = reception.findings[0]
            self._line(f"✗ 退回  {reception.name}　{first.place}：{first.message}")
        elif reception.taken is Taken.RESUMED:
            self._line(f"↻ 续办  {reception.name}　此前已受理、尚未办结，现重新办理")
        elif reception.taken in {Taken.ACCEPTED, Taken.SPLIT}:
            for finding in reception.findings:
                said = _shortened(finding.message)
                self._line(f"! 提示  {reception.name}　{finding.place}：{said}")
        elif reception.taken is Taken.NOTED:
            self._line(f"✓ 登记  {reception.name}　起算日期已登记")
        elif reception.taken is Taken.JOINED:
            self._line(f"✓ 归卷  {reception.name}　{_said(reception)}")
        elif reception.taken is Taken.WAITING:
            self._line(f"… 等候  {reception.name}　{_said(reception)}")
        elif reception.taken is Taken.DUPLICATE:
            self._line(f"= 重复  {reception.name}　此前已受理，不再办理")

    def stepped(self, step: str, instrument: Instrument) -> None:
        """Show which papers are in hand, and at which step."""
        with self._lock:
            if step in _WORDS:
                self._in_hand[instrument.id] = f"{instrument.order_no} {_WORDS[step]}"
            self._refresh()

    def filed(self, instrument: Instrument, record: Record) -> None:
        """Show a filed record: number, reference code, title."""
        with self._lock:
            self._in_hand.pop(instrument.id, None)
            self._filed += 1
            self._refresh()
        self._line(
            f"✓ 归档  {instrument.order_no} → {record.number} → {record.reference_code}"
            f"　{record.pages} 页　{record.title}"
        )

    def stopped(self, instrument: Instrument, outcome: Outcome, reason: str) -> None:
        """Show why a paper stands still."""
        with self._lock:
            self._in_hand.pop(instrument.id, None)
            self._refresh()
        word = {Outcome.WAIT: "… 等待", Outcome.RETRY: "↻ 重试"}.get(outcome, "✗ 搁置")
        if outcome is Outcome.REFUSE:
            word = "✗ 退回"
        kind = "" if instrument.kind == "contract" else f" {KINDS[instrument.kind].word}"
        self._line(f"{word}  {instrument.order_no}{kind}　{reason}")

    def _refresh(self) -> None:
        if self._status:
            hand = "；".join(list(self._in_hand.values())[:4])
            self._status.update(f"已归档 {self._filed} 件　{hand}")

    def _line(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)
