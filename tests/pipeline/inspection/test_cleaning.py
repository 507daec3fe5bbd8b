from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspecting import CONFIRMER, INSPECTOR, OTHER, a_contract, old, with_printer
from keepers import LEGAL, Keeping
from sqlalchemy import select

from archive.cleanup import CleanupStage
from archive.dossiers import Dossier, Record
from archive.errors import InspectionRefused
from archive.instruments import Instrument
from archive.journal import PATTERN
from pipeline.freezing import Freeze, chosen, place
from pipeline.inspection.cleaning import carry_out, confirm, give_back, opened, propose
from pipeline.inspection.leftovers import leftovers, strangers
from pipeline.rebuilding import rebuild_all
from pipeline.verifying import verify_home


def sources(keeping: Keeping) -> tuple[str, str]:
    """Return a filed paper's source, and that of one sealed but not filed."""
    underway = keeping.office.prepare("XSDD-2026-0777").source_sha256
    with keeping.workplace.register.read.begin() as session:
        filed = session.scalars(
            select(Record.source_sha256)
            .join(Instrument, Instrument.source_sha256 == Record.source_sha256)
            .where(Instrument.kind == "contract")
        ).first()
    assert filed is not None
    return filed, underway


def dossier_of(keeping: Keeping, source: str) -> Dossier:
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier).join(Record, Record.dossier_id == Dossier.id)
        return session.scalars(query.where(Record.source_sha256 == source)).one()


def hold(keeping: Keeping) -> None:
    codes = chosen(keeping.workplace, query=None, names=["XSDD-2026-0001"])
    freeze = Freeze("诉讼", "应诉", None, None, LEGAL)
    place(keeping.workplace, freeze, *codes)


def laid(keeping: Keeping, path: str, days: int, content: bytes = b"x") -> Path:
    file = keeping.workplace.home.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return old(file, keeping, days)


def state_of(keeping: Keeping) -> dict[str, str]:
    """Return every file and link of the home that is not the register's, with its digest."""
    root = keeping.workplace.home.root
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            where = path.relative_to(root).as_posix()
            if where.startswith("guidang.db") or where.endswith(".lock"):
                continue
            is_link = path.is_symlink()
            content = os.fsencode(path.readlink()) if is_link else path.read_bytes()
            found[os.fsencode(where).hex()] = hashlib.sha256(content).hexdigest()
    return found


def key(path: str) -> str:
    return path.encode().hex()


@pytest.mark.requirement("F-206")
def test_leftovers_go_by_a_list_and_a_second_person_and_leave_a_trace(inspected: Keeping) -> None:
    workplace = inspected.workplace
    filed, underway = sources(inspected)
    goes = [
        laid(inspected, f"work/received/{filed}.json", 30),
        laid(inspected, f"work/sealed/{filed}/sealed.pdf", 30),
        laid(inspected, "work/template-x7/a/b.docx", 30),
        laid(inspected, "rejected/旧订单.json", 200),
        laid(inspected, "index/shelf-dead/seg.bin", 30),
    ]
    stays = [
        laid(inspected, f"work/received/{underway}.json", 300),
        laid(inspected, "rejected/新订单.json", 20),
        laid(inspected, "rejected/.half.tmp", 1),
        laid(inspected, "unknown/what.bin", 900),
    ]
    known = propose(workplace, person=INSPECTOR)
    assert {each.path for each in known.entries} == {
        path.relative_to(workplace.home.root).as_posix() for path in goes
    }
    with pytest.raises(InspectionRefused, match="须先由复核人确认"):
        carry_out(workplace, known.number, person=INSPECTOR)
    with pytest.raises(InspectionRefused, match="不是复核人"):
        confirm(workplace, known.number, person=OTHER)
    assert all(path.exists() for path in goes)
    confirm(workplace, known.number, person=CONFIRMER)
    done = carry_out(workplace, known.number, person=INSPECTOR)
    assert (done.stage, done.outcomes) == (CleanupStage.DONE, {})
    assert not any(path.exists() for path in goes)
    assert all(path.exists() for path in stays)
    assert not (workplace.home.work / "template-x7").exists()
    assert not (workplace.home.index / "shelf-dead").exists()
    with workplace.register.read.begin() as session:
        numbers = session.scalars(select(Record.number).where(Record.kind == "inspection")).all()
    assert list(numbers) == [known.number, f"{known.number}-02"]
    assert verify_home(workplace).damaged == ()
    assert ("unknown", "不属于本系统的文件，请管理员核对后移走") in list(strangers(workplace))
    rebuild_all(workplace, replace=True)
    assert opened(workplace, known.number) == done


