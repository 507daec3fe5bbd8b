"""Covering: the sheet that goes before a court with a package (证据说明)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from archive.custody import Kept
from archive.days import BUSINESS_ZONE, business_day
from archive.digests import sha512
from pipeline.fourfold.batches import means_of
from pipeline.fourfold.exhibit import SEALED, on_shelf
from pipeline.fourfold.judging import judge
from pipeline.fourfold.verdicts import Checkpoint
from pipeline.handover.bags import Packed
from pipeline.reportsheets import Report, Table
from pipeline.wiring import Workplace

_HOW: Final = (
    (
        "如何核验（只用通用工具）：在包的文件夹内运行 sha256sum -c manifest-sha256.txt"
        "（Windows 可用 certutil -hashfile 文件 SHA256 逐个比对），全部显示 OK 即内容与导出时一致。"
        "PDF 用任一阅读器打开；有电子签名的，在其签名面板查看。"
    ),
    (
        "整包校验：本包是 BagIt 1.0（RFC 8493）文件夹，任何公开的 BagIt 校验工具都可用，"
        "例如美国国会图书馆的 bagit-python：pip install bagit 后运行 bagit.py --validate "
        "包的文件夹；或 bagit-java、Bagger。以 ZIP 文件交付的，先解压再校验。"
    ),
    (
        "过程见包内 data/events.jsonl，每行一条，后一条记有前一条的摘要；"
        "改动任何一条，其后各条即不相接。"
    ),
)
_AT_SOURCE: Final = (
    "到出具单位核对原件：归档库是 OCFL 1.1 存储根，本卷是其中的 {place}（{head}），"
    "清单 inventory.json 的 SHA-512 为 {digest}。任何公开的 OCFL 校验工具都可用，例如 ocfl-py："
    "pip install ocfl-py 后运行 ocfl-validate.py {place}；或 rocfl、ocfl-java。"
    "各版本逐文件的 SHA-512 与本包 manifest-sha512.txt 相同即为同一内容。"
)
_NOT_CLAIMED: Final = (
    "本说明不主张：打印套章是电子签名；系统时间是可信时间戳；本系统或所列检测经过认证；"
    "对方所持文本与此相同。纸质原件另有保管的，以原件为准。"
)
_SIGNED: Final = ("出具人", "单位（盖章）", "日期")


class Asked(Protocol):
    """What the cover must know of the export."""

    @property
    def purpose(self) -> str:
        """What it is for."""

    def act_word(self, action: str, /) -> str:
        """Return what an act is called."""

    def actor_word(self, actor: str, /) -> str:
        """Return who acted, in words."""


def cover_of(
    workplace: Workplace, kept: Kept, packed: Packed, asked: Asked, at: datetime
) -> Report:
    """Return what is in the package of a dossier, its history, and how to verify it."""
    dossier = kept.shelved.dossier
    return Report(
        title="电子档案证据说明",
        number=str(dossier["code"]),
        on=business_day(at),
        said={
            "档号": str(dossier["code"]),
            "合同编号": str(dossier["contract_number"]),
            "题名": str(dossier["title"]),
            "出具单位": workplace.settings.company.name,
            "出具时间": at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
            "用途": asked.purpose,
            "密级": str(dossier["secrecy"]),
            "内容": f"{len(kept.shelved.items)} 件，"
            f"{len(packed.sizes)} 个文件，{packed.bytes} 字节",
        },
        paragraphs=(*_HOW, _at_source(workplace, kept), _NOT_CLAIMED),
        tables=(
            _papers(kept),
            _history(kept, asked),
            _seals(kept),
            _examined(workplace, kept, at),
            _files(packed),
        ),
        signed=_SIGNED,
        is_landscape=False,
    )


def _at_source(workplace: Workplace, kept: Kept) -> str:
    place = kept.row.object_path
    inventory = workplace.store.inventory(place)
    digest = sha512(workplace.store.place(f"{place}/inventory.json").read_bytes())
    return _AT_SOURCE.format(place=place, head=f"v{inventory.head}", digest=digest)


def _papers(kept: Kept) -> Table:
    rows = [
        [
            str(i["item_no"]),
            i["number"],
            i["title"],
            i["formed_on"] or "不详",
            str(i["pages"]),
            _digest(i),
        ]
        for i in kept.shelved.items
    ]
    columns = ("件号", "编号", "题名", "形成日期", "页数", "成品 SHA-256")
    return Table("一、文书", columns, (10, 28, 42, 18, 10, 47), rows)


def _digest(item: Mapping[str, Any]) -> str:
    files: Sequence[Mapping[str, str]] = item["files"]
    return next((f for f in files if f["role"] == SEALED), files[0])["sha256"]


def _history(kept: Kept, asked: Asked) -> Table:
    rows = [
        [
            str(event.seq),
            _at(event.at),
            asked.actor_word(event.actor),
            asked.act_word(event.action),
            event.subject,
            event.hash[:16],
        ]
        for event in kept.history
    ]
    columns = ("序", "时间", "人员", "行为", "对象", "摘要（前十六位）")
    return Table("二、过程", columns, (9, 30, 18, 26, 44, 28), rows)


def _seals(kept: Kept) -> Table:
    rows: Sequence[Sequence[str]] = [
        [
            u["number"],
            u["seal_code"],
            u["keeper"],
            u["approved_by"],
            _at(datetime.fromisoformat(u["at"])),
            u["sealed_sha256"],
        ]
        for u in kept.shelved.carried.seal_uses
    ]
    columns = ("用印编号", "印章", "保管人", "批准人", "时间", "所盖文件 SHA-256")
    return Table("三、用印", columns, (26, 16, 16, 16, 34, 47), rows)


def _examined(workplace: Workplace, kept: Kept, at: datetime) -> Table:
    exhibit = on_shelf(workplace.store, kept.row.object_path)
    found = judge(exhibit, workplace.fourfold, Checkpoint.KEEPING, means_of(workplace, at=at))
    rows = [
        [f.code, f.title, f.verdict.outcome.value, "；".join(_short(f.verdict.evidence))]
        for f in found.findings
    ]
    columns = ("编号", "检测项", "结果", "比对内容")
    return Table("四、出具时的检测（含电子签名 ZS02）", columns, (13, 45, 16, 81), rows)


def _short(evidence: Sequence[str]) -> Iterator[str]:
    most, signs = 2, 120
    yield from (text if len(text) <= signs else f"{text[:signs]}……" for text in evidence[:most])


def _files(packed: Packed) -> Table:
    rows = [[path, str(packed.sizes[path]), packed.sha256[path]] for path in sorted(packed.sizes)]
    return Table("五、文件与摘要", ("路径", "字节", "SHA-256"), (55, 18, 82), rows)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"
