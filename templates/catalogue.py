"""Catalogue: the registered templates, and which one is in force (模板登记)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from templates.errors import TemplateUnfit
from templates.unfit import Unfit

MANIFEST = "manifest.toml"
WORD_FILE = "template.docx"
ANY_TYPE = "*"
"""Among the contract types of a template that serves every one of them."""
AGREEMENTS = ("contract", "acceptance", "change", "termination", "nda", "authority")
"""The kinds that are signed and sealed."""

FORMS = ("legal_opinion", "approval_sheet", "seal_request")
"""The firm's own papers, which bear no seal."""

KINDS = AGREEMENTS + FORMS
_TEXTS = ("code", "version", "kind", "approved_by", "sha256")
_LISTS = ("contract_types", "required_clauses", "seal_places")
_KNOWN = {*_TEXTS, *_LISTS, "in_force_from", "in_force_to", "defaults"}


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a party's seal goes: the bookmark of the template, and the seal's centre from it.

    `dx_mm` counts to the right, `dy_mm` upwards.
    """

    name: str
    party: str
    dx_mm: float
    dy_mm: float


@dataclass(frozen=True, slots=True)
class Template:
    """A registered template; `digest` is the SHA-256 of the Word file at `path`.

    `in_force_to` is its last day, None while nobody has set one. `defaults` are the standard
    figures of its text, by dotted name; an order's own agreement replaces them.
    `required_clauses` are headings and phrases without which its text is incomplete.
    """

    code: str
    version: str
    kind: str
    contract_types: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    approved_by: str
    digest: str
    path: Path
    defaults: Mapping[str, str]
    seal_places: tuple[SealPlace, ...]
    required_clauses: tuple[str, ...] = ()

    def serves(self, contract_type: str) -> bool:
        """Return whether it is meant for contracts of that type."""
        return contract_type in self.contract_types or ANY_TYPE in self.contract_types

    def is_in_force(self, on: date) -> bool:
        """Return whether documents may be drawn up from it on that day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


class Catalogue:
    """All registered templates; `unfit` are those that cannot be used, which harm no other."""

    def __init__(self, templates: Iterable[Template], unfit: Iterable[Unfit] = ()) -> None:
        self.templates = tuple(templates)
        self.unfit = tuple(unfit)
        seen: dict[tuple[str, str], Path] = {}
        for template in self.templates:
            key = (template.code, template.version)
            if key in seen:
                raise TemplateUnfit(
                    f"{template.code}@{template.version}",
                    [f"登记了两次：{seen[key].parent.name} 与 {template.path.parent.name}"],
                )
            seen[key] = template.path

    @classmethod
    def load(cls, *folders: Path) -> Catalogue:
        """Read every subfolder that has a manifest.

        Where the manifest lacks something, the Word file is not the one registered (regulation
        P-303), or a code and version stands twice, the folder goes to `unfit`.
        """
        manifests = (
            manifest for folder in folders for manifest in sorted(folder.glob(f"*/{MANIFEST}"))
        )
        read = [_read(manifest.parent) for manifest in manifests]
        templates = [each for each in read if isinstance(each, Template)]
        names = [(each.code, each.version) for each in templates]
        single = [each for each in templates if names.count((each.code, each.version)) == 1]
        unfit = [each for each in read if isinstance(each, Unfit)]
        return cls(single, [*unfit, *_doubles(templates, single)])

    def pick(
        self,
        kind: str,
        contract_type: str,
        code: str | None = None,
        version: str | None = None,
        *,
        on: date,
    ) -> Template:
        """Return the template in force `on` that day, the latest where there are several.

        Raises TemplateUnfit, saying why each that was meant cannot be used; also where an unfit
        one would have been picked, for an older text must not take its place in silence.
        """
        meant = [
            template
            for template in self.templates
            if template.kind == kind
            and code in (None, template.code)
            and version in (None, template.version)
        ]
        fit = [t for t in meant if t.serves(contract_type) and t.is_in_force(on)]
        best = max(fit, key=lambda each: (each.in_force_from, each.version), default=None)
        over = best.in_force_from if best else None
        broken = [
            each
            for each in self.unfit
            if (
                each.would_win(kind, contract_type, on, over)
                if code is None
                else each.is_named(code, version) and (best is None or version is None)
            )
        ]
        if best is not None and not broken:
            return best
        reasons = [f"{each.name} 不能使用：{'；'.join(each.problems)}" for each in broken]
        reasons = reasons or list(_reasons(meant, contract_type, on)) or ["未登记此模板"]
        raise TemplateUnfit(f"{code or kind}@{version or '*'}", reasons)


def shipped() -> Path:
    """Return the folder of the templates that come with this package."""
    return Path(__file__).parent