def test_the_proposer_cannot_confirm_even_in_both_roles(inspected: Keeping) -> None:
    rules = inspected.workplace.home.rules / "inspection.toml"
    both = rules.read_text("utf-8").replace('confirmers = ["', f'confirmers = ["{INSPECTOR}", "')
    rules.write_text(both, "utf-8")
    laid(inspected, "rejected/旧订单.json", 200)
    known = propose(inspected.workplace, person=INSPECTOR)
    with pytest.raises(InspectionRefused, match="须由他人"):
        confirm(inspected.workplace, known.number, person=INSPECTOR)
    given = give_back(inspected.workplace, known.number, opinion="再等等", person=CONFIRMER)
    assert given.stage is CleanupStage.RETURNED
    with pytest.raises(InspectionRefused, match="未同意"):
        carry_out(inspected.workplace, known.number, person=INSPECTOR)


def test_a_hold_that_came_after_the_list_keeps_everything_of_it(inspected: Keeping) -> None:
    filed, _ = sources(inspected)
    kept = [
        laid(inspected, f"work/received/{filed}.json", 30),
        laid(inspected, "rejected/旧订单.json", 200),
        laid(inspected, "work/redlines/a.bin", 30),
    ]
    gone = laid(inspected, "index/shelf-dead/seg.bin", 30)
    known = propose(inspected.workplace, person=INSPECTOR)
    confirm(inspected.workplace, known.number, person=CONFIRMER)
    hold(inspected)
    done = carry_out(inspected.workplace, known.number, person=INSPECTOR)
    assert all(path.exists() for path in kept)
    assert not gone.exists()
    assert len(done.outcomes or {}) == 3


def test_a_working_file_stays_while_its_dossier_is_damaged(inspected: Keeping) -> None:
    filed, _ = sources(inspected)
    copy = laid(inspected, f"work/sealed/{filed}/sealed.pdf", 30, b"the last good copy")
    other = laid(inspected, f"work/received/{filed}.json", 30)
    known = propose(inspected.workplace, person=INSPECTOR)
    confirm(inspected.workplace, known.number, person=CONFIRMER)
    row = dossier_of(inspected, filed)
    kept = inspected.workplace.store.physical(row.object_path, "items/001/sealed.pdf")
    before = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(before[:-1] + b"X")
    assert list(leftovers(inspected.workplace)) == []
    done = carry_out(inspected.workplace, known.number, person=INSPECTOR)
    assert copy.read_bytes() == b"the last good copy"
    assert other.exists()
    assert len(done.outcomes or {}) == 2
    kept.write_bytes(before)
    assert len(list(leftovers(inspected.workplace))) == 2


def test_a_returned_file_is_as_old_as_its_return(inspected: Keeping) -> None:
    laid(inspected, "rejected/去年的订单.xlsx", 900)
    reason = laid(inspected, "rejected/去年的订单.xlsx.原因.txt", 3)
    assert list(leftovers(inspected.workplace)) == []
    old(reason, inspected, 181)
    assert len(list(leftovers(inspected.workplace))) == 2


def test_a_folder_that_became_a_link_leads_nowhere(inspected: Keeping, tmp_path: Path) -> None:
    file = laid(inspected, "work/template-x/secret.docx", 30, b"same")
    known = propose(inspected.workplace, person=INSPECTOR)
    confirm(inspected.workplace, known.number, person=CONFIRMER)
    outside = tmp_path / "outside"
    file.parent.rename(outside)
    file.parent.symlink_to(outside)
    done = carry_out(inspected.workplace, known.number, person=INSPECTOR)
    assert (outside / "secret.docx").read_bytes() == b"same"
    assert list(done.outcomes or {}) == ["work/template-x/secret.docx"]


