"""XML text: XML read without entities, network or DTD; a DOCTYPE is refused."""

from __future__ import annotations

from lxml import etree

from pipeline.intake.unfinished import Unfinished

MOST_DEPTH = 64

_ENDS_EARLY = ("Premature end", "Start tag expected", "Document is empty")
"""What the parser says of XML cut inside its root, or before it."""

_NO_DOCTYPE = "XML 含有 DOCTYPE 声明，不予受理；请去掉后重新投放"
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))


class XmlRefused(ValueError):
    """XML that is broken or could do harm; the text says what to do (Chinese)."""


def tree_of(payload: bytes) -> etree._Element:
    """Return the root element; raises XmlRefused, and Unfinished where the end is missing."""
    if any(mark in payload for mark in _DOCTYPES):
        raise XmlRefused(_NO_DOCTYPE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(payload, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        ends_early = any(words in str(error) for words in _ENDS_EARLY)
        if ends_early or not payload.rstrip().endswith(b">"):
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        raise XmlRefused(f"第 {line} 行第 {column} 列附近不是合法的 XML；请重新导出") from error
    except (LookupError, ValueError) as error:
        raise XmlRefused("XML 的文字编码无法识别；请另存为 UTF-8") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused(_NO_DOCTYPE)
    if _is_deep(root):
        raise XmlRefused("XML 嵌套层次过深，不是订单文件")
    return root


def _is_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            return True
    return False
