"""Taking in: files a second when an old archive of PDF, Word, picture and text files comes in.

    python tests/benchmarks/taking_in.py [FILES] [--keep FOLDER]

The rival is what a clerk's script does: copy each file into a folder, its digest into a list,
with nothing read, described, chained, kept durable or made findable. The index is counted apart.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from oldpapers import a_docx, a_pdf, a_picture

from pipeline.founding import found
from pipeline.indexing import apply_outbox
from pipeline.takingin.closing import close
from pipeline.takingin.taking import Order, Taking
from pipeline.wiring import Workplace


def lay_out(folder: Path, files: int) -> Path:
    """Write `files` old papers, a fifth of them pictures, and their catalogue beside them."""
    folder.mkdir(parents=True)
    catalogue = folder.parent / "目录.csv"
    picture = a_picture()
    with catalogue.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["旧档号", "合同编号", "题名", "甲方", "金额", "签订日期", "文件名"])
        for number in range(files):
            words = (
                f"第 {number} 号 采购合同\n甲方：示例单位{number % 97}\n" + "条款 水泵 阀门\n" * 20
            )
            kind = number % 5
            if kind < 3:
                name, content = f"{number:05}.pdf", a_pdf(words, words)
            elif kind == 3:
                name, content = f"{number:05}.docx", a_docx(*words.splitlines())
            else:
                name, content = f"{number:05}.png", picture + str(number).encode()
            (folder / name).write_bytes(content)
            day = f"20{10 + number % 15}-0{1 + number % 9}-1{number % 9}"
            said = (f"A-{number}", f"JH-{number:05}", f"采购合同{number}", f"示例单位{number % 97}")
            rows.writerow([*said, f"{number}.00", day, name])
    return catalogue


def rival(folder: Path, target: Path) -> float:
    """Return the seconds a copying script takes."""
    began = time.perf_counter()
    target.mkdir()
    with (target / "list.csv").open("w") as listed:
        for path in sorted(folder.iterdir()):
            shutil.copy(path, target / path.name)
            listed.write(f"{path.name},{hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    return time.perf_counter() - began


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="?", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    place = asked.keep or Path(tempfile.mkdtemp(prefix="taking-in-"))
    try:
        catalogue = lay_out(place / "old", asked.files)
        home = found(place / "home", sample=False).home
        workplace = Workplace(home.root)
        order = Order(place / "old", catalogue, "收小档", "行政部", "二楼库房")
        began = time.perf_counter()
        outcome = Taking(workplace, order).run()
        close(workplace, order, outcome)
        taken = time.perf_counter() - began
        began = time.perf_counter()
        while apply_outbox(workplace):
            pass
        indexed = time.perf_counter() - began
        workplace.close()
        if len(outcome.accepted) != asked.files:
            sys.exit(f"{len(outcome.accepted)} of {asked.files} were taken in")
        copied = rival(place / "old", place / "copied")
        print(
            f"taking in {asked.files} files: {asked.files / taken:.0f} files/s ({taken:.0f} s), "
            f"index {asked.files / indexed:.0f} files/s ({indexed:.0f} s); "
            f"copying script {asked.files / copied:.0f} files/s"
        )
    finally:
        if asked.keep is None:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
