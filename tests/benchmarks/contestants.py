"""Contestants: each takes the same orders its way, in a process of its own, and says its figures.

    .venv/bin/python tests/benchmarks/contestants.py NAME ORDERS LAYOUT FOLDER

Prints one JSON object. Called by `throughput.py`.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from carbone import CarboneRun
from naive import NaiveOrder, run_naive
from processtree import PeakMemory, cpu_by_program

from archive.instruments import Instrument
from index.library import Question
from pipeline import samples
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.indexing import pending
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper
from pipeline.wiring import Workplace
from pipeline.worker import Worker
from templates.fields import with_number

SHORT = Path(__file__).parent / "short"
_SHORT_TYPE = {
    "type": "DB",
    "type_name": "技术服务短合同",
    "template": "HT-MB-DB-01",
    "template_version": "2026.1",
}
_PATIENCE = 900.0
_WARMING = 40
"""Orders before those that are measured: so many that every process of the service is up."""
_ON_THE_WAY = {
    "draw_up",
    "approve_and_number",
    "finish",
    "seal-kept",
    "seal",
    "reserve",
    "put",
    "shelve",
}


class StepTimes:
    """CPU of the worker's threads by step: what a thread used since the step before.

    Steps of papers that mates take on are heard here but cost nothing here: they are left out.
    """

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.times: Counter[str] = Counter()
        self._local = threading.local()
        self._lock = threading.Lock()

    def __call__(self, step: str, _instrument: Instrument | None) -> None:
        if threading.current_thread().name == "mate":
            return
        now = time.thread_time()
        before = getattr(self._local, "at", None)
        self._local.at = now
        with self._lock:
            self.cpu[step] += now - (before or 0.0)
            self.times[step] += 1

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self.cpu.clear()
            self.times.clear()

    def of_one(self, orders: int) -> dict[str, float]:
        """Return CPU seconds a document by step; every file is received and indexed here."""
        return {
            step: cpu / (self.times[step] if step in _ON_THE_WAY else orders)
            for step, cpu in self.cpu.items()
        }


def order_of(number: int, layout: str, lines: int | None = None) -> dict[str, Any]:
    """Return sample order `number`, for the company's own contract or the short one."""
    order = samples.sample_order(number, lines=lines)
    if layout == "short":
        order["contract"] |= _SHORT_TYPE
    return order


def workplace_at(folder: Path) -> Workplace:
    """Return a new sample home's workplace that knows the short contract as well."""
    home = found(folder / "home", sample=True).home
    target = home.root / "templates" / "HT-MB-DB-01-2026.1"
    if not target.exists():
        shutil.copytree(prepared(folder), target)
    return Workplace(home.root)


def prepared(folder: Path) -> Path:
    """Return the short contract, set as a Word file, below `folder`."""
    from templates.typesetting.folder import register

    target = folder / "short"
    if not target.exists():
        shutil.copytree(SHORT, target)
        register(target)
    return target


def given(workplace: Workplace, orders: int, layout: str) -> tuple[list[NaiveOrder], Path]:
    """Return the orders as the others take them, and the template they all fill."""
    out = []
    for number in range(1, orders + 1):
        paper = ContractPaper.of(OrderForm.model_validate(order_of(number, layout)))
        code, version = paper.template
        template = workplace.catalogue.pick(
            "contract", paper.type_code, code=code, version=version, on=paper.terms.service_start
        )
        text = f"GD-HT-2026-{paper.type_code}-{number:04d}"
        fields = with_number(paper.fields(template.defaults), text)
        out.append(NaiveOrder(text, fields, paper.party_a, paper.party_b))
    return out, template.path


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """Let `worker` work beside what is done here."""
    thread = threading.Thread(target=worker.run, kwargs={"until_idle": False})
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def drop(workplace: Workplace, contents: list[bytes], prefix: str = "") -> None:
    """Put order files into the inbox as a careful sender does: written beside it, renamed in."""
    beside = workplace.home.root / "beside"
    beside.mkdir(exist_ok=True)
    for number, content in enumerate(contents):
        (beside / f"{prefix}{number}.json").write_bytes(content)
    for path in sorted(beside.iterdir()):
        path.rename(workplace.home.inbox / path.name)


