"""Codes: whether reference codes are of the grammar, agree with the metadata, and are one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from archive.referencecode import ReferenceCode
from pipeline.fourfold.exhibit import Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.toldby import numbers_untold
from pipeline.fourfold.verdicts import Verdict, judged


def coded(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS06: reference codes of the grammar, their parts as the metadata says."""
    dossier = exhibit.dossier

    def problems() -> Iterator[str]:
        try:
            code = ReferenceCode.parse(dossier["code"])
        except (ValueError, KeyError):
            yield f"案卷档号不合规范：{dossier.get('code')}"
            return
        series = f"{code.category}·{code.series}" if code.series else code.category
        parts: list[tuple[str, Any, Any]] = [
            ("year", code.year, dossier.get("year")),
            ("volume_no", code.volume, dossier.get("volume_no")),
        ]
        if not code.class_:
            parts += [
                ("fonds", code.fonds, dossier.get("fonds")),
                ("retention", code.retention, dossier.get("retention")),
            ]
            if code.series:
                parts.append(("series", series, dossier.get("series")))
        for name, said, recorded in parts:
            if said != recorded:
                yield f"{code}：{name} 档号中为 {said}，元数据为 {recorded}"
        for item in exhibit.items:
            yield from _item_code(item, code)

    return judged(problems(), f"{exhibit.code}：各段与元数据一致")


def _item_code(item: Row, code: ReferenceCode) -> Iterator[str]:
    try:
        found = ReferenceCode.parse(item["reference_code"])
    except ValueError:
        yield f"件的档号不合规范：{item['reference_code']}"
        return
    if found.dossier != code or found.item != item["item_no"]:
        yield f"{item['reference_code']}：不是 {code} 第 {item['item_no']} 件的档号"


def unique(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS07: no code and no number twice, here or in the register, and none the history denies."""

    def problems() -> Iterator[str]:
        for key in ("reference_code", "number"):
            for value, count in Counter(item[key] for item in exhibit.items).items():
                if count > 1:
                    yield f"{key} {value} 重复 {count} 次"
        yield from numbers_untold(exhibit)
        if means.told is None:
            return
        for item in exhibit.items:
            for held, value in (
                (means.told.codes, item["reference_code"]),
                (means.told.numbers, item["number"]),
            ):
                if held.get(value, exhibit.code) != exhibit.code:
                    yield f"{value} 在登记中属于 {held[value]}"

    asked = "案卷内与登记库中均不重复" if means.told is not None else "本件编号唯一（登记库约束）"
    return judged(problems(), asked)
