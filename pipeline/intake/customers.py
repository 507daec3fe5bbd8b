"""Customers: what the firm's rules say of a customer where a file says nothing (客户规则)."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from archive.errors import RulesUnfit
from pipeline.intake.cells import CellRefused, Value, plain_value
from pipeline.intake.content import Content, leaves_in
from pipeline.intake.headings import label_of
from pipeline.intake.leaves import Kind, leaves_of
from pipeline.intake.order import OrderForm
from templates.checks.rounding import share_of

CUSTOMER_CODE = "extensions.客户编码"
RULES = "rules/customers.toml"

_LISTS = ("payments", "milestones", "acceptance_items")
_LINE = {"fee_type", "spec", "unit"}
_DAYS = ("days_after_start", "days_before_end")
_NEVER = re.compile(
    r"schema|order_no|amount\..*|items\..*|approvals\..*|party_a\.uscc|extensions.*|terms.*"
)
_NUMBER = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Rule:
    """Defaults of one customer, or of all: values by path, lists of rows, what each line lacks."""

    title: str
    keys: frozenset[str]
    values: Mapping[str, object]
    rows: Mapping[str, tuple[Mapping[str, object], ...]]
    line: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """The file as read; `version` and `digest` are recorded with what they filled."""

    version: str
    digest: str
    everyone: Rule
    customers: tuple[Rule, ...]

    @classmethod
    def load(cls, path: Path) -> CustomerRules:
        """Read the rules at `path`, no rules where it is not there; raises RulesUnfit."""
        try:
            payload = path.read_bytes()
        except FileNotFoundError:
            payload = b'version = "0"\n'
        try:
            content = tomllib.loads(payload.decode("utf-8-sig"), parse_float=Decimal)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _unfit("", f"不是有效的 TOML（{error}）") from error
        if unknown := content.keys() - {"version", "all", "customer"}:
            raise _unfit(min(unknown), "不认识的键；此处可用：version、all、customer")
        rules = tuple(_rule(each, f"customer[{at}]") for at, each in _tables(content))
        keys = [key for rule in rules for key in rule.keys]
        if doubles := sorted({key for key in keys if keys.count(key) > 1}):
            raise _unfit("customer", f"客户 {doubles[0]} 出现在两处；请合并")
        everyone = _rule(content.get("all", {}) | {"keys": ["*"], "name": "全部客户"}, "all")
        return cls(
            version=str(content.get("version", "0")),
            digest=hashlib.sha256(payload).hexdigest(),
            everyone=everyone,
            customers=rules,
        )

    def complete(self, content: Content) -> None:
        """Fill what `content` lacks, the customer's own rule first; note what came from where."""
        keys = {content.get("party_a.uscc"), content.get(CUSTOMER_CODE)}
        own = [rule for rule in self.customers if rule.keys & keys]
        if len(own) > 1:
            names = "、".join(rule.title for rule in own)
            message = f"信用代码与客户编码分属不同客户（{names}）；请核对"
            content.refuse("party_a.uscc", content.places.of("party_a.uscc"), message)
            return
        for rule in (*own, self.everyone):
            filled = list(_filled(content, rule))
            if filled:
                told = "；".join(f"{label_of(path)} {_said(value)}" for path, value in filled)
                source = f"{RULES}（{rule.title}）"
                content.remark(source, f"文件中没有，按客户规则补入：{told}")
                content.defaults |= {path: source for path, _ in filled}
                content.rules = {"version": self.version, "sha256": self.digest}


def _said(value: object) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def _filled(content: Content, rule: Rule) -> Iterator[tuple[str, object]]:
    """Write the rule's values where nothing stands, and yield them with their paths."""
    place = f"{RULES}（{rule.title}）"
    for path, value in rule.values.items():
        if content.get(path) is None and path not in content.problems:
            content.put(path, value, place)
            yield path, value
    lines = content.get("items")
    for position in range(len(lines) if isinstance(lines, list) else 0):
        for name, value in rule.line.items():
            path = f"items[{position}].{name}"
            if content.get(path) is None and path not in content.problems:
                content.put(path, value, place)
                yield path, value
    for name, rows in rule.rows.items():
        if not content.get(name):
            content.places.note(name, place)
            for path, value in _rows(content, name, rows):
                content.put(path, value, place)
                yield path, value
    yield from _retention(content, rule, place)


def _rows(
    content: Content, name: str, rows: tuple[Mapping[str, object], ...]
) -> Iterator[tuple[str, object]]:
    """Yield the fields of default rows: numbered, their amounts and days worked out."""
    left = total = _amount(content, "amount.total")
    for position, row in enumerate(rows):
        at = f"{name}[{position}]"
        yield f"{at}.seq", position + 1
        for key, value in row.items():
            if key in _DAYS:
                if due := _due(content, key, int(str(value))):
                    yield f"{at}.due", due
            else:
                yield f"{at}.{key}", value
        if name == "payments" and total is not None and left is not None:
            due_now = share_of(total, Decimal(str(row["pct"])))
            amount = left if position == len(rows) - 1 else due_now
            left -= amount
            yield f"{at}.amount", str(amount)


