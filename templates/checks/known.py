"""Known: the codes a finding may carry, and which of them no rule file may lower (检查项)."""

from __future__ import annotations

from typing import Final

FIXED: Final = {
    "K00": "文件本身读不出、放不进合同，无从办理",
    "K01": "当事人不明，合同不成立（民法典第四百七十条；合同编通则解释第三条）",
    "K02": "标的不明，合同不成立（合同编通则解释第三条）",
    "K03": "数量不明，合同不成立（合同编通则解释第三条）",
    "K05": "大小写、明细与合计不一致的金额一经签署即生歧义",
    "K07": "付款计划与总价不符、收款账户不明，会付错款",
    "K09": "或裁或审、机构不明的仲裁约定无效（仲裁法第十八条）",
    "K11": "留有空白和占位文字的合同可被他人事后填写",
    "K14": "主体写错即与他人订约",
    "K16": "主体资格是签约的前提（公司接单管理制度 五.2）",
    "K17": "份数不符即有流失的原件",
    "K20": "未经登记或者被改动的模板不得使用（公司接单管理制度 二.3）",
    "P-206": "未经负责人审核签字的报价不得对外（公司接单管理制度 二.2）",
    "F-106": "未经审批不得编号、用印（公司接单管理制度 五.1）",
}
"""Why these stop a document whatever a rule file says: law, sums, identity, safety."""

LOWERABLE: Final = (
    "K04", "K06", "K08", "K10", "K12", "K13", "K15", "K18", "K19",
    "P-306", "P-502", "P-503", "P-504", "B-106",
    "F-103", "F-104", "F-201", "F-202", "F-304", "F-402", "F-403", "F-404", "S-202",
)  # fmt: skip
"""The others: their level is the firm's to set."""

CODES: Final = frozenset(FIXED) | frozenset(LOWERABLE)
"""Every code a rule file must govern, no more and no fewer."""
