"""Errors: what can go wrong in the archive, named by consequence.

ArchiveError
  ApprovalNeeded     approval   people must decide first: wait (missing says who)
  ApprovalRefused    rule       the decisions given break the rules, or one of them is a no
  DirectoryRefused   rule       the person is unknown or disabled, or the directory may not say so
  NumberRefused      rule       a number cannot be written, taken or given up that way
  NumberDoubled      integrity  the ledger would hold a number twice
  SealRefused        rule       this seal may not be used, here or now
  SealKeyUnfit       stop       the key of the seals is missing, open to others, or another one
  SealImageDamaged   integrity  an encrypted seal image is not what was registered
  StampRefused       rule       a PDF cannot be stamped: it is not ours, or has no such place
  CopyRefused        rule       no marked copy can be made of that file, or not so
  StampBroken        integrity  a stamped PDF does not carry the seals it should
  SigningFailed      retry      no signature came about: token, time-stamp authority or key
  ChildLost          retry      the child that reads and signs PDFs crashed or took too long
  RulesUnfit         rule       a rule file is missing, misspelt or contradicts itself
  EventDamaged       integrity  an event is not one: keys, types or hash are wrong
  EventConflict      integrity  another event stands at that place of the chain
  FilingRefused      rule       a submission cannot be filed as it is (Chinese, says what to do)
  InspectionRefused  rule       inspection or clean-up: not by this person, or not now (Chinese)
  RetentionRefused   rule       dates, holds or disposal: not by this person, or not now (Chinese)
  ShelfNameRefused   rule       a name that may not stand on a shelf
  RegisterBehind     stop       the shelves hold a dossier the register does not know
  RegisterOccupied   rule       a register that holds something cannot be rebuilt into
  ObjectMissing      integrity  nothing stands at that place of the archive
  ObjectDamaged      integrity  a dossier on the shelf is not whole
  DigestMismatch     integrity  a stored file no longer has its digest
  ShelfOccupied      integrity  something else stands where a dossier should go
  JournalMissing     integrity  dossiers stand, and the journal over them was taken away
  JournalDamaged     integrity  the journal does not read as it was written
  ShelvesForeign     stop       the archive folder is no archive of ours
  RegisterForeign    stop       the register was made by a newer guidang, or by something else
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final


class ArchiveError(Exception):
    """Any failure of this package."""


class ApprovalNeeded(ArchiveError):
    """Decisions are still missing; `missing` names the steps in order, in Chinese.

    `untrusted` names the systems whose decisions arrived but do not count; `unbound` is the
    digest the decisions should have named and did not, None where they did; `told` is why an
    approver gave it back.
    """

    def __init__(
        self,
        missing: Sequence[str],
        untrusted: Sequence[str] = (),
        *,
        unbound: str | None = None,
        told: str = "",
    ) -> None:
        message = "待审批：" + "、".join(missing)
        if untrusted:
            message += f"（{'、'.join(untrusted)}给出的意见未计入：不在受信任的审批系统之列）"
        if unbound:
            message += f"（按其他文本给出的意见未计入；意见须载明条款摘要 {unbound}）"
        if told:
            message += f"（{told}）"
        super().__init__(message)
        self.missing = tuple(missing)
        self.untrusted = tuple(untrusted)


class ApprovalRefused(ArchiveError):
    """The decisions given cannot be taken; `problems` are Chinese and say what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


class DirectoryRefused(ArchiveError):
    """Somebody may not act, or the directory may not be changed so; the message is Chinese."""


class NumberRefused(ArchiveError):
    """A number cannot be written, taken or given up that way; the message is Chinese."""


class NumberDoubled(ArchiveError):
    """The ledger already holds the number that would be next: counter and ledger disagree."""

    def __init__(self, text: str, holder: str) -> None:
        super().__init__(f"{text} is already held by {holder}")
        self.text = text
        self.holder = holder


class SealRefused(ArchiveError):
    """A seal may not be used; the message is Chinese and says why."""


class SealKeyUnfit(ArchiveError):
    """The key that opens the seals cannot be used; the message is Chinese, without the key."""


