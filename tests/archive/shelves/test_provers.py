"""Our own proof and the script that stands alone say the same of every file of the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from provers import by_the_script

from archive.auditing import audit
from archive.errors import ShelvesForeign
from archive.witnessing import begin_journal

if TYPE_CHECKING:
    from office import Office

DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "removed": lambda _sound: None,
    "emptied": lambda _sound: b"",
    "cut": lambda sound: sound[:-1],
    "blank behind it": lambda sound: sound + b" ",
    "line behind it": lambda sound: sound + b"\n",
    "one bit": lambda sound: sound[:-9] + bytes([sound[-9] ^ 1]) + sound[-8:],
    "first line twice": lambda sound: sound.splitlines(keepends=True)[0] + sound,
}


@pytest.fixture
def filed(office: Office) -> Office:
    """An office over two years, whose first journal was damaged and set aside."""
    office.file(office.prepare("XSDD-1"))
    (journal,) = office.store.journal.files()
    journal.write_bytes(journal.read_bytes()[:-40])
    begin_journal(office.store, office.at, why="档小安、法定代：磁盘故障")
    office.file(office.prepare("XSDD-1", round_=1))
    office.at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    office.file(office.prepare("XSDD-2"))
    return office


@pytest.mark.requirement_part("F-207")
@pytest.mark.parametrize("what", DAMAGE)
def test_both_say_the_same_of_a_damaged_file(filed: Office, what: str) -> None:
    assert (by_us(filed), by_the_script(filed.store.root)) == (0, 0)
    told = {
        str(file.relative_to(filed.store.root)): (by_us(filed), by_the_script(filed.store.root))
        for file in each_damaged(filed.store.root, DAMAGE[what])
    }
    assert [name for name, (ours, its) in told.items() if ours != its] == []
    journals = [verdict for name, verdict in told.items() if "journal-" in name]
    assert journals == [(4, 4)] * 3


@pytest.mark.parametrize("name", ["journal-2026.aside-2.jsonl", "journal-2031.aside-1.jsonl"])
def test_both_find_a_forged_journal_set_aside(filed: Office, name: str) -> None:
    (filed.store.root / name).write_bytes(b"{}\n")
    assert (by_us(filed), by_the_script(filed.store.root)) == (4, 4)


def test_a_folder_that_is_not_there_is_not_whole(tmp_path: Path) -> None:
    assert by_the_script(tmp_path / "none") == 4


def by_us(office: Office) -> int:
    try:
        with office.register.read.begin() as session:
            return 4 if audit(session, office.store).breaks else 0
    except ShelvesForeign:
        return 4


def each_damaged(root: Path, damage: Callable[[bytes], bytes | None]) -> Iterator[Path]:
    """Yield every file that history stands on while it is damaged; each is put back."""
    first = next(root.rglob("0=ocfl_object_1.1")).parent
    files = [file for file in root.iterdir() if file.name.startswith(("journal-", "0="))]
    files += [
        file for file in first.rglob("*") if file.name.startswith(("inventory", "events", "0="))
    ]
    for file in sorted(files):
        sound = file.read_bytes()
        broken = damage(sound)
        file.unlink()
        if broken is not None:
            file.write_bytes(broken)
        yield file
        file.write_bytes(sound)
