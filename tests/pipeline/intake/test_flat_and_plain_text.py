"""CSV and YAML files: what is read, and what is refused with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import samples
from pipeline.intake.formats import CSV, YAML
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_all, read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from pipeline.writing.forms import written

Refused = Callable[[bytes], dict[str, str]]


def flat() -> str:
    return written(samples.sample_order(1), CSV).decode("utf-8-sig")


def plain() -> str:
    return written(samples.sample_order(1), YAML).decode()


def order_of(payload: bytes) -> OrderForm:
    form = read_form(payload)
    assert isinstance(form, OrderForm)
    return form


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_csv_is_read_in_every_manner_spreadsheets_write_it(
    encoding: str, delimiter: str, line: str
) -> None:
    target = io.StringIO()
    rows = list(csv.reader(io.StringIO(flat())))
    csv.writer(target, delimiter=delimiter, lineterminator=line).writerows(rows)
    assert order_of(target.getvalue().encode(encoding)) == order_of(flat().encode())


def test_a_line_for_each_item_with_the_order_repeated_or_left_blank() -> None:
    order = samples.sample_order(1)
    blocks = flat().split("\r\n\r\n")
    pairs = [row for row in csv.reader(io.StringIO(blocks[0])) if len(row) == 2][1:]
    items = [row for row in csv.reader(io.StringIO(blocks[2])) if row][1:]
    rows = [[*(label for label, _ in pairs), *items[0]]]
    for number, item in enumerate(items[1:]):
        values = [value if number == 0 or label == "订单号" else "" for label, value in pairs]
        rows.append([*values, *item])
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    rest = "\r\n\r\n".join([blocks[1], *blocks[3:]])
    read = order_of(f"{target.getvalue()}\r\n{rest}".encode())
    assert read == order_of(flat().encode())
    assert read.order_no == order["order_no"]


@pytest.mark.parametrize(
    ("old", "new", "place", "word"),
    [
        ("含税总价,", "含税总价,1,234,", "第 74 行第 3 列", "没有列名"),
        ("含税总价,", "含税总价,1.005\r\n大写金额,", "第 74 行第 2 列", "小数位"),
        ("现场服务", "", "文件（服务方式）", "缺少"),
        ("增值税专用发票", "专票", "第 78 行第 2 列", "只能是"),
        ("业务部门,业务一部", "业务部,业务一部", "第 66 行第 1 列", "不认识的项目名"),
        ("甲方住所", "地址", "", "哪一方"),
    ],
)
def test_a_refusal_of_csv_names_line_and_column(
    refused: Refused, old: str, new: str, place: str, word: str
) -> None:
    text = flat()
    assert old in text
    found = refused(text.replace(old, new, 1).encode())
    if place:
        assert word in found[place], found
    else:
        assert any(word in message for message in found.values()), found


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (b"a,b\n\x81\xff\xff,c\n", "GB 18030"),
        ('订单号,客户名称\n"A"x,b\n'.encode(), "CSV"),
        (("x," * 300 + "\n").encode(), "列"),
        (b"a,b\n" * 6000, "行"),
        ("＝1+1,你好\n".encode(), "不认识"),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
    ],
)
def test_what_is_no_csv_order_is_refused_in_words(
    refused: Refused, payload: bytes, word: str
) -> None:
    assert any(word in message for message in refused(payload).values())


def test_a_file_without_its_last_line_break_is_not_whole() -> None:
    for text in (flat(), plain()):
        with pytest.raises(Unfinished):
            read_all(text.rstrip("\r\n").encode())


def test_numbers_of_yaml_come_out_as_they_were_written() -> None:
    text = re.sub(r": '([0-9.]+)'\n", r": \1\n", plain())
    order = samples.sample_order(1)
    assert f"total: {order['amount']['total']}\n" in text
    read = order_of(text.encode())
    assert read == order_of(plain().encode())
    assert str(read.amount.total) == order["amount"]["total"]
    assert read.party_b.bank_account == order["party_b"]["bank_account"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("status: 已批准", "status: 已批准\nstatus: 已批准", "出现两次"),
        ("status: 已批准", "status: &a 已批准", "锚点"),
        ("status: 已批准", "status: *a", "引用"),
        ("status: 已批准", "status: !!python/object:os.system 已批准", "类型标记"),
        ("status: 已批准", "status: !!float 1", "类型标记"),
        ("status: 已批准", "<<: {status: 已批准}", "合并键"),
        ("status: 已批准", "? [a]\n: 已批准", "字段名"),
        ("status: 已批准", "status: 已批准\n---\na: 1", "第二个"),
        ("status: 已批准", "status: 已批\x07准", "控制字符"),
        ("status: 已批准", "status: '已批准", "YAML"),
        ("status: 已批准", f"status: {'[' * 40}{']' * 40}", "过深"),
        ("status: 已批准", "status: ~", "只能是"),
        ("months: 12", "months: 1_2", "整数"),
        ("months: 12", "months: 0o14", "整数"),
        ("months: 12", "months: 12.0", "整数"),
        ("start: '2026-04-01'", "start: 2026-4-1", "不是日期"),
        ("qty: '", "qty: 1e3 #'", "不是数字"),
        ("qty: '", "qty: .inf #'", "不是数字"),
        ("qty: '", "qty: 1,000 #'", "不是数字"),
        ("qty: '", "qty: -1 #'", "不是数字"),
    ],
)
def test_yaml_that_could_mean_two_things_is_refused_with_its_line(
    refused: Refused, old: str, new: str, word: str
) -> None:
    text = plain()
    start = text.index(old) if old in text else text.index(old := "start: '2026")
    end = text.index("\n", start)
    if old.startswith("start"):
        changed = f"{text[:start]}start: 2026-4-1{text[end:]}"
    elif old.startswith("qty"):
        changed = f"{text[:start]}{new}{text[end:]}"
    else:
        changed = text.replace(old, new, 1)
    found = refused(changed.encode())
    assert any(word in message for message in found.values()), found
    if word != "控制字符":
        assert all(place.startswith("第 ") for place in found), found


def test_a_yaml_bomb_is_refused_at_its_first_reference(refused: Refused) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    assert "锚点" in refused(("\n".join(lines) + "\n").encode())["第 1 行"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_a_crash(text: str) -> None:
    for start in ("", "schema: guidang.order/1\n", "订单号,客户名称,项目名称\n"):
        try:
            read_all((start + text + "\n").encode("utf-8", "surrogatepass"))
        except (OrderRefused, Unfinished):
            continue
        raise AssertionError(text)


def test_the_examples_begin_with_what_to_know() -> None:
    assert plain().startswith("# 数据格式")
    assert flat().startswith("订单\r\n项目,内容\r\n订单号,")


def test_an_unknown_form_is_told_what_is_taken(refused: Refused) -> None:
    found: Any = refused("你好\n".encode())["文件"]
    assert all(name in found for name in ("JSON", "YAML", "Excel", "CSV", "UBL"))
