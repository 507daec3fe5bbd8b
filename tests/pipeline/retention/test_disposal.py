from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ocfl.storage_root
import pytest
from keepers import LEGAL, Keeping
from sqlalchemy import func, select

from archive.copying import CopyKind
from archive.disposal import Decision, DisposalList, Stage
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import CopyRefused, FilingRefused, RetentionRefused
from archive.retention import Trigger
from archive.seals import SealUse
from archive.verifying import verify
from index.library import Question
from pipeline import freezing
from pipeline.authenticity import Standing, check_paper
from pipeline.bookfile import PrintRefused
from pipeline.copies import make_copies
from pipeline.destroying import People, carry_out, plan_destruction
from pipeline.disposalpapers import print_paper
from pipeline.disposing import appraise, approve, give_back, lists, plan_list, propose
from pipeline.freezing import Freeze, chosen, list_holds, place, release
from pipeline.indexing import apply_outbox
from pipeline.rebuilding import rebuild_all
from pipeline.reception import Taken, receive
from pipeline.retaining import due, extend, show_term
from pipeline.samplereports import sample_acceptance

ARCHIVIST, OTHER_ARCHIVIST = "档小安", "档小宁"
APPRAISERS = ("鉴一鸣", "鉴二南")
APPROVER = "法定代"
PEOPLE = People(OTHER_ARCHIVIST, ("监小天", "监小地"))


def proposed(keeping: Keeping, *codes: str, person: str = ARCHIVIST) -> str:
    return propose(keeping.workplace, codes=codes, reason="到期", person=person).number


def spoken(
    keeping: Keeping,
    number: str,
    code: str,
    decision: Decision = Decision.DESTROY,
    people: tuple[str, ...] = APPRAISERS,
) -> DisposalList:
    period = "D40" if decision is Decision.KEEP else None
    for person in people:
        known = appraise(
            keeping.workplace,
            number,
            code,
            decision=decision,
            period=period,
            reason="无继续保存价值" if period is None else "仍有查考价值",
            person=person,
        )
    return known


def approved(keeping: Keeping, *codes: str) -> str:
    number = proposed(keeping, *codes)
    for code in codes:
        spoken(keeping, number, code)
    approve(keeping.workplace, number, opinion="同意", person=APPROVER)
    return number


def carried_out(keeping: Keeping, number: str, people: People = PEOPLE) -> DisposalList:
    return carry_out(keeping.workplace, number, people, method="删除", place="档案室")


def froze(keeping: Keeping, code: str) -> str:
    scope, found = chosen(keeping.workplace, query=None, names=[code])
    wish = Freeze("诉讼", "被诉", None, None, LEGAL)
    return str(place(keeping.workplace, wish, scope, found)["number"])


def damage(keeping: Keeping) -> list[str]:
    with keeping.workplace.register.read.begin() as session:
        found = verify(session, keeping.workplace.store).damaged
    return [f"{one.path}: {one.problem}" for one in found]


def bytes_left(root: Path, marker: bytes) -> list[str]:
    files = (path for path in root.rglob("*") if path.is_file() and ".db" not in path.name)
    return [str(path) for path in files if marker in path.read_bytes()]


def searched(keeping: Keeping, text: str) -> list[tuple[str, str]]:
    answer = keeping.workplace.library.search(Question(text, {}))
    return sorted((hit.reference_code, hit.title) for hit in answer.hits)


@pytest.mark.requirement_part("F-206")
def test_what_was_decided_is_destroyed_and_what_remains_says_so(keeping: Keeping) -> None:
    gone, stays = keeping.over("XSDD-1"), keeping.contract("XSDD-2")
    keeping.at("2040-01-02")
    while apply_outbox(keeping.workplace):
        pass
    home = keeping.workplace.home
    path, number = keeping.row(gone).object_path, keeping.row(gone).contract_number
    marker = f"%PDF-1.7 {number}".encode()
    (home.received / "copy.pdf").write_bytes(
        keeping.workplace.store.read(path, "items/001/sealed.pdf")
    )
    (home.rejected / "order.json").write_bytes(b'{"order_no": "x"}')

    known = carried_out(keeping, approved(keeping, gone))

    assert known.stage is Stage.COMPLETED
    assert [(one["code"], one["reasons"]) for one in known.outcomes] == [(gone, [])]
    assert bytes_left(home.root, marker) == []
    assert not (home.rejected / "order.json").exists()
    assert damage(keeping) == []
    assert ocfl.storage_root.StorageRoot(root=str(home.archive)).validate(log_errors=False)
    stone = json.loads(keeping.workplace.store.read(path, "metadata.json"))
    said = stone["destroyed"]
    assert (said["list"], said["operator"], said["approver"]) == (
        known.number,
        OTHER_ARCHIVIST,
        APPROVER,
    )
    assert said["witnesses"] == list(PEOPLE.witnesses)
    assert (said["rule"]["period"], said["rule"]["expires_on"]) == ("D10", "2038-12-31")
    sealed = next(file for file in stone["items"][0]["files"] if file["role"] == "sealed")
    assert len(sealed["sha256"]) == 64
    titles = dict(searched(keeping, number))
    assert titles[f"{gone}-001"].startswith("（已销毁）")
    assert searched(keeping, "销毁证明")
    assert keeping.row(stays).destroyed_at is None
    with keeping.workplace.register.read.begin() as session:
        record = session.scalars(select(Record).where(Record.reference_code == f"{gone}-001")).one()
        kept = select(func.count()).where(Rendition.record_id == record.id)
        assert (record.description, session.scalars(kept).one()) == ({}, 0)


