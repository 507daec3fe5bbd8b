"""Long documents: the company's contract with few and with many lines, step by step.

    .venv/bin/python tests/benchmarks/longdocs.py [LINES …]

Prints CPU milliseconds of each step and of each page, and after the first document by how much
a page costs more or less than it did there: a step that is worse than linear in pages shows.
Beside them the naive way and Carbone (template to plain PDF alone) with the same document.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from carbone import CarboneMissing, CarboneRun, install
from contestants import measured, order_of, workplace_at
from naive import NaiveOrder, run_naive
from stamping import an_act

from archive.stamping import stamp
from archive.stampproof import prove_stamp
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper
from pipeline.wiring import Workplace
from templates.fields import flatten, with_number
from templates.filling import fill
from templates.pageplaces import page_starts
from templates.pdfreading import pages_of
from templates.proof import NUMBER_TO_COME, prove_pdf, prove_word
from templates.reading import text_of

_LINES = (8, 300, 1_000)
_NUMBER = "GD-HT-2026-FW-0001"


class Steps:
    """CPU seconds by step, of this process and of the office children."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    def take(self, name: str, act: Callable[[], Any]) -> Any:
        """Return what `act` gives, and keep what it took."""
        made: list[Any] = []
        self.cpu[name] = measured(1, lambda: made.append(act()))["cpu"]
        return made[0]


def main() -> None:
    """Measure each length."""
    lengths = [int(each) for each in sys.argv[1:]] or list(_LINES)
    with tempfile.TemporaryDirectory(prefix="guidang-long-") as place:
        folder = Path(place)
        workplace = workplace_at(folder)
        workplace.renderer.warm()
        try:
            tool: Path | None = install(folder / "npm")
        except CarboneMissing as error:
            print(f"Carbone is left out: {error}")
            tool = None
        first: tuple[int, dict[str, float]] | None = None
        for lines in lengths:
            pages, steps = _one(workplace, lines, folder / str(lines), tool)
            _tell(lines, pages, steps, first)
            first = first or (pages, steps)
        workplace.close()


def _one(
    workplace: Workplace, lines: int, folder: Path, tool: Path | None
) -> tuple[int, dict[str, float]]:
    paper = ContractPaper.of(OrderForm.model_validate(order_of(1, "contract", lines)))
    template = workplace.catalogue.pick(
        "contract", "FW", code=None, version=None, on=paper.terms.service_start
    )
    fields = paper.fields(template.defaults)
    numbered, drafted = with_number(fields, _NUMBER), with_number(fields, NUMBER_TO_COME)
    steps = Steps()
    draft = fill(template, drafted, title=paper.title)
    final = steps.take("fill", lambda: fill(template, numbered, title=paper.title))
    word = steps.take(
        "prove the Word file",
        lambda: prove_word(
            reference=template.path.read_bytes(),
            draft=draft,
            final=final,
            fields=flatten(numbered),
            number=_NUMBER,
        ),
    )
    pdf = steps.take("print", lambda: workplace.renderer.render(final))
    steps.take("prove the PDF", lambda: prove_pdf(word, pdf))
    stamped = steps.take("seal", lambda: stamp(pdf, an_act()))
    steps.take("prove the seals", lambda: prove_stamp(stamped.pdf, an_act()))
    steps.take("places by page", lambda: page_starts(text_of(final), pages_of(stamped.pdf)))
    steps.cpu["guidang, these together"] = sum(steps.cpu.values())
    given = [NaiveOrder(_NUMBER, numbered, paper.party_a, paper.party_b)]
    steps.take("naive way", lambda: run_naive(given, template.path, folder / "naive"))
    if tool is not None:
        run = CarboneRun(given, template.path, folder / "carbone", tool, 1)
        try:
            steps.take("Carbone", run.run)
        finally:
            run.end()
    return stamped.pages, steps.cpu


def _tell(
    lines: int, pages: int, steps: dict[str, float], first: tuple[int, dict[str, float]] | None
) -> None:
    print(f"\n{lines} lines, {pages} pages{'':<12} CPU ms   a page")
    for name, seconds in steps.items():
        line = f"  {name:<28} {1000 * seconds:8.0f} {1000 * seconds / pages:8.1f}"
        if first is not None and first[1].get(name):
            line += f"   {seconds / pages / (first[1][name] / first[0]):.2f} times"
        print(line)


if __name__ == "__main__":
    main()