def read_template(folder: Path) -> Template:
    """Return the template registered in `folder`, its Word file proved to be that one."""
    manifest = _read_manifest(folder)
    problems = list(_problems(manifest))
    if problems:
        raise TemplateUnfit(folder.name, problems)
    path = folder / WORD_FILE
    _prove_unaltered(path, manifest["sha256"])
    return Template(
        code=manifest["code"],
        version=manifest["version"],
        kind=manifest["kind"],
        contract_types=tuple(manifest["contract_types"]),
        in_force_from=manifest["in_force_from"],
        in_force_to=manifest.get("in_force_to"),
        approved_by=manifest["approved_by"],
        digest=manifest["sha256"],
        path=path,
        defaults=dict(manifest.get("defaults", {})),
        seal_places=tuple(_seal_place(place) for place in manifest.get("seal_places", [])),
        required_clauses=tuple(manifest.get("required_clauses", [])),
    )


def _read(folder: Path) -> Template | Unfit:
    try:
        return read_template(folder)
    except TemplateUnfit as error:
        return Unfit.at(folder / MANIFEST, error.problems)


def _doubles(templates: Iterable[Template], single: Iterable[Template]) -> Iterator[Unfit]:
    """Yield those whose code and version stand twice: nobody can say which one is meant."""
    left = [each for each in templates if each not in single]
    for each in left:
        folders = [
            t.path.parent.name for t in left if (t.code, t.version) == (each.code, each.version)
        ]
        yield Unfit.at(each.path.parent / MANIFEST, [f"登记了两次：{' 与 '.join(folders)}"])


def _prove_unaltered(path: Path, registered: str) -> None:
    if not path.is_file():
        raise TemplateUnfit(path.parent.name, [f"缺少模板文件 {path.name}"])
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise TemplateUnfit(path.parent.name, [f"{path.name} 无法读取：{error}"]) from error
    if found != registered:
        problem = (
            f"模板文件与登记的不一致：登记摘要 {registered[:12]}…，现为 {found[:12]}…；"
            "请恢复原文件，或经法务审核后登记为新版本"
        )
        raise TemplateUnfit(path.parent.name, [problem])


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateUnfit(folder.name, [f"{MANIFEST} 无法读取：{error}"]) from error


def _problems(manifest: Mapping[str, Any]) -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(manifest.get(name), str) or not manifest[name].strip():
            yield f"{MANIFEST} 缺少 {name}"
    yield from (f"{MANIFEST} 中有不认识的 {name}" for name in sorted(set(manifest) - _KNOWN))
    if isinstance(manifest.get("kind"), str) and manifest["kind"] not in KINDS:
        yield f"kind 只能是 {'、'.join(KINDS)}，不能是“{manifest['kind']}”"
    if not _is_texts(manifest.get("contract_types")):
        yield "contract_types 应为合同类型代码的列表"
    if not _is_texts(manifest.get("required_clauses", [""])):
        yield "required_clauses 应为标题或用语的列表"
    yield from _problems_of_period(manifest)
    defaults = manifest.get("defaults", {})
    if not isinstance(defaults, dict) or not _is_texts(list(defaults.values()) or [""]):
        yield 'defaults 应为文本，名称写作 "组.项"'
    elif any(name.count(".") != 1 for name in defaults):
        yield 'defaults 的名称应写作 "组.项"'
    places = manifest.get("seal_places", [])
    if not isinstance(places, list) or not all(_is_seal_place(place) for place in places):
        yield "seal_places 应写明 name（字母和数字）、party（A 或 B）、dx_mm、dy_mm"


def _problems_of_period(manifest: Mapping[str, Any]) -> Iterator[str]:
    start, end = manifest.get("in_force_from"), manifest.get("in_force_to")
    if type(start) is not date:
        yield "in_force_from 应为日期"
    elif end is not None and (type(end) is not date or end < start):
        yield "in_force_to 应为日期，且不早于 in_force_from"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _is_seal_place(place: object) -> bool:
    return (
        isinstance(place, dict)
        and set(place) == {"name", "party", "dx_mm", "dy_mm"}
        and isinstance(place["name"], str)
        # LibreOffice rewrites every other character of a bookmark's name.
        and place["name"].isascii()
        and place["name"].isalnum()
        and place["party"] in ("A", "B")
        and all(type(place[side]) in (int, float) for side in ("dx_mm", "dy_mm"))
    )


def _seal_place(place: Mapping[str, Any]) -> SealPlace:
    return SealPlace(
        name=place["name"],
        party=place["party"],
        dx_mm=float(place["dx_mm"]),
        dy_mm=float(place["dy_mm"]),
    )


def _reasons(meant: Iterable[Template], contract_type: str, on: date) -> Iterator[str]:
    for template in meant:
        name = f"{template.code}@{template.version}"
        if not template.serves(contract_type):
            yield f"{name} 不适用于合同类型 {contract_type}"
        if on < template.in_force_from:
            yield f"{name} 自 {template.in_force_from} 起方可使用"
        elif template.in_force_to is not None and on > template.in_force_to:
            yield f"{name} 已于 {template.in_force_to} 停止使用"