def wait_for(worker: Worker, workplace: Workplace, filed: int) -> None:
    """Return when so many papers are filed and every one can be searched."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        tally = worker.tally
        if tally.failed or tally.rejected:
            sys.exit(f"not all were filed: {tally}")
        if tally.filed >= filed:
            with workplace.register.read.begin() as session:
                if pending(session) == 0:
                    return
        time.sleep(0.05)
    sys.exit(f"not done in {_PATIENCE} seconds: {worker.tally}")


def guidang(orders: int, layout: str, folder: Path) -> dict[str, Any]:
    """Everything: watched, checked, filled, proved, sealed, numbered, filed, searchable."""
    workplace = workplace_at(folder)
    contents = [
        json.dumps(order_of(number, layout), ensure_ascii=False).encode()
        for number in range(1, orders + 1)
    ]
    times = StepTimes()
    worker = Worker(workplace, SilentProgress(), after_step=times)
    with running(worker):
        workplace.renderer.warm()
        warm = [
            json.dumps(order_of(9_000 + number, layout), ensure_ascii=False).encode()
            for number in range(_WARMING)
        ]
        drop(workplace, warm, "warm")
        wait_for(worker, workplace, _WARMING)
        times.clear()

        def act() -> None:
            drop(workplace, contents)
            wait_for(worker, workplace, orders + _WARMING)

        figures = measured(orders, act)
        if (hits := workplace.library.search(Question("合同", {})).total) != orders + _WARMING:
            sys.exit(f"searchable {hits}, expected {orders + _WARMING}")
    workplace.close()
    return figures | {"steps": times.of_one(orders)}


def naive(orders: int, layout: str, folder: Path, *, at_once: bool) -> dict[str, Any]:
    """Fill, print, stamp and index, one soffice a document or one for all."""
    taken, template = given(workplace_at(folder), orders, layout)
    runs = []
    figures = measured(
        orders,
        lambda: runs.append(run_naive(taken, template, folder / "naive", at_once=at_once)),
    )
    # What is begun once, before the first order, is not the orders'.
    return figures | {"wall": runs[0].wall, "steps": {}}


def carbone(orders: int, layout: str, folder: Path, *, offices: int) -> dict[str, Any]:
    """Template to plain PDF, and nothing else."""
    taken, template = given(workplace_at(folder), orders, layout)
    run = CarboneRun(taken, template, folder / "carbone", folder.parent / "npm", offices)
    try:
        figures = measured(orders, run.run)
    finally:
        run.end()
    if (printed := len(list(run.target.iterdir()))) != orders:
        sys.exit(f"carbone printed {printed}, expected {orders}")
    return figures | {"steps": {}}


def measured(orders: int, act: Callable[[], object]) -> dict[str, Any]:
    """Return wall and CPU seconds and the most memory while `act` takes `orders` their way."""
    with PeakMemory() as memory:
        before, begun = cpu_by_program(), time.perf_counter()
        act()
        wall, after = time.perf_counter() - begun, cpu_by_program()
    used = {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
    return {
        "documents": orders,
        "wall": wall,
        "cpu": sum(used.values()),
        "programs": {name: seconds / orders for name, seconds in used.items() if seconds > 0},
        "peak_mb": memory.mb,
    }


CONTESTANTS: dict[str, Callable[[int, str, Path], dict[str, Any]]] = {
    "guidang": guidang,
    "naive": lambda n, layout, folder: naive(n, layout, folder, at_once=False),
    "naive, one call": lambda n, layout, folder: naive(n, layout, folder, at_once=True),
    "carbone 1": lambda n, layout, folder: carbone(n, layout, folder, offices=1),
    "carbone 2": lambda n, layout, folder: carbone(n, layout, folder, offices=2),
}


def main() -> None:
    """Run one contestant."""
    name, orders, layout, folder = sys.argv[1:]
    print(json.dumps(CONTESTANTS[name](int(orders), layout, Path(folder)), ensure_ascii=False))


if __name__ == "__main__":
    main()
