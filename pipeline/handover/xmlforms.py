"""XML forms: names and rules of the XML package, for who writes it and who reads it (封装格式).

The structure is that of DA/T 48—2009, told after it and checked by our own schema
(package.xsd); nobody certified it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

NAMESPACE: Final = "urn:guidang:package:1"
VERSION: Final = "1"
SCHEMA: Final = Path(__file__).parent / "package.xsd"

ROOT: Final = "电子文件封装包"
SIGNED: Final = "被签名对象"
CONTENT: Final = "封装内容"
PAPERS, PAPER, PAPER_TOLD = "文件实体块", "文件实体", "文件元数据"
FILES, FILE, TRAITS, CODED, CODES, PIECE = (
    "文件数据",
    "文档",
    "电子属性",
    "编码",
    "编码数据",
    "数据段",
)
ACTS, ACT = "业务实体块", "业务实体"
PEOPLE, PERSON = "机构人员实体块", "机构人员实体"
SIGNATURES, SIGNATURE = "电子签名块", "电子签名"
LOCK: Final = "锁定签名"

PARENTS: Final[Mapping[str, str | None]] = {
    ROOT: None,
    SIGNED: ROOT,
    CONTENT: SIGNED,
    PAPERS: CONTENT,
    PAPER: PAPERS,
    PAPER_TOLD: PAPER,
    FILES: PAPER,
    FILE: FILES,
    TRAITS: FILE,
    CODED: FILE,
    CODES: CODED,
    ACTS: CONTENT,
    ACT: ACTS,
    PEOPLE: CONTENT,
    PERSON: PEOPLE,
    SIGNATURES: ROOT,
    SIGNATURE: SIGNATURES,
}
"""What holds other elements, and in what it stands; every other element holds text alone."""

DIGESTS: Final[Mapping[str, str]] = {"SHA-256": "sha256", "SHA-512": "sha512", "SM3": "sm3"}
"""Digests of every file, and what the program calls them."""
SIGNED_DIGESTS: Final = ("SHA-256", "SM3")
"""Digests of the object to be signed."""

LIKE: Final = (
    "结构仿照 DA/T 48—2009《基于 XML 的电子文件封装规范》，元素以本包所附 package.xsd 为准；"
    "本格式未经认证，不声称符合该标准"
)
UNSIGNED: Final = "未签名"
RULE: Final = (
    "本包没有电子签名，也没有数字证书。签名摘要按下列规则计算，供核对和日后签名："
    f"自以“<{SIGNED}>”开头的一行起，至“</{SIGNED}>”一行止，含两行及其换行符（LF），"
    "取文件中的原始字节（UTF-8），不作规范化。"
    f"通用工具：sed -n '/^<{SIGNED}>/,/^<\\/{SIGNED}>/p' 文件 | sha256sum"
)
CODING: Final = "base64（RFC 4648 第 4 节），每 76 字符换行；各数据段分别解码后依次相接，即得原文件"
