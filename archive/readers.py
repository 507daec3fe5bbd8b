"""Readers: children that read dossiers side by side and digest every byte (多进程校验).

Python's lock keeps threads from sharing many small files; processes do. The shelf is handed out
in parts, in turns, and heard in the same order: nothing is sorted and little is kept.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import pickle
import struct
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final, Self

from archive.child import Child, ChildEnded
from archive.errors import ChildLost
from archive.fixity import Examined, examine
from archive.store import Store

HEAD: Final = struct.Struct(">Q")
"""What stands before every question and answer: its size. Of size 0 is the word that it goes on."""

_PART: Final = 16
"""Objects in a part: many enough that nobody waits for the next, few enough for memory."""

_AHEAD: Final = 3
"""Parts a child has in hand, so that it reads on while the last are worked on here."""

_PIPE: Final = 1 << 20
"""Bytes of answers that may lie ready: a child with more to say waits."""

_OPENING: Final = timedelta(milliseconds=100)
_PATIENCE: Final = timedelta(minutes=2)


class Readers:
    """Children for one archive, a core each; they start when there is enough to read.

    What is read within `alone` starts none. A child that says nothing for `patience`, though
    bytes are read all the time, is lost.
    """

    def __init__(
        self, store: Store, *, alone: timedelta = _OPENING, patience: timedelta = _PATIENCE
    ) -> None:
        self._store = store
        self._alone = alone.total_seconds()
        self._patience = patience.total_seconds()
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the children."""
        self.close()

    def close(self) -> None:
        """Stop the children, where any run."""
        while self._children:
            self._children.pop().end()

    def examined(self, paths: Iterable[str], algorithms: Sequence[str]) -> Iterator[list[Examined]]:
        """Yield the objects at `paths` examined, a part at a time, in their order.

        Memory does not grow with their number. Raises ChildLost where a child crashed or hangs:
        what was not examined is never passed over.
        """
        paths = iter(paths)
        if not self._children:
            yield from self._examined_here(paths, algorithms)
            first = next(paths, None)
            if first is None:
                return
            paths = itertools.chain([first], paths)
            self._start()
        yield from self._examined_there(paths, algorithms)

    def _examined_here(
        self, paths: Iterator[str], algorithms: Sequence[str]
    ) -> Iterator[list[Examined]]:
        """Yield parts examined by this process until it has spent the time it reads alone."""
        left = self._alone
        while left > 0:
            begun, part = time.monotonic(), []
            for path in islice(paths, _PART):
                part.append(examine(self._store, path, algorithms))
                if time.monotonic() - begun > left:
                    break
            left -= time.monotonic() - begun
            if not part:
                return
            yield part

    def _examined_there(
        self, paths: Iterator[str], algorithms: Sequence[str]
    ) -> Iterator[list[Examined]]:
        turns = itertools.cycle(self._children)
        in_hand: deque[Child] = deque()
        is_done = False
        try:
            for _ in range(_AHEAD * len(self._children)):
                self._hand_out(paths, algorithms, turns, in_hand)
            while in_hand:
                part = self._hear(in_hand.popleft())
                self._hand_out(paths, algorithms, turns, in_hand)
                yield part
            is_done = True
        finally:
            # Answers nobody heard would be taken for those of the next question.
            if not is_done:
                self.close()

    def _hand_out(
        self,
        paths: Iterator[str],
        algorithms: Sequence[str],
        turns: Iterator[Child],
        in_hand: deque[Child],
    ) -> None:
        if not (part := list(islice(paths, _PART))):
            return
        child, asked = next(turns), pickle.dumps((tuple(algorithms), part))
        with self._lost_is_told():
            child.send(HEAD.pack(len(asked)) + asked, time.monotonic() + self._patience)
        in_hand.append(child)

    def _hear(self, child: Child) -> list[Examined]:
        size = 0
        with self._lost_is_told():
            while not size:
                until = time.monotonic() + self._patience
                (size,) = HEAD.unpack(child.read(HEAD.size, until))
            answer = child.read(size, time.monotonic() + self._patience)
        examined: list[Examined] = pickle.loads(answer)  # noqa: S301 - said by our own child
        return examined

    def _start(self) -> None:
        asked = (str(self._store.root), str(self._store.desk.folder))
        for _ in range(len(os.sched_getaffinity(0))):
            child = Child("archive.readerchild", *asked, str(self._patience))
            self._children.append(child)
            with contextlib.suppress(OSError):
                fcntl.fcntl(child.answers, fcntl.F_SETPIPE_SZ, _PIPE)

    @contextlib.contextmanager
    def _lost_is_told(self) -> Iterator[None]:
        try:
            yield
        except ChildEnded as error:
            raise ChildLost(
                f"读取档案的进程中断（{error}），校验没有完成；请检查内存后重新运行"
            ) from error
        except ChildLost as error:
            raise ChildLost(
                f"读取档案的进程 {self._patience:.0f} 秒没有进展（{error}），校验没有完成；"
                "请检查档案所在的磁盘后重新运行"
            ) from error
