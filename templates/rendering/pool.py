"""Pool: a few long-lived LibreOffice children, each replaced before it can do harm."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from templates.errors import RenderingFailed
from templates.rendering.admission import admit
from templates.rendering.fonts import assert_prepared, assert_printable
from templates.rendering.installed import find_office
from templates.rendering.leash import ChildFailed, Leash, Limits
from templates.rendering.specimen import specimen
from templates.rendering.verdict import assert_usable
from templates.rendering.workroom import Workroom

_PAGE_TEXT_BYTES: Final = 8_000
"""Roughly what one page weighs in document.xml: a page more, a second more."""

_ATTEMPTS: Final = 2

log = logging.getLogger(__name__)


class OfficePool:
    """Renders by LibreOfficeKit in `children` child processes; may be used from many threads.

    A child is replaced after `recycle_after` documents, above `memory_limit_mb` resident, and
    after every failure; a document is tried once more on a fresh child. A document may take
    `document_deadline` and a second a page, then its child is killed. Nothing starts before
    the first document. Raises RendererMissing where LibreOffice is not installed or `fonts`
    was not made ready by `prepare_fonts`.
    """

    def __init__(
        self,
        *,
        fonts: Path,
        work: Path,
        program: Path | None = None,
        children: int = 2,
        recycle_after: int = 200,
        memory_limit_mb: int = 600,
        start_deadline: timedelta = timedelta(seconds=60),
        document_deadline: timedelta = timedelta(seconds=10),
    ) -> None:
        if children < 1 or recycle_after < 1:
            raise ValueError("at least one child, and one document a child")
        assert_prepared(fonts)
        self._fonts = fonts
        self._room = Workroom(work)
        self._limits = Limits(
            program=(program or find_office()).resolve(),
            fonts=fonts.resolve(),
            memory_limit_mb=memory_limit_mb,
            start_deadline=start_deadline,
        )
        self._recycle_after = recycle_after
        self._document_deadline = document_deadline
        # The threads that start children must outlive them: see confinement.
        self._starter = ThreadPoolExecutor(children, thread_name_prefix="office-starter")
        self._lanes: queue.LifoQueue[int] = queue.LifoQueue()
        self._leashes: list[Leash | None] = [None] * children
        self._closed = threading.Event()
        self._gathering = threading.Lock()
        for lane in range(children):
            self._lanes.put(lane)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def render(self, docx: bytes) -> bytes:
        """Return `docx` as PDF/A-2b, waiting for a free child.

        Raises ProofFailed where no face has a glyph for one of its characters, RenderingFailed
        where it may not be printed, or came out unusable twice.
        """
        paper = admit(docx)
        assert_printable(self._fonts, paper.characters)
        allowed = self._document_deadline + timedelta(seconds=paper.weight_bytes / _PAGE_TEXT_BYTES)
        lane = self._lanes.get()
        try:
            return self._render(lane, docx, allowed)
        finally:
            self._lanes.put(lane)

    def warm(self) -> None:
        """Start every child and let it print one page, so that the first document is quick."""
        with self._all_lanes() as lanes, ThreadPoolExecutor(len(lanes)) as all_at_once:
            list(all_at_once.map(self._warm, lanes))

    def close(self) -> None:
        """Kill every child; whoever waits for one gets RenderingFailed."""
        if self._closed.is_set():
            return
        self._closed.set()
        for leash in tuple(self._leashes):
            if leash is not None:
                leash.kill()
        with self._all_lanes() as lanes:
            for lane in lanes:
                self._drop(lane, reason="closed")
        self._starter.shutdown()
        self._room.close()

    @contextmanager
    def _all_lanes(self) -> Iterator[list[int]]:
        """Hold every lane; one at a time may gather them, or two would wait for each other."""
        with self._gathering:
            lanes = [self._lanes.get() for _ in self._leashes]
            try:
                yield lanes
            finally:
                for lane in lanes:
                    self._lanes.put(lane)

    @property
    def child_ids(self) -> tuple[int, ...]:
        """The process ids of the children that are up."""
        return tuple(leash.process_id for leash in self._leashes if leash is not None)

    def _warm(self, lane: int) -> None:
        self._render(lane, specimen(), self._document_deadline + self._limits.start_deadline)

    def _render(self, lane: int, docx: bytes, allowed: timedelta) -> bytes:
        last: Exception | None = None
        for attempt in range(_ATTEMPTS):
            try:
                leash = self._child(lane, fresh=attempt > 0)
                pdf = leash.convert(docx, allowed)
                assert_usable(pdf)
            except (ChildFailed, RenderingFailed) as error:
                self._drop(lane, reason=str(error))
                last = error
                if self._closed.is_set():
                    break
            else:
                self._retire(lane, leash)
                return pdf
        reason = "the renderer was closed" if self._closed.is_set() else str(last)
        raise RenderingFailed(reason) from last

    def _child(self, lane: int, *, fresh: bool) -> Leash:
        leash = self._leashes[lane]
        if leash is not None and not fresh and leash.is_alive:
            return leash
        self._drop(lane, reason="")
        if self._closed.is_set():
            raise RenderingFailed("the renderer was closed")
        try:
            starting = self._starter.submit(Leash.start, self._room.folder, self._limits)
        except RuntimeError as error:
            raise RenderingFailed("the renderer was closed") from error
        leash = self._leashes[lane] = starting.result()
        if self._closed.is_set():
            self._drop(lane, reason="closed")
            raise RenderingFailed("the renderer was closed")
        return leash

    def _retire(self, lane: int, leash: Leash) -> None:
        if leash.served >= self._recycle_after:
            self._drop(lane, reason=f"served {leash.served} documents")
        elif leash.resident_mb > self._limits.memory_limit_mb:
            self._drop(lane, reason=f"grew to {leash.resident_mb} MB")

    def _drop(self, lane: int, *, reason: str) -> None:
        leash, self._leashes[lane] = self._leashes[lane], None
        if leash is not None:
            leash.discard()
            log.info("office child ended", extra={"reason": reason, "served": leash.served})
