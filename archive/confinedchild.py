"""Confined child: the far end of `confined`; each act is loaded when first asked for."""

from __future__ import annotations

import json
import logging
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from archive.errors import SealRefused, SigningFailed, StampBroken, StampRefused

_HEAD: Final = struct.Struct(">QQ")
_FILE_LIMIT_BYTES: Final = 64 * 1024 * 1024
_GRACE: Final = 2.0
"""Seconds the child outlives its time, so that the parent says it was late."""


Given = tuple[dict[str, Any], bytes]
"""What is told, and the bytes that were made."""


def main() -> None:
    """Take on the limits, then answer until nobody asks any more."""
    _limit(int(sys.argv[1]))
    # What is wrong with a file is in the answer; libraries tell it at length once more.
    logging.disable(logging.CRITICAL)
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while head := sys.stdin.buffer.read(_HEAD.size):
        size, _ = _HEAD.unpack(head)
        act, allowed, question = pickle.loads(  # noqa: S301 - written by our own parent
            sys.stdin.buffer.read(size)
        )
        # The kernel ends what hangs, in whatever library, when nobody is left to do it.
        signal.setitimer(signal.ITIMER_REAL, allowed + _GRACE)
        told, made = _answer(act, question)
        signal.setitimer(signal.ITIMER_REAL, 0)
        content = json.dumps(told, ensure_ascii=False).encode()
        answers.write(_HEAD.pack(len(content), len(made)) + content + made)
        answers.flush()


def _answer(act: str, question: Any) -> tuple[dict[str, Any], bytes]:
    if act not in _ACTS:
        raise ValueError(f"no such act: {act}")
    try:
        return _ACTS[act](question)
    except StampBroken as error:
        return {"error": "StampBroken", "problems": list(error.problems)}, b""
    except (StampRefused, SealRefused, SigningFailed) as error:
        return {"error": type(error).__name__, "problems": [str(error)]}, b""
    except (MemoryError, RecursionError) as error:
        return {"error": "ChildLost", "problems": [type(error).__name__]}, b""


def _ink(pdf: bytes) -> Given:
    from archive.sealink import measure  # noqa: PLC0415 - loaded when asked for

    return {"span": measure(pdf)}, b""


def _seal_image(question: Any) -> Given:
    from archive.sealimages import read_image  # noqa: PLC0415 - the same

    return {}, read_image(*question)


def _seal_preview(question: Any) -> Given:
    from archive.sealpreview import draw_preview  # noqa: PLC0415 - the same

    return {}, draw_preview(*question)


def _prove(question: Any) -> Given:
    from archive.stampproof import prove_stamp  # noqa: PLC0415 - the same

    return prove_stamp(*question), b""


def _examine(question: Any) -> Given:
    from archive.examination import examine  # noqa: PLC0415 - the same

    return examine(*question), b""


def _open(question: Any) -> Given:
    from archive.readability import opened  # noqa: PLC0415 - the same

    return opened(*question), b""


def _facts(pdf: bytes) -> Given:
    from archive.pdffacts import facts_of  # noqa: PLC0415 - the same

    return facts_of(pdf), b""


def _continue(question: Any) -> Given:
    from archive.continuation import continued  # noqa: PLC0415 - the same

    return continued(*question), b""


def _read(content: bytes) -> Given:
    from archive.contents import read  # noqa: PLC0415 - the same

    return read(content), b""


def _picture(question: Any) -> Given:
    from archive.contents import picture  # noqa: PLC0415 - the same

    try:
        return {"problem": None}, picture(*question)
    except ValueError as error:
        return {"problem": str(error)}, b""


def _codes(question: Any) -> Given:
    from archive.qrreading import read_codes  # noqa: PLC0415 - the same

    try:
        return read_codes(*question), b""
    except ValueError as error:
        return {"codes": [], "problem": str(error)}, b""


def _sign(question: Any) -> Given:
    try:
        from archive.signing import sign  # noqa: PLC0415 - the same
    except ImportError as error:
        raise SigningFailed("本机没有电子签名组件，请安装 guidang[signing]") from error
    return sign(question)


_ACTS: Final[Mapping[str, Callable[[Any], Given]]] = {
    "ink": _ink,
    "seal-image": _seal_image,
    "seal-preview": _seal_preview,
    "prove": _prove,
    "examine": _examine,
    "open": _open,
    "facts": _facts,
    "continue": _continue,
    "sign": _sign,
    "read": _read,
    "picture": _picture,
    "codes": _codes,
}


def _limit(memory_mb: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_FSIZE, _FILE_LIMIT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
