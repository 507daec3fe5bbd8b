"""Diagnosing: each thing an installation needs, looked at once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from archive.days import business_day
from archive.errors import ArchiveError
from pipeline.auditing import assert_journal_stands
from pipeline.beginning import assert_register_knows_the_shelves
from pipeline.examining import rules_in_force
from pipeline.inbox import is_on_network
from pipeline.indexstate import index_state
from pipeline.sealdesk import seal_problems
from pipeline.settings import SettingsRefused
from pipeline.wiring import Workplace
from pipeline.workerlock import is_held
from templates.checks.parties import check_uscc
from templates.errors import TemplateError
from templates.rendering.fonts import assert_prepared
from templates.rendering.installed import find_office, has_kit

_LEAST_FREE = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at; `hint` says what to do where it is not well."""

    name: str
    ok: bool
    detail: str
    hint: str


def diagnose(workplace: Workplace) -> tuple[Diagnosis, ...]:
    """Return one diagnosis for each thing this installation needs."""
    looks: tuple[tuple[str, str, Callable[[Workplace], str]], ...] = (
        ("Python", "安装 Python 3.11 或更高版本", _python),
        ("设置", "改正 guidang.toml", _settings),
        ("LibreOffice 与字体", "以 root 运行 bash bootstrap.sh，或安装提示中缺少的软件包", _office),
        ("磁盘空间", "清理或扩充磁盘；余量不足时不要继续归档", _disk),
        ("规则", "改正 rules/ 中的文件", _rules),
        ("模板", "恢复被改动的模板文件，或登记为新版本", _templates),
        ("印章", "核对 guidang seals check 指出的印章与密钥", _seals),
        ("登记库", "运行 guidang archive verify；必要时 guidang archive rebuild", _register),
        ("总账", "运行 guidang audit verify 逐处列出", _journal),
        ("索引", "运行 guidang index rebuild", _index),
        ("收件夹", "见 README“规则”一节", _inbox),
    )
    return tuple(_look(workplace, name, hint, look) for name, hint, look in looks)


class _NotWell(Exception):
    pass


def _look(
    workplace: Workplace, name: str, hint: str, look: Callable[[Workplace], str]
) -> Diagnosis:
    try:
        return Diagnosis(name, ok=True, detail=look(workplace), hint="")
    except (_NotWell, ArchiveError, TemplateError, SettingsRefused, OSError) as error:
        return Diagnosis(name, ok=False, detail=str(error), hint=hint)


def _python(workplace: Workplace) -> str:
    del workplace
    return sys.version.split()[0]


def _settings(workplace: Workplace) -> str:
    company = workplace.settings.company
    if company.name.startswith("请填写"):
        raise _NotWell("尚未填写公司全称、信用代码与编号前缀")
    problems = [finding.message for finding in check_uscc("company.uscc", company.uscc)]
    if problems:
        raise _NotWell("；".join(problems))
    return f"{company.name}（{company.number_prefix}）"


def _office(workplace: Workplace) -> str:
    program = find_office()
    assert_prepared(workplace.home.fonts)
    way = "LibreOfficeKit 常驻" if has_kit(program) else "每份文书启动一次 soffice"
    return f"{program}，{way}"


def _disk(workplace: Workplace) -> str:
    free = shutil.disk_usage(workplace.home.root).free
    if free < _LEAST_FREE:
        raise _NotWell(f"仅余 {free / 1024**3:.1f} GB")
    return f"余 {free / 1024**3:.0f} GB"


def _rules(workplace: Workplace) -> str:
    return "、".join(
        f"{name} {rules.version}"
        for name, rules in (
            ("归档方案", workplace.plan),
            ("编号", workplace.numbering),
            ("审批", workplace.approvals),
            ("用印", workplace.seal_rules),
            ("检查", rules_in_force(workplace)),
            ("客户", workplace.customers),
        )
    )


def _templates(workplace: Workplace) -> str:
    found = workplace.catalogue.templates
    if broken := workplace.catalogue.unfit:
        problems = "；".join(f"{one.name}：{'，'.join(one.problems)}" for one in broken)
        raise _NotWell(f"{len(broken)} 个模板不能使用（其余 {len(found)} 个可用）：{problems}")
    return "、".join(f"{one.code}@{one.version}" for one in found)


def _seals(workplace: Workplace) -> str:
    today = business_day(workplace.clock())
    seals = workplace.seals
    if not seals:
        raise _NotWell("没有任何印章，合同无法用印")
    company = workplace.settings.company.name
    foreign = [seal.name for seal in seals if seal.owner != company]
    if foreign:
        raise _NotWell(f"印章所属单位与本公司全称（{company}）不符：{'、'.join(foreign)}")
    if problems := seal_problems(workplace, opens=True):
        raise _NotWell("；".join(problems))
    return "、".join(
        seal.name + (f"（{why}）" if (why := seal.unusable_on(today)) else "") for seal in seals
    )


def _register(workplace: Workplace) -> str:
    from archive.numbergaps import gaps

    with workplace.register.read.begin() as session:
        holes = gaps(session)
    if holes:
        raise _NotWell(f"编号有空缺：{holes}")
    assert_register_knows_the_shelves(workplace)
    return "编号连续，无空号"


def _journal(workplace: Workplace) -> str:
    last = assert_journal_stands(workplace)
    if last is None:
        return "尚未归档，归入第一件时建立"
    first = workplace.store.journal.first()
    begun = (
        f"；{first.entry.at[:10]} 由两人另立：{first.entry.why}"
        if first and first.entry.why
        else ""
    )
    return f"{last.seq} 条，前后衔接{begun}"


def _index(workplace: Workplace) -> str:
    state = index_state(workplace)
    if state.problem:
        raise _NotWell(state.problem)
    if state.pending and not is_held(workplace.home.worker_lock):
        raise _NotWell(
            f"{state.pending} 件已归档而未入索引，又没有服务在运行，检索不完整；"
            "运行 guidang run --until-idle"
        )
    return f"{state.engine}，{state.records} 件，待入 {state.pending} 件"


def _inbox(workplace: Workplace) -> str:
    shared = is_on_network(workplace.home.inbox)
    return "网络盘，轮询" if shared else "本地盘，系统通知加定时扫描"