def test_a_rebuild_from_the_folder_alone_knows_what_was_destroyed(keeping: Keeping) -> None:
    gone = keeping.over("XSDD-1")
    kept = keeping.over("XSDD-2")
    number = proposed(keeping)
    spoken(keeping, number, gone)
    spoken(keeping, number, kept, Decision.KEEP)
    approve(keeping.workplace, number, opinion="同意", person=APPROVER)
    carried_out(keeping, number)
    before = (show_term(keeping.workplace, gone), show_term(keeping.workplace, kept))

    rebuilt = rebuild_all(keeping.workplace, replace=True)

    assert rebuilt.damaged == ()
    assert (show_term(keeping.workplace, gone), show_term(keeping.workplace, kept)) == before
    assert before[1]["expires_on"] == "2068-12-31"
    assert damage(keeping) == []
    assert [known.stage for known in lists(keeping.workplace, only_open=False)] == [Stage.COMPLETED]
    keeping.office.register = keeping.workplace.register
    assert keeping.contract("XSDD-3", retention_class="小额事务性合同").endswith("-0003")
    keeping.over("XSDD-4")
    assert proposed(keeping) == "XH-2040-0002"


def test_the_forms_hold_the_columns_of_the_practice_and_are_printed_as_filed(
    keeping: Keeping, tmp_path: Path
) -> None:
    def printed(name: str) -> str:
        print_paper(keeping.workplace, number, tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as package:
            return package.read("word/document.xml").decode()

    code = keeping.over("XSDD-1", title="甲<乙>&丙的合同", secrecy="商业秘密")
    number = approved(keeping, code)
    page = printed("清册.docx")
    for word in ("销毁清册", "鉴定意见表", "应保管期限", "已保管期限", "鉴定报告号", "新期限"):
        assert f">{word}<" in page
    assert "甲&lt;乙&gt;&amp;丙的合同" in page
    assert page.count("监销人：＿") == 2
    assert "landscape" in page
    carried_out(keeping, number)
    assert ">销毁证明<" in printed("证明.docx")
    print_paper(keeping.workplace, number, tmp_path / "证明.xlsx")
    with pytest.raises(PrintRefused, match="不能存为"):
        print_paper(keeping.workplace, number, tmp_path / "证明.html")
    with pytest.raises(PrintRefused, match="已存在"):
        print_paper(keeping.workplace, number, tmp_path / "证明.docx")
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier).where(Dossier.order_no == number)
        listed = session.scalars(query).one()
        roles = set(
            session.scalars(
                select(Rendition.role).join(Record).where(Record.dossier_id == listed.id)
            )
        )
    assert listed.secrecy == "商业秘密"
    assert roles == {"list", "docx", "text"}


def test_nothing_that_is_not_due_or_is_frozen_comes_on_a_list(keeping: Keeping) -> None:
    frozen, due_now = keeping.over("XSDD-1"), keeping.over("XSDD-2")
    hold = froze(keeping, frozen)
    fresh = keeping.contract("XSDD-3")
    with pytest.raises(RetentionRefused, match="未到期或未起算"):
        proposed(keeping, fresh)
    planned = plan_list(keeping.workplace, codes=[], person=ARCHIVIST)
    assert [entry.code for entry in planned.entries] == [due_now]
    assert planned.left_out == ((frozen, f"冻结中：{hold}"),)
    proposed(keeping, due_now)
    with pytest.raises(RetentionRefused, match="没有可列入"):
        proposed(keeping, due_now)


