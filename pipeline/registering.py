"""Registering: what is written down of a template when it is registered (模板登记)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from templates.catalogue import ANY_TYPE, KINDS, Template
from templates.errors import Finding, Level
from templates.fitting.seals import seals_of
from templates.printable import unprintable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TYPE = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_UNAPPROVED = "（未登记审核依据）"
_SEAL_OFFSET = (22.0, -18.0)
_SEAL_OFFSETS = {"acceptance": (22.0, -22.0), "authority": (25.0, -18.0)}


@dataclass(frozen=True, slots=True)
class Registration:
    """What a firm says of its template.

    `approved_by` names the legal review; `seal_offset` is how far right of its bookmark and
    above it a seal's centre stands, in millimetres, None for what is usual.
    """

    code: str
    version: str
    kind: str
    contract_types: tuple[str, ...]
    in_force_from: date
    approved_by: str = ""
    required_clauses: tuple[str, ...] = ()
    seal_offset: tuple[float, float] | None = None

    @property
    def folder(self) -> str:
        """Return the name of its folder."""
        return f"{self.code}-{self.version}"

    def problems(self) -> tuple[str, ...]:
        """Return, in Chinese, what cannot be registered so."""
        return tuple(self._problems())

    def warnings(self) -> tuple[Finding, ...]:
        """Return what should be known of the registration."""
        if self.approved_by.strip():
            return ()
        message = "没有写明法务审核依据；正式使用前请取得审核，并用 --approved-by 登记为新版本"
        return (Finding("T50", Level.WARN, "登记", message),)

    def rivals(self, registered: Iterable[Template]) -> Iterator[Template]:
        """Yield the versions that begin on the same day, so that neither goes before the other."""
        for other in self._versions(registered):
            if other.in_force_from == self.in_force_from:
                yield other

    def overlaps(self, registered: Iterable[Template]) -> Iterator[Finding]:
        """Yield what the periods of other versions mean for this one, and what to do."""
        for other in self._versions(registered):
            name, last = f"{other.code}@{other.version}", other.in_force_to
            if other.in_force_from > self.in_force_from:
                message = f"{name} 自 {other.in_force_from} 起优先于本版本，此后本版本须由订单指明"
                yield Finding("T51", Level.WARN, "登记", message)
            elif last is None or last >= self.in_force_from:
                eve = self.in_force_from - timedelta(days=1)
                message = (
                    f"{name} 与本版本的使用期重叠：自 {self.in_force_from} 起未指明版本的订单用"
                    f"本版本，指明旧版本的仍用旧版本；旧版本不再使用的，请运行 guidang templates "
                    f"retire {other.code} {other.version} --on {eve}（或者不早于今日的日期）"
                )
                yield Finding("T51", Level.WARN, "登记", message)

    def _versions(self, registered: Iterable[Template]) -> Iterator[Template]:
        for other in registered:
            if (other.code, other.kind) == (self.code, self.kind):
                yield other

    def _problems(self) -> Iterator[str]:
        for word, text in (("模板编号", self.code), ("版本", self.version)):
            if not _NAME.fullmatch(text):
                yield f"{word}“{text}”只能由英文字母、数字和 . _ - 组成，以字母或数字开头"
        if self.kind not in KINDS:
            yield f"文种只能是 {'、'.join(KINDS)}"
        if not self.contract_types:
            yield "须写明适用的合同类型"
        for each in self.contract_types:
            if each == ANY_TYPE and self.kind == "contract":
                yield "合同模板须写明适用的合同类型，不能用 * 代表全部类型"
            elif each != ANY_TYPE and not _TYPE.fullmatch(each):
                yield f"合同类型“{each}”应为大写字母代码，如 FW"
        for text in (self.approved_by, *self.required_clauses):
            if lost := unprintable(text):
                yield f"“{text}”含有无法印出的字符（{'、'.join(lost)}）"


def manifest_of(registration: Registration, digest: str, standard: Mapping[str, str]) -> str:
    """Return the manifest; `standard` are the standard figures its text prints."""
    lines = [
        "# 由 guidang templates add 登记。文本有改动即为新版本；停用用 guidang templates retire。",
        f"code = {_quoted(registration.code)}",
        f"version = {_quoted(registration.version)}",
        f"kind = {_quoted(registration.kind)}",
        f"contract_types = [{', '.join(map(_quoted, registration.contract_types))}]",
        f"in_force_from = {registration.in_force_from.isoformat()}",
        f"approved_by = {_quoted(registration.approved_by.strip() or _UNAPPROVED)}",
        f"sha256 = {_quoted(digest)}",
    ]
    if registration.required_clauses:
        clauses = ", ".join(map(_quoted, registration.required_clauses))
        lines.append(f"required_clauses = [{clauses}]")
    if standard:
        lines += ["", "[defaults]"]
        lines += [f"{_quoted(path)} = {_quoted(text)}" for path, text in standard.items()]
    right, up = registration.seal_offset or _SEAL_OFFSETS.get(registration.kind, _SEAL_OFFSET)
    for name in seals_of(registration.kind):
        lines += ["", "[[seal_places]]", f"name = {_quoted(name)}", f"party = {_quoted(name[-1])}"]
        lines += [f"dx_mm = {right}", f"dy_mm = {up}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string without control characters is a TOML string.
    return json.dumps(text, ensure_ascii=False)
