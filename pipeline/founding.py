"""Founding: a new home with its settings, rules and seals; running it again changes nothing."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from archive.rulesets import packaged_rules
from pipeline import samplecustomers, samplefirms, samplepapers, samplereports, samples
from pipeline.home import Home
from pipeline.keeping import keep
from pipeline.sampleseals import add_sample_seals, with_sample_powers

SAMPLE_ORDERS = 12
FIRST_FORM = 21
"""The number of the first sample order that is written in another form than JSON."""

_SETTINGS = """\
# guidang 的运行设置。业务规则（归档范围、编号、审批、用印、检查）不在这里，在 rules/ 文件夹。

[company]
# 本公司全称（与营业执照一致，即合同乙方）、统一社会信用代码、编号前缀
name = "{name}"
uscc = "{uscc}"
number_prefix = "{prefix}"

[inbox]
# auto：本地盘用系统通知，网络盘用轮询；另有定时扫描兜底（秒）
watch = "auto"
settle_seconds = 1.0
scan_seconds = 5.0

[rendering]
# 同时转换的进程数
children = 2

# 印章图像的密钥：放在本目录之外，用 guidang seals key new 文件 生成（样例公司用 samples/seal.key）
# [seals]
# key_file = "/etc/guidang/seal.key"

# 备份所在文件夹，及每次备份完成后在其中（或下一级）留下的标记文件；定期检查据此判断备份是否及时
# [backups]
# folder = "/mnt/backup/guidang"
# marker = "BACKUP-OK"

# 首页二维码指向的验真网址（可不设；设后二维码为“网址/编号/摘要”，不超过 64 个字符）
# [verification]
# address = "https://archive.example.com/check"
"""


@dataclass(frozen=True, slots=True)
class Founded:
    """The home, and whether it was made just now."""

    home: Home
    created: bool


def found(root: Path, *, sample: bool) -> Founded:
    """Make a home at `root`; what is there already is left as it is."""
    home = Home(root.resolve())
    created = not home.is_ready
    for folder in home.folders():
        folder.mkdir(parents=True, exist_ok=True)
    _copy_rules(home, sample=sample)
    if sample:
        _add_samples(home)
    _make_archive(home)
    if sample:
        _add_sample_people(home)
    _prepare_fonts(home)
    if created:
        name, uscc, prefix = (
            (samplefirms.COMPANY, samplefirms.COMPANY_USCC, samplefirms.PREFIX)
            if sample
            else ("请填写公司全称", "请填写统一社会信用代码", "GD")
        )
        settings = _SETTINGS.format(name=name, uscc=uscc, prefix=prefix)
        keep(home.root, home.settings.name, settings.encode())
    if sample:
        add_sample_seals(home.root)
    return Founded(home=home, created=created)


def _copy_rules(home: Home, *, sample: bool) -> None:
    for rule in packaged_rules():
        if (home.rules / rule.name).exists():
            continue
        content = rule.read_text("utf-8")
        if sample and rule.name == "approvals.toml":
            content = content.replace("trusted = []", f'trusted = ["{samplefirms.SOURCE}"]')
        if sample and rule.name == "retention.toml":
            content = _with_people(content)
        if sample and rule.name == "inspection.toml":
            content = _with_people(content)
        if sample and rule.name == "seals.toml":
            content = with_sample_powers(content)
        keep(home.rules, rule.name, content.encode())
    if not home.customers.exists():
        blank = (Path(__file__).parent / "intake" / "customers.toml").read_text("utf-8")
        content = samplecustomers.sample_customers(FIRST_FORM + 3) if sample else blank
        keep(home.rules, home.customers.name, content.encode())


def _with_people(content: str) -> str:
    """Return the retention rules with the sample firm's fictional people in their roles."""
    for role, names in samplefirms.KEEPERS.items():
        listed = ", ".join(f'"{name}"' for name in names)
        content = content.replace(f"{role} = []", f"{role} = [{listed}]")
    return content.replace("trusted = []", f'trusted = ["{samplefirms.SOURCE}"]')


def _make_archive(home: Home) -> None:
    from archive.db import open_register
    from archive.store import Store
    from archive.upgrading import upgrade
    from index.opening import open_library

    Store(home.archive, home.staging).mend()
    register = open_register(home.database)
    upgrade(register)
    register.engine.dispose()
    open_library(home.index)


def _prepare_fonts(home: Home) -> None:
    """Make the faces ready; a machine without them can be mended later (doctor says how)."""
    from templates.errors import RendererMissing
    from templates.rendering.fonts import prepare_fonts

    with contextlib.suppress(RendererMissing):
        prepare_fonts(home.fonts)


def _add_samples(home: Home) -> None:
    from pipeline.intake.formats import CSV, UBL, XLSX, YAML
    from pipeline.writing.forms import written

    for number in range(1, SAMPLE_ORDERS + 1):
        lines = 40 if number == SAMPLE_ORDERS else None
        order = samples.sample_order(number, lines=lines)
        keep(home.samples / "orders", f"{order['order_no']}.json", _json(order))
    for folder, name, paper in (
        ("acceptance", "XSDD-2026-0001-验收.json", samplereports.sample_acceptance(1)),
        ("authority", "XSDD-2026-0002-授权.json", samplepapers.sample_authority(2)),
        ("change", "XSDD-2026-0002-变更.json", samplepapers.sample_change(2)),
        ("termination", "XSDD-2026-0001-终止.json", samplepapers.sample_termination(1)),
        ("nda", "BMSQ-2026-0003-保密.json", samplepapers.sample_nda(3)),
    ):
        keep(home.samples / folder, name, _json(paper))
    for number, form in enumerate((YAML, XLSX, CSV, UBL), FIRST_FORM):
        order = samples.sample_order(number)
        if form is UBL:
            order = samplecustomers.sparse_order(number)
        keep(home.samples / "forms", f"{order['order_no']}{form.suffix}", written(order, form))
    refused = samples.sample_order(901)
    refused["amount"]["total"] = "1.00"
    keep(home.samples / "refused", "金额不符.json", _json(refused))
    waiting = samples.sample_order(902)
    waiting["approvals"] = waiting["approvals"][:2]
    keep(home.samples / "waiting", "待法务审核.json", _json(waiting))


def _add_sample_people(home: Home) -> None:
    from pipeline.samplepeople import add_sample_people

    add_sample_people(home)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