@pytest.mark.parametrize(
    ("person", "act", "why"),
    [
        ("路人甲", "propose", "不是档案员"),
        (ARCHIVIST, "appraise", "不是鉴定小组成员"),
        (ARCHIVIST, "approve", "不是法定代表人"),
    ],
)
def test_only_people_in_their_roles_act(keeping: Keeping, person: str, act: str, why: str) -> None:
    code = keeping.over("XSDD-1")
    number = "XH-2040-0001" if act == "propose" else proposed(keeping)
    acts: dict[str, Callable[[], object]] = {
        "propose": lambda: proposed(keeping, person=person),
        "appraise": lambda: spoken(keeping, number, code, people=(person,)),
        "approve": lambda: approve(keeping.workplace, number, opinion="同意", person=person),
    }
    with pytest.raises(RetentionRefused, match=why):
        acts[act]()


def test_one_appraiser_is_not_enough_and_one_voice_keeps(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    number = proposed(keeping)
    assert spoken(keeping, number, code, people=("鉴一鸣", "鉴一 鸣")).stage is Stage.APPRAISING
    with pytest.raises(RetentionRefused, match="尚未鉴定完"):
        approve(keeping.workplace, number, opinion="同意", person=APPROVER)
    known = spoken(keeping, number, code, Decision.KEEP, people=("鉴二南",))
    assert (known.stage, known.entries[0].decision) == (Stage.APPROVING, Decision.KEEP)


def as_people(keeping: Keeping, **roles: str) -> None:
    """Let one person also be in other roles, as in a small firm's rules."""
    path = keeping.workplace.home.rules / "retention.toml"
    text = path.read_text("utf-8")
    for role, name in roles.items():
        text = text.replace(f"{role} = [", f'{role} = ["{name}", ')
    path.write_text(text, "utf-8")
    keeping.workplace.__dict__.pop("retention", None)


def test_who_proposed_or_appraised_does_not_approve(keeping: Keeping) -> None:
    as_people(keeping, approvers=ARCHIVIST)
    code = keeping.over("XSDD-1")
    number = proposed(keeping)
    spoken(keeping, number, code)
    with pytest.raises(RetentionRefused, match="不能由本人批准"):
        approve(keeping.workplace, number, opinion="同意", person=ARCHIVIST)


@pytest.mark.parametrize(
    ("people", "why"),
    [
        (People(ARCHIVIST, ("监小天",)), "两名不同的监销人"),
        (People(ARCHIVIST, ("监小天", "监小 天")), "两名不同的监销人"),
        (People("监小天", ("监小天", "监小地")), "不能同时监销"),
        (People(APPROVER, ("监小天", "监小地")), "批准了本清单"),
        (People(ARCHIVIST, ("监小天", "路人甲")), "不是监销人"),
    ],
)
def test_two_others_watch_and_neither_operator_nor_watcher_approved(
    keeping: Keeping, people: People, why: str
) -> None:
    as_people(keeping, archivists="监小天")
    as_people(keeping, archivists=APPROVER)
    number = approved(keeping, keeping.over("XSDD-1"))
    with pytest.raises(RetentionRefused, match=why):
        carried_out(keeping, number, people)
    assert damage(keeping) == []


def test_who_lifted_a_hold_neither_proposes_nor_carries_out(keeping: Keeping) -> None:
    as_people(keeping, archivists=LEGAL)
    code = keeping.over("XSDD-1")
    release(keeping.workplace, froze(keeping, code), basis="撤诉", person=LEGAL)
    with pytest.raises(RetentionRefused, match="解除过其冻结"):
        proposed(keeping, person=LEGAL)
    number = approved(keeping, code)
    known = carried_out(keeping, number, People(LEGAL, PEOPLE.witnesses))
    assert "解除过本卷的冻结" in known.outcomes[0]["reasons"][0]
    assert keeping.row(code).destroyed_at is None


def test_who_asked_for_destruction_lifts_no_hold(keeping: Keeping) -> None:
    as_people(keeping, legal=ARCHIVIST)
    code = keeping.over("XSDD-1")
    proposed(keeping)
    number = froze(keeping, code)
    with pytest.raises(RetentionRefused, match="不能解除其冻结"):
        release(keeping.workplace, number, basis="撤诉", person=ARCHIVIST)


@pytest.mark.parametrize("what", ["hold", "date", "extension", "paper", "under way", "damage"])
def test_all_is_asked_anew_at_the_moment_of_destruction(keeping: Keeping, what: str) -> None:
    code, other = keeping.over("XSDD-1"), keeping.over("XSDD-2")
    number = approved(keeping, code, other)
    happened(keeping, what, code)

    planned = plan_destruction(keeping.workplace, number, PEOPLE)
    known = carried_out(keeping, number)

    outcomes = {one["code"]: one["reasons"] for one in known.outcomes}
    assert (bool(outcomes[code]), outcomes[other]) == (True, [])
    assert list(planned[code]) == outcomes[code]
    assert keeping.row(code).destroyed_at is None
    assert keeping.workplace.store.head(keeping.row(code).object_path) >= 5


def happened(keeping: Keeping, what: str, code: str) -> None:
    if what == "hold":
        froze(keeping, code)
    elif what == "date":
        keeping.date(code, Trigger.DISPUTE, "2039-05-01", reason="新的争议")
    elif what == "extension":
        extend(keeping.workplace, code, period="D20", until=None, reason="查考", person=ARCHIVIST)
    elif what == "paper":
        keeping.office.file(keeping.office.prepare("XSDD-1", round_=1))
    elif what == "under way":
        keeping.office.prepare("XSDD-1", round_=1)
    else:
        path = keeping.workplace.store.physical(
            keeping.row(code).object_path, "items/001/docx.docx"
        )
        path.chmod(0o644)
        path.write_bytes(b"changed")


def test_a_plan_changes_nothing(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    number = approved(keeping, code)
    head = keeping.row(code).head
    assert plan_destruction(keeping.workplace, number, PEOPLE) == {code: ()}
    assert (keeping.row(code).head, keeping.row(code).destroyed_at) == (head, None)
    assert lists(keeping.workplace, only_open=True)[0].stage is Stage.APPROVED


def test_a_returned_list_destroys_nothing_and_frees_its_dossiers(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    number = approved(keeping, code)
    give_back(keeping.workplace, number, opinion="缺审计意见", person=APPROVER)
    with pytest.raises(RetentionRefused, match="未批准"):
        carried_out(keeping, number)
    assert due(keeping.workplace)[0]["list"] is None
    assert proposed(keeping, code) == "XH-2040-0002"


def test_a_destroyed_dossier_takes_no_act_and_no_paper_anymore(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    carried_out(keeping, approved(keeping, code))
    with pytest.raises(RetentionRefused, match="已销毁"):
        keeping.date(code, Trigger.ENDED, "2027-03-31")
    with pytest.raises(RetentionRefused, match="已销毁"):
        froze(keeping, code)
    assert list_holds(keeping.workplace, also_released=True) == []
    late = keeping.office.prepare("XSDD-1", round_=1)
    with pytest.raises(FilingRefused, match="销毁"):
        keeping.office.file(late)


def test_what_is_asked_of_a_destroyed_contract_is_answered_in_words(keeping: Keeping) -> None:
    code = keeping.over("XSDD-1")
    with keeping.workplace.register.read.begin() as session:
        use = session.scalars(select(SealUse)).one()
    number = keeping.row(code).contract_number
    known = carried_out(keeping, approved(keeping, code))

    verdict = check_paper(keeping.workplace, number, use.sealed_sha256)
    assert verdict.standing is Standing.GENUINE
    assert f"已依 {known.number} 销毁" in verdict.reason
    with pytest.raises(CopyRefused, match="销毁"):
        make_copies(
            keeping.workplace,
            number,
            CopyKind.DUPLICATE,
            nth=None,
            of=None,
            out=keeping.workplace.home.root / "copy.pdf",
            by="档小安",
        )
    report = sample_acceptance(1) | {"contract_number": number}
    report.pop("order_no", None)
    path = keeping.workplace.home.inbox / "验收.json"
    path.write_text(json.dumps(report), "utf-8")
    reception = receive(keeping.workplace, path, is_final=True)
    assert reception.taken is Taken.REJECTED
    assert "已销毁" in reception.findings[0].message


def test_a_hold_cut_off_between_two_dossiers_holds_them_both(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keeping.over("XSDD-1"), keeping.over("XSDD-2")
    number = approved(keeping, first, second)
    entered = freezing.enter

    def dies_at_the_second(session: Any, store: Any, row: Any, act: Any) -> Any:
        if row.code == second:
            raise OSError("power lost")
        return entered(session, store, row, act)

    with monkeypatch.context() as broken:
        broken.setattr(freezing, "enter", dies_at_the_second)
        wish = Freeze("诉讼", "被诉", None, None, LEGAL)
        with pytest.raises(OSError, match="power lost"):
            place(keeping.workplace, wish, "清单", [first, second])

    known = carried_out(keeping, number)
    assert all("冻结中" in one["reasons"][0] for one in known.outcomes)
