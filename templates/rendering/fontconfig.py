"""Fontconfig: the private configuration that names our faces and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

_SONG: Final = "GD Song"
_HEI: Final = "GD Hei"

_STAND_INS: Final = {
    "宋体": ("SimSun", "NSimSun", _SONG),
    "SimSun": ("宋体", "NSimSun", _SONG),
    "NSimSun": ("新宋体", "SimSun", _SONG),
    "新宋体": ("NSimSun", "SimSun", _SONG),
    "仿宋": ("FangSong", "仿宋_GB2312", _SONG),
    "FangSong": ("仿宋", "仿宋_GB2312", _SONG),
    "仿宋_GB2312": ("FangSong_GB2312", "仿宋", "FangSong", _SONG),
    "FangSong_GB2312": ("仿宋_GB2312", "仿宋", "FangSong", _SONG),
    "楷体": ("KaiTi", "楷体_GB2312", _SONG),
    "KaiTi": ("楷体", "楷体_GB2312", _SONG),
    "楷体_GB2312": ("KaiTi_GB2312", "楷体", "KaiTi", _SONG),
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", _SONG),
    "小标宋": ("方正小标宋简体", _SONG),
    "黑体": ("SimHei", _HEI),
    "SimHei": ("黑体", _HEI),
    "微软雅黑": ("Microsoft YaHei", _HEI),
    "Microsoft YaHei": ("微软雅黑", _HEI),
    "等线": ("DengXian", _HEI),
    "DengXian": ("等线", _HEI),
    "Times New Roman": ("Liberation Serif", _SONG),
    "Liberation Serif": (_SONG,),
    "Arial": ("Liberation Sans", _HEI),
    "Calibri": ("Carlito", _HEI),
    "Cambria": ("Caladea", _SONG),
    "Courier New": ("Liberation Mono", _SONG),
    "Wingdings": (_SONG,),
    "Symbol": (_SONG,),
    "serif": (_SONG,),
    "sans-serif": (_HEI,),
    "monospace": (_SONG,),
}
"""Every family a Chinese contract asks for, and what prints it: the real one where it was
dropped into own/, else a face of ours. Explicit, because a search by likeness is slower and
ends in a sans face."""


def families() -> frozenset[str]:
    """Return every family that prints as meant, or in a stand-in chosen for it."""
    return frozenset((*_STAND_INS, _SONG, _HEI))


def configuration(folder: Path) -> str:
    """Return the fontconfig file for `folder`, whose own/ goes before our faces."""
    aliases = "".join(
        f'<alias binding="same"><family>{escape(name)}</family><prefer>'
        + "".join(f"<family>{escape(family)}</family>" for family in families)
        + "</prefer></alias>\n"
        for name, families in _STAND_INS.items()
    )
    place = escape(str(folder.resolve()))
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{place}/own</dir>\n<dir>{place}/derived</dir>\n"
        f"<cachedir>{place}/cache</cachedir>\n{aliases}"
        f'<match target="pattern"><edit name="family" mode="append_last">'
        f"<string>{_SONG}</string></edit></match>\n"
        "</fontconfig>\n"
    )
