"""四性检测: a real dossier is broken in one way, and the rule for just that way fails."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from breaking import BROKEN, PDF, flipped, table_with, with_signed_scan

from archive.errors import RulesUnfit
from pipeline import samples
from pipeline.fourfold.batches import means_of
from pipeline.fourfold.exhibit import Exhibit, on_shelf
from pipeline.fourfold.judging import CHECKS, judge
from pipeline.fourfold.means import Listed, Means, Owed, Scanned
from pipeline.fourfold.rules import FourfoldRules
from pipeline.fourfold.verdicts import Checkpoint, Outcome
from pipeline.virusscanning import scan
from pipeline.wiring import Workplace

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Bench:
    """A filed contract and everything its rules ask."""

    house: Any
    workplace: Workplace
    exhibit: Exhibit
    means: Means

    def failed(self, exhibit: Exhibit, means: Means | None = None) -> set[str]:
        """Return the rules that fail at hand-over or in keeping."""
        given = replace(means or self.means, seen={})
        return {
            finding.code
            for point in (Checkpoint.HANDOVER, Checkpoint.KEEPING)
            for finding in judge(exhibit, self.workplace.fourfold, point, given).failed
        }


@pytest.fixture(scope="module")
def bench(
    tmp_path_factory: pytest.TempPathFactory, house_at: Callable[[Path], Any]
) -> Iterator[Bench]:
    house = house_at(tmp_path_factory.mktemp("fourfold") / "home")
    assert house.guidang("init", "--sample", "--json").code == 0
    house.drop(samples.sample_order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1
    workplace = Workplace(house.root)
    path = next(iter(workplace.store.objects()))
    exhibit = on_shelf(workplace.store, path)
    yield Bench(house, workplace, exhibit, means_of(workplace, at=workplace.clock()))
    workplace.close()
    workplace.register.read.kw["bind"].dispose()


def test_a_dossier_as_it_was_filed_passes_and_says_what_was_compared(bench: Bench) -> None:
    found = judge(bench.exhibit, bench.workplace.fourfold, Checkpoint.KEEPING, bench.means)

    assert not found.failed
    assert all(finding.verdict.evidence for finding in found.findings)
    said = {finding.code: finding.verdict for finding in found.findings}
    assert "404,493.48" in "".join(said["ZS11"].evidence)
    assert said["ZS02"].outcome is Outcome.NOT_APPLICABLE
    assert said["AQ01"].outcome is Outcome.BY_PEOPLE


@pytest.mark.parametrize("rule", BROKEN)
def test_a_dossier_broken_in_one_way_fails_the_rule_for_it(bench: Bench, rule: str) -> None:
    broken, expected = BROKEN[rule]

    assert bench.failed(broken(bench.exhibit)) == expected


def test_a_code_the_register_gives_to_another_dossier_is_no_longer_unique(bench: Bench) -> None:
    told = bench.means.told
    assert told is not None
    elsewhere = dict.fromkeys(told.codes, "Q001-JY·HT·2026·D30-0099")
    means = replace(bench.means, told=replace(told, codes=elsewhere))

    assert bench.failed(bench.exhibit, means) == {"ZS07"}


def test_a_handover_list_that_counts_otherwise_returns_the_dossier(bench: Bench) -> None:
    exhibit = bench.exhibit
    size = sum(len(exhibit.content(path)) for path in exhibit.files)
    right = Listed(len(exhibit.items), len(exhibit.files), size, dict(exhibit.files))

    def failed(listed: Listed) -> set[str]:
        return bench.failed(exhibit, replace(bench.means, listed={exhibit.code: listed}))

    assert failed(right) == set()
    assert failed(replace(right, bytes=size + 1)) == {"WZ01"}
    assert failed(replace(right, digests={**right.digests, PDF: "0" * 64})) == {"ZS10"}


def test_a_signed_scan_that_came_later_is_no_rewriting_and_its_form_is_for_people(
    bench: Bench,
) -> None:
    exhibit = with_signed_scan(bench.exhibit)

    found = judge(
        exhibit, bench.workplace.fourfold, Checkpoint.HANDOVER, replace(bench.means, seen={})
    )

    assert [finding.code for finding in found.failed] == []
    for_people = {f.code for f in found.findings if f.verdict.outcome is Outcome.BY_PEOPLE}
    assert {"KY04", "KY06"} <= for_people
    gone = replace(exhibit, states=(*exhibit.states, bench.exhibit.states[-1]))
    assert bench.failed(gone) == {"AQ04"}


def test_a_signature_that_does_not_hold_fails_and_an_unknown_signer_is_for_people(
    bench: Bench,
) -> None:
    judged = {"what": "签名", "signer": "甲", "permitted": True, "problem": None, "change": ""}

    def outcome(**said: Any) -> Outcome:
        means = replace(bench.means, signatures=lambda _pdf: {"signatures": [judged | said]})
        return CHECKS["ZS02"](bench.exhibit, means).outcome

    assert outcome(intact=True, trusted=True) is Outcome.PASSED
    assert outcome(intact=True, trusted=False) is Outcome.BY_PEOPLE
    assert outcome(intact=False, trusted=True) is Outcome.FAILED


def test_every_rule_of_the_shipped_file_has_its_function_and_no_other(bench: Bench) -> None:
    assert {rule.code for rule in bench.workplace.fourfold.rules} == set(CHECKS)


def test_a_firm_may_leave_a_rule_to_people_but_not_drop_or_invent_one(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "fourfold.toml"
    own = (
        'version = "1"\n[rules.ZS01]\ntitle = "固化"\nproperty = "真实性"\nbasis = "本公司"\n'
        'at = ["保存"]\nby = "人工"\n'
    )
    path.write_text(own, "utf-8")
    rules = FourfoldRules.load(path)

    found = judge(flipped(bench.exhibit), rules, Checkpoint.KEEPING, bench.means)

    assert not found.failed
    assert len(rules.rules) == len(CHECKS)
    path.write_text(own.replace("ZS01", "ZS99"), "utf-8")
    with pytest.raises(RulesUnfit, match="ZS99"):
        FourfoldRules.load(path)


def test_the_command_enters_a_signed_result_and_returns_a_damaged_batch(
    bench: Bench, tmp_path: Path, house_at: Callable[[Path], Any]
) -> None:
    shutil.copytree(bench.house.root, tmp_path / "home")
    house = house_at(tmp_path / "home")
    page = tmp_path / "report.html"

    done = house.guidang(
        "archive", "examine", "--as", "档小安", "--out", str(page), "--json"
    )  # fmt: skip
    assert done.code == 0, done.err + done.out
    assert "四性检测报告" in page.read_text("utf-8")
    number = done.content["dossiers"][0]["findings"] and house.contracts()[0]["contract_number"]
    assert "dossier:examined" in {event["action"] for event in house.show(number)["events"]}
    assert house.guidang("archive", "verify", "--json").code == 0
    assert house.guidang("archive", "examine", "--as", "路人", "--json").code == 1

    target = next((house.root / "archive").rglob("docx.docx"))
    target.chmod(0o644)
    target.write_bytes(target.read_bytes()[:-1] + b"x")
    done = house.guidang("archive", "examine", "--at", "handover", "--json")
    assert done.code == 4
    assert done.content["conclusion"] == "退回"
    failed = [f["code"] for f in done.content["dossiers"][0]["findings"] if f["result"] == "不通过"]
    assert failed == ["ZS01"]


def test_a_paper_that_does_not_pass_is_returned_with_its_reason(bench: Bench) -> None:
    exhibit = replace(table_with(bench.exhibit, "approvals", terms_digest="0" * 64), is_filed=False)
    means = replace(bench.means, told=None, look=None, signatures=None, scan=None, seen={})

    found = judge(exhibit, bench.workplace.fourfold, Checkpoint.FILING, means)

    assert [finding.code for finding in found.failed] == ["ZS12"]
    assert found.conclusion == "退回"


# ---------------------------------------------------------------- the scanner


@pytest.mark.skipif(shutil.which("clamscan") is None, reason="clamscan is not installed")
def test_the_real_scanner_finds_what_its_database_names(tmp_path: Path) -> None:
    base, folder = tmp_path / "base", tmp_path / "folder"
    base.mkdir()
    folder.mkdir()
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (base / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Eicar-Test\n")
    command = ("clamscan", f"--database={base}")
    (folder / "clean.txt").write_bytes(b"nothing")
    allowed = timedelta(seconds=60)

    clean = scan(folder, command, allowed=allowed)
    (folder / "eicar.com").write_bytes(EICAR)
    infected = scan(folder, command, allowed=allowed)

    assert (clean.infected, clean.problem) == ((), None)
    assert "ClamAV" in clean.engine
    assert "Eicar-Test" in infected.infected[0]


def test_a_scanner_that_is_absent_fails_or_hangs_never_passes(bench: Bench, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text('#!/bin/sh\n[ "$1" = --version ] || exec sleep 60\n')
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no database >&2\nexit 2\n")
    for each in (slow, broken):
        each.chmod(0o755)
    said: list[Scanned] = [
        scan(tmp_path, ("no-such-scanner",), allowed=timedelta(seconds=20)),
        scan(tmp_path, (str(slow),), allowed=timedelta(seconds=0.2)),
        scan(tmp_path, (str(broken),), allowed=timedelta(seconds=20)),
    ]

    for scanned in said:
        means = replace(bench.means, scan=lambda _place, told=scanned: told)
        assert CHECKS["AQ01"](bench.exhibit, means).outcome is Outcome.BY_PEOPLE
    infected = replace(bench.means, scan=lambda _place: Scanned("x", ("a：Eicar",)))
    assert CHECKS["AQ01"](bench.exhibit, infected).outcome is Outcome.FAILED


def test_what_a_dossier_still_lacks_is_told_before_it_leaves_for_good(bench: Bench) -> None:
    def wz07(*owed: Owed) -> tuple[Outcome, str]:
        means = replace(bench.means, owed=lambda _code: owed, seen={})
        found = judge(bench.exhibit, bench.workplace.fourfold, Checkpoint.HANDOVER, means)
        (finding,) = [each for each in found.findings if each.code == "WZ07"]
        return finding.verdict.outcome, "".join(finding.verdict.evidence)

    assert wz07()[0] is Outcome.PASSED
    outcome, said = wz07(Owed("缺正本（应于 2026-04-01 前补交）", is_late=False))
    assert (outcome, "缺正本" in said) == (Outcome.BY_PEOPLE, True)
    outcome, said = wz07(Owed("缺正本（应于 2026-04-01 前补交）", is_late=True))
    assert (outcome, "已逾期" in said) == (Outcome.FAILED, True)

    done = bench.house.guidang("archive", "examine", "--at", "handover", "--json")
    (finding,) = [f for f in done.content["dossiers"][0]["findings"] if f["code"] == "WZ07"]
    assert (finding["result"], "双方签署的正本" in "".join(finding["evidence"])) == ("人工", True)