@pytest.mark.parametrize("linked", ["work/cleanup", "work/cleanup/{}"])
def test_a_room_that_is_a_link_leads_nowhere(
    inspected: Keeping, tmp_path: Path, linked: str
) -> None:
    workplace = inspected.workplace
    leftover = laid(inspected, "rejected/旧订单.json", 200)
    known = propose(workplace, person=INSPECTOR)
    confirm(workplace, known.number, person=CONFIRMER)
    outside = tmp_path / "别处"
    victims = [outside / "00001", outside / known.number / "00001"]
    for victim in victims:
        victim.parent.mkdir(parents=True, exist_ok=True)
        victim.write_text("别人的文件", "utf-8")
    link = workplace.home.root / linked.format(known.number)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside, target_is_directory=True)

    with pytest.raises(InspectionRefused, match="途中有链接"):
        carry_out(workplace, known.number, person=INSPECTOR)

    assert leftover.exists()
    assert [victim.read_text("utf-8") for victim in victims] == ["别人的文件"] * 2
    assert opened(workplace, known.number).stage is CleanupStage.CONFIRMED
    link.unlink()
    assert carry_out(workplace, known.number, person=INSPECTOR).outcomes == {}
    assert not leftover.exists()


def test_a_link_laid_into_the_room_is_no_file_that_was_confirmed(
    inspected: Keeping, tmp_path: Path
) -> None:
    workplace = inspected.workplace
    leftover = laid(inspected, "rejected/旧订单.json", 200)
    known = propose(workplace, person=INSPECTOR)
    confirm(workplace, known.number, person=CONFIRMER)
    victim = tmp_path / "别人的.txt"
    victim.write_bytes(leftover.read_bytes())
    room = workplace.home.work / "cleanup" / known.number
    room.mkdir(parents=True)
    (room / "00001").symlink_to(victim)

    done = carry_out(workplace, known.number, person=INSPECTOR)

    assert victim.exists()
    assert leftover.exists()
    assert "内容已变" in done.outcomes["rejected/旧订单.json"]


def test_a_crash_at_any_moment_is_gone_on_with(a_home: Callable[[], Keeping]) -> None:
    keeping = with_printer(a_home())
    a_contract(keeping, "XSDD-2026-0001")
    keeping.at("2026-03-20")
    paths = [laid(keeping, f"rejected/{each}.json", 200) for each in "甲乙丙"]
    changed = laid(keeping, "rejected/丁.json", 200)
    known = propose(keeping.workplace, person=INSPECTOR)
    confirm(keeping.workplace, known.number, person=CONFIRMER)
    old(changed, keeping, 0)
    passed: list[str] = []

    def stop(step: str) -> None:
        if step not in passed:
            passed.append(step)
            raise InterruptedError(step)

    while True:
        try:
            done = carry_out(keeping.workplace, known.number, person=INSPECTOR, after_step=stop)
            break
        except InterruptedError:
            continue
    assert passed[-2:] == ["done", "emptied"]
    assert len(passed) == 5
    assert set(done.outcomes or {}) == {"rejected/丁.json"}
    assert changed.exists()
    assert not any(path.exists() for path in paths)
    assert not (keeping.workplace.home.work / "cleanup" / known.number).exists()
    keeping.workplace.close()


@dataclass(frozen=True)
class Laid:
    """One thing laid into a home, and what happens to it between the list and its execution."""

    folder: str
    name: str
    days: int
    later: str


FOLDERS = (
    *("rejected", "work/received", "work/sealed/{filed}", "work/received/readings", "work/staging"),
    *("work/template-1", "work/redlines", "work/offices", "work/deviations", "work/numbers"),
    *(
        "index/shelf-9",
        "index",
        "archive/x",
        "rules",
        "seals",
        "people",
        "inbox",
        "samples",
        "logs",
    ),
)
NAMES = (
    "{filed}.json",
    "{underway}.json",
    ".a.tmp",
    "订单 (2).json",
    "-rf",
    "a\nb",
    "..x",
    "𠮷.xlsx",
)
LAID = st.builds(
    Laid,
    folder=st.sampled_from(FOLDERS),
    name=st.sampled_from(NAMES),
    days=st.sampled_from([0, 3, 8, 100, 181, 4000]),
    later=st.sampled_from(["", "", "", "touched", "changed", "gone", "linked"]),
)


