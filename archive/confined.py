"""Confined: a child that looks at PDFs and signs them, within limits, and may crash or hang.

PDFium keeps global state and can be made to run for ever; a signature token is a foreign
library. None of them is let into the process that files records.
"""

from __future__ import annotations

import json
import pickle
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from archive.child import Child, ChildEnded
from archive.errors import ChildLost, SealRefused, SigningFailed, StampBroken, StampRefused

_HEAD: Final = struct.Struct(">QQ")
_MOST_TOLD: Final = 16 * 1024 * 1024
_MOST_RETURNED: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child told (JSON values), and the bytes it made."""

    told: dict[str, Any]
    made: bytes


class Confined:
    """One child, started when first asked and again after it was lost; asked by one at a time.

    `memory_mb` is the address space it may use; of the environment it sees `environment`.
    """

    def __init__(
        self, *, memory_mb: int = 1024, environment: Mapping[str, str] | None = None
    ) -> None:
        self._memory_mb = memory_mb
        self._environment = dict(environment or {})
        self._turn = threading.Lock()
        self._child: Child | None = None

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the child."""
        self.close()

    def ask(self, act: str, question: Any, *, allowed: timedelta) -> Answer:
        """Return what the child answers to `act` within `allowed`, waiting for a turn apart.

        Raises what the act raises (StampBroken, StampRefused, SealRefused, SigningFailed),
        ChildLost where the child crashed, used too much memory or took too long; the next one
        is a new child.
        """
        asked = pickle.dumps((act, allowed.total_seconds(), question))
        with self._turn:
            until = time.monotonic() + allowed.total_seconds()
            was_idle = self._child is not None
            try:
                answer = self._exchange(asked, until)
            except ChildEnded:
                # One that died while idle has not seen this question; a new one shall.
                if not was_idle:
                    raise
                answer = self._exchange(asked, until)
        if "error" in answer.told:
            raise _error(answer.told)
        return answer

    def close(self) -> None:
        """Stop the child, where one runs."""
        with self._turn:
            self._end()

    def _exchange(self, asked: bytes, until: float) -> Answer:
        try:
            child = self._running()
            child.send(_HEAD.pack(len(asked), 0) + asked, until)
            return _heard(child, until)
        except BaseException:
            self._end()
            raise

    def _running(self) -> Child:
        if self._child is None or not self._child.is_running:
            self._end()
            self._child = Child(
                "archive.confinedchild", str(self._memory_mb), environment=self._environment
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def _heard(child: Child, until: float) -> Answer:
    told, made = _HEAD.unpack(child.read(_HEAD.size, until))
    if told > _MOST_TOLD or made > _MOST_RETURNED:
        raise ChildLost("answered too much")
    content = child.read(told, until)
    try:
        said = json.loads(content)
    except ValueError as error:
        raise ChildLost("answered what is no answer") from error
    return Answer(told=said, made=child.read(made, until))


def _error(told: dict[str, Any]) -> Exception:
    name, problems = str(told["error"]), [str(problem) for problem in told["problems"]]
    if name == "StampBroken":
        return StampBroken(problems)
    if name == "StampRefused":
        return StampRefused("；".join(problems))
    if name == "SealRefused":
        return SealRefused("；".join(problems))
    if name == "SigningFailed":
        return SigningFailed("；".join(problems))
    return ChildLost("；".join(problems))