def _due(content: Content, key: str, days: int) -> str | None:
    start = content.get("service.start" if key == _DAYS[0] else "service.end")
    try:
        day = date.fromisoformat(str(start))
        return (day + timedelta(days=days if key == _DAYS[0] else -days)).isoformat()
    except (ValueError, OverflowError):
        return None


def _retention(content: Content, rule: Rule, place: str) -> Iterator[tuple[str, object]]:
    """Work out the retention, where the rule gave its share and nothing gave the amount."""
    total, share = _amount(content, "amount.total"), rule.values.get("warranty.retention_pct")
    path = "warranty.retention_amount"
    if total is None or share is None or content.get(path) is not None:
        return
    if content.get("warranty.retention_pct") == share:
        amount = str(share_of(total, Decimal(str(share)) / 100))
        content.put(path, amount, place)
        yield path, amount


def _amount(content: Content, path: str) -> Decimal | None:
    text = str(content.get(path) or "")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _tables(content: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    listed = content.get("customer", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise _unfit("customer", "每个客户写成一节 [[customer]]")
    yield from enumerate(listed, 1)


def _rule(table: object, place: str) -> Rule:
    if not isinstance(table, dict):
        raise _unfit(place, "应为表")
    keys = table.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise _unfit(f"{place}.keys", "应为统一社会信用代码或客户编码的列表")
    rest = {key: value for key, value in table.items() if key not in {"keys", "name", "line"}}
    rows = {name: _row_list(rest.pop(name), name, place) for name in _LISTS if name in rest}
    return Rule(
        title=str(table.get("name") or keys[0]),
        keys=frozenset(keys),
        values={path: _value(path, path, value, place) for path, value in leaves_in(rest)},
        rows=rows,
        line=_line(table.get("line", {}), place),
    )


def _line(table: object, place: str) -> Mapping[str, object]:
    if not isinstance(table, dict) or table.keys() - _LINE:
        raise _unfit(f"{place}.line", f"每行的默认值只能是 {'、'.join(sorted(_LINE))}")
    return {
        name: _value(f"items.{name}", f"line.{name}", value, place, may_be_line=True)
        for name, value in table.items()
    }


def _row_list(rows: object, name: str, place: str) -> tuple[Mapping[str, object], ...]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise _unfit(f"{place}.{name}", "应为若干行 [{…}, {…}]")
    listed = []
    for at, row in enumerate(rows):
        if name == "payments" and "pct" not in row:
            raise _unfit(f"{place}.{name}[{at}]", "每期须有 pct（比例）")
        if "seq" in row or (name == "payments" and "amount" in row):
            raise _unfit(f"{place}.{name}[{at}]", "序号和本期金额由系统算出，不能写在规则里")
        listed.append(
            {
                key: _days(value, f"{place}.{name}[{at}].{key}")
                if name == "milestones" and key in _DAYS
                else _value(f"{name}.{key}", f"{name}[{at}].{key}", value, place)
                for key, value in row.items()
            }
        )
    return tuple(listed)


def _days(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 36600:  # noqa: PLR2004  a century
        raise _unfit(place, "应为天数")
    return value


def _value(
    path: str, written: str, value: object, place: str, *, may_be_line: bool = False
) -> object:
    """Return a default as the form takes it; one that may not be a default is refused."""
    leaf = leaves_of(OrderForm).get(path)
    if leaf is None:
        raise _unfit(f"{place}.{written}", "订单没有此字段；请核对拼写")
    if _NEVER.fullmatch(path) and not may_be_line:
        raise _unfit(f"{place}.{written}", f"{label_of(path)}须由订单本身写明，不能有默认值")
    plain: Value
    if isinstance(value, int) and not isinstance(value, bool):
        plain = Decimal(value)
    elif isinstance(value, str | Decimal | date | datetime | bool):
        plain = value
    else:
        raise _unfit(f"{place}.{written}", "应为文字、数字或日期")
    try:
        made = plain_value(plain, leaf)
    except CellRefused as error:
        raise _unfit(f"{place}.{written}", str(error)) from error
    if leaf.kind is Kind.SHARE and not _NUMBER.fullmatch(str(made)):
        raise _unfit(f"{place}.{written}", "应为比率，如 0.30")
    return made


def _unfit(key: str, problem: str) -> RulesUnfit:
    return RulesUnfit("customers.toml", key, problem)
