"""XML packages: every byte there and back, damage returned, hostile XML refused."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from archive.digests import sm3
from pipeline import samples
from pipeline.handover.unpacking import PackageRefused, unpack
from pipeline.handover.xmlforms import NAMESPACE, SCHEMA
from pipeline.handover.xmlpackages import Told, write_package
from pipeline.wiring import Workplace

NUMBER = "GD-HT-2026-FW-0001"
SPACE = {"p": NAMESPACE}
ACT = "<业务实体>\n".encode()
FLOOD = ACT + b"<a/>" * 600_000
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>'


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, house_at: Callable[[Path], Any]) -> Any:
    house = house_at(tmp_path_factory.mktemp("packages") / "home")
    assert house.guidang("init", "--sample", "--json").code == 0
    house.drop(samples.sample_order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1
    return house


@pytest.fixture(scope="module")
def sent(filed: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sent") / "out"
    words = ("--xml", "--purpose", "移交市档案馆", "--as", "档小安", "--out", str(out), "--json")
    done = filed.guidang("archive", "export", NUMBER, *words)
    assert done.code == 0, done.err + done.out
    return out


@pytest.fixture
def came(sent: Path, tmp_path: Path) -> Path:
    """A copy of what was sent, to be spoiled: the one package in it."""
    for file in sent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return next(tmp_path.glob("*.xml"))


def checked(house: Any, folder: Path) -> tuple[int, str, set[str]]:
    done = house.guidang("archive", "receive-check", str(folder), "--json")
    findings = [f for one in done.content["dossiers"] for f in one["findings"]]
    failed = {each["code"] for each in findings if each["result"] == "不通过"}
    return done.code, done.content["conclusion"], failed


def test_a_package_holds_every_byte_and_is_valid_by_its_own_schema(
    filed: Any, sent: Path, tmp_path: Path
) -> None:
    package = next(sent.glob("*.xml"))
    tree = etree.parse(str(package))
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(tree)
    assert (sent / SCHEMA.name).read_bytes() == SCHEMA.read_bytes()

    sealed = next(one for one in filed.show(NUMBER)["files"] if one["role"] == "sealed")
    shelf = (filed.root / sealed["path"]).read_bytes()
    by_hand = {}
    for document in tree.iterfind(".//p:文档", SPACE):
        pieces = document.iterfind(".//p:数据段", SPACE)
        content = b"".join(base64.b64decode(piece.text or "") for piece in pieces)
        by_hand[document.findtext(".//p:路径", "", SPACE)] = content
        said = {each.get("算法"): each.text for each in document.iterfind("p:摘要", SPACE)}
        assert said["SHA-256"] == hashlib.sha256(content).hexdigest()
        assert said["SM3"] == sm3(content)
    assert by_hand["items/001/sealed.pdf"] == shelf
    unpack(package, tmp_path)
    written = {p.relative_to(tmp_path).as_posix(): p for p in tmp_path.rglob("*") if p.is_file()}
    assert {path: file.read_bytes() for path, file in written.items()} == by_hand
    assert checked(filed, sent)[0] == 0


def test_a_package_says_who_acted_and_claims_no_signature(filed: Any, sent: Path) -> None:
    package = next(sent.glob("*.xml"))
    tree = etree.parse(str(package))
    acts = [
        {etree.QName(leaf).localname: leaf.text for leaf in act}
        for act in tree.iterfind(".//p:业务实体", SPACE)
    ]
    people = {each.text for each in tree.iterfind(".//p:机构人员名称", SPACE)}

    assert {act["业务类别"] for act in acts} == {"过程", "审批", "用印"}
    assert all(act["岗位"] and act["行为时间"] for act in acts if act["业务类别"] == "审批")
    assert {act["行为人"] for act in acts} <= people
    assert tree.findtext(".//p:签名状态", "", SPACE) == "未签名"
    assert "未经认证" in tree.findtext("p:封装包格式描述", "", SPACE)
    rule = re.search(r"sed -n '([^']+)'", tree.findtext(".//p:签名规则", "", SPACE))
    assert rule is not None
    cut = subprocess.run(["sed", "-n", rule[1], str(package)], capture_output=True).stdout
    said = {each.get("算法"): each.text for each in tree.iterfind(".//p:签名摘要", SPACE)}
    assert said == {"SHA-256": hashlib.sha256(cut).hexdigest(), "SM3": sm3(cut)}
    event = filed.show(NUMBER)["events"][-1]
    assert (event["action"], event["details"]["form"]) == ("dossier:exported", "XML封装包")
    assert event["details"]["purpose"] == "移交市档案馆"


def test_one_changed_byte_is_returned(filed: Any, came: Path) -> None:
    content = came.read_bytes()
    at = content.index("<路径>items/001/sealed.pdf".encode())
    at = content.index("<数据段>\n".encode(), at) + len("<数据段>\n".encode()) + 400
    other = b"A" if content[at : at + 1] != b"A" else b"B"
    came.write_bytes(content[:at] + other + content[at + 1 :])

    code, conclusion, failed = checked(filed, came.parent)

    assert (code, conclusion) == (4, "退回")
    assert {"ZS01", "ZS10"} <= failed


def test_a_lost_file_is_returned(filed: Any, came: Path) -> None:
    content = came.read_bytes().decode()
    documents = re.findall(r"<文档>.*?</文档>\n", content, re.DOTALL)
    lost = next(each for each in documents if "items/001/docx.docx" in each)
    came.write_bytes(content.replace(lost, "").encode())

    code, _, failed = checked(filed, came.parent)

    assert code == 4
    assert {"ZS10", "WZ01"} <= failed


def test_a_person_changed_with_a_new_digest_is_still_returned(filed: Any, came: Path) -> None:
    content = came.read_bytes().decode()
    keeper = re.search(r"<业务类别>用印</业务类别>.*?<行为人>([^<]+)", content, re.DOTALL)
    assert keeper is not None
    changed = content.replace(f"<行为人>{keeper[1]}<", "<行为人>路人<")
    end = "</被签名对象>\n"
    signed = changed[changed.index("<被签名对象>") : changed.index(end) + len(end)].encode()
    for name, digest in (("SHA-256", hashlib.sha256(signed).hexdigest()), ("SM3", sm3(signed))):
        old = re.compile(f'(<签名摘要 算法="{name}">)[0-9a-f]+')
        changed = old.sub(rf"\g<1>{digest}", changed)
    came.write_bytes(changed.encode())

    code, _, failed = checked(filed, came.parent)

    assert (code, failed) == (4, {"ZS10"})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda c: c.replace(b"?>\n", b"?>\n" + BOMB, 1), "DOCTYPE"),
        (lambda c: c[: len(c) // 2], "不完整"),
        (lambda c: c.replace(b"?>\n", b"?>\n<!-- x -->", 1), "注释"),
        (lambda c: c.replace(b">items/001/docx.docx<", b">../../x<", 1), "路径不可用"),
        (lambda c: c.replace(b">items/001/docx.docx<", b">metadata.json<", 1), "不止一个"),
        (lambda c: c.replace(b"?>\n", b"?>\n<" + b"a" * (9 << 20), 1), "过长"),
        (lambda c: c.replace(ACT, FLOOD, 1), "过大"),
        (lambda _: b"<order/>", "不是电子文件封装包"),
    ],
)
def test_hostile_xml_is_refused_and_writes_nothing_outside(
    came: Path, spoil: Callable[[bytes], bytes], told: str
) -> None:
    came.write_bytes(spoil(came.read_bytes()))
    room = came.parent / "room"
    room.mkdir()

    with pytest.raises(PackageRefused, match=told):
        unpack(came, room)

    assert not (came.parent / "x").exists()


def test_a_hostile_package_returns_the_batch(filed: Any, came: Path) -> None:
    came.write_bytes(came.read_bytes().replace(b"?>\n", b"?>\n" + BOMB, 1))
    assert checked(filed, came.parent)[:2] == (4, "退回")


def test_a_dossier_of_a_hundred_megabytes_goes_and_comes_in_bounded_memory(
    filed: Any, tmp_path: Path
) -> None:
    workplace = Workplace(filed.root)
    store, path = workplace.store, next(workplace.store.objects())
    content = bytes(range(256)) * (100 * 1024 * 4)
    digest = hashlib.sha256(content).hexdigest()
    big = {"custody/big.bin": content}
    at = workplace.clock()
    store.add_version(path, big, message="大", person="x", at=at, expect_head=store.head(path))
    package, room = tmp_path / "big.xml", tmp_path / "room"
    room.mkdir()

    tracemalloc.start()
    write_package(store, path, package, Told("甲公司", at, str))
    came = unpack(package, room)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    workplace.close()
    workplace.register.read.kw["bind"].dispose()

    assert most < 48 * 1024 * 1024
    assert not came.structure
    assert came.digests["custody/big.bin"] == digest
    with (room / "custody/big.bin").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
