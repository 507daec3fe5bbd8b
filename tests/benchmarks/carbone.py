"""Carbone: our template in its dialect, the tool from npm, and its run."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree
from naive import NaiveOrder

VERSION = "3.8.2"
_OFFICE = "/usr/lib/libreoffice/program"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BEGIN = re.compile(r"\{%tr for (\w+) in (\w+) %\}")
_END = re.compile(r"\{%tr endfor %\}")


class CarboneMissing(Exception):
    """Carbone cannot run here; says why."""


def install(folder: Path) -> Path:
    """Install Carbone into `folder` and return it; raises CarboneMissing."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise CarboneMissing("node and npm are not installed")
    asked = subprocess.run(
        ["/usr/bin/python3", "-c", "import uno"], capture_output=True, check=False
    )
    if asked.returncode != 0:
        raise CarboneMissing("python3-uno is not installed, by which it drives LibreOffice")
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(
            [*command, f"carbone@{VERSION}"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=180,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CarboneMissing(f"npm does not give it: {error}") from error
    return folder


def in_its_dialect(template: bytes) -> bytes:
    """Return `template` with `{d.a.b}` for `{{ a.b }}`, and rows that repeat as it has them."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            content = source.read(name)
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                content = _translated(content)
            package.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _translated(content: bytes) -> bytes:
    root = etree.fromstring(content)
    repeated: tuple[str, str] | None = None
    for row in list(root.iter(f"{_W}tr")):
        text = "".join(row.itertext())
        if begin := _BEGIN.search(text):
            repeated = begin[1], begin[2]
            row.getparent().remove(row)
        elif _END.search(text):
            repeated = None
            row.getparent().remove(row)
        elif repeated:
            following = copy.deepcopy(row)
            _put(row, rf"\b{repeated[0]}\.", f"{repeated[1]}[i].")
            _put(following, rf"\b{repeated[0]}\.", f"{repeated[1]}[i+1].")
            row.addnext(following)
    _put(root, "", "")
    translated = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if b"{{" in translated or b"{%" in translated:
        raise ValueError("a tag is spread over several runs")
    return translated


def _put(element: etree._Element, loop: str, rows: str) -> None:
    def one(found: re.Match[str]) -> str:
        path = re.sub(loop, rows, found[1]) if loop else found[1]
        return f"{{d.{path}}}"

    for text in element.iter(f"{_W}t"):
        text.text = re.sub(r"\{\{\s*([\w.]+)\s*\}\}", one, text.text or "")


class CarboneRun:
    """Carbone with its offices up; `run` prints all orders, `end` ends it and what it started."""

    def __init__(
        self, orders: Sequence[NaiveOrder], template: Path, folder: Path, tool: Path, offices: int
    ) -> None:
        given, self.target = folder / "orders", folder / "printed"
        given.mkdir(parents=True)
        self.target.mkdir()
        for order in orders:
            content = json.dumps(dict(order.fields), ensure_ascii=False)
            (given / f"{order.number}.json").write_text(content, "utf-8")
        dialect = folder / "template.docx"
        dialect.write_bytes(in_its_dialect(template.read_bytes()))
        script = Path(__file__).parent / "carbone.js"
        self._process = subprocess.Popen(
            ["node", str(script), str(offices), str(dialect), str(given), str(self.target)],
            cwd=tool,
            # It looks for soffice.bin, and runs its converter by the first python3.
            env={"PATH": f"{_OFFICE}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._hear("ready")

    def run(self) -> None:
        """Print all orders."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        self._hear("done")

    def end(self) -> None:
        """End it and its offices."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _hear(self, word: str) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == word:
                return
        raise CarboneMissing(f"it ended before it was {word}")
