"""UBL: an OASIS UBL 2.0 to 2.3 Order or Quotation, read into an order (通用商业语言)."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from lxml import etree

from pipeline.intake.cells import CellRefused, plain_value
from pipeline.intake.content import WHOLE_FILE, Content, Places
from pipeline.intake.headings import label_of
from pipeline.intake.leaves import Kind as Value
from pipeline.intake.leaves import Leaf, leaves_of, lists_of
from pipeline.intake.order import ORDER_SCHEMA, OrderForm
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.ublelements import holder_of, place_of, text_of
from pipeline.intake.ublfields import (
    BASE,
    EXTENSION,
    KINDS,
    LINE_FIELDS,
    LINE_ID,
    OURS,
    PRICE,
    SPACES,
    UNITS,
    UNREADABLE,
    Kind,
    fields_of,
)
from pipeline.intake.xmltext import XmlRefused, tree_of
from templates.checks.rounding import to_fen
from templates.errors import Finding, Level

_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_MOST_LISTED = 12
MOST_LINES = 300
_SILENT = {"UBLVersionID", "CustomizationID", "ProfileID", "UUID", "IssueDate", "IssueTime"}
"""About the message, not about the order; whether the version is one we read is seen by its use."""


def order_in(payload: bytes) -> Content:
    """Return the order in the UBL document `payload`; raises OrderRefused, Unfinished."""
    try:
        root = tree_of(payload)
    except XmlRefused as error:
        raise _refused(str(error)) from error
    kind = KINDS.get(str(root.tag))
    if kind is None:
        name = etree.QName(root).localname
        raise _refused(f"不是 UBL 订单（Order）或报价（Quotation），根元素是 {name}")
    return _Reading(root, kind).order()


class _Reading:
    """One document being read; what was not looked at is told at the end."""

    def __init__(self, root: etree._Element, kind: Kind) -> None:
        self._root = root
        self._kind = kind
        self._seen: set[etree._Element] = set()
        self._where = {path: f"/{kind.name}/{xpath}" for path, xpath in reversed(fields_of(kind))}
        self._content = Content(places=Places(self._expected))

    def order(self) -> Content:
        content = self._content
        content.tree["schema"] = ORDER_SCHEMA
        for path, leaf in leaves_of(OrderForm).items():
            if leaf.required and "." in path and path.split(".")[0] not in lists_of(OrderForm):
                part = content.tree
                for step in path.split(".")[:-1]:
                    part = part.setdefault(step, {})
        for xpath, why in UNREADABLE:
            for found in self._all(self._root, xpath.format(line=self._kind.line)):
                content.refuse(f"?{place_of(found)}", place_of(found), why)
        for path, xpath in fields_of(self._kind):
            self._take(self._root, path, xpath)
        lines = self._all(self._root, self._kind.line)
        if len(lines) > MOST_LINES:
            raise _refused(f"费用明细最多 {MOST_LINES} 行，现有 {len(lines)} 行；请拆分")
        for position, line in enumerate(lines):
            self._line(line, position)
        self._extension()
        self._currencies()
        self._unread()
        return content

    def _expected(self, path: str, parent: str) -> str:
        """Return the XPath a missing field belongs at, or that UBL has no place for it."""
        where = self._where.get(path)
        line = re.fullmatch(r"items\[(\d+)\]\.(\w+)", path)
        if line is not None:
            xpath = next((x for name, x in LINE_FIELDS if name == line[2]), "")
            where = f"{parent}/{xpath}" if xpath else parent
        if where:
            return f"{where}（{label_of(path)}）"
        return (
            f"{label_of(path)}（{path}：UBL 无此项，由 rules/customers.toml 或 UBLExtensions 提供）"
        )

    def _line(self, line: etree._Element, position: int) -> None:
        at = f"items[{position}]"
        content = self._content
        content.places.note("items", f"/{self._kind.name}/{self._kind.line}")
        content.places.note(at, place_of(line))
        number = self._first(line, LINE_ID)
        text = text_of(number) if number is not None else ""
        plain = re.fullmatch(r"[1-9][0-9]{0,5}", text)
        content.put(f"{at}.line_no", int(text) if plain else position + 1, place_of(line))
        for name, xpath in LINE_FIELDS:
            self._take(line, f"{at}.{name}", xpath)
        for found in self._all(line, "cac:Item/cac:AdditionalItemProperty/cbc:Name"):
            if found.text == "费用类别":
                self._seen.add(found)
        for found in self._all(line, "cac:PricingReference//cbc:PriceTypeCode"):
            self._seen.add(found)
        self._prices(line, at)

    def _prices(self, line: etree._Element, at: str) -> None:
        """Add what follows exactly from what is there; nothing is rounded."""
        content = self._content
        net, tax, qty = (self._amount(f"{at}.{name}") for name in ("amount_net", "tax", "qty"))
        place = place_of(line)
        if net is not None and tax is not None:
            content.put(f"{at}.amount_tax_incl", format(net + tax, "f"), place)
        self._net_price(line, net, qty)
        if content.get(f"{at}.unit_price_tax_incl") is not None or None in {net, tax, qty}:
            return
        if net is None or tax is None or not qty:
            return
        price = Fraction(net + tax) / Fraction(qty)
        if price != Fraction(to_fen(price)):
            message = (
                f"含税单价不能由金额 {net + tax} ÷ 数量 {qty} 得到整分；请在 "
                "cac:PricingReference/cac:AlternativeConditionPrice（PriceTypeCode 01）中写明"
            )
            content.refuse(f"{at}.unit_price_tax_incl", self._where_price(line), message)
            return
        content.put(f"{at}.unit_price_tax_incl", str(to_fen(price)), self._where_price(line))

    def _net_price(self, line: etree._Element, net: Decimal | None, qty: Decimal | None) -> None:
        """Refuse a price before tax that does not lead to the line's amount."""
        price, base = self._first(line, PRICE), self._first(line, BASE)
        if price is None or net is None or qty is None:
            return
        each = text_of(price)
        per = text_of(base) if base is not None else "1"
        if not _AMOUNT.fullmatch(each) or not _AMOUNT.fullmatch(per) or not Decimal(per):
            self._content.refuse(f"?{place_of(price)}", place_of(price), "不是有效的单价；请核对")
        elif to_fen(Fraction(qty) * Fraction(each) / Fraction(per)) != net:
            message = f"单价 {each} × 数量 {qty} 不等于本行不含税金额 {net}；请核对"
            self._content.refuse(f"?{place_of(price)}", place_of(price), message)

    def _where_price(self, line: etree._Element) -> str:
        price = self._first(line, PRICE)
        return place_of(price if price is not None else line)

    def _amount(self, path: str) -> Decimal | None:
        text = str(self._content.get(path) or "")
        return Decimal(text) if _AMOUNT.fullmatch(text) else None

    def _extension(self) -> None:
        """Take the fields UBL has no place for from an extension of our own."""
        for found in self._all(self._root, EXTENSION):
            path = (found.get("path") or "").strip()
            plain = re.sub(r"\[\d+\]", "", path)
            leaf = leaves_of(OrderForm).get(plain)
            position = re.search(r"\[(\d+)\]", path)
            if plain.startswith(("terms.", "extensions.")):
                leaf = Leaf(plain, Value.TEXT)
            if leaf is None or leaf.kind is Value.OPEN or (position and len(position[1]) > 3):  # noqa: PLR2004
                self._content.refuse(
                    f"?{place_of(found)}", place_of(found), f"不认识的字段“{path[:60]}”"
                )
                continue
            self._put(path, leaf, text_of(found), place_of(found))

    def _take(self, start: etree._Element, path: str, xpath: str) -> None:
        """Take the field at `xpath`, if nothing said it before; two of them are no field."""
        element, _, attribute = xpath.partition("/@")
        found = self._all(start, element)
        if not found:
            return
        plain = re.sub(r"\[\d+\]", "", path)
        leaf = leaves_of(OrderForm).get(plain, Leaf(plain, Value.TEXT))
        values = [each.get(attribute) or "" if attribute else text_of(each) for each in found]
        place = place_of(found[0]) + (f"/@{attribute}" if attribute else "")
        if not any(values):
            return
        said = self._content.get(path)
        if said is not None and plain not in _SAME:
            # Another element said it better; one that says something else is told as not read.
            self._seen.update(
                each for each, text in zip(found, values, strict=True) if text == said
            )
            return
        self._seen.update(found)
        if len(values) > 1 and (plain not in _JOINED or len(set(map(holder_of, found))) > 1):
            self._content.refuse(
                path, place, f"出现 {len(values)} 次，无法判断以哪一个为准；请保留一个"
            )
            return
        text = "".join(values)
        if plain == "items.unit":
            text = UNITS.get(text, text)
        if plain == "items.tax_rate" and _AMOUNT.fullmatch(text):
            text = format(Decimal(text).scaleb(-2), "f")
        self._put(path, leaf, text, place)

    def _put(self, path: str, leaf: Leaf, text: str, place: str) -> None:
        if leaf.kind in {Value.MONEY, Value.QUANTITY, Value.SHARE} and not _AMOUNT.fullmatch(text):
            self._content.refuse(path, place, f"“{text[:40]}”不是数字；应为 596500.01 这样的形式")
            return
        try:
            value = plain_value(text, leaf) if text else None
        except CellRefused as error:
            self._content.refuse(path, place, str(error))
            return
        before = self._content.get(path)
        if leaf.kind is Value.TEXTS and isinstance(before, list) and isinstance(value, list):
            value = before + value
        elif before is not None and before != value:
            other = self._content.places.of(path)
            self._content.refuse(
                f"?{place}", place, f"与 {other} 的同一项内容不同；请核对后只留一种"
            )
            return
        if value is not None:
            self._content.put(path, value, place)

    def _currencies(self) -> None:
        """Refuse a document that names amounts in more than one currency."""
        named = self._content.get("amount.currency")
        for element in self._root.iter():
            code = element.get("currencyID")
            if code is not None and named is not None and code != named:
                place = f"{place_of(element)}/@currencyID"
                message = f"币种 {code[:8]} 与单据币种 {named} 不同；请核对"
                self._content.refuse("?currencyID", place, message)
                return

    def _unread(self) -> None:
        """Tell what stands in the document and is not part of the order, so nothing is lost."""
        unread = [
            element
            for element in self._root.iter(etree.Element)
            if not len(element)
            and (element.text or "").strip()
            and element not in self._seen
            and etree.QName(element).localname not in _SILENT
            and etree.QName(element).namespace != OURS
        ]
        for element in unread[:_MOST_LISTED]:
            text = (element.text or "").strip()[:60]
            self._content.remark(place_of(element), f"此项不进入合同：“{text}”；如属约定请另行写明")
        if len(unread) > _MOST_LISTED:
            more = f"另有 {len(unread) - _MOST_LISTED} 项内容不进入合同；请核对原文件"
            self._content.remark(WHOLE_FILE, more)

    def _all(self, start: etree._Element, xpath: str) -> list[etree._Element]:
        return start.findall(xpath, SPACES)

    def _first(self, start: etree._Element, xpath: str) -> etree._Element | None:
        found = self._all(start, xpath)
        self._seen.update(found)
        return found[0] if found else None


_SAME = {
    "amount.total", "amount.net", "items.tax", "items.tax_rate", "party_a.uscc", "party_b.uscc",
}  # fmt: skip
"""Where two elements may say the same thing, they must."""

_JOINED = {"items.spec", "party_a.address", "party_b.address", "service.place"}


def _refused(message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, WHOLE_FILE, message)])
