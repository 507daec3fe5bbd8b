"""The pool gives a PDF/A or says why not, whatever becomes of its children."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from templates.errors import ProofFailed, RendererMissing, RenderingFailed
from templates.rendering.pool import OfficePool

Paper = Callable[..., bytes]
Reader = Callable[[bytes], str]


def has_ended(process: int, within: float = 20) -> bool:
    """Whether `process` is gone, or goes while we look."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(within * 1000))
    finally:
        os.close(handle)


def test_a_document_becomes_a_pdf_a_2b_with_a_destination_for_every_bookmark(
    pool: OfficePool, paper: Paper, text_in: Reader
) -> None:
    pdf = pool.render(paper("合同金额：1,234,567.00 元", "乙方（盖章）：", bookmark="sealB"))

    assert "1,234,567.00" in text_in(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        packet = document.Root.Metadata.read_bytes()
        assert b"<pdfaid:part>2<" in packet
        assert b"<pdfaid:conformance>B<" in packet
        assert "/sealB" in document.Root.Dests


def test_only_our_own_faces_are_printed_in(pool: OfficePool, paper: Paper) -> None:
    everything = "宋体黑体 Latin 0123 ☑☐☒□√ ￥¥ 㛃𠅤𬭼䶮 《》“”——……①㎡℃"
    for family in ("宋体", "黑体", "仿宋", "微软雅黑", "从没听说过的字体"):
        with pikepdf.open(io.BytesIO(pool.render(paper(everything, family=family)))) as document:
            names = {
                str(thing["/FontName"]).split("+")[-1]
                for thing in document.objects
                if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
            }
        assert names <= {"GDSong-Regular", "GDSong-Bold", "GDHei-Regular", "GDHei-Bold"}


@pytest.mark.parametrize("family", ["宋体", "黑体"])
@pytest.mark.parametrize("bold", [False, True])
def test_rare_names_and_ballot_boxes_keep_their_text_in_every_face(
    pool: OfficePool, paper: Paper, text_in: Reader, family: str, *, bold: bool
) -> None:
    said = "㛃𠅤𬭼䶮☑☐□√"

    assert said in text_in(pool.render(paper(said, family=family, bold=bold)))


@pytest.mark.parametrize(
    "garbage",
    [b"", b"%PDF-1.7", b"PK\x03\x04 nothing", bytes(range(256)) * 40, "一份合同".encode()],
)
def test_garbage_is_refused_and_the_next_document_is_printed(
    pool: OfficePool, paper: Paper, text_in: Reader, garbage: bytes
) -> None:
    with pytest.raises(RenderingFailed):
        pool.render(garbage)

    assert "下一份" in text_in(pool.render(paper("下一份")))


def test_a_stopped_child_costs_its_deadline_and_the_document_is_printed_by_another(
    fonts: Path, tmp_path: Path, paper: Paper, text_in: Reader
) -> None:
    with OfficePool(
        fonts=fonts, work=tmp_path, children=1, document_deadline=timedelta(seconds=3)
    ) as pool:
        pool.warm()
        (stuck,) = pool.child_ids
        os.kill(stuck, signal.SIGSTOP)

        assert "照常" in text_in(pool.render(paper("照常")))

        assert has_ended(stuck)
        assert stuck not in pool.child_ids


def test_a_child_killed_in_the_middle_of_a_document_loses_nothing(
    fonts: Path, tmp_path: Path, paper: Paper, text_in: Reader
) -> None:
    long = paper(*(f"第{n}条 双方确认已充分协商。" * 6 for n in range(900)), "末行")
    with OfficePool(fonts=fonts, work=tmp_path, children=1) as pool, ThreadPoolExecutor(1) as one:
        pool.warm()
        (victim,) = pool.child_ids
        rendering = one.submit(pool.render, long)
        folder = next(tmp_path.glob("room-*/child-*"))
        while not list(folder.glob("*.docx")) and not rendering.done():
            os.sched_yield()
        os.kill(victim, signal.SIGKILL)

        assert text_in(rendering.result()).rstrip().endswith("末行")
        assert has_ended(victim)


def test_a_renderer_that_never_answers_in_time_gives_up_after_the_second_try(
    fonts: Path, tmp_path: Path, paper: Paper
) -> None:
    with (
        OfficePool(
            fonts=fonts, work=tmp_path, children=1, start_deadline=timedelta(milliseconds=1)
        ) as pool,
        pytest.raises(RenderingFailed, match="no answer within"),
    ):
        pool.render(paper("永远等不到"))

    assert not list(tmp_path.glob("room-*"))


def test_a_libreoffice_that_is_none_is_named(fonts: Path, tmp_path: Path, paper: Paper) -> None:
    with (
        OfficePool(fonts=fonts, work=tmp_path / "work", program=tmp_path, children=1) as pool,
        pytest.raises(RenderingFailed, match="no LibreOffice library"),
    ):
        pool.render(paper("没有程序"))


def test_fonts_that_were_not_prepared_are_missed_before_anything_is_printed(
    tmp_path: Path,
) -> None:
    with pytest.raises(RendererMissing, match="not prepared"):
        OfficePool(fonts=tmp_path / "fonts", work=tmp_path)


def test_a_child_is_replaced_after_its_number_of_documents(
    fonts: Path, tmp_path: Path, paper: Paper
) -> None:
    seen = []
    with OfficePool(fonts=fonts, work=tmp_path, children=1, recycle_after=2) as pool:
        for number in range(4):
            pool.render(paper(f"第 {number} 份"))
            seen.append(pool.child_ids)

    assert [len(ids) for ids in seen] == [1, 0, 1, 0]
    assert seen[0] != seen[2]
    assert all(has_ended(process) for ids in seen for process in ids)


def test_a_child_that_has_grown_too_large_is_replaced_but_its_work_is_kept(
    fonts: Path, tmp_path: Path, paper: Paper, text_in: Reader
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=1, memory_limit_mb=50) as pool:
        assert "留下" in text_in(pool.render(paper("留下")))
        assert pool.child_ids == ()


def test_many_threads_each_get_their_own_document(
    fonts: Path, tmp_path: Path, paper: Paper, text_in: Reader
) -> None:
    names = [f"甲方{chr(0x4E00 + 37 * n)}公司" for n in range(16)]
    with (
        OfficePool(fonts=fonts, work=tmp_path, children=2) as pool,
        ThreadPoolExecutor(8) as threads,
    ):
        texts = list(threads.map(lambda name: text_in(pool.render(paper(name))), names))

    assert [text.strip() for text in texts] == names


def test_a_child_outlives_the_thread_that_first_asked_for_it(
    fonts: Path, tmp_path: Path, paper: Paper
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=1) as pool:
        first = threading.Thread(target=pool.render, args=(paper("线程结束"),))
        first.start()
        first.join()
        (child,) = pool.child_ids
        pool.render(paper("进程还在"))

        assert pool.child_ids == (child,)


def test_a_child_tries_no_painting_before_it_begins(
    fonts: Path, tmp_path: Path, paper: Paper
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=1) as pool:
        pool.render(paper("一行"))
        written = {path.name for path in tmp_path.rglob("profile/user/*")}
        assert "registrymodifications.xcu" in written
        assert "GraphicsRenderTests.log" not in written


def test_closing_ends_every_child_and_leaves_no_folder(fonts: Path, tmp_path: Path) -> None:
    pool = OfficePool(fonts=fonts, work=tmp_path, children=2)
    pool.warm()
    children = pool.child_ids
    pool.close()
    pool.close()

    assert len(children) == 2
    assert all(has_ended(child) for child in children)
    assert not list(tmp_path.glob("room-*"))


def test_closing_in_the_middle_of_documents_ends_them_at_once_and_loses_no_thread(
    fonts: Path, tmp_path: Path, paper: Paper
) -> None:
    long = paper(*(f"第{n}条 双方确认已充分协商。" * 6 for n in range(900)))
    pool = OfficePool(fonts=fonts, work=tmp_path, children=2)
    pool.warm()
    with ThreadPoolExecutor(4) as threads:
        renderings = [threads.submit(pool.render, long) for _ in range(4)]
        while len(list(tmp_path.glob("room-*/child-*/*.docx"))) < 2:
            os.sched_yield()
        children = pool.child_ids
        pool.close()

    assert [type(rendering.exception()) for rendering in renderings] == [RenderingFailed] * 4
    assert all(has_ended(child) for child in children)
    assert not list(tmp_path.glob("room-*"))


def test_warming_from_many_threads_at_once_waits_for_nobody_for_ever(
    fonts: Path, tmp_path: Path
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=2) as pool:
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda _: pool.warm(), range(3)))

        assert len(pool.child_ids) == 2


