"""The whole way, measured: orders dropped at once until all are filed and searchable.

    .venv/bin/python tests/benchmarks/way.py [ORDERS]

Prints documents a minute and CPU seconds a document, by step, and beside it the naive way
on the same orders and the same template, in the same run on the same machine.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from naive import NaiveOrder, NaiveRun, run_naive

from archive.instruments import Instrument
from index.library import Question
from pipeline import samples
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper
from pipeline.wiring import Workplace
from pipeline.worker import Worker
from templates.fields import with_number


class StepTimes:
    """CPU of the lanes' threads by step: what a thread used since the step before."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self._local = threading.local()
        self._lock = threading.Lock()

    def __call__(self, step: str, instrument: Instrument | None) -> None:
        if instrument is None:
            return
        now = time.thread_time()
        before = getattr(self._local, "at", 0.0)
        with self._lock:
            self.cpu[step] += now - before
        self._local.at = now


def cpu_seconds() -> tuple[float, float]:
    """Return CPU seconds of this process and of its ended children."""
    return tuple(
        sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def measure_guidang(orders: int, folder: Path) -> list[NaiveOrder]:
    home = found(folder / "home", sample=True).home
    workplace = Workplace(home.root)
    times = StepTimes()
    for number in range(1, orders + 1):
        content = json.dumps(samples.sample_order(number), ensure_ascii=False)
        (home.inbox / f"{number}.json").write_text(content, "utf-8")
    before, begun = cpu_seconds(), time.perf_counter()
    worker = Worker(workplace, SilentProgress(), after_step=times)
    tally = worker.run(until_idle=True)
    wall = time.perf_counter() - begun
    found_all = workplace.library.search(Question("合同", {})).total
    given = _as_naive(workplace, orders)
    workplace.close()
    after = cpu_seconds()
    own, office = (now - then for now, then in zip(after, before, strict=True))
    if (tally.filed, found_all) != (orders, orders):
        sys.exit(f"filed {tally.filed}, searchable {found_all}, expected {orders}")
    print(f"guidang, {orders} orders: {60 * orders / wall:7.1f} documents a minute")
    print(f"    CPU seconds a document {(own + office) / orders:.3f}")
    print(f"        office children    {office / orders:.3f}")
    for step, seconds in sorted(times.cpu.items(), key=lambda item: -item[1]):
        print(f"        {step:<18} {seconds / orders:.3f}")
    rest = own - sum(times.cpu.values())
    print(f"        {'inbox, index, rest':<18} {rest / orders:.3f}")
    return given


def _as_naive(workplace: Workplace, orders: int) -> list[NaiveOrder]:
    given = []
    for number in range(1, orders + 1):
        paper = ContractPaper.of(OrderForm.model_validate(samples.sample_order(number)))
        template = workplace.catalogue.pick(
            "contract", "FW", code=None, version=None, on=paper.terms.service_start
        )
        text = f"GD-HT-2026-FW-{number:04d}"
        fields = with_number(paper.fields(template.defaults), text)
        given.append(NaiveOrder(text, fields, paper.party_a, paper.party_b))
    return given


def measure_naive(given: list[NaiveOrder], folder: Path) -> NaiveRun:
    from templates.catalogue import shipped

    before = cpu_seconds()
    run = run_naive(given, shipped() / "contract" / "template.docx", folder / "naive")
    after = cpu_seconds()
    cpu = sum(after) - sum(before)
    rate = 60 * run.documents / run.wall
    print(f"naive way, {run.documents} orders: {rate:5.1f} documents a minute")
    print(f"    CPU seconds a document {cpu / run.documents:.3f}")
    for step, seconds in run.steps.items():
        print(f"        {step:<18} {seconds / run.documents:.3f} (wall)")
    return run


def main() -> None:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory(prefix="guidang-way-") as name:
        folder = Path(name)
        given = measure_guidang(orders, folder)
        measure_naive(given, folder)


if __name__ == "__main__":
    main()