class SealImageDamaged(ArchiveError):
    """A seal's image at rest is not what was registered: it is never stamped."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(f"印章 {code} 的加密图像已损坏（{problem}），不得用印；请由备份恢复")
        self.code = code


class StampRefused(ArchiveError):
    """A PDF cannot be stamped; the message is Chinese and says why."""


class CopyRefused(ArchiveError):
    """A marked copy cannot be made; the message is Chinese and says why."""


class StampBroken(ArchiveError):
    """A stamped PDF does not carry what was put on it; `problems` name the places, in Chinese."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


class SigningFailed(ArchiveError):
    """No electronic signature came about; the message is Chinese and holds no secret."""


class ChildLost(ArchiveError):
    """A child that looks at PDFs or signs them went away, or took too long."""


class RulesUnfit(ArchiveError):
    """A rule file cannot be used; says which file, which key and what is wrong with it."""

    def __init__(self, source: str, key: str, problem: str) -> None:
        super().__init__(f"规则文件 {source}：" + (f"{key}：" if key else "") + problem)
        self.source = source
        self.key = key
        self.problem = problem


class EventDamaged(ArchiveError):
    """Something read as an event is not one."""


class EventConflict(ArchiveError):
    """Another event already stands where this one should, or it does not follow the last."""

    def __init__(self, chain: str, seq: int, problem: str) -> None:
        super().__init__(f"event {seq} of {chain}: {problem}")
        self.chain = chain
        self.seq = seq


class RegisterForeign(ArchiveError):
    """The register is of a version this program does not know."""

    def __init__(self, found: str) -> None:
        super().__init__(f"the register is of version {found}, unknown here; update guidang")
        self.found = found


class FilingRefused(ArchiveError):
    """A submission cannot be filed as it is; the message is Chinese and says what to do."""


class RetentionRefused(ArchiveError):
    """An act upon a kept dossier is not allowed; the message is Chinese and says what to do."""


class InspectionRefused(ArchiveError):
    """An act of inspection or clean-up is not allowed; the message is Chinese and says why."""


class ShelfNameRefused(ArchiveError):
    """A name that may not stand on a shelf: it could leave its place or be unreadable."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no name for a shelf")
        self.name = name


class ObjectMissing(ArchiveError):
    """Nothing stands at that place of the archive."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: nothing stands there")
        self.path = path


class ObjectDamaged(ArchiveError):
    """A dossier on the shelf is not whole; `problems` say what is wrong with it."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(problems))
        self.path = path
        self.problems = tuple(problems)


_JOURNAL_WAY: Final = (
    "已停止归档；请先由备份恢复总账，无从恢复的，由两人写明原因另立："
    "guidang audit begin --as 档案员 --second 法定代表人或法务 --reason 原因"
)


class JournalMissing(ArchiveError):
    """Dossiers stand, the journal over them does not: nothing is filed until people began one."""

    def __init__(self) -> None:
        super().__init__(f"档案库中有案卷，总账（journal-年.jsonl）却没有。{_JOURNAL_WAY}")


class JournalDamaged(ArchiveError):
    """The journal over the archive does not read as it was written; `problem` is Chinese."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"总账损坏：{problem}。{_JOURNAL_WAY}")
        self.problem = problem


class DigestMismatch(ArchiveError):
    """A stored file no longer has the digest it was kept under."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(f"{path}: kept as {expected[:12]}…, now reads as {found[:12]}…")
        self.path = path
        self.expected = expected
        self.found = found


class ShelfOccupied(ArchiveError):
    """Something else already stands where a dossier or a version of it should go."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


class ShelvesForeign(ArchiveError):
    """The archive folder is no archive of ours, or of a layout this program does not know."""


class RegisterOccupied(ArchiveError):
    """A register that already holds something cannot be rebuilt into."""


class RegisterBehind(ArchiveError):
    """The register lacks a dossier that stands on the shelf: it was lost, or is an old copy."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"登记库落后于档案（不认识案卷 {path}），继续办理会重号；"
            "请先运行 guidang archive rebuild --replace"
        )
        self.path = path