def test_a_child_has_its_limits(pool: OfficePool) -> None:
    pool.warm()
    (child,) = pool.child_ids
    limits = {
        line[:25].strip(): line[25:].split()[0]
        for line in Path(f"/proc/{child}/limits").read_text().splitlines()
    }

    assert int(limits["Max address space"]) < 3 * 1024**3
    assert int(limits["Max file size"]) < 1024**3
    assert limits["Max core file size"] == "0"


def test_a_closed_pool_refuses(fonts: Path, tmp_path: Path, paper: Paper) -> None:
    pool = OfficePool(fonts=fonts, work=tmp_path, children=1)
    pool.close()

    with pytest.raises(RenderingFailed, match="closed"):
        pool.render(paper("太晚了"))


_PARENT = """
import json, signal, sys, time
from pathlib import Path
from templates.rendering.pool import OfficePool
pool = OfficePool(fonts=Path(sys.argv[1]), work=Path(sys.argv[2]), children=2)
pool.warm()
print(json.dumps(pool.child_ids), flush=True)
signal.pause()
"""


@pytest.mark.parametrize("stopped", [False, True])
def test_a_parent_killed_outright_leaves_no_office_behind(
    fonts: Path, tmp_path: Path, *, stopped: bool
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(fonts), str(tmp_path)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        children = json.loads(parent.stdout.readline())
        if stopped:
            os.kill(children[0], signal.SIGSTOP)
        parent.kill()

    assert len(children) == 2
    assert all(has_ended(child) for child in children)
    assert len(list(tmp_path.glob("room-*"))) == 1
    OfficePool(fonts=fonts, work=tmp_path).close()
    assert not list(tmp_path.glob("room-*"))


def test_two_renderers_in_one_place_leave_each_other_alone(
    fonts: Path, tmp_path: Path, paper: Paper, text_in: Reader
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=1) as first:
        first.warm()
        OfficePool(fonts=fonts, work=tmp_path, children=1).close()

        assert "仍在" in text_in(first.render(paper("仍在")))
        assert len(list(tmp_path.glob("room-*"))) == 1


def test_a_character_without_a_glyph_is_refused_before_it_becomes_a_box(
    pool: OfficePool, paper: Paper
) -> None:
    with pytest.raises(ProofFailed, match="U\\+1F600"):
        pool.render(paper("甲方：示例公司\U0001f600"))
