"""At filing: a paper is examined before anything of it stands, its result filed with it (归档检测).

What the way of the paper has proved already (the PDF/A, the seals, its text read back by two
readers) is not done twice: no PDF is opened here. The rules of the other checkpoints do that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from archive import filing
from archive.carrying import Row
from archive.errors import FilingRefused
from archive.joining import joined, rows_of
from archive.shelved import Shelved
from archive.submission import Composed, Place
from archive.takingin import Reserved, joined_by
from pipeline.fourfold.exhibit import RESULT, to_be_filed
from pipeline.fourfold.judging import Examination, judge
from pipeline.fourfold.means import Means
from pipeline.fourfold.rules import FourfoldRules
from pipeline.fourfold.verdicts import Checkpoint
from pipeline.wiring import Workplace

_MEDIA_TYPE: Final = "application/json"
_AGAIN: Final = "查明改正后重新投放同一文件，编号不变"
_ANOTHER_RUN: Final = "改正目录或文件后再次运行"

Files = Mapping[str, tuple[str, str, bytes]]


@dataclass(frozen=True, slots=True)
class _Examining:
    """By which rules, with what means, and what is said to whom a paper goes back."""

    rules: FourfoldRules
    means: Means
    advice: str


def examined(workplace: Workplace, place: Place, composed: Composed) -> Composed:
    """Return what is to be filed with the result of its examination among its files.

    Raises FilingRefused where a rule is not passed, so that the place is given up with the
    transaction it was taken in. A paper that stands on the shelf since before a crash is a
    record whatever rules say today: it is not sent back.
    """
    standing = filing.standing_at(workplace.store, place)
    shelved = joined(standing, place, composed, version=1)
    submission = composed.submission
    item = _item(shelved, submission.source_sha256)
    if standing and item in standing.items:
        return composed
    files, rows = _with_result(
        _examining(workplace, composed.at, _AGAIN), shelved, item, submission.files
    )
    return replace(composed, submission=replace(submission, files=files), rows=rows)


def examined_volume(workplace: Workplace, reserved: Reserved) -> Reserved:
    """Return papers to be taken in, each with the result of its examination among its files.

    Raises FilingRefused where one of them does not pass: none of the volume is taken in.
    """
    standing = filing.standing_at(workplace.store, reserved.places[0])
    shelved = joined_by(standing, reserved, version=1)
    if shelved is None:
        return reserved
    examining, papers = _examining(workplace, reserved.at, _ANOTHER_RUN), []
    for paper in reserved.volume.papers:
        item = _item(shelved, paper.source_sha256)
        if standing is None or item not in standing.items:
            files, rows = _with_result(examining, shelved, item, paper.files)
            paper = replace(paper, files=dict(files), rows=rows)  # noqa: PLW2901
        papers.append(paper)
    return replace(reserved, volume=replace(reserved.volume, papers=tuple(papers)))


def _examining(workplace: Workplace, at: datetime, advice: str) -> _Examining:
    means = Means(now=at, plan=workplace.plan, completeness=workplace.completeness)
    return _Examining(workplace.fourfold, means, advice)


def _item(shelved: Shelved, source_sha256: str) -> Row:
    return next(item for item in shelved.items if item["source_sha256"] == source_sha256)


def _with_result(
    examining: _Examining, shelved: Shelved, item: Row, files: Files
) -> tuple[Files, tuple[Row, ...]]:
    """Return the files of `item` and what is said of each, the result added; or refuse it."""
    exhibit = to_be_filed(shelved, item, {role: files[role][2] for role in files})
    examination = judge(exhibit, examining.rules, Checkpoint.FILING, examining.means)
    if examination.failed:
        raise FilingRefused(_reasons(examination, examining.advice))
    said = examination.said() | {"code": item["reference_code"]}
    report = json.dumps(said, ensure_ascii=False, indent=1).encode()
    result = {RESULT: (f"{item['number']}-四性检测.json", _MEDIA_TYPE, report)}
    rows = [*item["files"], *rows_of(item["item_no"], result)]
    return {**files, **result}, tuple(sorted(rows, key=lambda row: row["role"]))


def _reasons(examination: Examination, advice: str) -> str:
    told = "；".join(f"{each.code} {each.title}：{each.evidence()}" for each in examination.failed)
    return (
        f"归档前四性检测不通过，退回，未占用新的档号。{told}。"
        f"{advice}（规则见 rules/fourfold.toml）"
    )
