"""Sample customers: the rules of the sample home, made of the fictional firms (客户规则样例)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import samplefirms, samples

_PER_CUSTOMER = ("intake", "evaluation", "contract")
_OF_ALL = ("status", "party_b", "invoice", "warranty", "retention")
_OF_PROJECT = ("manager", "manager_phone", "dept", "dept_code")
_KNOWN_BY_PARTY = ("legal_rep", "agent", "mobile", "type", "role")
_SAID_BY_RULES = {
    *_PER_CUSTOMER, *_OF_ALL, "payments", "milestones", "acceptance_items",
}  # fmt: skip
_PLAN = ("name", "condition", "pct", "pay_within_workdays")


def customer_code(number: int) -> str:
    """Return the code the sample firm's own system gives its client `number` (from 1)."""
    return f"KH-{number:03}"


def sample_customers(orders: int) -> str:
    """Return the customers' rules (TOML) for the clients of the sample orders 1 to `orders`."""
    made = [samples.sample_order(number) for number in range(1, orders + 1)]
    lines = ["# 客户规则样例，全部为虚构。写法见不带 --sample 的新建文件夹中的同名文件。"]
    lines += ['version = "2026.1-样例"', ""]
    lines += _tables("all", {name: made[0][name] for name in _OF_ALL} | _shared(made[0]))
    for number, firm in enumerate(samplefirms.CLIENTS, 1):
        own = made[number - 1 :: len(samplefirms.CLIENTS)]
        keys = [customer_code(number), *(order["party_a"]["uscc"] for order in own)]
        lines += ["[[customer]]", f"keys = {_written(keys)}", f"name = {_written(firm[0])}", ""]
        party = {name: own[0]["party_a"][name] for name in _KNOWN_BY_PARTY}
        known = {name: own[0][name] for name in _PER_CUSTOMER} | {"party_a": party}
        lines += _tables("customer", known)
    return "\n".join(lines)


def sparse_order(number: int) -> dict[str, Any]:
    """Return sample order `number` without anything its client's rules say."""
    order = samples.sample_order(number)
    kept = {name: value for name, value in order.items() if name not in _SAID_BY_RULES}
    project = {key: value for key, value in order["project"].items() if key not in _OF_PROJECT}
    party = {key: value for key, value in order["party_a"].items() if key not in _KNOWN_BY_PARTY}
    return kept | {"project": project, "party_a": party}


def _shared(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lists every customer shares: plan of payment, stages, what is accepted."""
    stages = (("进场及资料交接", 6), ("平台升级完成", 90), ("半年服务评审", 182))
    deliverables = [stage["deliverable"] for stage in order["milestones"]]
    milestones = [
        {"name": name, "deliverable": deliverable, "days_after_start": days}
        for (name, days), deliverable in zip(stages, deliverables, strict=False)
    ]
    last = {"name": "服务期满终验", "deliverable": deliverables[-1], "days_before_end": 0}
    return {
        "project": {key: order["project"][key] for key in _OF_PROJECT},
        "payments": [{key: row[key] for key in _PLAN} for row in order["payments"]],
        "milestones": [*milestones, last],
        "acceptance_items": [
            {key: value for key, value in row.items() if key != "seq"}
            for row in order["acceptance_items"]
        ],
    }


def _tables(name: str, content: Mapping[str, Any]) -> Iterator[str]:
    """Yield `content` as TOML tables below `name`."""
    if name != "customer":
        yield f"[{name}]"
    for key, value in content.items():
        if isinstance(value, str):
            yield f"{key} = {_written(value)}"
    yield ""
    for key, value in content.items():
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if isinstance(row, Mapping):
                yield f"[[{name}.{key}]]" if isinstance(value, list) else f"[{name}.{key}]"
                yield from (f"{each} = {_written(said)}" for each, said in _leaves(row))
                yield ""


def _leaves(row: Mapping[str, Any], start: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of `row` under dotted keys; a list of texts becomes one text."""
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{start}{key}.")
        elif isinstance(value, list):
            yield f"{start}{key}", "\n".join(value)
        elif (start, key) != ("", "retention_amount"):
            yield f"{start}{key}", value


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
