"""The faces: derived once, with the lines of SimSun, whole enough for Chinese names."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from templates.errors import RendererMissing
from templates.rendering.faces import FACES, Face
from templates.rendering.fonts import covers, prepare_fonts
from templates.rendering.pool import OfficePool

REQUIRED = "㛃𠅤𬭼䶮☑☐☒□√×÷￥¥《》“”‘’——……①⑴㎡℃ⅣΩ零壹贰叁肆伍陆柒捌玖拾佰仟萬億圆整"


def test_every_character_a_contract_needs_can_be_printed(fonts: Path) -> None:
    assert covers(fonts, REQUIRED) == ()


def test_all_of_gbk_can_be_printed_and_the_extension_a_too(fonts: Path) -> None:
    gbk = [
        chr(code)
        for code in range(0x4E00, 0xA000)
        if chr(code).encode("gb18030", "ignore") and len(chr(code).encode("gb18030")) == 2
    ]

    assert covers(fonts, "".join(gbk)) == ()
    assert covers(fonts, "".join(map(chr, range(0x3400, 0x4DB6)))) == ()


def test_what_cannot_be_printed_is_named_once_each(fonts: Path) -> None:
    assert covers(fonts, "甲\U0010fffd乙\U0001f600\U0001f600 \n\t　丙") == (
        "\U0001f600",
        "\U0010fffd",
    )


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file)
def test_a_face_has_the_line_of_simsun_a_name_of_its_own_and_true_type_outlines(
    fonts: Path, face: Face
) -> None:
    font = TTFont(io.BytesIO((fonts / "derived" / face.file).read_bytes()), lazy=True)

    assert (font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap) == (859, -141, 0)
    assert (font["OS/2"].usWinAscent, font["OS/2"].usWinDescent) == (859, 141)
    assert "glyf" in font
    assert font["name"].getDebugName(1) in {"GD Song", "GD Hei"}
    assert not any("Noto" in str(font["name"].getDebugName(name)) for name in (1, 4, 6))
    assert font["name"].getDebugName(14) == "http://scripts.sil.org/OFL"


@pytest.mark.parametrize("face", ["gd-song.ttf", "gd-song-bold.ttf", "gd-hei.ttf"])
def test_every_figure_is_half_an_em_wide_and_drawn_within(fonts: Path, face: str) -> None:
    with TTFont(fonts / "derived" / face) as font:
        names = {char: font.getBestCmap()[ord(char)] for char in "0123456789,."}
        widths = {char: font["hmtx"][name][0] for char, name in names.items()}
        for name in names.values():
            glyph = font["glyf"][name]
            assert glyph.xMin >= 0
            assert glyph.xMax <= font["hmtx"][name][0]
    assert widths == {**dict.fromkeys("0123456789", 500), ",": 250, ".": 250}


def test_a_second_preparation_touches_nothing(fonts: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in fonts.rglob("*") if path.is_file()}
    prepare_fonts(fonts)

    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_damaged_folder_is_mended(tmp_path: Path, fonts: Path) -> None:
    folder = tmp_path / "fonts"
    prepare_fonts(folder)
    (folder / "derived" / "gd-hei.ttf").unlink()
    (folder / "fonts.conf").write_text("")
    cut = folder / "derived" / "gd-song.ttf"
    whole = cut.read_bytes()
    cut.unlink()
    cut.write_bytes(whole[:1000])
    prepare_fonts(folder)

    assert cut.read_bytes() == whole

    assert (folder / "derived" / "gd-hei.ttf").read_bytes() == (
        fonts / "derived" / "gd-hei.ttf"
    ).read_bytes()
    assert "GD Song" in (folder / "fonts.conf").read_text("utf-8")


def test_missing_sources_say_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RendererMissing, match="fonts-noto-cjk"):
        prepare_fonts(tmp_path / "fonts", sources=tmp_path, cache=tmp_path / "cache")


def test_a_licensed_face_in_own_wins(
    tmp_path: Path, fonts: Path, paper: Callable[..., bytes]
) -> None:
    folder = tmp_path / "fonts"
    prepare_fonts(folder)
    licensed = TTFont(io.BytesIO((fonts / "derived" / "gd-hei.ttf").read_bytes()))
    for record in licensed["name"].names:
        if record.nameID in {1, 4, 6}:
            record.string = "SimSun"
    licensed.save(folder / "own" / "simsun.ttf")

    with OfficePool(fonts=folder, work=tmp_path / "work", children=1) as pool:
        pdf = pool.render(paper("宋体", family="宋体"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = {
            str(thing["/FontName"]).split("+")[-1]
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
        }
    assert "SimSun" in names


def test_a_licensed_face_adds_its_characters(tmp_path: Path, fonts: Path) -> None:
    folder = tmp_path / "fonts"
    prepare_fonts(folder)
    assert covers(folder, "한") == ("한",)
    licensed = TTFont(io.BytesIO((fonts / "derived" / "gd-hei.ttf").read_bytes()))
    for table in licensed["cmap"].tables:
        if table.format == 4:
            table.cmap[ord("한")] = table.cmap[ord("合")]
    licensed.save(folder / "own" / "hangul.ttf")
    (folder / "own" / "readme.txt").write_text("not a font")

    assert covers(folder, "한") == ()


def test_asking_before_the_fonts_are_prepared_says_so(tmp_path: Path) -> None:
    with pytest.raises(RendererMissing, match="not prepared"):
        covers(tmp_path, "一")
