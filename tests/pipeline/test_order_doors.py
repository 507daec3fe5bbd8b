"""Orders of every form at the doors: checked, received, split, refused with their cells."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from archive.instruments import Instrument
from pipeline import samplecustomers, samples
from pipeline.checking import Verdict, check_file
from pipeline.cli import main
from pipeline.founding import found
from pipeline.intake.formats import CSV, UBL, XLSX, YAML, Format
from pipeline.orderfiles import described_order_file, order_files
from pipeline.recalling import recall, release
from pipeline.reception import Taken, receive
from pipeline.wiring import Workplace
from pipeline.writing.forms import written
from pipeline.writing.spreadsheet import xlsx_of


def several(orders: list[dict[str, Any]]) -> bytes:
    """Return a workbook with a row an order and a column for its number in every table."""
    made: dict[str, list[list[Any]]] = {}
    for order in orders:
        book = openpyxl.load_workbook(io.BytesIO(xlsx_of(order)))
        for sheet in book.worksheets[:-1]:
            rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            if sheet.title == "订单":
                rows = [[str(row[0]) for row in rows[1:]], [row[1] for row in rows[1:]]]
            else:
                rows = [[*rows[0], "订单号"], *([*row, order["order_no"]] for row in rows[1:])]
            made.setdefault(sheet.title, rows[:1]).extend(rows[1:])
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in made.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("home") / "home"
    found(root, sample=True)
    return root


@pytest.fixture
def workplace(founded: Path, tmp_path: Path) -> Iterator[Workplace]:
    root = tmp_path / "home"
    shutil.copytree(founded, root, copy_function=os.link)
    # the register with its journal: what is linked would be shared by all tests
    for changing in (*root.glob("guidang.db*"), root / "rules" / "customers.toml"):
        content = changing.read_bytes()
        changing.unlink()
        changing.write_bytes(content)
    made = Workplace(root)
    yield made
    made.close()


def instruments(workplace: Workplace) -> list[Instrument]:
    with workplace.register.read.begin() as session:
        return list(session.scalars(select(Instrument)))


def checked(workplace: Workplace, name: str, payload: bytes) -> Verdict:
    file = workplace.home.root / name
    file.write_bytes(payload)
    return check_file(workplace, file)


@pytest.mark.parametrize("form", [XLSX, CSV, YAML, UBL], ids=lambda form: form.name)
def test_an_order_file_is_kept_and_filed_under_its_true_form(
    workplace: Workplace, form: Format
) -> None:
    payload = written(samples.sample_order(1), form)
    file = workplace.home.root / f"订单{form.suffix}"
    file.write_bytes(payload)
    assert receive(workplace, file, is_final=True).taken is Taken.ACCEPTED
    (instrument,) = instruments(workplace)
    kept = {path.name for path in workplace.home.received.iterdir() if path.is_file()}
    assert kept == {f"{instrument.source_sha256}{form.suffix}"}
    assert recall(workplace, instrument).order_no == samples.sample_order(1)["order_no"]
    files = order_files(workplace, instrument)
    assert files["order"] == (file.name, form.media_type, payload)
    assert files["reading"][1] == "application/json"
    assert described_order_file(workplace, instrument)["format"] == form.name
    assert receive(workplace, file, is_final=True).taken is Taken.RESUMED
    release(workplace, instrument)
    assert [path for path in workplace.home.received.rglob("*") if path.is_file()] == []


def test_a_refusal_names_cells_for_the_schema_and_for_what_the_contract_checks(
    workplace: Workplace,
) -> None:
    order = samples.sample_order(1)
    order["items"][1]["amount_tax_incl"] = "1.00"
    order["party_a"]["uscc"] = "91330106"
    verdict = checked(workplace, "错.xlsx", written(order, XLSX))
    assert not verdict.accepted
    places = {finding.place for finding in verdict.findings if finding.level.value == "block"}
    assert any(place.startswith("费用明细!") and place.endswith("3") for place in places), places
    assert any(place.startswith("订单!B") for place in places), places
    refused = receive(workplace, workplace.home.root / "错.xlsx", is_final=True)
    assert refused.taken is Taken.REJECTED
    reason = (workplace.home.rejected / "错.xlsx.原因.txt").read_text("utf-8")
    assert "费用明细!" in reason


def test_what_the_rules_filled_is_shown_before_the_file_is_dropped(workplace: Workplace) -> None:
    verdict = checked(workplace, "a.xml", written(samplecustomers.sparse_order(1), UBL))
    assert verdict.accepted, verdict.findings
    filled = {each["path"]: each for each in verdict.defaults}
    assert filled["party_b.name"]["value"] == samples.sample_order(1)["party_b"]["name"]
    assert filled["party_b.name"]["from"].startswith("rules/customers.toml")
    assert any("按客户规则补入" in finding.message for finding in verdict.findings)


def test_a_reading_stands_while_its_paper_is_under_way(workplace: Workplace) -> None:
    file = workplace.home.root / "a.xml"
    file.write_bytes(written(samplecustomers.sparse_order(1), UBL))
    assert receive(workplace, file, is_final=True).taken is Taken.ACCEPTED
    (instrument,) = instruments(workplace)
    before = recall(workplace, instrument)
    rules = workplace.home.customers
    rules.write_text('version = "9"\n', "utf-8")
    later = Workplace(workplace.home.root)
    assert not check_file(later, file).accepted
    assert receive(later, file, is_final=True).taken is Taken.RESUMED
    assert recall(later, instrument) == before
    later.close()


def test_broken_rules_refuse_what_needs_them_and_nothing_else(workplace: Workplace) -> None:
    workplace.home.customers.write_text("a = = b", "utf-8")
    order = samples.sample_order(1)
    verdict = checked(workplace, "a.csv", written(order, CSV))
    assert verdict.findings[0].place == "rules/customers.toml"
    assert checked(workplace, "a.yaml", written(order, YAML)).accepted


def test_a_workbook_of_several_orders_is_taken_apart_or_not_taken_at_all(
    workplace: Workplace,
) -> None:
    file = workplace.home.root / "三月订单.xlsx"
    orders = [samples.sample_order(1), samples.sample_order(2)]
    wrong = samples.sample_order(3)
    wrong["amount"]["total"] = "1.00"
    file.write_bytes(several([*orders, wrong]))
    refused = receive(workplace, file, is_final=True)
    assert refused.taken is Taken.REJECTED
    assert any(finding.place.startswith("订单!") for finding in refused.findings)
    assert instruments(workplace) == []
    assert not any(workplace.home.inbox.iterdir())

    file.write_bytes(several(orders))
    verdict = check_file(workplace, file)
    assert verdict.accepted, verdict.findings
    assert verdict.order_no == "、".join(made["order_no"] for made in orders)
    assert receive(workplace, file, is_final=True).taken is Taken.SPLIT
    parts = sorted(workplace.home.inbox.iterdir())
    assert [part.name for part in parts] == [f"三月订单-{made['order_no']}.json" for made in orders]
    for part in parts:
        assert receive(workplace, part, is_final=True).taken is Taken.ACCEPTED
    assert receive(workplace, file, is_final=True).taken is Taken.SPLIT
    for part in parts:
        assert receive(workplace, part, is_final=True).taken is Taken.RESUMED
    assert len(instruments(workplace)) == len(orders)


@pytest.mark.parametrize("form", ["json", "yaml", "xlsx", "csv", "ubl"])
def test_an_example_of_every_form_is_accepted_as_it_is(workplace: Workplace, form: str) -> None:
    file = workplace.home.root / f"样表.{'xml' if form == 'ubl' else form}"
    words = ["orders", "example", "--format", form, "--output", str(file)]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert check_file(workplace, file).accepted
    before = file.read_bytes()
    assert CliRunner().invoke(main, words).exit_code == 2
    assert file.read_bytes() == before
    printed = CliRunner().invoke(main, words[:4])
    assert printed.stdout_bytes == before


@pytest.mark.parametrize(
    ("name", "word"),
    [("订单.docx", "可受理"), ("订单.xls", ".xlsx"), ("订单.xlsm", "宏"), ("订单", "无后缀")],
)
def test_a_file_of_another_kind_is_told_what_is_taken(
    workplace: Workplace, name: str, word: str
) -> None:
    assert word in checked(workplace, name, b"x\n").findings[0].message


def test_content_decides_and_a_suffix_that_says_otherwise_is_remarked(
    workplace: Workplace,
) -> None:
    verdict = checked(workplace, "a.csv", written(samples.sample_order(1), XLSX))
    assert verdict.accepted
    assert any("按内容受理" in finding.message for finding in verdict.findings)


def test_a_file_that_ends_in_the_middle_is_left_until_its_time_is_over(
    workplace: Workplace,
) -> None:
    payload: Any = written(samples.sample_order(1), XLSX)
    file = workplace.home.root / "a.xlsx"
    file.write_bytes(payload[:-300])
    assert receive(workplace, file, is_final=False).taken is Taken.UNFINISHED
    assert receive(workplace, file, is_final=True).taken is Taken.REJECTED
    file.write_bytes(payload)
    assert receive(workplace, file, is_final=True).taken is Taken.ACCEPTED


@pytest.mark.parametrize("twin", ["xsdd-2026-0001", "Xsdd-2026-0001"])
def test_an_order_number_in_another_case_begins_no_second_contract(
    workplace: Workplace, twin: str
) -> None:
    for name, order_no, taken in (
        ("一.json", "XSDD-2026-0001", Taken.ACCEPTED),
        ("二.json", twin, Taken.REJECTED),
    ):
        file = workplace.home.root / name
        order = samples.sample_order(1) | {"order_no": order_no}
        file.write_bytes(json.dumps(order).encode())
        if taken is Taken.REJECTED:
            assert "大小写" in checked(workplace, "三.json", file.read_bytes()).findings[-1].message
        received = receive(workplace, file, is_final=True)
        assert received.taken is taken
    assert "大小写" in received.findings[0].message
    assert [each.order_no for each in instruments(workplace)] == ["XSDD-2026-0001"]


@pytest.mark.parametrize(
    "order_no", ["XSDD–2026-0001", "XSDD‐2026-0001", "ХSDD-2026-0001", "XSDD-2026-0001."]
)
def test_an_order_number_that_looks_like_another_is_refused(
    workplace: Workplace, order_no: str
) -> None:
    order = samples.sample_order(1) | {"order_no": order_no}
    verdict = checked(workplace, "订单.json", json.dumps(order).encode())
    assert {finding.place for finding in verdict.findings} == {"order_no"}
