"""Contracts approved in guidang itself: from the draft to the shelf, and everything on the way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jws import sign_hs256

from archive.errors import ApprovalRefused
from archive.upstreamproof import signed_bytes
from pipeline import approvalacts, samples
from pipeline.approvalacts import Said
from pipeline.approvallists import note_overdue, overdue
from pipeline.rebuilding import rebuild_all
from pipeline.samplefirms import SOURCE
from pipeline.wiring import Workplace, system_clock

POINTS = {
    "check": (
        "无未填占位",
        "无空白下划线",
        "金额大小写一致",
        "日期先后有序",
        "双方名称前后一致",
        "无含糊用语",
    ),
    "legal": ("合法性", "合规性", "风险"),
}
CHAIN = (("sun", "draft"), ("lin", "check"), ("xu", "legal"), ("zhou", "head"), ("fang", "lead"))
Order = Callable[..., dict[str, Any]]


def points(step: str) -> list[str]:
    return [word for point in POINTS.get(step, ()) for word in ("--point", f"{point}=相符")]


def unapproved(order: Order, number: int) -> dict[str, Any]:
    return order(number) | {"approvals": []}


@pytest.fixture(scope="module")
def drafted(house_at: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one order under approval, to be copied."""
    house = house_at(tmp_path_factory.mktemp("drafted") / "home")
    assert house.guidang("init", "--sample", "--json").code == 0
    house.drop(unapproved(samples.sample_order, 1), "order.json")
    assert house.run_until_idle()["waiting"] == 1
    root: Path = house.root
    return root


@pytest.fixture
def waiting(house_at: Callable[[Path], Any], drafted: Path, tmp_path: Path) -> tuple[Any, str]:
    """Return a home of its own with one order under approval, and its number."""
    shutil.copytree(drafted, tmp_path / "home")
    return house_at(tmp_path / "home"), samples.sample_order(1)["order_no"]


def act(house: Any, verb: str, *words: str, login: str, opinion: str = "同意") -> Any:
    return house.guidang("contracts", verb, *words, "--as", login, "--opinion", opinion, "--json")


def agree(house: Any, name: str, login: str, step: str) -> None:
    verb = "submit" if step == "draft" else "approve"
    done = act(house, verb, name, *points(step), login=login)
    assert done.code == 0, done.out


def agree_here(workplace: Workplace, name: str, until: str) -> None:
    """Agree in this process, one step after the other, up to and with `until`."""
    for login, step in CHAIN:
        answers = dict.fromkeys(POINTS.get(step, ()), "相符")
        approvalacts.approve(workplace, name, Said(login, "同意", answers=answers))
        if step == until:
            return


