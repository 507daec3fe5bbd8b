"""Soffice: one LibreOffice start for each document, where LibreOfficeKit cannot be had."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

from templates.errors import RenderingFailed
from templates.rendering.admission import admit
from templates.rendering.confinement import environment
from templates.rendering.fonts import assert_prepared, assert_printable
from templates.rendering.installed import find_office
from templates.rendering.office import EXPORT
from templates.rendering.profile import write_profile
from templates.rendering.specimen import specimen
from templates.rendering.verdict import assert_usable
from templates.rendering.workroom import Workroom

_IMPORT_FILTER: Final = "MS Word 2007 XML"
_EXPORT_FILTER: Final = "writer_pdf_Export"
_RESTART: Final = 81
"""How LibreOffice ends when a new profile makes it want to be started again."""

_ATTEMPTS: Final = 2


class SofficeRenderer:
    """Renders one document at a time, about five times slower than the pool."""

    def __init__(
        self,
        *,
        fonts: Path,
        work: Path,
        program: Path | None = None,
        memory_limit_mb: int = 600,
        document_deadline: timedelta = timedelta(seconds=60),
    ) -> None:
        assert_prepared(fonts)
        self._program = (program or find_office()) / "soffice.bin"
        self._fonts = fonts.resolve()
        self._room = Workroom(work)
        self._folder = self._room.folder
        self._memory_limit_mb = memory_limit_mb
        self._deadline = document_deadline
        self._turn = threading.Lock()
        # The thread that starts a program must outlive it: see confinement.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="soffice-starter")
        write_profile(self._folder / "profile", self._program.parent)

    def render(self, docx: bytes) -> bytes:
        """Return `docx` as PDF/A-2b; raises ProofFailed or RenderingFailed, as the pool does."""
        assert_printable(self._fonts, admit(docx).characters)
        with self._turn:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    pdf = self._starter.submit(self._convert, docx).result()
                    assert_usable(pdf)
                except RenderingFailed:
                    if attempt == _ATTEMPTS:
                        raise
                except RuntimeError as error:
                    raise RenderingFailed("the renderer was closed") from error
                else:
                    return pdf
        raise RenderingFailed("no attempt was made")

    def warm(self) -> None:
        """Print one page, so that the profile is made."""
        self.render(specimen())

    def close(self) -> None:
        """Forget the profile."""
        self._starter.shutdown(cancel_futures=True)
        self._room.close()

    def _convert(self, docx: bytes) -> bytes:
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            source, target = Path(place) / "paper.docx", Path(place) / "paper.pdf"
            source.write_bytes(docx)
            command = [
                sys.executable, "-I", "-m", "templates.rendering.confinement",
                str(os.getpid()), str(self._memory_limit_mb),
                str(self._program), "--headless", "--norestore", "--nologo", "--nodefault",
                f"-env:UserInstallation={(self._folder / 'profile').as_uri()}",
                f"--infilter={_IMPORT_FILTER}",
                "--convert-to", f"pdf:{_EXPORT_FILTER}:{json.dumps(EXPORT)}",
                "--outdir", place, str(source),
            ]  # fmt: skip
            if self._run(command, Path(place)) == _RESTART and not target.exists():
                self._run(command, Path(place))
            # The exit code is 0 whatever happened: the file is what counts.
            if not target.exists():
                raise RenderingFailed("soffice wrote no PDF")
            return target.read_bytes()

    def _run(self, command: list[str], place: Path) -> int:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=place,
            env=dict(environment(place, self._fonts)),
            start_new_session=True,
        )
        try:
            return process.wait(self._deadline.total_seconds())
        except subprocess.TimeoutExpired as error:
            raise RenderingFailed(f"soffice took longer than {self._deadline}") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
