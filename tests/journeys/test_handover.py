"""Hand-over: packages valid for other tools, checked when they come, logged when they go."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pypdf
import pytest

from archive.digests import sha256
from pipeline import samples
from pipeline.handover import exports
from pipeline.handover.exports import Export, Form
from pipeline.handover.sums import SUMS, write_sums
from pipeline.wiring import Workplace

NUMBER = "GD-HT-2026-FW-0001"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, house_at: Callable[[Path], Any]) -> Any:
    house = house_at(tmp_path_factory.mktemp("handover") / "home")
    assert house.guidang("init", "--sample", "--json").code == 0
    house.drop(samples.sample_order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1
    return house


def exported(house: Any, out: Path, *words: str) -> Any:
    said = ("--purpose", "移交市档案馆", "--as", "档小安", "--out", str(out), "--json")
    return house.guidang("archive", "export", NUMBER, *said, *words)


@pytest.mark.requirement_part("S-201", "F-205")
def test_a_package_is_valid_elsewhere_and_its_export_stands_in_the_history(
    filed: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = exported(filed, out)

    assert done.code == 0, done.err + done.out
    listed = json.loads((out / "移交清册.json").read_text("utf-8"))
    folder = out / listed["dossiers"][0]["folder"]
    assert bagit.Bag(str(folder)).validate(processes=1)
    for algorithm in ("sha256", "sha512"):
        words = [f"{algorithm}sum", "-c", "--quiet", f"manifest-{algorithm}.txt"]
        assert subprocess.run(words, cwd=folder, capture_output=True).returncode == 0
    sealed = next(one for one in filed.show(NUMBER)["files"] if one["role"] == "sealed")
    packed = (folder / "data/items/001/sealed.pdf").read_bytes()
    assert packed == (filed.root / sealed["path"]).read_bytes()
    acts = [e for e in filed.show(NUMBER)["events"] if e["action"] == "dossier:exported"]
    assert (acts[-1]["actor"], acts[-1]["details"]["purpose"]) == ("档小安", "移交市档案馆")
    assert filed.guidang("archive", "verify", "--json").code == 0
    assert exported(filed, out).code == 1


def test_who_is_no_archivist_and_who_gives_no_purpose_export_nothing(
    filed: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    assert exported(filed, out, "--as", "路人").code == 1
    assert exported(filed, out, "--purpose", " ").code == 1
    assert exported(filed, filed.root / "archive" / "out").code == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("path", "change", "rules"),
    [
        ("data/items/001/docx.docx", lambda content: content[:-1] + b"x", {"ZS01", "ZS10"}),
        ("data/items/001/docx.docx", None, {"ZS09", "ZS10", "WZ01"}),
        ("data/items/001/extra.exe", lambda _content: b"MZ", {"AQ02"}),
        ("bag-info.txt", lambda content: content + b"x: y\n", {"ZS10"}),
    ],
)
def test_what_was_changed_on_its_way_is_returned(
    filed: Any, tmp_path: Path, path: str, change: Callable[[bytes], bytes] | None, rules: set[str]
) -> None:
    out = tmp_path / "out"
    listed = exported(filed, out).content["list"]
    target = out / listed["dossiers"][0]["folder"] / path
    whole = filed.guidang("archive", "receive-check", str(out), "--json")
    if change is None:
        target.unlink()
    else:
        target.write_bytes(change(target.read_bytes() if target.exists() else b""))

    done = filed.guidang("archive", "receive-check", str(out), "--json")

    assert whole.code == 0, whole.out
    assert done.code == 4
    findings = done.content["dossiers"][0]["findings"]
    assert {each["code"] for each in findings if each["result"] == "不通过"} == rules


def count_anew(out: Path, folder: Path) -> None:
    """Let every list of digests in a package say what stands in it now."""
    listed = json.loads((out / "移交清册.json").read_text("utf-8"))
    for row in listed["dossiers"][0]["digests"]:
        content = (folder / "data" / row["path"]).read_bytes()
        row |= {"sha256": hashlib.sha256(content).hexdigest()}
        row |= {"sha512": hashlib.sha512(content).hexdigest()}
    (out / "移交清册.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    bagit.Bag(str(folder)).save(manifests=True)
    (out / SUMS).unlink()
    write_sums(out)


def first_of(content: bytes, **changed: Any) -> bytes:
    rows = json.loads(content)
    rows[0] |= changed
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


@pytest.mark.parametrize(
    ("table", "changed", "rule"),
    [
        ("approvals", {"person": "路人甲"}, "ZS12"),
        ("approvals", {"opinion": "不同意"}, "ZS12"),
        ("approvals", {"at": "2025-01-01T09:00:00+08:00"}, "ZS12"),
        ("seal_uses", {"seal_code": "GZ-99"}, "ZS13"),
        ("seal_uses", {"approved_by": "路人甲"}, "ZS13"),
        ("seal_uses", {"at": "2025-01-01T09:00:00+08:00"}, "ZS13"),
        ("seal_uses", {"requested_by": "路人甲"}, "ZS13"),
        ("seal_uses", {"terms_digest": "0" * 64}, "ZS13"),
        ("seal_uses", {"approved_by": ["路人甲"]}, "ZS13"),
        ("seal_requests", {"at": "2026-01-01T09:00:00+08:00"}, "ZS13"),
        ("seal_requests", {"approved_by": "路人甲"}, "ZS13"),
        ("seal_requests", {"reason": "另一用途"}, "ZS13"),
        ("numbers", {"text": "GD-HT-2026-FW-0002"}, "ZS07"),
    ],
)
def test_what_was_changed_and_counted_anew_stands_against_the_history(
    filed: Any, tmp_path: Path, table: str, changed: dict[str, Any], rule: str
) -> None:
    out = tmp_path / "out"
    folder = out / exported(filed, out).content["list"]["dossiers"][0]["folder"]
    count_anew(out, folder)
    assert filed.guidang("archive", "receive-check", str(out), "--json").code == 0
    target = folder / "data" / f"{table}.json"
    target.write_bytes(first_of(target.read_bytes(), **changed))
    count_anew(out, folder)

    done = filed.guidang("archive", "receive-check", str(out), "--json")

    assert done.code == 4
    findings = done.content["dossiers"][0]["findings"]
    assert rule in {each["code"] for each in findings if each["result"] == "不通过"}
    assert "过程没有记的" in done.content["not_proven"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("移交清册.xlsx", "不符"), ("多出.pdf", "之外的文件"), (SUMS, "未能核对")],
)
def test_what_lies_beside_the_packages_is_accounted_for(
    filed: Any, tmp_path: Path, name: str, said: str
) -> None:
    out = tmp_path / "out"
    assert exported(filed, out, "--evidence").code == 0
    digest = sha256((out / SUMS).read_bytes())
    acts = [e for e in filed.show(NUMBER)["events"] if e["action"] == "dossier:exported"]
    assert acts[-1]["details"]["sums_sha256"] == digest
    if name == SUMS:
        (out / name).unlink()
    else:
        (out / name).write_bytes(b"x")

    done = filed.guidang("archive", "receive-check", str(out), "--json")

    assert done.code == 4
    assert said in json.dumps(done.content["dossiers"][-1], ensure_ascii=False)


def test_a_dossier_that_is_listed_and_did_not_come_is_returned(filed: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    listed = exported(filed, out).content["list"]
    shutil.rmtree(out / listed["dossiers"][0]["folder"])

    done = filed.guidang("archive", "receive-check", str(out), "--json")

    assert (done.code, done.content["conclusion"]) == (4, "退回")
    assert done.content["dossiers"][0]["code"] == listed["dossiers"][0]["code"]


def test_a_manifest_that_points_outside_the_package_opens_nothing_there(
    filed: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    listed = exported(filed, out).content["list"]
    manifest = out / listed["dossiers"][0]["folder"] / "manifest-sha256.txt"
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    line = f"{sha256(b'secret')}  data/../../../secret\n"
    manifest.write_text(manifest.read_text("utf-8") + line, "utf-8")

    done = filed.guidang("archive", "receive-check", str(out), "--json")

    assert done.code == 4


def test_an_evidence_package_says_what_it_is_and_how_to_verify_it(
    filed: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = exported(filed, out, "--evidence", "--as", "冻小法")

    assert done.code == 0, done.err + done.out
    cover = next(out.glob("*-证据说明.pdf"))
    text = "".join("".join(page.extract_text() for page in pypdf.PdfReader(cover).pages).split())
    for said in ("sha256sum", NUMBER, "不主张", "钱守印", "移交市档案馆"):
        assert said in text
    assert next(out.glob("*-证据说明.docx")).read_bytes().startswith(b"PK")


def test_an_evidence_package_may_be_one_file_that_any_validator_proves(
    filed: Any, tmp_path: Path
) -> None:
    packed = tmp_path / "证据.zip"
    done = exported(filed, packed, "--evidence", "--zip", "--as", "冻小法")
    assert done.code == 0, done.err + done.out
    assert [path.name for path in tmp_path.iterdir()] == ["证据.zip"]
    assert exported(filed, packed, "--evidence", "--zip").code == 1
    assert exported(filed, tmp_path / "夹", "--zip").code == 2

    subprocess.run(["unzip", "-q", packed, "-d", tmp_path / "开"], check=True)
    folder = tmp_path / "开" / "证据"
    (bag,) = (path for path in folder.iterdir() if path.is_dir())
    tool = [sys.executable, str(Path(sys.executable).with_name("bagit.py"))]
    assert subprocess.run([*tool, "--validate", str(bag)], capture_output=True).returncode == 0
    assert json.loads(filed.guidang("archive", "receive-check", str(folder), "--json").out)["ok"]
    with zipfile.ZipFile(next(folder.glob("*-证据说明.docx"))) as cover:
        text = cover.read("word/document.xml").decode()
    for said in ("bagit.py --validate", "ocfl-validate.py", "rocfl", "RFC 8493"):
        assert said in text
    acts = [e for e in filed.show(NUMBER)["events"] if e["action"] == "dossier:exported"]
    assert acts[-1]["details"]["form"] == "证据包（ZIP）"
    place = next(path.parent for path in (filed.root / "archive").rglob("0=ocfl_object_1.1"))
    check = [sys.executable, str(Path(sys.executable).with_name("ocfl-validate.py"))]
    assert subprocess.run([*check, str(place)], capture_output=True).returncode == 0


def test_a_crash_half_way_leaves_no_package_and_the_next_run_is_whole(
    filed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    asked = Export("档小安", "移交", "市档案馆", Form.BAG)
    workplace = Workplace(filed.root)
    original = exports.write_bag

    def dying(*words: Any) -> Any:
        original(*words)
        raise KeyboardInterrupt

    monkeypatch.setattr(exports, "write_bag", dying)
    with pytest.raises(KeyboardInterrupt):
        exports.export(workplace, [NUMBER], asked, out)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()

    exports.export(workplace, [NUMBER], asked, out)

    workplace.close()
    workplace.register.read.kw["bind"].dispose()
    assert bagit.Bag(str(next(p for p in out.iterdir() if p.is_dir()))).is_valid()