@pytest.mark.requirement("F-101", "F-103", "F-104", "F-106", "P-305", "G-102")
@pytest.mark.requirement_part("P-304", "F-102", "F-105")
def test_five_people_approve_and_the_dossier_tells_it_all(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    early = act(house, "approve", name, login="fang")
    assert (early.code, early.content["results"][0]["done"]) == (1, False)
    assert "现在轮到“起草”" in early.content["results"][0]["reasons"][0]
    assert "人员名录中没有 nobody" in act(house, "submit", name, login="nobody").out
    agree(house, name, "sun", "draft")
    assert "逐项写明“无未填占位”" in act(house, "approve", name, login="lin").out
    agree(house, name, "lin", "check")
    asked = act(house, "ask", name, login="xu", opinion="违约金比例有何依据？")
    question = str(asked.content["results"][0]["act"]["seq"])
    assert act(house, "reply", name, "--question", question, login="sun").code == 0
    for login, step in CHAIN[2:]:
        (task,) = house.guidang("contracts", "pending", "--as", login, "--json").content["pending"]
        assert (task["order_no"], task["step"]) == (name, step)
        agree(house, name, login, step)
    assert house.run_until_idle()["filed"] == 1
    told = house.show(name)
    people = [each["person"] for each in told["approvals"]]
    assert people == ["孙示例", "林晓舟", "许衡", "周立群", "方其远"]
    assert {each["terms_digest"] for each in told["approvals"]} == {told["terms_digest"]}
    legal = next(
        each for each in told["acts"] if each["step"] == "legal" and each["act"] == "approved"
    )
    assert (legal["department"], legal["post"]) == ("法务部", "法务")
    assert set(legal["details"]["answers"]) == set(POINTS["legal"])
    assert told["questions"][0]["answers"][0]["by"] == "孙示例"
    assert house.guidang("archive", "verify", "--json").code == 0
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    again = house.show(name)
    for kept in ("approvals", "acts", "questions", "events"):
        assert again[kept] == told[kept]
    listed = house.guidang("users", "list", "--json").content["users"]
    assert {"zhou", "feng", "qian"} <= {each["login"] for each in listed}


@pytest.mark.requirement_part("F-104", "F-106")
def test_what_an_approver_sends_back_goes_where_it_says(
    waiting: tuple[Any, str], order: Order
) -> None:
    house, name = waiting
    workplace = Workplace(house.root)
    agree_here(workplace, name, "legal")
    approvalacts.send_back(workplace, name, Said("zhou", "付款节点再核"), to="核对")
    (line,) = house.contracts()
    assert "待审批：核对、法务审核" in line["reason"]
    assert "周立群 退回：付款节点再核" in line["reason"]
    (task,) = house.guidang("contracts", "pending", "--as", "lin", "--json").content["pending"]
    assert task["given_back"] == "周立群 退回：付款节点再核"
    answers = dict.fromkeys(POINTS["check"], "再核相符")
    approvalacts.approve(workplace, name, Said("lin", "已再核", answers=answers))
    refused = act(house, "reject", name, login="xu", opinion="违约责任不对等")
    assert refused.code == 0, refused.out
    (line,) = house.contracts()
    assert line["state"] == "refused"
    assert "许衡（法务）不同意：违约责任不对等" in line["reason"]
    assert "违约责任不对等" in house.rejected()["order.json"]
    changed = unapproved(order, 1)
    changed["extensions"] = {"revised": "违约责任已调整"}
    house.drop(changed, "order-2.json")
    assert house.run_until_idle()["waiting"] == 1
    newer, older = house.contracts()
    assert (newer["state"], newer["revision"]) == ("drafted", 2)
    assert (older["state"], older["revision"]) == ("refused", 1)
    told = [each["action"] for each in house.show(name)["events"]]
    assert {"contract:returned", "contract:refused-by-approver"} <= set(told)


def test_terms_to_be_changed_are_not_agreed_to_again(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    workplace = Workplace(house.root)
    agree_here(workplace, name, "check")
    approvalacts.ask_for_changes(workplace, name, Said("xu", "争议解决条款须择一"))
    assert "许衡 修改后同意：争议解决条款须择一" in house.contracts()[0]["reason"]
    with pytest.raises(ApprovalRefused, match="须修改后重新报审"):
        approvalacts.submit(workplace, name, Said("sun", "再报"))


def test_who_submitted_may_take_it_back_and_submit_again(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    workplace = Workplace(house.root)
    agree_here(workplace, name, "check")
    with pytest.raises(ApprovalRefused, match="只能由送审人撤回"):
        approvalacts.withdraw(workplace, name, Said("lin", "撤回"))
    approvalacts.withdraw(workplace, name, Said("sun", "附件待补"))
    assert "孙示例 撤回：附件待补" in house.contracts()[0]["reason"]
    agree_here(workplace, name, "lead")
    told = house.show(name)
    assert told["reason"] is None
    assert [each["act"] for each in told["acts"]].count("approved") == 7
    with pytest.raises(ApprovalRefused, match="各环节均已同意"):
        approvalacts.approve(workplace, name, Said("fang", "同意"))


def test_one_more_signer_must_agree_before_the_step_that_asked(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    workplace = Workplace(house.root)
    agree_here(workplace, name, "check")
    for signer, problem in (("sun", "同为 孙示例"), ("qian", "印章保管人"), ("xu", "请自己")):
        with pytest.raises(ApprovalRefused, match=problem):
            approvalacts.add_signer(workplace, name, Said("xu", "请会看"), signer=signer)
    approvalacts.add_signer(workplace, name, Said("xu", "请财务看付款节点"), signer="gu")
    answers = dict.fromkeys(POINTS["legal"], "无问题")
    with pytest.raises(ApprovalRefused, match="现在轮到“加签（顾会签）”"):
        approvalacts.approve(workplace, name, Said("xu", "同意", answers=answers))
    approvalacts.approve(workplace, name, Said("gu", "付款节点可行"))
    approvalacts.approve(workplace, name, Said("xu", "同意", answers=answers))


def test_a_stand_in_decides_within_dates_and_scope(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    today = system_clock().date()
    agree_here(Workplace(house.root), name, "legal")
    assert act(house, "approve", name, login="wu").code == 1
    given = house.guidang(
        "contracts", "delegate", "zhou", "--to", "wu", "--as", "zhou", "--reason", "出差",
        "--from", str(today - timedelta(days=2)), "--until", str(today + timedelta(days=2)),
        "--kind", "合同", "--step", "业务部门负责人", "--up-to", "1000000",
        "--paper", name, "--json",
    )  # fmt: skip
    assert given.code == 0, given.out
    agree(house, name, "wu", "head")
    head = house.show(name)["approvals"][-1]
    assert (head["person"], head["post"]) == ("吴起草", "业务一部负责人（代 周立群）")
    agree(house, name, "fang", "lead")


def test_an_act_binds_the_digest_that_was_seen(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    (task,) = house.guidang("contracts", "pending", "--as", "sun", "--json").content["pending"]
    wrong = act(house, "submit", name, "--digest", "0" * 64, login="sun")
    assert wrong.code == 1
    assert "请重新查看后再办" in wrong.out
    seen = wrong.content["results"][0]["seen"]
    assert seen["terms_digest"] == task["terms_digest"]
    assert (seen["amount"], seen["amount_upper"][-1]) == (task["amount"], "分")
    assert act(house, "submit", name, "--digest", seen["terms_digest"], login="sun").code == 0


def test_of_two_processes_that_approve_at_once_one_is_told(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    words = [sys.executable, "-m", "pipeline", "--home", str(house.root), "contracts", "submit"]
    words += [name, "--as"]
    both = [
        subprocess.Popen([*words, login, "--opinion", "报审", "--json"], stdout=subprocess.PIPE)
        for login in ("sun", "wu")
    ]
    told = [json.loads(each.communicate(timeout=120)[0]) for each in both]
    assert sorted(each["done"] for each in told) == [0, 1]
    refused = next(each for each in told if not each["done"])["results"][0]["reasons"][0]
    assert "“起草”已由" in refused
    assert len(house.show(name)["acts"]) == 1


def test_a_list_of_papers_is_done_one_by_one_and_told_as_one(
    house: Any, order: Order, tmp_path: Path
) -> None:
    names = []
    for number in (1, 2):
        content = unapproved(order, number)
        names.append(content["order_no"])
        house.drop(content, f"{number}.json")
    assert house.run_until_idle()["waiting"] == 2
    list_ = tmp_path / "送审.txt"
    list_.write_text(f"# 本周送审\n{names[0]}\nXSDD-NONE，{'0' * 64}\n{names[1]}  {'0' * 64}\n")
    done = act(house, "submit", "--from", str(list_), login="sun")
    assert done.code == 3
    assert (done.content["done"], done.content["refused"]) == (1, 2)
    assert [each["done"] for each in done.content["results"]] == [True, False, False]
    assert act(house, "submit", "--from", str(list_), login="sun").code == 1


def test_a_crash_while_an_act_is_written_leaves_nothing_half_done(
    waiting: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, name = waiting
    workplace = Workplace(house.root)

    class Crash(BaseException):
        pass

    def crash(*_given: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(approvalacts, "note_decisions", crash)
        with pytest.raises(Crash):
            approvalacts.submit(workplace, name, Said("sun", "报审"))
    before = house.show(name)
    assert (before["acts"], before["approvals"]) == ([], [])
    approvalacts.submit(workplace, name, Said("sun", "报审"))
    assert [each["act"] for each in house.show(name)["acts"]] == ["approved"]


def test_a_lost_register_asks_nobody_a_second_time(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    agree_here(Workplace(house.root), name, "legal")
    told = house.show(name)
    rebuild_all(Workplace(house.root), replace=True)
    again = house.show(name)
    assert (again["acts"], again["approvals"]) == (told["acts"], told["approvals"])
    assert house.run_until_idle()["waiting"] == 1
    (task,) = house.guidang("contracts", "pending", "--as", "zhou", "--json").content["pending"]
    assert task["step"] == "head"


def test_what_is_late_is_listed_and_escalated_once(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    assert house.guidang("contracts", "overdue", "--json").content["overdue"] == []
    later = Workplace(house.root, clock=lambda: system_clock() + timedelta(days=20))
    (late,) = overdue(later)
    assert (late["order_no"], late["step"], late["holders"]) == (
        name,
        "draft",
        ["孙示例", "吴起草"],
    )
    assert late["escalated_to"] == ["周立群"]
    assert [note_overdue(later), note_overdue(later)] == [1, 0]
    told = [each["action"] for each in house.show(name)["events"]]
    assert told.count("contract:approval-escalated") == 1


def test_where_the_rules_want_signatures_only_signed_decisions_count(
    house: Any, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OA_KEY", "k" * 40)
    rules = house.root / "rules" / "approvals.toml"
    wanted = f'[[signatures]]\nsource = "{SOURCE}"\nalgorithm = "HS256"\nkey_env = "OA_KEY"\n'
    rules.write_text(f"{rules.read_text('utf-8')}\n{wanted}", "utf-8")
    bare, replayed, mine = order(1), order(2), order(3)
    signed = sign_hs256(signed_bytes(mine, SOURCE), b"k" * 40)
    for content in (replayed, mine):
        content["extensions"] = {"approval_signatures": {SOURCE: signed}}
    for at, content in enumerate((bare, replayed, mine), 1):
        house.drop(content, f"{at}.json")
    assert house.run_until_idle()["filed"] == 1
    told = {each["order_no"]: each for each in house.contracts()}
    assert told[mine["order_no"]]["state"] == "filed"
    assert "没有签名" in told[bare["order_no"]]["reason"]
    assert "签名与内容不符" in told[replayed["order_no"]]["reason"]
    assert "kkkk" not in "".join(path.read_text() for path in (house.root / "logs").glob("*"))


def test_two_people_void_a_filed_contract_and_its_sealed_file_stays(
    house: Any, order: Order
) -> None:
    house.drop(order(1), "1.json")
    assert house.run_until_idle()["filed"] == 1
    (line,) = house.contracts()
    number = line["contract_number"]
    before = house.show(number)

    def void(login: str, *words: str) -> Any:
        said = ("--as", login, "--opinion", "客户撤单", *words, "--json")
        return house.guidang("contracts", "void", number, *said)

    assert "--copies" in void("sun").out
    assert void("sun", "--copies", "双方各两份均已收回").content["voided"] is False
    assert "须由另一人确认" in void("sun").out
    assert "之一确认" in void("lin").out
    assert void("xu").content["voided"] is True
    told = house.show(number)
    assert (told["state"], told["reason"]) == ("voided", "作废：客户撤单")
    assert told["files"] == before["files"]
    ended = told["events"][-1]
    assert (ended["action"], ended["actor"]) == ("paper:voided", "许衡")
    assert ended["details"]["copies"] == "双方各两份均已收回"
    assert house.guidang("archive", "verify", "--json").code == 0
    house.run_until_idle()
    (hit,) = house.search(number)["hits"]
    assert hit["title"].startswith("（已作废）")
    assert void("xu").code == 1
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    again = house.show(number)
    assert (again["state"], again["reason"], again["events"]) == (
        "voided",
        told["reason"],
        told["events"],
    )
    assert house.guidang("archive", "verify", "--json").code == 0
    (void_number,) = house.guidang("numbers", "list", "--void", "--json").content["numbers"]
    assert (void_number["number"], void_number["void_reason"]) == (number, "作废：客户撤单")
    house.drop(order(1) | {"extensions": {"again": "1"}}, "2.json")
    assert house.run_until_idle()["rejected"] == 1
    assert "已作废" in house.rejected()["2.json"]


def test_a_paper_under_approval_is_void_and_its_file_goes_back(waiting: tuple[Any, str]) -> None:
    house, name = waiting
    for login, done in (("sun", False), ("fang", True)):
        words = ("--as", login, "--opinion", "客户撤单", "--json")
        told = house.guidang("contracts", "void", name, *words)
        assert told.content["voided"] is done, told.out
    (line,) = house.contracts()
    assert (line["state"], line["reason"]) == ("voided", "作废：客户撤单")
    assert "客户撤单" in house.rejected()["order.json"]
    assert house.run_until_idle()["filed"] == 0


def test_however_often_it_was_decided_it_is_filed_and_handed_over(
    waiting: tuple[Any, str], tmp_path: Path
) -> None:
    house, name = waiting
    workplace = Workplace(house.root)
    today = system_clock().date()
    agree_here(workplace, name, "check")
    approvalacts.withdraw(workplace, name, Said("sun", "附件待补"))
    agree_here(workplace, name, "check")
    approvalacts.add_signer(workplace, name, Said("xu", "请财务看付款节点"), signer="gu")
    approvalacts.approve(workplace, name, Said("gu", "付款节点可行"))
    legal = dict.fromkeys(POINTS["legal"], "无问题")
    approvalacts.approve(workplace, name, Said("xu", "同意", answers=legal))
    approvalacts.send_back(workplace, name, Said("zhou", "付款节点再核"), to="核对")
    check = dict.fromkeys(POINTS["check"], "再核相符")
    approvalacts.approve(workplace, name, Said("lin", "已再核", answers=check))
    while house.guidang("contracts", "pending", "--as", "gu", "--json").content["pending"]:
        approvalacts.approve(workplace, name, Said("gu", "再看可行"))
    approvalacts.approve(workplace, name, Said("xu", "再同意", answers=legal))
    given = house.guidang(
        "contracts", "delegate", "zhou", "--to", "wu", "--as", "zhou", "--reason", "出差",
        "--from", str(today - timedelta(days=2)), "--until", str(today + timedelta(days=2)),
        "--kind", "合同", "--step", "业务部门负责人", "--json",
    )  # fmt: skip
    assert given.code == 0, given.out
    agree(house, name, "wu", "head")
    agree(house, name, "fang", "lead")

    assert house.run_until_idle()["filed"] == 1

    number, out = house.show(name)["contract_number"], tmp_path / "包"
    words = ("--purpose", "移交", "--as", "档小安", "--out", str(out), "--json")
    assert house.guidang("archive", "export", number, *words).code == 0
    assert house.guidang("archive", "receive-check", str(out), "--json").code == 0
    assert house.guidang("archive", "verify", "--json").code == 0
