"""Legal text: what a legal officer asks of a contract's wording (K08, K10, K14, K15)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.fitting.findings import WHOLE
from templates.fitting.markup import is_on
from templates.fitting.places import Line
from templates.fitting.styles import Styles

_TOPICS: Final = {
    "验收": "验收|检验",
    "整改": "整改|返工|重作|修理|更换",
    "变更": "合同(?:的)?变更|变更(?:协议|应当)",
    "解除": "解除",
    "结算": "结算",
    "保密": "保密|商业秘密",
    "通知送达": "送达",
    "知识产权": "知识产权|权利担保|著作权",
    "生效": "生效",
    "份数": "一式|份数|各执",
}
_CAP: Final = re.compile(
    "赔偿[^。；]{0,12}(?:不超过|不高于|以[^。；]{1,20}为限)|责任[^。；]{0,8}以[^。；]{1,20}为限"
    "|(?:甲方|乙方|我方)[^。；]{0,8}(?:不承担|免除)[^。；]{0,10}责任|概不(?:负责|退还)"
)
_DEEMED: Final = re.compile(
    "(?<!不)视为[^，。；]{0,16}(?:验收|通过|合格|符合约定|同意|认可|接受|放弃)|最终解释权"
)
_PENALTY: Final = "违约金|赔偿|违约责任|承担"
_EITHER: Final = "任何一方|双方|违约方|一方"
_EXEMPT: Final = ("故意", "重大过失", "人身")
_DEFINED: Final = re.compile("“([^”]{1,20})”(?:是)?指")
_PROMPT: Final = re.compile("(?=.*(?:加粗|粗体|黑体|下划线))(?=.*(?:提示|说明))")


def check_wording(
    lines: Sequence[Line], styles: Styles, clauses: Sequence[str]
) -> Iterator[Finding]:
    """Yield what the wording of a contract lacks; `clauses` are the topics it must treat."""
    yield from _liability(lines)
    yield from _topics(lines, clauses)
    yield from _defined(lines)
    yield from _standard_terms(lines, styles)


def _liability(lines: Sequence[Line]) -> Iterator[Finding]:
    said = [line.text for line in lines if re.search(_PENALTY, line.text)]
    for party in ("甲方", "乙方"):
        pattern = f"(?:{party}|{_EITHER})[^。]*(?:逾期|违约|违反|不符合|迟延)[^。]*(?:{_PENALTY})"
        if not any(re.search(pattern, text) for text in said):
            message = f"没有写明{party}的违约责任；双方的违约责任都应当约定"
            yield block("K08", WHOLE, message)
    for line in lines:
        if _CAP.search(line.text) and not all(word in line.text for word in _EXEMPT):
            message = (
                "限制或者免除赔偿的条款没有排除人身损害和故意、重大过失，该部分无效"
                f"（民法典第五百零六条）：{line.at()}；请补写除外情形"
            )
            yield block("K08", line.at(), message)


def _topics(lines: Sequence[Line], clauses: Sequence[str]) -> Iterator[Finding]:
    whole = "\n".join(line.text for line in lines)
    for clause in clauses:
        if not re.search(_TOPICS.get(clause, re.escape(clause)), whole):
            yield block("K10", WHOLE, f"没有关于“{clause}”的条款；请补写")


def _defined(lines: Sequence[Line]) -> Iterator[Finding]:
    whole = "\n".join(line.text for line in lines)
    for term, times in Counter(_DEFINED.findall(whole)).items():
        if times > 1:
            yield warn("K14", WHOLE, f"“{term}”定义了 {times} 次；请核对前后用语是否一致")


def _standard_terms(lines: Sequence[Line], styles: Styles) -> Iterator[Finding]:
    is_met = False
    for line in lines:
        for found in (*_DEEMED.finditer(line.text), *_CAP.finditer(line.text)):
            is_met = True
            if not _is_bold(line, found.start(), found.end(), styles):
                message = (
                    f"格式条款没有加粗提示：{line.at(found.start(), found.end())}；"
                    "与对方有重大利害关系的条款应当以显著方式提示"
                )
                yield block("K15", line.at(found.start(), found.end()), message)
    if is_met and not any(_PROMPT.match(line.text) for line in lines):
        message = "有格式条款而没有“已就加粗条款作出提示和说明”的确认；请补写"
        yield block("K15", WHOLE, message)


def _is_bold(line: Line, start: int, end: int, styles: Styles) -> bool:
    """Return whether every character from `start` to `end` is set in bold."""
    pieces = [piece for piece in line.pieces if piece.start < end and piece.end > start]
    runs = [piece.element.getparent() for piece in pieces]
    return bool(runs) and all(
        run is not None and is_on(next(styles.run_property(run, "b"), None)) for run in runs
    )
