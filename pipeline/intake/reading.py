"""Reading: the bytes of a dropped file as forms, or a refusal that names the place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from pipeline.intake import csvtext, jsontext, spreadsheet, ubl, yamltext
from pipeline.intake.content import WHOLE_FILE, Content, leaves_in
from pipeline.intake.customers import CustomerRules
from pipeline.intake.formats import CSV, JSON, UBL, XLSX, YAML, Format, format_of
from pipeline.intake.forms import FORMS, Form
from pipeline.intake.gathering import orders_in
from pipeline.intake.leaves import Kind, leaves_of
from pipeline.intake.refusal import OrderRefused, refusal_of
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

MAX_BYTES = 8 * 1024 * 1024
"""An order of 300 lines is under 100 kB; more than this is no order."""

_READERS: dict[Format, Callable[[bytes], tuple[Content, ...]]] = {
    JSON: lambda payload: (jsontext.content_of(payload),),
    YAML: lambda payload: (_typed(yamltext.content_of(payload)),),
    XLSX: lambda payload: orders_in(spreadsheet.sheets_in(payload)),
    CSV: lambda payload: orders_in(csvtext.lines_in(payload)),
    UBL: lambda payload: (ubl.order_in(payload),),
}
_COMPLETED = {XLSX, CSV, UBL}
"""The forms that people and other firms' systems write, and that cannot say everything."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One form as read: what was said, where it stands, and what the firm's rules added."""

    form: Form
    format: Format
    content: Content

    def placed(self, finding: Finding) -> Finding:
        """Return `finding` with its place as the file's sender sees it: cell, line, XPath."""
        return self.content.places.placed(finding)


def read_all(
    payload: bytes, rules: Callable[[], CustomerRules] | None = None
) -> tuple[Reading, ...]:
    """Return every form in `payload`, at least one; a workbook may hold several orders.

    `rules` gives the customers' defaults where the form of file may need them. Raises
    OrderRefused with everything that stops any of them, and Unfinished when cut.
    """
    if len(payload) > MAX_BYTES:
        raise _refused(WHOLE_FILE, f"文件过大（超过 {MAX_BYTES // 1024 // 1024} MB），不是订单文件")
    if not payload.strip():
        raise Unfinished("文件是空的")
    found = format_of(payload)
    contents = _READERS[found](payload)
    if rules is not None and found in _COMPLETED:
        for content in contents:
            rules().complete(content)
    readings: list[Reading] = []
    problems: list[Finding] = []
    for content in contents:
        try:
            readings.append(Reading(_form_of(content), found, content))
        except OrderRefused as error:
            problems += error.findings
    if problems:
        raise OrderRefused(problems)
    return tuple(readings)


def read_form(payload: bytes) -> Form:
    """Return the one form in `payload`; raises OrderRefused, and Unfinished when cut."""
    readings = read_all(payload)
    if len(readings) > 1:
        raise _refused(WHOLE_FILE, "文件中有多份订单；此处只能是一份")
    return readings[0].form


def _form_of(content: Content) -> Form:
    form = _form_named(content)
    try:
        made = form.model_validate(content.tree)
    except ValidationError as error:
        found = [each for each in refusal_of(error).findings if each.place not in content.problems]
        problems = [*content.problems.values(), *map(content.places.placed, found)]
        raise OrderRefused(problems) from error
    if content.problems:
        raise OrderRefused(list(content.problems.values()))
    return made


def _form_named(content: Content) -> type[Form]:
    schema = content.tree.get("schema")
    form = FORMS.get(schema) if isinstance(schema, str) else None
    if form is None:
        known = "、".join(FORMS)
        raise _refused("schema", f"未注明或不认识的数据格式；应为 {known} 之一")
    return form


def _typed(content: Content) -> Content:
    """Turn whole numbers and yes or no into what the form takes; all else stays text."""
    form = _form_named(content)
    leaves = leaves_of(form)
    for path, value in list(leaves_in(content.tree)):
        leaf = leaves.get(re.sub(r"\[\d+\]", "", path))
        if leaf is None or not isinstance(value, str):
            continue
        if leaf.is_whole and re.fullmatch(r"0|[1-9][0-9]{0,8}", value, re.ASCII):
            content.put(path, int(value), content.places.of(path))
        elif leaf.kind is Kind.FLAG and value in {"true", "false"}:
            content.put(path, value == "true", content.places.of(path))
    return content


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of `name`, one of FORMS."""
    schema = FORMS[name].model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:{name.replace('/', ':')}"
    return schema
