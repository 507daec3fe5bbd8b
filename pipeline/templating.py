"""Templating: a firm's own Word files, checked, registered, listed and retired (模板管理)."""

from __future__ import annotations

import hashlib
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from archive.days import business_day
from pipeline.examining import rules_in_force
from pipeline.keeping import keep, sync_folder
from pipeline.proofprinting import print_findings
from pipeline.registering import Registration, manifest_of
from pipeline.specimens import specimen_fields
from pipeline.wiring import Workplace
from templates.catalogue import MANIFEST, WORD_FILE, Template, read_template
from templates.errors import DocumentUnreadable, Finding, Level, RendererMissing, TemplateUnfit
from templates.fields import with_number
from templates.fitting.faces import available_faces
from templates.fitting.fitness import Fitness, Measure, fitness_of
from templates.fitting.legality import clauses_of, legal_findings
from templates.fitting.vocabulary import Vocabulary

_NO_WORD_FILE = "T99"
_LIMIT = 20 * 1024 * 1024
_IN_FORCE_TO = re.compile(r"^in_force_to\s*=.*$", re.MULTILINE)
_IN_FORCE_FROM = re.compile(r"^in_force_from\s*=.*$", re.MULTILINE)


class TemplateRefused(Exception):
    """A template cannot be registered or retired as asked; says why, with all findings."""

    def __init__(self, reason: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(reason)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Registered:
    """A template just registered, and the warnings it was registered with."""

    template: Template
    findings: tuple[Finding, ...] = field(default=())


def own_folder(workplace: Workplace) -> Path:
    """Return where a firm's own templates stand."""
    return workplace.home.root / "templates"


def vocabulary_of(
    workplace: Workplace,
    kind: str,
    types: Sequence[str] = (),
    standard: Mapping[str, str] | None = None,
) -> Vocabulary:
    """Return the fields a template of `kind` may print, with examples.

    Standard figures are those of all templates of the kind, with the values of one for the
    same `types` where there is one, and those given as `standard`.
    """
    usual: dict[str, str] = {}
    models = _models(workplace, kind, types)
    for template in models:
        usual |= template.defaults
    usual |= dict(standard or {})
    families = [frozenset(each.defaults) for each in reversed(models)]
    return Vocabulary.of(kind, _specimen(kind, usual), usual, families)


def check(
    workplace: Workplace,
    content: bytes,
    kind: str,
    *,
    types: Sequence[str] = (),
    standard: Mapping[str, str] | None = None,
    required: Sequence[str] = (),
) -> Fitness:
    """Return everything found in the Word file `content`; nothing is printed or changed."""
    measure = Measure(
        vocabulary=vocabulary_of(workplace, kind, types, standard),
        model=_models(workplace, kind, types)[-1],
        sample=lambda figures: _specimen(kind, figures),
        required=required,
        faces=available_faces(workplace.home.fonts),
    )
    fitness = fitness_of(content, measure)
    if any(finding.code == _NO_WORD_FILE for finding in fitness.findings):
        return fitness
    return replace(fitness, findings=(*fitness.findings, *_legal(workplace, content, kind, types)))


def _legal(
    workplace: Workplace, content: bytes, kind: str, types: Sequence[str]
) -> Iterator[Finding]:
    """Yield what the check rules find in the text, each at the strictest level of its types."""
    rules = rules_in_force(workplace)
    try:
        found = legal_findings(content, kind, clauses_of(kind, types, rules.figures))
    except DocumentUnreadable:
        return
    for finding in found:
        weighed = [rules.govern([finding], kind=kind, type_code=each)[0] for each in types or ("",)]
        yield min(weighed, key=lambda each: list(Level).index(each.level))


def read_word_file(path: Path) -> bytes:
    """Return the bytes of the file at `path`; raises TemplateRefused where it is too large."""
    if path.stat().st_size > _LIMIT:
        raise TemplateRefused(f"文件过大，上限 {_LIMIT // 1024**2} MB；请压缩其中的图片")
    return path.read_bytes()


def required_beside(path: Path) -> tuple[str, ...]:
    """Return the clauses that a manifest beside the Word file at `path` requires."""
    manifest = path.parent / MANIFEST
    if not manifest.is_file():
        return ()
    try:
        said = tomllib.loads(manifest.read_text("utf-8")).get("required_clauses", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ()
    return tuple(filter(lambda each: isinstance(each, str), said)) if isinstance(said, list) else ()


def register(
    workplace: Workplace,
    content: bytes,
    registration: Registration,
    standard: Mapping[str, str] | None = None,
) -> Registered:
    """Check, print once for trial and register `content`; nothing that stands is ever changed.

    Raises TemplateRefused with everything found. The folder appears whole or not at all.
    """
    if problems := registration.problems():
        raise TemplateRefused("；".join(problems))
    _refuse_known(workplace, registration)
    fitness = check(
        workplace,
        content,
        registration.kind,
        types=registration.contract_types,
        standard=standard,
        required=registration.required_clauses,
    )
    if not fitness.is_fit:
        raise TemplateRefused("模板检查未通过，未登记", fitness.findings)
    workplace.home.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workplace.home.work, prefix="template-") as room:
        draft = Path(room) / registration.folder
        keep(draft, WORD_FILE, content)
        manifest = manifest_of(registration, hashlib.sha256(content).hexdigest(), fitness.standard)
        keep(draft, MANIFEST, manifest.encode())
        printed = _print_trial(workplace, read_template(draft))
        findings = (
            *fitness.findings,
            *printed,
            *registration.warnings(),
            *registration.overlaps(workplace.catalogue.templates),
        )
        if any(finding.level is Level.BLOCK for finding in printed):
            raise TemplateRefused("模板试印未通过，未登记", findings)
        target = own_folder(workplace) / registration.folder
        _put(draft, target)
    return Registered(read_template(target), findings)


def retire(workplace: Workplace, code: str, version: str, last_day: date) -> Template:
    """Let a firm's own template serve until `last_day` and no longer; its text stays as it is.

    Raises TemplateRefused where it is not the firm's own, or the day has passed already.
    """
    template = _own_template(workplace, code, version)
    today = business_day(workplace.clock())
    if last_day < max(today, template.in_force_from):
        first = max(today, template.in_force_from)
        raise TemplateRefused(
            f"最后使用日 {last_day} 不能早于 {first}：已按此模板办理的文书不受追溯改变"
        )
    if template.in_force_to is not None and template.in_force_to < today:
        raise TemplateRefused(f"{code}@{version} 已于 {template.in_force_to} 停止使用，不再改动")
    folder = template.path.parent
    before = (folder / MANIFEST).read_text("utf-8")
    line = f"in_force_to = {last_day.isoformat()}"
    if _IN_FORCE_TO.search(before):
        after = _IN_FORCE_TO.sub(line, before, count=1)
    else:
        after = _IN_FORCE_FROM.sub(lambda start: f"{start[0]}\n{line}", before, count=1)
    if tomllib.loads(after) != tomllib.loads(before) | {"in_force_to": last_day}:
        raise TemplateRefused(f"{folder.name}/{MANIFEST} 的写法不常见；请手工写入 {line}")
    keep(folder, MANIFEST, after.encode())
    return read_template(folder)


def find_template(workplace: Workplace, code: str, version: str | None) -> Template:
    """Return the template named; without a version the one in force, else the latest.

    Raises TemplateUnfit where it is not registered, or cannot be used.
    """
    today = business_day(workplace.clock())
    for unfit in workplace.catalogue.unfit:
        if unfit.is_named(code, version):
            raise TemplateUnfit(unfit.name, unfit.problems)
    found = [
        each
        for each in workplace.catalogue.templates
        if each.code == code and version in (None, each.version)
    ]
    if not found:
        raise TemplateUnfit(f"{code}@{version or '*'}", ["未登记此模板"])
    return max(found, key=lambda each: (each.is_in_force(today), each.in_force_from, each.version))


def _models(workplace: Workplace, kind: str, types: Sequence[str]) -> list[Template]:
    """Return the usable templates of `kind`, those for the same types last."""
    found = [each for each in workplace.catalogue.templates if each.kind == kind]
    if not found:
        raise TemplateUnfit(kind, ["没有可用的同类模板可供参照；请运行 guidang doctor"])
    wanted = types or ("FW",)
    return sorted(
        found, key=lambda each: (bool(set(wanted) & set(each.contract_types)), each.in_force_from)
    )


def _specimen(kind: str, standard: Mapping[str, str]) -> Mapping[str, object]:
    return with_number(specimen_fields(kind, standard, lines=3), "GD-0000-0000")


def _refuse_known(workplace: Workplace, registration: Registration) -> None:
    code, version = registration.code, registration.version
    catalogue = workplace.catalogue
    known = {(each.code, each.version) for each in catalogue.templates}
    known |= {(each.code, each.version) for each in catalogue.unfit}
    folder = own_folder(workplace) / registration.folder
    if (code, version) in known or folder.exists():
        raise TemplateRefused(
            f"{code}@{version} 已登记；已登记的版本不能覆盖，文本有改动请用新的版本号"
        )
    for other in registration.rivals(catalogue.templates):
        raise TemplateRefused(
            f"{other.code}@{other.version} 也自 {other.in_force_from} 起使用，无从判断先后；"
            "请改用另一个起用日（--in-force-from）"
        )


def _print_trial(workplace: Workplace, template: Template) -> tuple[Finding, ...]:
    try:
        return print_findings(workplace, template)
    except RendererMissing as error:
        message = (
            f"没有试印（{error}）；装好 LibreOffice 与字体后请用 guidang templates preview 查看"
        )
        return (Finding("T41", Level.WARN, "试印", message),)


def _put(draft: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    try:
        draft.rename(target)
    except OSError as error:
        if target.exists():
            raise TemplateRefused(f"{target.name} 已登记；未作改动") from error
        raise
    sync_folder(target.parent)


def _own_template(workplace: Workplace, code: str, version: str) -> Template:
    template = find_template(workplace, code, version)
    if template.path.parent.parent.resolve() != own_folder(workplace).resolve():
        raise TemplateRefused(
            f"{code}@{version} 随程序提供，不在本公司模板之列，不能停用；订单中写明另一模板即可"
        )
    return template
