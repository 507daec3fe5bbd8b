"""Fonts: the folder of faces documents are printed in, derived once and then kept."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from templates.errors import ProofFailed, RendererMissing
from templates.rendering.faces import FACES, Face
from templates.rendering.fontconfig import configuration

NOTO: Final = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's fonts-noto-cjk lies."""

_VERSION: Final = 2
"""Raise it whenever a derived face would come out differently."""

_DERIVING_LIMIT_SECONDS: Final = 900
_COVERAGE: Final = "coverage.json"
_STAMP: Final = "prepared.json"
_PARTS: Final = (*(face.file for face in FACES), _COVERAGE)

log = logging.getLogger(__name__)


def prepare_fonts(folder: Path, *, sources: Path = NOTO, cache: Path | None = None) -> None:
    """Make `folder` ready for printing: derived/, own/ and fonts.conf; ready ones stay.

    The first call on a machine derives the faces (about a minute on two cores) into `cache`,
    by default the user's cache folder; later folders are linked from there in no time. A
    firm's licensed simsun.ttf, simfang.ttf, simhei.ttf dropped into own/ win over ours.
    Raises RendererMissing where the faces to derive from are not installed.
    """
    wanted: dict[str, object] = {"version": _VERSION, "sources": _fingerprints(sources)}
    for name in ("own", "cache", "derived"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write(folder / "fonts.conf", configuration(folder))
    if _is_prepared(folder, wanted):
        return
    shelf = (cache or _user_cache()) / _key(wanted)
    with _only_one(shelf.with_suffix(".lock")):
        if not shelf.is_dir():
            _derive_all(sources, shelf)
    for name in _PARTS:
        _link(shelf / name, folder / "derived" / name)
    _write(folder / _STAMP, json.dumps({**wanted, "sizes": _sizes(folder)}, sort_keys=True))


def covers(fonts: Path, text: Iterable[str]) -> tuple[str, ...]:
    """Return the characters of `text` that no face in `fonts` can print, each once.

    Such a character would be printed as an empty box, and yet be found in the text of the PDF.
    Blanks and marks that are never seen need no glyph. Raises RendererMissing where `fonts`
    was not made ready.
    """
    assert_prepared(fonts)
    asked = sorted({char for char in text if not _is_unseen(char)})
    ranges = json.loads((fonts / "derived" / _COVERAGE).read_text())
    missing = [char for char in asked if not _is_in(ranges, ord(char))]
    if missing:
        own = _own_codes(fonts / "own")
        missing = [char for char in missing if ord(char) not in own]
    return tuple(missing)


def assert_printable(fonts: Path, text: Iterable[str]) -> None:
    """Raise ProofFailed, in Chinese, where a face is missing for a character of `text`."""
    if missing := covers(fonts, text):
        raise ProofFailed([f"字库中没有“{char}”（U+{ord(char):04X}）的字形" for char in missing])


def assert_prepared(folder: Path) -> None:
    """Raise RendererMissing unless `folder` was made ready by `prepare_fonts`.

    Without its configuration LibreOffice would print in any face it finds.
    """
    needed = ["fonts.conf", *(f"derived/{name}" for name in _PARTS)]
    if missing := [name for name in needed if not (folder / name).is_file()]:
        raise RendererMissing(f"fonts are not prepared in {folder}: {', '.join(missing)}")


def _is_unseen(char: str) -> bool:
    return char in "\t\n\r" or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cf"}


def _is_in(ranges: list[list[int]], code: int) -> bool:
    after = bisect_right(ranges, code, key=itemgetter(0))
    return after > 0 and code <= ranges[after - 1][1]


def _own_codes(folder: Path) -> set[int]:
    codes: set[int] = set()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            with path.open("rb") as file:
                is_many = path.suffix.lower() == ".ttc"
                for font in TTCollection(file).fonts if is_many else [TTFont(file)]:
                    codes.update(font.getBestCmap() or {})
        except (TTLibError, OSError):
            log.warning("font could not be read", extra={"font": path.name})
    return codes


def _fingerprints(sources: Path) -> dict[str, list[int]]:
    missing = [face.source for face in FACES if not (sources / face.source).is_file()]
    if missing:
        raise RendererMissing(
            f"fonts are missing in {sources}: {', '.join(missing)}; "
            "install them: apt-get install fonts-noto-cjk"
        )
    states = {face.source: (sources / face.source).stat() for face in FACES}
    return {name: [state.st_size, int(state.st_mtime)] for name, state in states.items()}


def _is_prepared(folder: Path, wanted: dict[str, object]) -> bool:
    """Whether all parts stand in `folder` as they were put there; a cut one does not count."""
    try:
        found: object = json.loads((folder / _STAMP).read_text())
        return found == {**wanted, "sizes": _sizes(folder)}
    except (OSError, ValueError):
        return False


def _sizes(folder: Path) -> dict[str, int]:
    return {name: (folder / "derived" / name).stat().st_size for name in _PARTS}


def _key(wanted: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:24]


def _user_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "guidang" / "fonts"


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _derive_all(sources: Path, shelf: Path) -> None:
    log.info("deriving fonts")
    draft = Path(tempfile.mkdtemp(prefix=f"{shelf.name}-", dir=shelf.parent))
    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as lanes:
            list(lanes.map(lambda face: _derive_apart(face, sources, draft), FACES))
        _write(draft / _COVERAGE, json.dumps(_covered_ranges(draft / FACES[0].file)))
        for path in draft.iterdir():
            path.chmod(0o444)
        draft.rename(shelf)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    log.info("fonts derived")


def _derive_apart(face: Face, sources: Path, draft: Path) -> None:
    command = [sys.executable, "-I", "-m", "templates.rendering.faces", face.file, str(sources)]
    try:
        subprocess.run(  # noqa: S603 - our own interpreter and module
            [*command, str(draft / face.file)],
            check=True,
            capture_output=True,
            timeout=_DERIVING_LIMIT_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
        raise RendererMissing(
            f"{face.family} could not be derived from {face.source}: {' '.join(said) or error}"
        ) from error


def _covered_ranges(face: Path) -> list[list[int]]:
    """Return the runs of characters in `face`: the first face knows all that the others know."""
    with TTFont(face, lazy=True) as font:
        codes = sorted(font.getBestCmap())
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return runs


def _link(source: Path, target: Path) -> None:
    """Put `source` at `target` at once, whoever else does the same; copied across devices."""
    draft = target.with_name(f".{target.name}-{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        draft.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, draft)
    draft.replace(target)


def _write(path: Path, text: str) -> None:
    """Write `text` whole or not at all; what says so already is left alone."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