def may_go(thing: Laid, *, held: bool) -> bool:
    """Return whether the thing may be on a list, told anew from what the rules say in words."""
    top, *rest = thing.folder.split("/")
    if top == "index":
        return rest != [] and thing.days >= 7
    is_paper = rest[:1] in (["received"], ["sealed"], ["numbers"])
    is_draft = thing.name == ".a.tmp"
    if top == "rejected":
        return not held and thing.days >= (7 if is_draft else 180)
    if top != "work" or rest[0] in ("staging", "offices", "deviations") or thing.days < 7:
        return False
    if is_paper and not is_draft:
        of_filed = "filed" in thing.name or ("filed" in rest[-1] and "underway" not in thing.name)
        return of_filed and not held
    return not held


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(
    things=st.lists(LAID, max_size=10, unique_by=lambda each: (each.folder, each.name)),
    held=st.booleans(),
)
def test_exactly_what_was_confirmed_and_is_still_a_leftover_goes(
    a_home: Callable[[], Keeping], things: list[Laid], *, held: bool
) -> None:
    keeping = with_printer(a_home())
    a_contract(keeping, "XSDD-2026-0001")
    keeping.at("2026-03-20")
    filed, underway = sources(keeping)
    named = {
        f"{each.folder}/{each.name}".format(filed=filed, underway=underway): each for each in things
    }
    files = {path: laid(keeping, path, thing.days, path.encode()) for path, thing in named.items()}
    elsewhere = keeping.workplace.home.root.parent / "elsewhere"
    elsewhere.write_bytes(b"not ours")
    listed = {path for path, thing in named.items() if may_go(thing, held=False)}
    assert {each.path for each in leftovers(keeping.workplace)} == listed
    if not listed:
        return
    known = propose(keeping.workplace, person=INSPECTOR)
    confirm(keeping.workplace, known.number, person=CONFIRMER)
    for path, thing in named.items():
        change(keeping, files[path], thing.later, elsewhere)
    if held:
        hold(keeping)
    goes = {p for p in listed if not named[p].later and may_go(named[p], held=held)}
    before, journals = state_of(keeping), journals_of(keeping)
    done = carry_out(keeping.workplace, known.number, person=INSPECTOR)
    after = state_of(keeping)
    assert {where for where in before if where not in after} == {key(path) for path in goes}
    own = key(f"archive/{list_dossier(keeping, known.number)}/")
    written = {own + key(name) for name in ("inventory.json", "inventory.json.sha512")}
    written |= {key(f"archive/{name}") for name in journals}
    assert {w for w in before if w in after and after[w] != before[w]} == written
    now = journals_of(keeping)
    assert all(now[name].startswith(content) for name, content in journals.items())
    assert set(done.outcomes or {}) == listed - goes
    assert elsewhere.read_bytes() == b"not ours"
    keeping.workplace.close()


def journals_of(keeping: Keeping) -> dict[str, bytes]:
    """Return the house journal, which every act may lengthen and none may change."""
    return {path.name: path.read_bytes() for path in keeping.workplace.home.archive.glob(PATTERN)}


def list_dossier(keeping: Keeping, number: str) -> str:
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier.object_path).where(Dossier.order_no == number)
        return session.scalars(query).one()


def change(keeping: Keeping, file: Path, later: str, elsewhere: Path) -> None:
    if later == "touched":
        old(file, keeping, 0)
    elif later == "changed":
        was = file.stat().st_mtime
        file.write_bytes(b"something else")
        os.utime(file, (was, was))
    elif later in ("gone", "linked"):
        file.unlink()
        if later == "linked":
            file.symlink_to(elsewhere)
